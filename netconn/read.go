// Copyright 2026 The duplex authors. MIT license.

package netconn

import (
	"io"
	"net"
	"sync"
)

// An input is what has arrived at a Conn. The mu of the Conn guards it.
type input struct {
	buf  []byte // arrived, and not read from head on
	head int

	want    []byte // of a Read that waits: the next bytes go there at once
	got     int    // how many bytes that Read was given
	claimed bool   // want and got belong to a Read

	ended  bool // the peer has ended
	paused bool // the socket is not read
	asked  bool // whether a Read may wait was asked
}

// The socket is not read from high unread bytes on, until low are left. Since the loop
// reads at most longest at a time, a buffer of most always suffices.
const (
	high    = 64 << 10
	low     = 32 << 10
	longest = 64 << 10
	most    = high + longest

	small = 4 << 10 // a buffer of that size is no matter for pooling
)

// buffers has buffers of most bytes.
var buffers = sync.Pool{New: func() any { return new([most]byte) }}

// keep adds a copy of p.
func (in *input) keep(p []byte) {
	unread := in.buf[in.head:]
	need := len(unread) + len(p)
	switch {
	case need <= cap(in.buf)-in.head:
	case need <= cap(in.buf):
		in.buf, in.head = in.buf[:copy(in.buf[:cap(in.buf)], unread)], 0
	case need <= small || need > most:
		in.replace(make([]byte, 0, need), unread)
	default:
		in.replace(buffers.Get().(*[most]byte)[:0], unread)
	}
	in.buf = append(in.buf, p...)
}

// replace changes to another buffer.
func (in *input) replace(buf, unread []byte) {
	buf = append(buf, unread...)
	in.drop()
	in.buf = buf
}

// drop forgets what was not read.
func (in *input) drop() {
	if cap(in.buf) == most {
		buffers.Put((*[most]byte)(in.buf[:most]))
	}
	in.buf, in.head = nil, 0
}

// take moves bytes that were not read to p.
func (in *input) take(p []byte) int {
	n := copy(p, in.buf[in.head:])
	if in.head += n; in.head == len(in.buf) {
		in.drop()
	}
	return n
}

// unread returns how many bytes were not read.
func (in *input) unread() int { return len(in.buf) - in.head }

// arrived is OnData.
func (c *Conn) arrived(p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == closed {
		return
	}
	in := &c.in
	if in.want != nil {
		in.got = copy(in.want, p)
		in.want = nil
		p = p[in.got:]
	}
	if len(p) > 0 {
		in.keep(p)
	}
	if !in.paused && in.unread() >= high {
		in.paused = true
		c.socket.Pause()
	}
	c.readable.Broadcast()
}

// ended is OnEnd.
func (c *Conn) ended() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.in.ended = true
	c.readable.Broadcast()
}

// Read waits for bytes, and returns those that have arrived, at most len(p). The error is
// [io.EOF] once the peer has ended and all bytes before were read.
func (c *Conn) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	in := &c.in
	mine := false
	for {
		switch {
		case mine && in.want == nil: // it was filled
			in.claimed = false
			return in.got, nil
		case c.state == closed:
			return c.readFails(mine, net.ErrClosed)
		case in.paused && in.unread() <= low:
			in.paused = false
			c.socket.Resume()
			continue
		case len(p) == 0: // also after the deadline, as package net does
			return 0, nil
		case c.readBy.passed:
			return c.readFails(mine, c.readBy.err())
		case in.unread() > 0:
			if mine {
				in.want, in.claimed = nil, false
			}
			return in.take(p), nil
		case in.ended:
			if mine {
				in.want, in.claimed = nil, false
			}
			return 0, io.EOF
		case c.state == gone:
			return c.readFails(mine, c.lost())
		case !in.asked:
			in.asked = true
			if !c.mayWait() {
				in.asked = false
				return 0, c.opError("read", errOnLoop)
			}
			continue
		case !in.claimed:
			in.claimed, mine = true, true
			in.want = p
		}
		c.readable.Wait()
	}
}

// readFails returns the error of a Read, which gives up its claim.
func (c *Conn) readFails(mine bool, err error) (int, error) {
	if mine {
		c.in.want, c.in.claimed = nil, false
	}
	return 0, c.opError("read", err)
}

// mayWait asks the socket, without mu. The caller holds mu.
func (c *Conn) mayWait() bool {
	c.mu.Unlock()
	defer c.mu.Lock()
	return c.socket.MayWait()
}
