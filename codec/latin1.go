// Copyright 2026 The duplex authors. MIT license.

package codec

import (
	"unicode/utf16"
	"unicode/utf8"
)

// Latin1 is one character, U+0000 to U+00FF, for each byte. Encode takes the low
// byte of each UTF-16 code unit, as Node does: € (U+20AC) becomes AC.
var Latin1 Encoding = latin1Encoding{}

type latin1Encoding struct{}

func (latin1Encoding) Name() string { return "latin1" }

func (latin1Encoding) Decode(dst, src []byte, _ bool) (text []byte, rest int) {
	text = dst[:0]
	for _, b := range src {
		text = utf8.AppendRune(text, rune(b))
	}
	return text, 0
}

func (latin1Encoding) Encode(dst []byte, text string) ([]byte, error) {
	for _, r := range text {
		if utf16.RuneLen(r) == 2 {
			high, low := utf16.EncodeRune(r)
			dst = append(dst, byte(high), byte(low))
		} else {
			dst = append(dst, byte(r))
		}
	}
	return dst, nil
}
