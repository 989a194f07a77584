// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"io"
	"math"
	"regexp"
	"strconv"
	"testing"

	"github.com/duplex-go/duplex/codec"
)

func TestNetstringIsThatOfItsSpecification(t *testing.T) {
	got, err := codec.Netstring.Append(nil, []byte("hello world!"))
	if want := "12:hello world!,"; string(got) != want || err != nil {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	expectFrames(t, codec.Netstring, "12:hello world!,0:,", "hello world!", "")
}

// header matches the bytes that may begin a netstring: all of a length, or a part of it.
var header = regexp.MustCompile(`^(0|[1-9][0-9]{0,17})?(:|$)`)

func FuzzNetstring(f *testing.F) {
	for _, src := range []string{
		"2:ab,0:,", "12:hello world!,", "00:,", "01:a,", "3:abcd", ":", "-1:,", "1", "1:", "1:a",
		"999999999999999999:", "1000000000000000000:", "12345678901234567890:", "1 :a,",
	} {
		f.Add([]byte(src), []byte{1, 2}, -1)
		f.Add([]byte(src), []byte{3}, 11)
	}
	f.Fuzz(func(t *testing.T, src, lengths []byte, most int) {
		fuzzFraming(t, codec.Netstring, src, lengths, most, func(src []byte, most int) (frames []string, err error) {
			for len(src) > 0 {
				// The first byte that is wrong decides.
				length, n := int64(0), 0
				for ; n < len(src) && src[n] >= '0' && src[n] <= '9'; n++ {
					if n == 1 && src[0] == '0' {
						return frames, codec.ErrMalformed
					}
					if n == 18 {
						return frames, codec.ErrTooLong
					}
					length, _ = strconv.ParseInt(string(src[:n+1]), 10, 64)
					if most >= 0 && length > int64(most) {
						return frames, codec.ErrTooLong
					}
				}
				switch {
				case n < len(src) && (n == 0 || src[n] != ':'):
					return frames, codec.ErrMalformed
				case n < len(src) && length > math.MaxInt-32: // an int of 32 bits
					return frames, codec.ErrTooLong
				case !header.Match(src):
					t.Fatalf("the reference takes %q", src)
				case int64(len(src)) < int64(n)+1+length+1:
					return frames, io.ErrUnexpectedEOF
				}
				end := n + 1 + int(length)
				if src[end] != ',' {
					return frames, codec.ErrMalformed
				}
				frames = append(frames, string(src[n+1:end]))
				src = src[end+1:]
			}
			return frames, nil
		})
	})
}
