// Copyright 2026 The duplex authors. MIT license.

package codec

import (
	"encoding/binary"
	"math"
	"slices"
)

// A Length is a Framing that puts the length of each frame before it, as a number of
// fixed width. Length{Width: 2} is two bytes in network order, then as many bytes as
// they say.
//
// The other fields are for protocols whose header is older than this package. They are
// the parameters of Netty's LengthFieldBasedFrameDecoder. On the wire a frame is
//
//	Offset bytes, the length field, the body
//
// and the body has as many bytes as the length field says, plus Adjust. Protocols whose
// length counts the header, too, have a negative Adjust.
//
// The limit of a frame is that of its body, whether or not Strip removes the header.
// Offset, Adjust and Strip are at most 1 GiB, in either direction.
type Length struct {
	// Width is how many bytes the length field has: 1, 2, 3, 4 or 8. Zero is 4.
	Width int

	// LittleEndian is the order of the bytes of the length field: the least significant
	// first. The zero value is network order. (Netty: byteOrder.)
	LittleEndian bool

	// Offset is how many bytes come before the length field. (Netty: lengthFieldOffset.)
	Offset int

	// Adjust is added to the length field, to have the length of the body. (Netty:
	// lengthAdjustment.)
	Adjust int

	// Strip is how many bytes at its start are not part of the frame that Cut returns.
	// Zero is the header: the Offset bytes and the length field. Negative is none.
	// (Netty: initialBytesToStrip, where zero is none.)
	Strip int
}

// Errors of Length.
var (
	errWidth  = &failure{ErrParameter, "length: the width must be 1, 2, 3, 4 or 8 bytes"}
	errFar    = &failure{ErrParameter, "length: Offset, Adjust or Strip is out of range"}
	errLess   = &failure{ErrMalformed, "length: the length is less than that of the header, or of what is stripped"}
	errHeader = &failure{ErrMalformed, "length: the frame has less than a header"}
	errWide   = &failure{ErrTooLong, "length: the frame is longer than its length field can say"}
)

// farthest is the largest Offset, Adjust and Strip. Sums of them do not overflow.
const farthest = 1 << 30

// layout returns the fields of l with their defaults; header is the end of the length
// field.
func (l Length) layout() (width, header, strip int, err error) {
	switch width = l.Width; width {
	case 1, 2, 3, 4, 8:
	case 0:
		width = 4
	default:
		return 0, 0, 0, errWidth
	}
	if uint(l.Offset) >= farthest || uint(l.Adjust+farthest) > 2*farthest || l.Strip > farthest {
		return 0, 0, 0, errFar
	}
	header = l.Offset + width
	switch strip = l.Strip; {
	case strip == 0:
		strip = header
	case strip < 0:
		strip = 0
	}
	return width, header, strip, nil
}

// Cut implements [Cutter]. It refuses a frame as soon as its length field is there. The
// error is of [ErrMalformed] if the length says that the frame ends before its header or
// before what is stripped.
func (l Length) Cut(data []byte, _, most int, final bool) (advance int, frame []byte, wait int, err error) {
	// The usual lengths have a short way: BenchmarkFrames/Length/16 takes 8 ns instead
	// of 17.
	if l.Width == 2 && l.Offset|l.Adjust|l.Strip == 0 && !l.LittleEndian && len(data) >= 2 {
		if body := int(binary.BigEndian.Uint16(data)); most < 0 || body <= most {
			if whole := 2 + body; whole <= len(data) {
				return whole, data[2:whole], 0, nil
			}
		}
	}
	return l.cut(data, most, final)
}

func (l Length) cut(data []byte, most int, final bool) (advance int, frame []byte, wait int, err error) {
	width, header, strip, err := l.layout()
	if err != nil {
		return refuse(err)
	}
	if len(data) < header {
		return await(data, header, final)
	}
	value := number(data[l.Offset:header], width, l.LittleEndian)
	if value > math.MaxInt64-4*farthest {
		return refuse(ErrTooLong)
	}
	body := int64(value) + int64(l.Adjust)
	whole := int64(header) + body
	switch {
	case body < 0 || whole < int64(strip):
		return refuse(errLess)
	case most >= 0 && body > int64(most) || whole > math.MaxInt:
		return refuse(ErrTooLong)
	case int64(len(data)) < whole:
		return await(data, int(whole), final)
	}
	return int(whole), data[strip:whole], 0, nil
}

// Split implements [Framing].
func (l Length) Split(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	return split(l, data, atEOF)
}

// Append implements [Framing]. Frame is what Cut returns: the bytes that Strip removes
// are not in it, and are sent as zeros, but for the length field. Append writes the
// length field whatever a frame that has one says there.
func (l Length) Append(dst, frame []byte) ([]byte, error) {
	width, header, strip, err := l.layout()
	if err != nil {
		return dst, err
	}
	if len(frame) < header-strip {
		return dst, errHeader
	}
	value := int64(strip) + int64(len(frame)) - int64(header) - int64(l.Adjust)
	switch {
	case value < 0:
		return dst, errLess
	case width < 8 && value>>(8*width) != 0:
		return dst, errWide
	}
	at := len(dst)
	dst = slices.Grow(dst, strip+len(frame))[:at+strip]
	clear(dst[at:])
	dst = append(dst, frame...)
	putNumber(dst[at+l.Offset:], uint64(value), width, l.LittleEndian)
	return dst, nil
}

// number returns the number in p, which has width bytes.
func number(p []byte, width int, little bool) (n uint64) {
	switch {
	case width == 2 && !little:
		return uint64(binary.BigEndian.Uint16(p))
	case width == 4 && !little:
		return uint64(binary.BigEndian.Uint32(p))
	case little:
		for i := width - 1; i >= 0; i-- {
			n = n<<8 | uint64(p[i])
		}
	default:
		for _, b := range p[:width] {
			n = n<<8 | uint64(b)
		}
	}
	return n
}

// putNumber writes the width low bytes of n to p.
func putNumber(p []byte, n uint64, width int, little bool) {
	for i := range width {
		at := i
		if !little {
			at = width - 1 - i
		}
		p[at] = byte(n >> (8 * i))
	}
}
