// Copyright 2026 The duplex authors. MIT license.

// Package foreign carries connections that no driver can take over: any net.Conn, such as a
// tls.Conn or an end of net.Pipe, and those that any net.Listener accepts. Each has a
// goroutine that reads and, while there is something to send, one that writes. Both hand
// what happens to the loop.
package foreign

import (
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
)

// A Sink receives the events of a Conn, on the loop. They mean what those of driver.Sink do.
type Sink interface {
	Received(p []byte)
	Ended()
	Failed(err error)
	Sent(n int, err error)
	Closed()
}

// A Conn is the driver of one connection, a driver.Transport that ignores the ID.
type Conn struct {
	net.Conn              // constant
	post     func(func()) // runs a function on the loop; constant from Start on
	sink     Sink         // constant from Start on

	mu      sync.Mutex
	changed sync.Cond // on mu: for the goroutine that reads
	on      bool      // the loop wants bytes; only the loop writes it
	cut     bool      // Shutdown has closed the connection
	closing bool      // only the loop writes it

	finished bool // owned by the loop

	told chan bool      // whether the loop has taken the result of a read
	work sync.WaitGroup // the goroutines
}

// New returns c, which belongs to it from here on.
func New(c net.Conn) *Conn {
	f := &Conn{Conn: c, told: make(chan bool, 1)}
	f.changed.L = &f.mu
	return f
}

// Start begins. Nothing is read before Receive. Post runs a function on the loop, to which
// all other methods belong but Send.
func (c *Conn) Start(post func(func()), sink Sink) {
	c.post, c.sink = post, sink
	_ = c.Conn.SetDeadline(time.Time{}) // not every connection has deadlines
	c.work.Go(c.read)                   // until the connection has ended or is closed
}

// Local and Remote return the addresses, as far as they are those of TCP or Unix sockets.
func (c *Conn) Local() driver.Addr  { return Address(c.Conn.LocalAddr()) }
func (c *Conn) Remote() driver.Addr { return Address(c.Conn.RemoteAddr()) }

// Address returns a as an address of a driver: the zero Addr for other kinds.
func Address(a net.Addr) driver.Addr {
	switch a := a.(type) {
	case *net.TCPAddr:
		return driver.Addr{AddrPort: a.AddrPort()}
	case *net.UnixAddr:
		return driver.Addr{Path: a.Name}
	}
	return driver.Addr{}
}

// readSize is the length of a read, and what a connection keeps to read.
const readSize = 16 << 10

// mostEmpty is how many reads in a row may return neither bytes nor an error.
const mostEmpty = 100

// read reads while the loop wants bytes, one read ahead.
func (c *Conn) read() {
	buf := make([]byte, readSize)
	for empty := 0; ; {
		if !c.await() {
			return
		}
		n, err := c.Conn.Read(buf)
		if empty++; n > 0 {
			empty = 0
			if !c.tell(func() { c.sink.Received(buf[:n]) }) {
				return
			}
		}
		if err == nil && empty > mostEmpty {
			err = io.ErrNoProgress
		}
		switch {
		case err == nil:
		case err == io.EOF || c.isCut():
			c.tell(c.sink.Ended)
			return
		default:
			c.tell(func() { c.sink.Failed(translate(err)) })
			return
		}
	}
}

// await waits until the loop wants bytes. It reports false if the connection is closed.
func (c *Conn) await() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.on && !c.closing {
		c.changed.Wait()
	}
	return !c.closing
}

// tell calls f on the loop, when that wants bytes, and returns when f has. It reports false if
// the connection is closed.
func (c *Conn) tell(f func()) bool {
	for c.await() {
		c.post(func() {
			took := c.on || c.closing
			defer func() { c.told <- took }() // also if f never returns
			if c.on && !c.closing {
				f()
			}
		})
		if <-c.told {
			return true
		}
	}
	return false
}

func (c *Conn) isCut() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cut
}

// Receive implements driver.Transport.
func (c *Conn) Receive(_ driver.ID, on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.on = on
	c.changed.Signal()
}

// Configure does nothing: the options are those of a socket of the system.
func (c *Conn) Configure(driver.ID, driver.Options) error { return nil }

// Send implements driver.Transport. It takes nothing at once.
func (c *Conn) Send(_ driver.ID, bufs [][]byte) (int, error) {
	lent := slices.Clone(bufs)
	c.work.Go(func() { // until all is sent, or the connection fails or is closed
		n, err := c.write(lent)
		c.post(func() {
			if !c.closing {
				c.sink.Sent(n, translate(err))
			}
		})
	})
	return 0, nil
}

// joined is the length up to which slices are joined, so that TLS makes few records of them.
const joined = 16 << 10

// write sends bufs, and returns how many bytes the connection took.
func (c *Conn) write(bufs [][]byte) (n int, err error) {
	size := 0
	for _, p := range bufs {
		size += len(p)
	}
	if len(bufs) > 1 && size <= joined {
		bufs = [][]byte{slices.Concat(bufs...)}
	}
	for _, p := range bufs {
		m, err := c.Conn.Write(p)
		n += m
		if err == nil && m < len(p) {
			err = io.ErrShortWrite
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

type closeWriter interface{ CloseWrite() error }

// Halves reports whether the connection can end in one direction alone.
func (c *Conn) Halves() bool {
	_, ok := c.Conn.(closeWriter)
	return ok
}

// Shutdown implements driver.Transport, but for its result: that is reported as Sent of no
// bytes, since CloseWrite may wait. A connection without CloseWrite is closed, and then
// reported as Ended.
func (c *Conn) Shutdown(driver.ID) error {
	c.mu.Lock()
	c.cut = !c.Halves()
	c.mu.Unlock()
	c.work.Go(func() {
		err := c.end()
		c.post(func() {
			if !c.closing {
				c.finished = err == nil
				c.sink.Sent(0, err)
			}
		})
	})
	return nil
}

// end ends our direction, or the connection.
func (c *Conn) end() error {
	half, ok := c.Conn.(closeWriter)
	if !ok {
		_ = c.Conn.Close()
		return nil
	}
	if h, ok := half.(interface{ Handshake() error }); ok { // a tls.Conn cannot end before that
		if err := h.Handshake(); err != nil {
			return translate(err)
		}
	}
	err := translate(half.CloseWrite())
	if err == syscall.ENOTCONN {
		return syscall.ECONNRESET // a reset has ended the connection
	}
	return err
}

// Finished reports whether Shutdown has succeeded.
func (c *Conn) Finished() bool { return c.finished }

// Close implements driver.Transport. With reset, the peer must not take what it has received
// for the whole.
func (c *Conn) Close(_ driver.ID, reset bool) {
	if c.closing {
		return
	}
	c.mu.Lock()
	c.closing = true
	c.changed.Signal()
	c.mu.Unlock()
	go func() { // until no goroutine uses the connection
		if reset {
			abort(c.Conn)
		}
		_ = c.Conn.Close()
		c.work.Wait()
		c.post(c.sink.Closed)
	}()
}

// abort resets a connection that has SetLinger. One that runs on another by NetConn, as a
// tls.Conn does, loses that: its own Close would send close_notify, which is an end.
func abort(c net.Conn) {
	if l, ok := c.(interface{ SetLinger(sec int) error }); ok {
		_ = l.SetLinger(0)
		return
	}
	if upper, ok := c.(interface{ NetConn() net.Conn }); ok {
		if under := upper.NetConn(); under != nil {
			abort(under)
			_ = under.Close()
		}
	}
}

// A Handle closes a connection that was not started.
type Handle struct{ *Conn }

// Close closes the connection.
func (h Handle) Close() error { return h.Conn.Conn.Close() }

// translate returns the number of the system in err, if there is one.
func translate(err error) error {
	var number syscall.Errno
	var wrapped *net.OpError
	switch {
	case errors.As(err, &number):
		return sys.Posix(number)
	case errors.Is(err, io.ErrClosedPipe): // as net.Pipe fails when the other end is closed
		return syscall.EPIPE
	case errors.As(err, &wrapped):
		return wrapped.Err
	}
	return err
}

var _ driver.Transport = (*Conn)(nil)
