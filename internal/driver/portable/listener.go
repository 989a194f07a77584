// Copyright 2026 The duplex authors. MIT license.

package portable

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
)

// burst is how many connections are accepted ahead of the loop. Without it, the loop would
// take one in each turn. More connections wait in the backlog.
const burst = 64

func (d *portable) Bind(addr driver.Addr, o driver.ListenOptions) (driver.Conn, error) {
	lc := net.ListenConfig{
		Control: func(_, _ string, raw syscall.RawConn) error {
			return control(raw, func(fd uintptr) error { return sys.Exclusive(fd, !o.ReusePort) })
		},
		KeepAlive: -1,
	}
	lc.SetMultipathTCP(false)

	kind := network(addr)
	if kind == "tcp6" && !o.V6Only {
		kind = "tcp" // IPv4 as well
	}
	if kind == "unix" {
		return bindPath(addr, o)
	}
	ln, err := lc.Listen(context.Background(), kind, text(addr))
	if err != nil {
		return driver.Conn{}, sys.Errno(err)
	}
	if raw, err := descriptor(ln); err == nil && o.Backlog != 0 {
		// Package net has asked for the system's maximum, which is good enough if it
		// cannot be changed.
		_ = control(raw, func(fd uintptr) error { return sys.Backlog(fd, o.Backlog) })
	}
	return driver.Conn{Local: address(ln.Addr()), Handle: &handle{Listener: ln}}, nil
}

// descriptor returns the descriptor of a handle, unless the handle is closed.
func descriptor(handle io.Closer) (syscall.RawConn, error) {
	c, ok := handle.(syscall.Conn)
	if !ok {
		return nil, syscall.EINVAL
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return nil, err
	}
	return raw, raw.Control(func(uintptr) {})
}

// control calls f with the descriptor of raw.
func control(raw syscall.RawConn, f func(fd uintptr) error) (err error) {
	if failed := raw.Control(func(fd uintptr) { err = f(fd) }); failed != nil {
		return failed
	}
	return err
}

// A listener accepts connections.
type listener struct {
	// Constant.
	driver *portable
	id     driver.ID
	handle *handle
	raw    syscall.RawConn // its descriptor

	// Owned by the loop.
	accepting bool       // a goroutine accepts, or its last event is in the queue
	kept      []net.Conn // accepted, but the loop had stopped accepting by then
	closing   bool
	retiring  bool // closing, and what was accepted is reported before

	// Shared with the goroutine that accepts.
	on     atomic.Bool    // the loop wants connections
	untold atomic.Int32   // accepted and not reported yet
	work   sync.WaitGroup // the goroutine
}

func (d *portable) Serve(id driver.ID, ln driver.Conn) error {
	bound, ok := ln.Handle.(*handle)
	raw, err := descriptor(ln.Handle)
	if err != nil || !ok {
		ln.Handle.Close()
		return syscall.EINVAL
	}
	l := &listener{driver: d, id: id, handle: bound, raw: raw}
	d.listeners[id] = l
	l.accept(true)
	return nil
}

func (d *portable) Accept(id driver.ID, on bool) {
	if l := d.listeners[id]; l != nil && !l.closing {
		l.accept(on)
	}
}

// accept starts or stops accepting.
func (l *listener) accept(on bool) {
	l.on.Store(on)
	if !on {
		return
	}
	for _, c := range l.kept {
		l.driver.post(func(sink driver.Sink) { l.accepted(sink, c) })
	}
	l.kept = nil
	l.next()
}

// next begins to accept if the loop wants connections and no goroutine does.
func (l *listener) next() {
	if l.accepting || l.closing || !l.on.Load() {
		return
	}
	l.accepting = true
	l.work.Go(l.run) // until stopped, closed, failing or a burst ahead of the loop
}

func (l *listener) run() {
	for {
		if l.handle.shared.Load() {
			// An Accept that blocks in the kernel would not notice a Close.
			_ = control(l.raw, sys.Unblock)
		}
		c, err := l.handle.Accept()
		if err != nil {
			if err := sys.Errno(err); !gone(err) {
				l.driver.post(func(sink driver.Sink) { l.paused(sink, err) })
				return
			}
			continue
		}
		if tcp, ok := c.(*net.TCPConn); ok && l.handle.shared.Load() {
			// A listener that the program made turns keep-alive on by default.
			_ = tcp.SetKeepAlive(false)
		}
		ahead := l.untold.Add(1)
		l.driver.post(func(sink driver.Sink) {
			l.untold.Add(-1)
			l.accepted(sink, c)
		})
		if ahead >= burst || !l.on.Load() {
			l.driver.post(func(sink driver.Sink) { l.paused(sink, nil) })
			return
		}
	}
}

// gone reports whether accept failed because the client has left already. Wine says
// ENOTCONN: a connection that was reset has no address any more.
func gone(err error) bool {
	return errors.Is(err, syscall.ECONNABORTED) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.ENOTCONN)
}

func (l *listener) accepted(sink driver.Sink, c net.Conn) {
	switch {
	case l.closing && !l.retiring:
		c.Close()
	case !l.on.Load() && !l.retiring:
		l.kept = append(l.kept, c)
	default:
		sink.Accepted(l.id, driver.Conn{
			Local:  address(c.LocalAddr()),
			Remote: address(c.RemoteAddr()),
			Handle: c,
		})
	}
}

// paused is called when the goroutine has ended, because of an error or to let the loop
// catch up.
func (l *listener) paused(sink driver.Sink, err error) {
	l.accepting = false
	switch {
	case err == nil:
		l.next()
	case l.on.Load() && !l.closing:
		l.on.Store(false)
		sink.AcceptFailed(l.id, err)
	}
}

// close begins to close the listener; closed follows.
func (l *listener) close() {
	if l.closing {
		return
	}
	l.closing = true
	l.on.Store(false)
	for _, c := range l.kept {
		c.Close()
	}
	l.kept = nil
	shared := l.handle.shared.Load()
	if !shared {
		l.handle.Close() // now, so that another listener can take the address
	}
	go func() { // until no Accept is under way
		if shared {
			l.handle.Close() // may have to wait for an Accept that another process has made block
		}
		l.work.Wait()
		l.driver.post(l.closed)
	}()
}

var _ driver.Retirer = (*portable)(nil)

// Retire implements driver.Retirer.
func (d *portable) Retire(id driver.ID) {
	l := d.listeners[id]
	if l == nil || l.closing {
		return
	}
	l.closing, l.retiring = true, true
	l.on.Store(false)
	for _, c := range l.kept {
		d.post(func(sink driver.Sink) { l.accepted(sink, c) })
	}
	l.kept = nil
	go func() { // until no Accept is under way
		// Without a close, which would lose a client that Accept is just taking.
		_ = l.handle.Listener.(interface{ SetDeadline(time.Time) error }).SetDeadline(time.Unix(1, 0))
		l.work.Wait()
		l.handle.Close()
		d.post(l.closed)
	}()
}

func (l *listener) closed(sink driver.Sink) {
	delete(l.driver.listeners, l.id)
	sink.Closed(l.id)
}
