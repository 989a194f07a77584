// Copyright 2026 The duplex authors. MIT license.

package codec

import (
	"encoding/hex"
	"fmt"
)

// Hex is two hexadecimal digits for each byte, in lower case; Encode takes
// both cases. For a character that is no digit, at which Node stops in silence,
// Encode returns an error that names its offset.
var Hex Encoding = hexEncoding{}

type hexEncoding struct{}

func (hexEncoding) Name() string { return "hex" }

func (hexEncoding) Decode(dst, src []byte, _ bool) (text []byte, rest int) {
	return hex.AppendEncode(dst[:0], src), 0
}

func (hexEncoding) Encode(dst []byte, text string) ([]byte, error) {
	out := dst
	for i, r := range text {
		digit, ok := hexDigit(r)
		if !ok {
			return dst, fmt.Errorf("codec: hex: %q at offset %d is not a digit", r, i)
		}
		if i%2 == 0 {
			out = append(out, digit<<4)
		} else {
			out[len(out)-1] |= digit
		}
	}
	if len(text)%2 != 0 {
		return dst, fmt.Errorf("codec: hex: the digit at offset %d is half a byte", len(text)-1)
	}
	return out, nil
}

func hexDigit(r rune) (digit byte, ok bool) {
	switch {
	case '0' <= r && r <= '9':
		return byte(r - '0'), true
	case 'a' <= r && r <= 'f':
		return byte(r - 'a' + 10), true
	case 'A' <= r && r <= 'F':
		return byte(r - 'A' + 10), true
	}
	return 0, false
}
