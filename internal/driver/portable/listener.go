// Copyright 2026 The duplex authors. MIT license.

package portable

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
)

const (
	// backlog is how many connections wait in the kernel unless asked otherwise.
	backlog = 511

	// burst is how many connections are accepted ahead of the loop, which would
	// otherwise set the pace with one in each turn. More wait in the backlog.
	burst = 64
)

func (d *portable) Bind(addr driver.Addr, o driver.ListenOptions) (driver.Conn, error) {
	lc := net.ListenConfig{
		Control: func(network, _ string, raw syscall.RawConn) error {
			if network == "unix" {
				return nil
			}
			return control(raw, func(fd uintptr) error { return sys.Exclusive(fd, !o.ReusePort) })
		},
		KeepAlive: -1,
	}
	lc.SetMultipathTCP(false)

	kind := network(addr)
	if kind == "tcp6" && !o.V6Only {
		kind = "tcp" // IPv4 as well
	}
	ln, err := lc.Listen(context.Background(), kind, text(addr))
	if err != nil {
		return driver.Conn{}, sys.Errno(err)
	}
	if o.Backlog == 0 {
		o.Backlog = backlog
	}
	if raw, err := descriptor(ln); err == nil {
		// Package net has asked for the system's maximum, which will do where
		// it cannot be changed.
		_ = control(raw, func(fd uintptr) error { return sys.Backlog(fd, o.Backlog) })
	}
	if o.Mode != 0 && kind == "unix" {
		if err := os.Chmod(text(addr), o.Mode.Perm()); err != nil {
			ln.Close()
			return driver.Conn{}, sys.Errno(err)
		}
	}
	return driver.Conn{Local: address(ln.Addr()), Handle: ln}, nil
}

// descriptor returns what is behind a handle, unless it is closed.
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
	net    net.Listener

	// Owned by the loop.
	accepting bool       // a goroutine accepts, or its last word waits to be told
	kept      []net.Conn // accepted, but the loop had stopped accepting by then
	closing   bool

	// Shared with the goroutine that accepts.
	on     atomic.Bool    // the loop wants connections
	untold atomic.Int32   // accepted and not told yet
	work   sync.WaitGroup // the goroutine
}

func (d *portable) Serve(id driver.ID, ln driver.Conn) error {
	bound, ok := ln.Handle.(net.Listener)
	if _, err := descriptor(ln.Handle); err != nil || !ok {
		ln.Handle.Close()
		return syscall.EINVAL
	}
	l := &listener{driver: d, id: id, net: bound}
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
		c, err := l.net.Accept()
		if err != nil {
			if err := sys.Errno(err); !gone(err) {
				l.driver.post(func(sink driver.Sink) { l.paused(sink, err) })
				return
			}
			continue
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

// gone reports whether accept failed because the client has left already.
func gone(err error) bool {
	return errors.Is(err, syscall.ECONNABORTED) || errors.Is(err, syscall.ECONNRESET)
}

func (l *listener) accepted(sink driver.Sink, c net.Conn) {
	switch {
	case l.closing:
		c.Close()
	case !l.on.Load():
		l.kept = append(l.kept, c)
	default:
		sink.Accepted(l.id, driver.Conn{
			Local:  address(c.LocalAddr()),
			Remote: address(c.RemoteAddr()),
			Handle: c,
		})
	}
}

// paused hears that the goroutine has ended, by an error or to let the loop
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

// close ends in closed.
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
	go func() { // until the port is free
		l.net.Close()
		l.work.Wait()
		l.driver.post(l.closed)
	}()
}

func (l *listener) closed(sink driver.Sink) {
	delete(l.driver.listeners, l.id)
	sink.Closed(l.id)
}
