// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"bytes"
	"io"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/duplex-go/duplex/codec"
)

// The largest frame of a two-byte length is within the 64 KiB that a socket allows unless
// told otherwise, with its header and without.
func TestAFrameOf65535BytesIsWithin64KiB(t *testing.T) {
	payload := bytes.Repeat([]byte("x"), 65_535)
	sent, err := codec.Length{Width: 2}.Append(nil, payload)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []codec.Length{{Width: 2}, {Width: 2, Strip: -1}} {
		n, frame, _, err := f.Cut(sent, 0, 64<<10, false)
		if n != len(sent) || !bytes.HasSuffix(frame, payload) || err != nil {
			t.Errorf("%+v: %d bytes, a frame of %d, %v", f, n, len(frame), err)
		}
	}
}

func TestAppendWritesTheLengthFieldOfAFrameThatHasOne(t *testing.T) {
	f := codec.Length{Width: 2, Offset: 1, Adjust: -3, Strip: -1}
	got, err := f.Append(nil, []byte("\xca\x00\x00hello"))
	if want := "\xca\x00\x08hello"; string(got) != want || err != nil {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestAppendSendsZerosForWhatIsStripped(t *testing.T) {
	dst := []byte("....................")[:0]
	got, err := codec.Length{Width: 1, Offset: 2}.Append(dst, []byte("hello"))
	if want := "\x00\x00\x05hello"; string(got) != want || err != nil {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func FuzzLength(f *testing.F) {
	widths := []int{1, 2, 3, 4, 8, 0, 5}
	f.Add([]byte("\x00\x02ab\x00\x00"), []byte{1}, byte(1), false, 0, 0, 0, -1)
	f.Add([]byte("\xca\x00\x10\xfeHELLO, WORLD"), []byte{3, 1}, byte(1), false, 1, -3, 3, 64)
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xff"), []byte{2}, byte(4), true, 0, -8, -1, -1)
	f.Add([]byte("\x01\x00\x00x\x00\x00\x00"), []byte{1, 2}, byte(2), true, 0, 0, 0, 0)
	f.Fuzz(func(t *testing.T, src, lengths []byte, which byte, little bool, offset, adjust, strip, most int) {
		width := widths[int(which)%len(widths)]
		length := codec.Length{Width: width, LittleEndian: little, Offset: offset, Adjust: adjust, Strip: strip}
		if width == 0 {
			width = 4
		}
		if strip == 0 {
			strip = offset + width
		}
		strip = max(0, strip)
		const far = 1 << 30
		if !slices.Contains([]int{1, 2, 3, 4, 8}, width) || offset < 0 || offset >= far || adjust < -far || adjust > far || strip > far {
			for _, final := range []bool{false, true} {
				if _, frame, _, err := length.Cut(src, 0, most, final); frame != nil || err == nil {
					t.Fatalf("%+v: %q, %v; want an error", length, frame, err)
				}
			}
			return
		}
		fuzzFraming(t, length, src, lengths, most, func(src []byte, most int) (frames []string, err error) {
			for len(src) > 0 {
				if len(src) < offset+width {
					return frames, io.ErrUnexpectedEOF
				}
				field := slices.Clone(src[offset : offset+width])
				if little {
					slices.Reverse(field)
				}
				value := new(big.Int).SetBytes(field)
				body := new(big.Int).Add(value, big.NewInt(int64(adjust)))
				whole := new(big.Int).Add(body, big.NewInt(int64(offset+width)))
				switch {
				case value.Cmp(big.NewInt(math.MaxInt64-4*far)) > 0:
					return frames, codec.ErrTooLong
				case body.Sign() < 0 || whole.Cmp(big.NewInt(int64(strip))) < 0:
					return frames, codec.ErrMalformed
				case most >= 0 && body.Cmp(big.NewInt(int64(most))) > 0, whole.Cmp(big.NewInt(math.MaxInt)) > 0:
					return frames, codec.ErrTooLong
				case whole.Cmp(big.NewInt(int64(len(src)))) > 0:
					return frames, io.ErrUnexpectedEOF
				}
				n := int(whole.Int64())
				frames = append(frames, string(src[strip:n]))
				src = src[n:]
			}
			return frames, nil
		})
	})
}
