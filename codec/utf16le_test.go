// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"encoding/binary"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/duplex-go/duplex/codec"
)

func TestUTF16LEPutsTheLowByteFirst(t *testing.T) {
	expectText(t, codec.UTF16LE, "41 00 ac 20 3d d8 00 de", "A\u20ac\U0001f600")
	expectBytes(t, codec.UTF16LE, "A\u20ac\U0001f600", "A\x00\xac\x20\x3d\xd8\x00\xde")
}

func TestUTF16LEReplacesALoneSurrogate(t *testing.T) {
	expectText(t, codec.UTF16LE, "3d d8 41 00", "\ufffdA")
	expectText(t, codec.UTF16LE, "00 de 41 00", "\ufffdA")
	expectText(t, codec.UTF16LE, "3d d8 3d d8 00 de", "\ufffd\U0001f600")
	expectText(t, codec.UTF16LE, "3d d8", "\ufffd")
}

func TestUTF16LEKeepsAByteOrderMark(t *testing.T) {
	expectText(t, codec.UTF16LE, "ff fe 41 00", "\ufeffA")
}

func TestUTF16LEDropsALastOddByte(t *testing.T) {
	expectText(t, codec.UTF16LE, "41 00 42", "A")
	expectText(t, codec.UTF16LE, "3d d8 00", "\ufffd")
}

func TestUTF16LEWaitsForHalvesOfUnitsAndPairs(t *testing.T) {
	expectWaiting(t, codec.UTF16LE, "A\x00", 0)
	expectWaiting(t, codec.UTF16LE, "A\x00B", 1)
	expectWaiting(t, codec.UTF16LE, "A\x00\x3d\xd8", 2)
	expectWaiting(t, codec.UTF16LE, "A\x00\x3d\xd8\x00", 3)
	expectWaiting(t, codec.UTF16LE, "\x3d\xd8\x00\xde", 0)
	expectWaiting(t, codec.UTF16LE, "A\x00\x00\xde", 0)
}

func TestUTF16LEEncodeReplacesWhatIsNotUTF8(t *testing.T) {
	expectBytes(t, codec.UTF16LE, "\xff", "\xfd\xff")
}

func FuzzUTF16LE(f *testing.F) {
	fuzzDecode(f, codec.UTF16LE, func(t *testing.T, src []byte, text string) {
		units := make([]uint16, len(src)/2)
		for i := range units {
			units[i] = binary.LittleEndian.Uint16(src[2*i:])
		}
		if want := string(utf16.Decode(units)); text != want {
			t.Fatalf("%x = %q; want %q", src, text, want)
		}
		if utf8.Valid(src) {
			encoded, _ := codec.UTF16LE.Encode(nil, string(src))
			if back, _ := codec.UTF16LE.Decode(nil, encoded, true); string(back) != string(src) {
				t.Fatalf("%q came back as %q", src, back)
			}
		}
	})
}
