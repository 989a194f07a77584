// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"io"
	"strings"
	"testing"

	"github.com/duplex-go/duplex/codec"
)

func TestDelimEndsAFrameWhereTheMarkFirstOccurs(t *testing.T) {
	expectFrames(t, codec.Delim("--"), "a---b----", "a", "-b", "")
}

func TestAFrameThatNeverEndsIsTooLongAfterTheLongestFrame(t *testing.T) {
	f := codec.Delim("\r\n\r\n")
	for n := range 20 {
		_, _, _, err := f.Cut([]byte(strings.Repeat("x", n)), 0, 10, false)
		if want := n >= 14; (err == codec.ErrTooLong) != want {
			t.Errorf("after %d bytes: %v; want ErrTooLong: %t", n, err, want)
		}
	}
}

func FuzzDelim(f *testing.F) {
	f.Add([]byte("a--b---c----"), []byte{1}, "--", -1)
	f.Add([]byte("xaaaabaab"), []byte{3, 1}, "aab", 4)
	f.Add([]byte("a\r\n.\r\r\n.\r\n"), []byte{2}, "\r\n.\r\n", 5)
	f.Add([]byte("a\x00\x00b"), []byte{1, 2}, "\x00", 0)
	f.Fuzz(func(t *testing.T, src, lengths []byte, mark string, most int) {
		if mark == "" {
			if _, _, _, err := codec.Delim("").Cut(src, 0, most, true); err == nil {
				t.Fatal("an empty mark is no error")
			}
			return
		}
		fuzzFraming(t, codec.Delim(mark), src, lengths, most, func(src []byte, most int) (frames []string, err error) {
			for text := string(src); text != ""; {
				frame, rest, found := strings.Cut(text, mark)
				switch {
				case most >= 0 && found && len(frame) > most, most >= 0 && !found && len(frame)-len(mark) >= most:
					return frames, codec.ErrTooLong
				case !found:
					return frames, io.ErrUnexpectedEOF
				}
				frames = append(frames, frame)
				text = rest
			}
			return frames, nil
		})
	})
}
