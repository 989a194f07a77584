// Copyright 2026 The duplex authors. MIT license.

package codec

// Fixed returns a Framing whose frames all have n bytes, and no mark. Its Append takes
// frames of n bytes alone. An n that is not positive is [ErrParameter].
func Fixed(n int) Framing { return fixed(n) }

type fixed int

var (
	errSize  = &failure{ErrParameter, "fixed: the length of the frames is not positive"}
	errShort = &failure{ErrMalformed, "fixed: the frame is shorter than all frames are"}
	errLong  = &failure{ErrTooLong, "fixed: the frame is longer than all frames are"}
)

func (f fixed) Cut(data []byte, _, most int, final bool) (advance int, frame []byte, wait int, err error) {
	n := int(f)
	switch {
	case n <= 0:
		return refuse(errSize)
	case len(data) == 0:
		return 0, nil, n, nil
	case most >= 0 && n > most:
		return refuse(ErrTooLong)
	case len(data) < n:
		return await(data, n, final)
	}
	return n, data[:n], 0, nil
}

func (f fixed) Split(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	return split(f, data, atEOF)
}

func (f fixed) Append(dst, frame []byte) ([]byte, error) {
	switch {
	case f <= 0:
		return dst, errSize
	case len(frame) < int(f):
		return dst, errShort
	case len(frame) > int(f):
		return dst, errLong
	}
	return append(dst, frame...), nil
}
