// Copyright 2026 The duplex authors. MIT license.

package codec

import (
	"math"
	"strconv"
)

// Netstring is a Framing that writes a frame as its length in decimal digits, a colon,
// the frame, and a comma: "5:hello,". (D. J. Bernstein, Netstrings, 1997.) A length has
// no leading zeros and at most 18 digits.
var Netstring Framing = netstring{}

type netstring struct{}

var (
	errDigits = &failure{ErrMalformed, "netstring: the length is not digits and a colon"}
	errZero   = &failure{ErrMalformed, "netstring: the length has a leading zero"}
	errComma  = &failure{ErrMalformed, "netstring: no comma follows the frame"}
)

func (netstring) Cut(data []byte, _, most int, final bool) (advance int, frame []byte, wait int, err error) {
	value := int64(0)
	for i, b := range data {
		switch {
		case '0' <= b && b <= '9':
			if i > 0 && value == 0 {
				return refuse(errZero)
			}
			value = value*10 + int64(b-'0')
			if i >= 18 || most >= 0 && value > int64(most) {
				return refuse(ErrTooLong)
			}
		case b == ':' && i > 0:
			if value > math.MaxInt-32 {
				return refuse(ErrTooLong)
			}
			return netstring{}.body(data, i+1, int(value), final)
		default:
			return refuse(errDigits)
		}
	}
	return await(data, len(data)+1, final)
}

// body is Cut for a frame of n bytes whose first is at data[start:].
func (netstring) body(data []byte, start, n int, final bool) (advance int, frame []byte, wait int, err error) {
	end := start + n
	switch {
	case len(data) <= end:
		return await(data, end+1, final)
	case data[end] != ',':
		return refuse(errComma)
	}
	return end + 1, data[start:end], 0, nil
}

func (f netstring) Split(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	return split(f, data, atEOF)
}

func (netstring) Append(dst, frame []byte) ([]byte, error) {
	dst = append(strconv.AppendInt(dst, int64(len(frame)), 10), ':')
	return append(append(dst, frame...), ','), nil
}
