// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"encoding/base64"
	"testing"

	"github.com/duplex-go/duplex/codec"
)

func TestBase64PadsTheEnd(t *testing.T) {
	expectText(t, codec.Base64, "61", "YQ==")
	expectText(t, codec.Base64, "61 62", "YWI=")
	expectText(t, codec.Base64, "61 62 63", "YWJj")
	expectText(t, codec.Base64, "fb ff bf", "+/+/")
}

func TestBase64WaitsForWholeGroups(t *testing.T) {
	expectWaiting(t, codec.Base64, "abc", 0)
	expectWaiting(t, codec.Base64, "abcd", 1)
	expectWaiting(t, codec.Base64, "abcde", 2)
}

func TestBase64EncodeTakesBothAlphabets(t *testing.T) {
	expectBytes(t, codec.Base64, "+/-_", "\xfb\xff\xbf")
}

func TestBase64EncodeTakesPaddingOrNone(t *testing.T) {
	expectBytes(t, codec.Base64, "YQ==", "a")
	expectBytes(t, codec.Base64, "YQ", "a")
	expectBytes(t, codec.Base64, "YWI=", "ab")
	expectBytes(t, codec.Base64, "YWI", "ab")
	expectBytes(t, codec.Base64, "", "")
}

func TestBase64EncodeIgnoresWhiteSpace(t *testing.T) {
	expectBytes(t, codec.Base64, " Y\tW\r\nJj\f YQ= =\n", "abca")
}

func TestBase64EncodeNamesTheOffsetOfWhatIsNotInTheAlphabet(t *testing.T) {
	expectRefusal(t, codec.Base64, "YQ!", "'!' at offset 2")
	expectRefusal(t, codec.Base64, "\u20ac", "'\u20ac' at offset 0")
}

func TestBase64EncodeRefusesWhatFollowsThePadding(t *testing.T) {
	expectRefusal(t, codec.Base64, "YQ==YQ==", "'Y' at offset 4")
}

func TestBase64EncodeRefusesWrongPadding(t *testing.T) {
	for _, text := range []string{"=", "YQ=", "YQ===", "YWJj=", "YWJj====", "Y==="} {
		expectRefusal(t, codec.Base64, text, "padding")
	}
}

func TestBase64EncodeRefusesLessThanAByte(t *testing.T) {
	expectRefusal(t, codec.Base64, "YWJjY", "less than a byte")
}

func FuzzBase64(f *testing.F) {
	f.Add([]byte("YWJj YQ=="), []byte{4})
	f.Add([]byte("-_+/YQ=\n"), []byte{3})
	fuzzDecode(f, codec.Base64, func(t *testing.T, src []byte, text string) {
		if want := base64.StdEncoding.EncodeToString(src); text != want {
			t.Fatalf("%x = %q; want %q", src, text, want)
		}
		expectBytes(t, codec.Base64, text, string(src))

		// What the standard library takes is a subset, in four dialects.
		for _, dialect := range []*base64.Encoding{
			base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding,
		} {
			if want, err := dialect.DecodeString(string(src)); err == nil {
				expectBytes(t, codec.Base64, string(src), string(want))
			}
		}
		codec.Base64.Encode(nil, string(src))
	})
}
