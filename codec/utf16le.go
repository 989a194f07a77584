// Copyright 2026 The duplex authors. MIT license.

package codec

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// UTF16LE is UTF-16, low byte first. Half a code unit waits for its other half,
// and a high surrogate for its low one. A surrogate that stays alone becomes
// U+FFFD. Decode drops an odd byte at the end, as Node does, and keeps a byte
// order mark.
var UTF16LE Encoding = utf16leEncoding{}

type utf16leEncoding struct{}

func (utf16leEncoding) Name() string { return "utf16le" }

func (utf16leEncoding) Decode(dst, src []byte, final bool) (text []byte, rest int) {
	if !final {
		rest = len(src) % 2
		if whole := src[:len(src)-rest]; len(whole) > 0 && whole[len(whole)-1]&0xfc == 0xd8 {
			rest += 2
		}
		src = src[:len(src)-rest]
	}
	text = dst[:0]
	for ; len(src) >= 2; src = src[2:] {
		r := rune(binary.LittleEndian.Uint16(src))
		if utf16.IsSurrogate(r) && len(src) >= 4 {
			next := rune(binary.LittleEndian.Uint16(src[2:]))
			if pair := utf16.DecodeRune(r, next); pair != utf8.RuneError {
				r = pair
				src = src[2:]
			}
		}
		text = utf8.AppendRune(text, r) // U+FFFD for a surrogate
	}
	return text, rest
}

func (utf16leEncoding) Encode(dst []byte, text string) ([]byte, error) {
	var units [2]uint16
	for _, r := range text {
		for _, unit := range utf16.AppendRune(units[:0], r) {
			dst = binary.LittleEndian.AppendUint16(dst, unit)
		}
	}
	return dst, nil
}
