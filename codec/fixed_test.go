// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"io"
	"testing"

	"github.com/duplex-go/duplex/codec"
)

func TestFixedFramesHaveNoMark(t *testing.T) {
	expectFrames(t, codec.Fixed(3), "onetwosix", "one", "two", "six")
	got, err := codec.Fixed(3).Append([]byte("one"), []byte("two"))
	if string(got) != "onetwo" || err != nil {
		t.Errorf("got %q, %v; want onetwo", got, err)
	}
}

func FuzzFixed(f *testing.F) {
	f.Add([]byte("onetwosix"), []byte{1}, 3, -1)
	f.Add([]byte("onetwo"), []byte{4}, 4, 4)
	f.Add([]byte("one"), []byte{2}, 1<<30, 2)
	f.Fuzz(func(t *testing.T, src, lengths []byte, n, most int) {
		if n <= 0 {
			if _, _, _, err := codec.Fixed(n).Cut(src, 0, most, true); err == nil {
				t.Fatalf("frames of %d bytes are no error", n)
			}
			return
		}
		fuzzFraming(t, codec.Fixed(n), src, lengths, most, func(src []byte, most int) (frames []string, err error) {
			for ; len(src) > 0; src = src[n:] {
				switch {
				case most >= 0 && n > most:
					return frames, codec.ErrTooLong
				case len(src) < n:
					return frames, io.ErrUnexpectedEOF
				}
				frames = append(frames, string(src[:n]))
			}
			return frames, nil
		})
	})
}
