// Copyright 2026 The duplex authors. MIT license.

package codec

import (
	"encoding/base64"
	"errors"
	"fmt"
)

// Base64 is four characters for each three bytes. One or two bytes at the end of
// a piece wait for the next piece; Decode pads them if there is none.
//
// Encode accepts the standard alphabet and that of URLs, even mixed, and ignores
// white space. The padding is complete or absent. Encode returns an error for
// every other character, which Node ignores.
var Base64 Encoding = base64Encoding{}

type base64Encoding struct{}

func (base64Encoding) Name() string { return "base64" }

func (base64Encoding) Decode(dst, src []byte, final bool) (text []byte, rest int) {
	if !final {
		rest = len(src) % 3
	}
	return base64.StdEncoding.AppendEncode(dst[:0], src[:len(src)-rest]), rest
}

func (base64Encoding) Encode(dst []byte, text string) ([]byte, error) {
	out := dst
	var group uint32 // of up to four digits, six bits each
	digits, padding := 0, 0
	for i, r := range text {
		digit, ok := base64Digit(r)
		switch {
		case ok && padding == 0:
			group = group<<6 | digit
			if digits++; digits%4 == 0 {
				out = append(out, byte(group>>16), byte(group>>8), byte(group))
			}
		case r == '=':
			padding++
		case r == ' ' || r == '\t' || r == '\r' || r == '\n' || r == '\f':
		case ok:
			return dst, fmt.Errorf("codec: base64: %q at offset %d follows the padding", r, i)
		default:
			return dst, fmt.Errorf("codec: base64: %q at offset %d is not in the alphabet", r, i)
		}
	}
	if padding > 0 && (padding > 2 || (digits+padding)%4 != 0) {
		return dst, fmt.Errorf("codec: base64: %d characters do not take %d of padding", digits, padding)
	}
	switch digits % 4 {
	case 1:
		return dst, errors.New("codec: base64: the last character alone is less than a byte")
	case 2:
		out = append(out, byte(group>>4))
	case 3:
		out = append(out, byte(group>>10), byte(group>>2))
	}
	return out, nil
}

func base64Digit(r rune) (digit uint32, ok bool) {
	switch {
	case 'A' <= r && r <= 'Z':
		return uint32(r - 'A'), true
	case 'a' <= r && r <= 'z':
		return uint32(r - 'a' + 26), true
	case '0' <= r && r <= '9':
		return uint32(r - '0' + 52), true
	case r == '+' || r == '-':
		return 62, true
	case r == '/' || r == '_':
		return 63, true
	}
	return 0, false
}
