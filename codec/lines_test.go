// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"bytes"
	"fmt"
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
		got := split(t, codec.Lines, pieces)
		if want := []string{"ab", "\r", "", "c\rd"}; !slices.Equal(got, want) {
			t.Fatalf("%q = %q; want %q", pieces, got, want)
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

func TestSplittingLinesAllocatesNothing(t *testing.T) {
	src := []byte("one\r\ntwo\n")
	allocs := testing.AllocsPerRun(100, func() { codec.Lines.Split(src, false) })
	if allocs != 0 {
		t.Errorf("got %v allocations; want 0", allocs)
	}
}

func FuzzLines(f *testing.F) {
	for _, src := range awkward {
		f.Add([]byte(src), []byte{1})
	}
	f.Add([]byte("one\ntwo\r\n\nlast"), []byte{3, 2})
	f.Fuzz(func(t *testing.T, src, lengths []byte) {
		want := split(t, codec.Lines, [][]byte{src})
		pieces := cut(src, lengths)
		if got := split(t, codec.Lines, pieces); !slices.Equal(got, want) {
			t.Fatalf("%q = %q; want %q", pieces, got, want)
		}
		for _, line := range want {
			refused := strings.HasSuffix(line, "\r") // a line sent as "\r\r\n"
			sent, err := codec.Lines.Append(nil, []byte(line))
			if (err != nil) != refused {
				t.Fatalf("Append(%q): got error %v; want one: %t", line, err, refused)
			}
			if back := split(t, codec.Lines, [][]byte{sent}); err == nil && !slices.Equal(back, []string{line}) {
				t.Fatalf("%q came back as %q", line, back)
			}
		}
	})
}

// BenchmarkLines is the usual case: many lines in one read.
func BenchmarkLines(b *testing.B) {
	src := bytes.Repeat([]byte("a line of some thirty bytes...\n"), 2048)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		for data := src; len(data) > 0; {
			n, _, _ := codec.Lines.Split(data, false)
			data = data[n:]
		}
	}
}

// BenchmarkLinesTrickle is the worst case: a line that comes byte by byte. One
// op is the whole line; ns/byte is the price of an arrival.
func BenchmarkLinesTrickle(b *testing.B) {
	for _, size := range []int{1 << 10, 64 << 10} {
		b.Run(fmt.Sprintf("%dK", size>>10), func(b *testing.B) {
			src := bytes.Repeat([]byte("a"), size)
			for b.Loop() {
				for n := range src {
					codec.Lines.Split(src[:n+1], false)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(size), "ns/byte")
		})
	}
}

// split passes pieces through a framing as a socket does.
func split(t *testing.T, framing codec.Framing, pieces [][]byte) (frames []string) {
	t.Helper()
	var waiting []byte
	step := func(final bool) {
		for {
			n, frame, err := framing.Split(waiting, final)
			if err != nil || n < 0 || n > len(waiting) {
				t.Fatalf("Split(%q, %t) = %d, %q, %v", waiting, final, n, frame, err)
			}
			if n == 0 && frame == nil {
				return
			}
			frames = append(frames, string(frame))
			waiting = waiting[n:]
		}
	}
	for _, piece := range pieces {
		waiting = slices.Concat(waiting, piece)
		step(false)
	}
	step(true)
	if len(waiting) > 0 {
		t.Fatalf("%q is left at the end", waiting)
	}
	return frames
}

// expectFrames checks what a framing makes of src.
func expectFrames(t *testing.T, framing codec.Framing, src string, want ...string) {
	t.Helper()
	if got := split(t, framing, [][]byte{[]byte(src)}); !slices.Equal(got, want) {
		t.Errorf("%q = %q; want %q", src, got, want)
	}
}
