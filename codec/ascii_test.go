// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"testing"

	"github.com/duplex-go/duplex/codec"
)

func TestASCIIClearsTheHighBit(t *testing.T) {
	expectText(t, codec.ASCII, "41 c1 80 ff", "AA\x00\x7f")
}

func TestASCIINeverWaits(t *testing.T) {
	expectWaiting(t, codec.ASCII, "\xe2\x82", 0)
}

func TestASCIIEncodeIsThatOfLatin1(t *testing.T) {
	expectBytes(t, codec.ASCII, "A\u00e9\u20ac", "A\xe9\xac")
}

func FuzzASCII(f *testing.F) {
	fuzzDecode(f, codec.ASCII, func(t *testing.T, src []byte, text string) {
		want := make([]byte, len(src))
		for i, b := range src {
			want[i] = b & 0x7f
		}
		if text != string(want) {
			t.Fatalf("%x = %q; want %q", src, text, want)
		}
		expectBytes(t, codec.ASCII, text, text)
	})
}
