// Copyright 2026 The duplex authors. MIT license.

package codec

import (
	"errors"
	"io"
)

// A Framing cuts a stream of bytes into frames, and marks the frames of a stream.
type Framing interface {
	Cutter

	// Split is Cut without a limit and without memory: a [bufio.SplitFunc]. It is
	// called with all of a frame that has come, at each arrival.
	Split(data []byte, atEOF bool) (advance int, frame []byte, err error)

	// Append appends frame and its mark to dst. It allocates nothing if dst has room.
	// If Cut would not return the same frame, Append returns dst and an error: of
	// [ErrMalformed], [ErrTooLong] or [ErrParameter].
	Append(dst, frame []byte) ([]byte, error)
}

// A Cutter cuts a stream of bytes into frames, as a [bufio.SplitFunc] does. It also says
// how many bytes it waits for, so a frame that arrives in many pieces is not looked at
// from its start at each of them. And it knows the limit of the frame: it refuses a
// frame as soon as its header announces too much.
type Cutter interface {
	// Cut returns the first frame in data, as a slice of data, and how many bytes the
	// frame and its mark take. A frame is not nil, even if it is empty.
	//
	// If data does not hold a whole frame, frame is nil, and wait is how many bytes data
	// must have for the next call, after the advance bytes are dropped. The caller need
	// not call before, except at the end. It passes the same number as waited, from which
	// a Cutter can tell how much of data it has looked at. Waited is 0 in the first call
	// for a frame.
	//
	// Most is how many bytes the frame may have, its mark excluded. Negative is no
	// limit. Beyond it the error is [ErrTooLong], which a socket reports as
	// duplex.ErrFrameTooLong.
	//
	// If final is true, no bytes follow those of data. A part of a frame is then
	// [io.ErrUnexpectedEOF]. Without data, Cut returns no frame and no error.
	//
	// The cost of all calls must grow as the bytes do. Cut keeps neither data nor state.
	Cut(data []byte, waited, most int, final bool) (advance int, frame []byte, wait int, err error)
}

// Errors of framings. The errors that are returned may say more, so use [errors.Is].
var (
	// ErrTooLong is the error of a frame that is longer than the limit, or than a length
	// field, an int or a Fixed framing can say.
	ErrTooLong = errors.New("codec: the frame is too long")

	// ErrMalformed is the error of bytes that are not frames of the framing: a length
	// that is less than that of the header, a varint of more than 64 bits, a netstring
	// without its colon or comma. It is also that of a frame that the framing cannot
	// carry, such as a line that contains "\n".
	ErrMalformed = errors.New("codec: malformed frame")

	// ErrParameter is the error of a framing whose parameters make no sense, such as a
	// Length of five bytes.
	ErrParameter = errors.New("codec: the parameters of the framing are not valid")
)

// A failure is one of the errors above, with the details.
type failure struct {
	kind error
	text string
}

func (e *failure) Error() string        { return "codec: " + e.text }
func (e *failure) Is(target error) bool { return target == e.kind }

// await is what Cut returns when data has less than the n bytes that it needs.
func await(data []byte, n int, final bool) (advance int, frame []byte, wait int, err error) {
	if final && len(data) > 0 {
		return 0, nil, 0, io.ErrUnexpectedEOF
	}
	return 0, nil, n, nil
}

// refuse is what Cut returns for bytes that are not a frame.
func refuse(err error) (advance int, frame []byte, wait int, _ error) { return 0, nil, 0, err }

// split is Split by Cut.
func split(c Cutter, data []byte, atEOF bool) (advance int, frame []byte, err error) {
	advance, frame, _, err = c.Cut(data, 0, -1, atEOF)
	return advance, frame, err
}
