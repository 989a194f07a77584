// Copyright 2026 The duplex authors. MIT license.

package codec

// ASCII is one character for each byte. Decode clears the high bit of each.
// Encode is that of Latin1 and clears no bit, as in Node.
var ASCII Encoding = asciiEncoding{}

type asciiEncoding struct{}

func (asciiEncoding) Name() string { return "ascii" }

func (asciiEncoding) Decode(dst, src []byte, _ bool) (text []byte, rest int) {
	text = dst[:0]
	for _, b := range src {
		text = append(text, b&0x7f)
	}
	return text, 0
}

func (asciiEncoding) Encode(dst []byte, text string) ([]byte, error) {
	return Latin1.Encode(dst, text)
}
