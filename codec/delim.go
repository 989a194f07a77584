// Copyright 2026 The duplex authors. MIT license.

package codec

import "bytes"

// Delim returns a Framing whose frames end with mark, which is not part of them:
// Delim("\x00"), Delim("\r\n.\r\n"). A frame ends where mark first occurs. The last one
// needs its mark, too: without it, the end is [io.ErrUnexpectedEOF]. An empty mark is
// [ErrParameter].
//
// A frame that never ends is [ErrTooLong] when as many bytes have come as a frame of the
// longest kind has with its mark.
func Delim(mark string) Framing { return &delim{[]byte(mark)} }

type delim struct{ mark []byte }

var (
	errMark  = &failure{ErrParameter, "delim: the mark is empty"}
	errHolds = &failure{ErrMalformed, "delim: the mark would occur before the end of the frame"}
)

func (d *delim) Cut(data []byte, waited, most int, final bool) (advance int, frame []byte, wait int, err error) {
	if len(d.mark) == 0 {
		return refuse(errMark)
	}
	// The last call has looked at all but the last byte of what it then waited for.
	from := max(0, min(waited-len(d.mark), len(data)))
	var i int
	if len(d.mark) == 1 {
		i = bytes.IndexByte(data[from:], d.mark[0])
	} else {
		i = bytes.Index(data[from:], d.mark)
	}
	if i < 0 {
		if most >= 0 && len(data)-len(d.mark) >= most {
			return refuse(ErrTooLong)
		}
		return await(data, len(data)+1, final)
	}
	end := from + i
	if most >= 0 && end > most {
		return refuse(ErrTooLong)
	}
	return end + len(d.mark), data[:end], 0, nil
}

func (d *delim) Split(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	return split(d, data, atEOF)
}

// Append looks at the mark together with the frame: "aa" after "a" would be found one
// byte early.
func (d *delim) Append(dst, frame []byte) ([]byte, error) {
	if len(d.mark) == 0 {
		return dst, errMark
	}
	out := append(append(dst, frame...), d.mark...)
	if bytes.Index(out[len(dst):], d.mark) != len(frame) {
		return dst, errHolds
	}
	return out, nil
}
