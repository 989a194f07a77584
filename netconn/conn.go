// Copyright 2026 The duplex authors. MIT license.

package netconn

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"github.com/duplex-go/duplex"
)

// A Conn is a Socket as a net.Conn. [Listener.Accept], [Dialer.DialContext] and [New] make
// one. Any goroutine may call its methods.
type Conn struct {
	socket *duplex.Socket // constant once a callback or a caller has the Conn

	mu                 sync.Mutex
	readable, writable sync.Cond // on mu: a Read, or a Write, has to look again
	in                 input
	out                output
	state              state
	err                error // why the socket failed, or closed
	readBy, writeBy    deadline
}

// A state is how far a Conn has come.
type state uint8

const (
	opening state = iota
	opened
	gone   // the socket is closed, or has failed
	closed // by Close
)

var errOnLoop = errors.New("netconn: the call waits for the event loop, and was made on one, or in a Blocking callback of the socket; make it on another goroutine")

// handler is that of the sockets, whose Value is their Conn.
var handler = &duplex.Handler{
	OnData:  func(s *duplex.Socket, p []byte) { of(s).arrived(p) },
	OnEnd:   func(s *duplex.Socket) { of(s).ended() },
	OnError: func(s *duplex.Socket, err error) { of(s).failed(err) },
	OnClose: func(s *duplex.Socket) { of(s).failed(s.Err()) },
}

// of returns the Conn of s. A socket that has none never was open: it gets one that is not
// used.
func of(s *duplex.Socket) *Conn {
	if c, ok := s.Value.(*Conn); ok {
		return c
	}
	return newConn()
}

func newConn() *Conn {
	c := new(Conn)
	c.readable.L, c.writable.L = &c.mu, &c.mu
	return c
}

// A TLSConn is a Conn whose socket has TLS by its Server or Client. It is a type of its own
// because net/http takes each connection that has a ConnectionState for one of TLS.
type TLSConn struct{ *Conn }

// ConnectionState returns what the handshake has agreed on.
func (c *TLSConn) ConnectionState() tls.ConnectionState { return c.Socket().ConnectionState() }

// attach makes c the Conn of s. It is called in a callback of s.
func (c *Conn) attach(s *duplex.Socket) {
	c.socket, s.Value = s, c
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = max(c.state, opened)
	c.readable.Broadcast() // Dial waits there
}

// New makes a net.Conn of a socket that has another Handler so far, to change to a protocol
// whose code is written for package net. Read returns a copy of p first, bytes that a
// callback has had already, and then what arrives from now on. The Handler and the Value of
// s belong to the Conn from here on.
//
// Call New in a callback of s that does not end it, such as OnConnect or OnData, or in a
// function that was given to its Post, and then use the Conn on another goroutine. New resumes a socket
// that is paused. If the Options of s do not have AllowHalfOpen, the Conn cannot write once
// the peer has ended. The Options should leave MaxWriteBuffer as it is, or above 256 KiB: a
// Write that it refuses returns its error, and does not wait.
func New(s *duplex.Socket, p []byte) *Conn {
	c := newConn()
	c.in.keep(p)
	c.in.ended = s.State() == duplex.WriteOnly
	c.attach(s)
	s.SetHandler(handler)
	s.Resume()
	return c
}

// Socket returns the socket of c: for its options, counters and limits. The Handler and the
// Value of the socket belong to c.
func (c *Conn) Socket() *duplex.Socket { return c.socket }

// SocketOf returns the socket below c: of a [Conn], of a [TLSConn], or of a connection on top
// of one that has NetConn, as [tls.Conn] has. It is nil if there is none. A server of HTTP
// finds what a PROXY header has announced this way, in ConnContext of net/http.
func SocketOf(c net.Conn) *duplex.Socket {
	for {
		switch own := c.(type) {
		case interface{ Socket() *duplex.Socket }:
			return own.Socket()
		case interface{ NetConn() net.Conn }:
			c = own.NetConn()
		default:
			return nil
		}
	}
}

// LocalAddr returns our address.
func (c *Conn) LocalAddr() net.Addr { return c.socket.LocalAddr() }

// RemoteAddr returns the peer's address: behind a trusted proxy, that of the client.
func (c *Conn) RemoteAddr() net.Addr { return c.socket.RemoteAddr() }

// Close closes the connection, and returns at once. What was written is sent, within
// [duplex.Options.Linger]. Calls that wait return [net.ErrClosed], as a second Close does.
func (c *Conn) Close() error {
	c.mu.Lock()
	if c.state == closed {
		c.mu.Unlock()
		return c.opError("close", net.ErrClosed)
	}
	c.state = closed
	c.in.drop()
	c.readBy.clear()
	c.writeBy.clear()
	c.wake()
	c.mu.Unlock()
	_ = c.socket.Close() // it is net.ErrClosed if the connection was lost before
	return nil
}

// CloseWrite sends what was written, and then FIN. The peer's Read returns io.EOF after it.
// Later Writes return EPIPE. The error is [net.ErrClosed] after Close.
func (c *Conn) CloseWrite() error {
	c.mu.Lock()
	if c.state == closed {
		c.mu.Unlock()
		return c.opError("close", net.ErrClosed)
	}
	c.out.ended = true
	c.writable.Broadcast()
	c.mu.Unlock()
	c.socket.End()
	return nil
}

// ends reports whether c has sent the end, by CloseWrite or Close.
func (c *Conn) ends() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.ended || c.state == closed
}

// failed records why the socket fails, or that it is closed.
func (c *Conn) failed(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = err
	}
	c.state = max(c.state, gone)
	c.wake()
}

// wake makes all calls that wait look again.
func (c *Conn) wake() {
	c.readable.Broadcast()
	c.writable.Broadcast()
}

// lost returns why the connection does not work any more. The caller holds mu.
func (c *Conn) lost() error {
	if c.err != nil {
		return c.err
	}
	return net.ErrClosed
}

// opError wraps err as the failure of op.
func (c *Conn) opError(op string, err error) error {
	var inner *net.OpError
	if errors.As(err, &inner) {
		err = inner.Err // that of the socket has another Op
	}
	e := &net.OpError{Op: op, Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: err}
	if e.Addr != nil { // a connection of another kind than package net's may have none
		e.Net = e.Addr.Network()
	}
	return e
}

// A deadline is the time at which a direction stops to wait. The mu of its Conn guards it.
type deadline struct {
	when   time.Time
	timer  *time.Timer
	passed bool
}

// SetDeadline is SetReadDeadline and SetWriteDeadline.
func (c *Conn) SetDeadline(t time.Time) error {
	return c.set(t, true, true)
}

// SetReadDeadline has Read return [os.ErrDeadlineExceeded] from t on, and so does a Read that
// waits then. The zero time is none. The error is [net.ErrClosed] after Close.
func (c *Conn) SetReadDeadline(t time.Time) error {
	return c.set(t, true, false)
}

// SetWriteDeadline has Write return [os.ErrDeadlineExceeded] from t on, and so does a Write
// that waits then; its count is the number of bytes that are sent all the same.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	return c.set(t, false, true)
}

func (c *Conn) set(t time.Time, read, write bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == closed {
		return c.opError("set", net.ErrClosed)
	}
	if read {
		c.arm(&c.readBy, &c.readable, t)
	}
	if write {
		c.arm(&c.writeBy, &c.writable, t)
	}
	return nil
}

// arm sets d to t. Waiting is where the calls wait that d ends.
func (c *Conn) arm(d *deadline, waiting *sync.Cond, t time.Time) {
	d.clear()
	d.when = t
	left := time.Until(t)
	switch {
	case t.IsZero():
	case left <= 0:
		d.passed = true
		waiting.Broadcast()
	case d.timer == nil:
		d.timer = time.AfterFunc(left, func() { c.expire(d, waiting) })
	default:
		d.timer.Reset(left)
	}
}

// expire is called when d may have passed: it may have been set anew meanwhile.
func (c *Conn) expire(d *deadline, waiting *sync.Cond) {
	c.mu.Lock()
	defer c.mu.Unlock()
	left := time.Until(d.when)
	switch {
	case d.when.IsZero() || d.passed:
	case left > 0:
		d.timer.Reset(left)
	default:
		d.passed = true
		waiting.Broadcast()
	}
}

func (d *deadline) clear() {
	if d.timer != nil {
		d.timer.Stop()
	}
	d.when, d.passed = time.Time{}, false
}

// err returns the error of a call that d has ended, or nil.
func (d *deadline) err() error {
	if d.passed {
		return os.ErrDeadlineExceeded
	}
	return nil
}

var (
	_ net.Conn = (*Conn)(nil)
	_ net.Conn = (*TLSConn)(nil)
)
