// Copyright 2026 The duplex authors. MIT license.

package codec

import (
	"encoding/binary"
	"math"
)

// Varint is a Framing that puts the length of each frame before it, as an unsigned varint
// of encoding/binary: seven bits in each byte, the low ones first. Streams of protocol
// buffers often have this form ("delimited" messages). A length of more bytes than it
// needs is accepted.
var Varint Framing = varint{}

type varint struct{}

var errVarint = &failure{ErrMalformed, "varint: the length has more than 64 bits"}

func (varint) Cut(data []byte, _, most int, final bool) (advance int, frame []byte, wait int, err error) {
	value, n := binary.Uvarint(data)
	switch {
	case n == 0:
		return await(data, len(data)+1, final)
	case n < 0:
		return refuse(errVarint)
	case most >= 0 && value > uint64(most) || value > uint64(math.MaxInt-n):
		return refuse(ErrTooLong)
	case uint64(len(data)-n) < value:
		return await(data, n+int(value), final)
	}
	whole := n + int(value)
	return whole, data[n:whole], 0, nil
}

func (f varint) Split(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	return split(f, data, atEOF)
}

func (varint) Append(dst, frame []byte) ([]byte, error) {
	return append(binary.AppendUvarint(dst, uint64(len(frame))), frame...), nil
}
