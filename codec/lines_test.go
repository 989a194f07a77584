// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/duplex-go/duplex/codec"
)

func TestLinesLoseTheirEnds(t *testing.T) {
	expectFrames(t, codec.Lines, "one\ntwo\r\n\n\r\nlast\n", "one", "two", "", "", "last")
}

func TestLinesKeepACarriageReturnThatEndsNoLine(t *testing.T) {
	expectFrames(t, codec.Lines, "a\rb\r\r\n", "a\rb\r")
}

func TestTheLastLineNeedsNoEnd(t *testing.T) {
	expectFrames(t, codec.Lines, "one\nlast", "one", "last")
	expectFrames(t, codec.Lines, "one\nlast\r", "one", "last")
}

func TestNoBytesAreNoLine(t *testing.T) {
	expectFrames(t, codec.Lines, "")
}

func TestEveryCutGivesTheSameLines(t *testing.T) {
	const src = "ab\r\n\r\r\n\nc\rd\r"
	everyCut(src, func(pieces [][]byte) {
		got, err := receive(t, codec.Lines, pieces, -1)
		if want := []string{"ab", "\r", "", "c\rd"}; !slices.Equal(got, want) || err != nil {
			t.Fatalf("%q = %q, %v; want %q", pieces, got, err, want)
		}
	})
}

func TestLinesAppendEndsALine(t *testing.T) {
	got, err := codec.Lines.Append([]byte("one\n"), []byte("two"))
	if want := "one\ntwo\n"; string(got) != want || err != nil {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestLinesAppendRefusesWhatSplitWouldNotGiveBack(t *testing.T) {
	for _, line := range []string{"a\nb", "\n", "a\r", "\r"} {
		got, err := codec.Lines.Append([]byte("before"), []byte(line))
		if string(got) != "before" || err == nil {
			t.Errorf("Append(%q) = %q, %v; want what was there before, and an error", line, got, err)
		}
	}
}

func FuzzLines(f *testing.F) {
	for _, src := range awkward {
		f.Add([]byte(src), []byte{1}, -1)
	}
	f.Add([]byte("one\ntwo\r\n\nlast"), []byte{3, 2}, 3)
	f.Fuzz(func(t *testing.T, src, lengths []byte, most int) {
		fuzzFraming(t, codec.Lines, src, lengths, most, func(src []byte, most int) (lines []string, err error) {
			text := string(src)
			for len(text) > 0 {
				line, rest, _ := strings.Cut(text, "\n")
				line = strings.TrimSuffix(line, "\r")
				if most >= 0 && len(line) > most {
					return lines, codec.ErrTooLong
				}
				lines = append(lines, line)
				text = rest
			}
			return lines, nil
		})
	})
}
