// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"testing"

	"github.com/duplex-go/duplex/codec"
)

func TestLatin1IsACharacterForEachByte(t *testing.T) {
	expectText(t, codec.Latin1, "41 00 80 e9 ff", "A\x00\u0080\u00e9\u00ff")
}

func TestLatin1NeverWaits(t *testing.T) {
	expectWaiting(t, codec.Latin1, "\xe2\x82", 0)
}

func TestLatin1EncodeTakesTheLowByteOfEachCodeUnit(t *testing.T) {
	expectBytes(t, codec.Latin1, "A\u00e9", "A\xe9")
	expectBytes(t, codec.Latin1, "\u20ac", "\xac")
	expectBytes(t, codec.Latin1, "\U0001f600", "\x3d\x00")
}

func FuzzLatin1(f *testing.F) {
	fuzzDecode(f, codec.Latin1, func(t *testing.T, src []byte, text string) {
		expectBytes(t, codec.Latin1, text, string(src))
		codec.Latin1.Encode(nil, string(src))
	})
}
