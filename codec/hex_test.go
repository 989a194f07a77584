// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/duplex-go/duplex/codec"
)

func TestHexIsTwoLowerCaseDigitsForEachByte(t *testing.T) {
	expectText(t, codec.Hex, "00 AB ff", "00abff")
}

func TestHexNeverWaits(t *testing.T) {
	expectWaiting(t, codec.Hex, "\xe2\x82", 0)
}

func TestHexEncodeTakesBothCases(t *testing.T) {
	expectBytes(t, codec.Hex, "00aBFf", "\x00\xab\xff")
}

func TestHexEncodeNamesTheOffsetOfWhatIsNoDigit(t *testing.T) {
	expectRefusal(t, codec.Hex, "0g", "'g' at offset 1")
	expectRefusal(t, codec.Hex, "ab cd", "' ' at offset 2")
	expectRefusal(t, codec.Hex, "ab\u20accd", "'\u20ac' at offset 2")
}

func TestHexEncodeRefusesHalfAByte(t *testing.T) {
	expectRefusal(t, codec.Hex, "abc", "offset 2")
}

func FuzzHex(f *testing.F) {
	fuzzDecode(f, codec.Hex, func(t *testing.T, src []byte, text string) {
		if want := hex.EncodeToString(src); text != want {
			t.Fatalf("%x = %q; want %q", src, text, want)
		}
		expectBytes(t, codec.Hex, text, string(src))

		got, err := codec.Hex.Encode(nil, string(src))
		want, wantErr := hex.DecodeString(string(src))
		if (err == nil) != (wantErr == nil) || err == nil && !bytes.Equal(got, want) {
			t.Fatalf("%q stands for %x, %v; want %x, %v", src, got, err, want, wantErr)
		}
	})
}
