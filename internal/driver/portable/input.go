// Copyright 2026 The duplex authors. MIT license.

package portable

import "sync"

// An input is the result of a read: bytes, an error, io.EOF for the peer's FIN, or nothing
// because Receive stopped the read.
type input struct {
	buf *buffer // holds n bytes; nil if there are none
	n   int
	err error
}

// A buffer is for one read. A read takes it from buffers when there is something to read,
// and release returns it.
type buffer [16 << 10]byte

var buffers = sync.Pool{New: func() any { return new(buffer) }}

// release returns the buffer of in.
func (in *input) release() {
	if in.buf != nil {
		buffers.Put(in.buf)
	}
	*in = input{}
}
