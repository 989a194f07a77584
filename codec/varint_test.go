// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"io"
	"math/big"
	"math/bits"
	"strings"
	"testing"

	"github.com/duplex-go/duplex/codec"
)

func TestVarintLengthsHaveSevenBitsInEachByte(t *testing.T) {
	for n, header := range map[int]string{0: "\x00", 1: "\x01", 127: "\x7f", 128: "\x80\x01", 300: "\xac\x02", 16384: "\x80\x80\x01"} {
		frame := strings.Repeat("x", n)
		got, err := codec.Varint.Append(nil, []byte(frame))
		if string(got) != header+frame || err != nil {
			t.Errorf("a frame of %d bytes begins with %x, %v; want %x", n, got[:len(got)-n], err, header)
		}
		expectFrames(t, codec.Varint, string(got), frame)
	}
}

func FuzzVarint(f *testing.F) {
	f.Add([]byte("\x02ab\x00\x81\x00d"), []byte{1}, -1)
	f.Add([]byte("\xac\x02"), []byte{1, 2}, 299)
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), []byte{9}, -1)
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), []byte{3}, -1)
	f.Add([]byte("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"), []byte{1}, 0)
	f.Fuzz(func(t *testing.T, src, lengths []byte, most int) {
		fuzzFraming(t, codec.Varint, src, lengths, most, func(src []byte, most int) (frames []string, err error) {
			for len(src) > 0 {
				length, n := new(big.Int), 0
				for more := true; more; n++ {
					if n == len(src) {
						return frames, io.ErrUnexpectedEOF
					}
					digit := big.NewInt(int64(src[n] & 0x7f))
					length.Add(length, digit.Lsh(digit, uint(7*n)))
					more = src[n] >= 0x80
					if n == 10 || n == 9 && !more && src[n] > 1 {
						return frames, codec.ErrMalformed
					}
				}
				switch whole := new(big.Int).Add(length, big.NewInt(int64(n))); {
				case most >= 0 && length.Cmp(big.NewInt(int64(most))) > 0, whole.BitLen() > bits.UintSize-1:
					return frames, codec.ErrTooLong
				case whole.Cmp(big.NewInt(int64(len(src)))) > 0:
					return frames, io.ErrUnexpectedEOF
				default:
					end := int(whole.Int64())
					frames = append(frames, string(src[n:end]))
					src = src[end:]
				}
			}
			return frames, nil
		})
	})
}
