// Copyright 2026 The duplex authors. MIT license.

package memory

import (
	"math"
	"net"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/buf"
	"github.com/duplex-go/duplex/internal/driver"
)

// A conn is a connection.
type conn struct {
	network        *Network
	serial         uint64
	made           time.Time // when it was or will be connected; zero while it waits
	client, server *end
}

// An end is one side of a connection, with its input.
type end struct {
	conn          *conn
	peer          *end
	local, remote driver.Addr
	socket        *socket // nil until attached

	in   []segment
	data buf.Queue // the bytes of in
	fin  time.Time // when the peer's FIN arrives; zero if it has sent none
	rst  time.Time // when an RST arrives; zero if there is none
	last time.Time // nothing more arrives before this

	sent   int  // bytes, ever
	closed bool // this end has left the connection
	told   bool // the reset was reported once: sending is EPIPE from now on
}

// A segment is bytes under way, or waiting to be read.
type segment struct {
	n  int
	at time.Time // when they arrive
}

func newConn(n *Network, local, remote driver.Addr) *conn {
	c := &conn{network: n, serial: n.made}
	c.client = &end{conn: c, local: local, remote: remote}
	c.server = &end{conn: c, local: remote, remote: local, peer: c.client}
	c.client.peer = c.server
	return c
}

// faults returns the faults of the address that the client asked for.
func (c *conn) faults() Faults { return c.network.faultsOf(c.server.local) }

// reset sends an RST to both ends.
func (c *conn) reset(now time.Time) {
	c.client.takeRST(c.client.arrival(now))
	c.server.takeRST(c.server.arrival(now))
}

// send takes the bytes that there is room for and returns how many it took.
func (e *end) send(bufs [][]byte, now time.Time) (int, error) {
	if arrived(e.rst, now) {
		return 0, e.lost()
	}
	if !e.peer.fin.IsZero() {
		return 0, syscall.EPIPE
	}
	n := min(size(bufs), e.room())
	f := e.conn.faults()
	if f.Take != nil && n > 0 {
		n = max(0, min(n, f.Take(n)))
	}
	if f.ResetAfter > 0 {
		n = max(0, min(n, f.ResetAfter-e.sent))
	}
	if n > 0 {
		e.sent += n
		e.peer.takeBytes(bufs, n, now)
	}
	if f.ResetAfter > 0 && e.sent >= f.ResetAfter {
		e.conn.reset(now)
	}
	return n, nil
}

// room returns how many bytes a send could take.
func (e *end) room() int {
	if e.spent() {
		return 0
	}
	if e.peer.deaf() {
		return math.MaxInt
	}
	return max(0, e.conn.network.buffer-e.peer.data.Len())
}

// spent reports whether ResetAfter lets e send no more: the RST is on its way.
func (e *end) spent() bool {
	most := e.conn.faults().ResetAfter
	return most > 0 && e.sent >= most && !e.rst.IsZero()
}

// deaf reports whether e receives no bytes any more.
func (e *end) deaf() bool { return e.closed || !e.rst.IsZero() }

// takeBytes receives the first n bytes of bufs, which the peer sends now.
func (e *end) takeBytes(bufs [][]byte, n int, now time.Time) {
	at := e.arrival(now)
	switch {
	case e.closed:
		e.peer.takeRST(e.peer.arrival(at))
	case !e.rst.IsZero():
	default:
		e.in = append(e.in, segment{n, at})
		for _, b := range bufs {
			b = b[:min(len(b), n)]
			e.data.Append(b)
			n -= len(b)
		}
		e.socket.watch()
	}
}

func (e *end) takeFIN(at time.Time) {
	if !e.deaf() && e.fin.IsZero() {
		e.fin = at
		e.socket.watch()
	}
}

func (e *end) takeRST(at time.Time) {
	if !e.deaf() {
		e.rst = at
		e.socket.watch()
		e.socket.watchRoom()
	}
}

// arrival returns when a segment that is sent now arrives at e: never before an earlier
// segment.
func (e *end) arrival(now time.Time) time.Time {
	at := now.Add(e.conn.faults().Delay)
	if at.Before(e.last) {
		at = e.last
	}
	e.last = at
	return at
}

// next returns the time at which e next has something to read; zero if nothing is on its
// way.
func (e *end) next() time.Time {
	switch {
	case len(e.in) > 0:
		return e.in[0].at
	case !e.fin.IsZero():
		return e.fin
	}
	return e.rst
}

// unread returns how many bytes have arrived, and 1 if the next event is an end.
func (e *end) unread(now time.Time) (n int) {
	for _, s := range e.in {
		if !arrived(s.at, now) {
			return n
		}
		n += s.n
	}
	if n == 0 && arrived(e.next(), now) {
		n = 1
	}
	return n
}

// read moves bytes that have arrived to p.
func (e *end) read(p []byte, now time.Time) int {
	if most := e.conn.faults().Read; most > 0 {
		p = p[:min(len(p), most)]
	}
	n := 0
	for n < len(p) && len(e.in) > 0 && !e.in[0].at.After(now) {
		first := &e.in[0]
		k := min(len(p)-n, first.n)
		n += k
		if first.n -= k; first.n == 0 {
			e.in = e.in[1:]
		}
	}
	e.take(p[:n])
	e.peer.socket.watchRoom()
	return n
}

// take moves the first bytes of data to p, as many as p holds.
func (e *end) take(p []byte) {
	var vectors [4][]byte
	for len(p) > 0 {
		for _, b := range e.data.Vectors(vectors[:0]) {
			n := copy(p, b)
			p = p[n:]
			e.data.Consume(n)
		}
	}
}

// lost returns the error of a send on a connection that was reset: that of Linux.
func (e *end) lost() error {
	told := e.told
	e.told = true
	if told || !e.fin.IsZero() {
		return syscall.EPIPE
	}
	return syscall.ECONNRESET
}

// close leaves the end. As in TCP, unread input makes the FIN an RST, and so do
// bytes that arrive later.
func (e *end) close(reset bool, now time.Time) {
	if e.closed {
		return
	}
	if e.conn.made.IsZero() {
		e.peer.closed = true // the listener never received it
	}
	e.closed, e.socket = true, nil
	unread := len(e.in) > 0
	switch {
	case !e.peer.fin.IsZero() && arrived(e.fin, now):
		// Both have ended: there is no connection to reset.
	case reset && e.conn.server.local.Path == "", unread && arrived(e.in[0].at, now):
		// A Unix socket has no RST of its own, as on Linux.
		e.peer.takeRST(e.peer.arrival(now))
	default:
		e.peer.takeFIN(e.peer.arrival(now))
		if unread {
			e.peer.takeRST(e.peer.arrival(e.in[0].at))
		}
	}
	e.in = nil
	e.data.Clear()
	if e.peer.closed {
		delete(e.conn.network.conns, e.conn)
		e.conn.network.release(e.conn.client.local)
	}
}

// A handle is an end that was accepted and not attached yet.
type handle struct{ *end }

// Close gives up the connection, unless it was closed or attached before.
func (h handle) Close() error {
	n := h.conn.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if h.closed || h.socket != nil {
		return net.ErrClosed
	}
	h.close(false, time.Now())
	return nil
}

// arrived reports whether something with that time of arrival is there; the zero time
// means that nothing arrives.
func arrived(at, now time.Time) bool { return !at.IsZero() && !at.After(now) }

func size(bufs [][]byte) int {
	n := 0
	for _, b := range bufs {
		n += len(b)
	}
	return n
}
