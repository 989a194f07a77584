// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"errors"
	"io"
	"net"

	"github.com/duplex-go/duplex/internal/buf"
)

// ahead is how many writes ReadFrom has under way.
const ahead = 2

// The errors of copies that would wait for their own caller.
var (
	errReadFromOnLoop = errors.New("duplex: ReadFrom waits for the event loop, and was called on one; call it on another goroutine, or in a callback of a Blocking Handler")
	errWriteToOnLoop  = errors.New("duplex: WriteTo waits for the event loop, and was called on one; call it on another goroutine")
	errWriteToItself  = errors.New("duplex: WriteTo waits for the socket's callbacks, and was called in one; call it on another goroutine")
)

var errInvalidWrite = errors.New("duplex: a writer returned an invalid count")

// ReadFrom sends the bytes of r until its end, never more than 64 KiB ahead of the
// kernel, and returns when the kernel has taken all of them. N is the number of bytes
// that Write took. The error is nil at the end of r, or an error of r, of Write or of
// the socket. ReadFrom does not call End. OverflowDrop does not apply to it: beyond
// MaxWriteBuffer the error is [ErrWriteBufferFull].
//
// ReadFrom blocks, so it is not for callbacks. Blocking callbacks may call it, also
// those of s. On a loop of the socket's engine it returns an error and reads nothing.
// io.Copy to a Socket calls it, unless the source is an [io.WriterTo].
func (s *Socket) ReadFrom(r io.Reader) (n int64, err error) {
	if s.onLoop() {
		return 0, errReadFromOnLoop
	}
	buf := make([]byte, 32<<10)
	sent := make(chan error, ahead)
	waiting := 0
	for err == nil {
		var m int
		if m, err = r.Read(buf); m > 0 {
			if failed := s.writeAwaited(buf[:m], sent); failed != nil {
				err = failed
				break
			}
			n += int64(m)
			waiting++
		}
		if waiting == ahead {
			waiting--
			if failed := <-sent; failed != nil {
				err = failed
			}
		}
	}
	if err == io.EOF {
		err = nil
	}
	for ; waiting > 0; waiting-- {
		if failed := <-sent; failed != nil && err == nil {
			err = failed
		}
	}
	return n, err
}

// writeAwaited is Write with a completion that is not a callback: sent receives nil as
// soon as the kernel has taken all of p, or the reason why it never will.
func (s *Socket) writeAwaited(p []byte, sent chan<- error) error {
	_, err := s.write(p, nil, notice{sent: sent})
	return err
}

// WriteTo resumes the socket, and writes to w the bytes that it receives from now on,
// undecoded and uncut, until the peer's end. It reads no further ahead than one read.
// It returns the number of bytes that w took, and nil at the peer's end (at once, if
// OnEnd was called), an error of w, or the reason why the socket closed,
// [net.ErrClosed] if there is no other. It blocks, so it is not for callbacks: on a
// loop of the socket's engine, and in a callback of the socket itself, it returns an
// error and does nothing.
//
// The Handler receives every event but the data, also if SetHandler changes it
// meanwhile. OnEnd comes after w has taken the bytes before it. After an error of w the
// socket is paused; OnData receives the bytes that w did not take, and those that
// arrive after Resume. If the socket is piped or copied elsewhere, too, each
// destination receives all bytes, and the slowest sets the pace.
func (s *Socket) WriteTo(w io.Writer) (n int64, err error) {
	switch {
	case s.onLoop():
		return 0, errWriteToOnLoop
	case s.onItsOwn():
		return 0, errWriteToItself
	}
	c := &copying{source: s, parts: make(chan part, 3)} // bytes, the end, and closed
	defer s.unlead(c, func() {})
	switch phase, fin := s.lead(c); {
	case phase == closed:
		return 0, net.ErrClosed
	case fin == told:
		return 0, nil
	}
	s.Resume()
	for {
		got := <-c.parts
		if got.last {
			return n, got.err
		}
		m, err := w.Write(got.p)
		if m < 0 || m > len(got.p) {
			m, err = 0, errInvalidWrite
		}
		n += int64(m)
		if err == nil && m < len(got.p) {
			err = io.ErrShortWrite
		}
		if err != nil {
			s.unlead(c, func() { s.restore(got.p[m:]) })
			return n, err
		}
		c.full.Store(false)
		s.conf.lane.Defer((*stream)(s))
	}
}

// restore pauses s and puts p in front of the kept input. The caller holds mu.
func (s *Socket) restore(p []byte) {
	s.hold(true)
	if s.phase == open && s.in.interest == wanted {
		k := &s.rare().kept
		text := buf.Of(p)
		text.Append(k.text.Bytes())
		k.text, k.due, k.bare = text, true, true
	}
}

// A copying is the outlet of WriteTo. It takes one piece at a time, and is full until
// the writer has taken that piece.
type copying struct {
	source *Socket // constant
	branch
	buf   []byte // the last piece; owned by WriteTo while full
	parts chan part
}

// A part is a piece of input, or the end of a WriteTo.
type part struct {
	p    []byte
	last bool
	err  error
}

// take implements outlet.
func (c *copying) take(p []byte) (int, error) {
	c.buf = append(c.buf[:0], p...)
	c.full.Store(true)
	c.parts <- part{p: c.buf[:len(p):len(p)]}
	return len(p), nil
}

// end implements outlet.
func (c *copying) end() { c.parts <- part{last: true} }

// closed implements outlet.
func (c *copying) closed() {
	err := c.source.Err()
	if err == nil {
		err = net.ErrClosed
	}
	c.parts <- part{last: true, err: err}
}

// onLoop reports whether the caller runs on a loop of the engine of s.
func (s *Socket) onLoop() bool {
	l := s.conf.lane
	return l.engine.onLoop() || l.Here() // the lane may be a temporary one, of no engine
}

var (
	_ io.ReaderFrom = (*Socket)(nil)
	_ io.WriterTo   = (*Socket)(nil)
)
