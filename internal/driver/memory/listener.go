// Copyright 2026 The duplex authors. MIT license.

package memory

import (
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
)

// A listener is an address and its clients that wait.
type listener struct {
	network   *Network
	addr      driver.Addr
	o         driver.ListenOptions
	limit     int     // of backlog
	socket    *socket // nil until served
	accepting bool
	closed    bool
	backlog   []*conn // connected, not yet accepted
	waiting   []*conn // there is no room for them in backlog
}

// conflicts reports whether l and other cannot both listen.
func (l *listener) conflicts(other *listener) bool {
	if l.o.ReusePort && other.o.ReusePort {
		return false
	}
	return l.takes(other.addr) || other.takes(l.addr)
}

// takes reports whether l takes clients of addr.
func (l *listener) takes(addr driver.Addr) bool {
	if l.addr.Path != addr.Path || l.addr.Port() != addr.Port() {
		return false
	}
	switch l.addr.Addr() {
	case addr.Addr():
		return true
	case netip.IPv4Unspecified():
		return addr.Addr().Is4()
	case netip.IPv6Unspecified():
		return addr.Addr().Is6() || !l.o.V6Only
	}
	return false
}

// admit lets c connect at that time, or later if the backlog is full.
func (l *listener) admit(c *conn, at time.Time) {
	if len(l.backlog) == l.limit {
		l.waiting = append(l.waiting, c)
		return
	}
	c.made = at
	l.backlog = append(l.backlog, c)
	c.client.socket.post(connected, at)
	l.watch()
}

// watch has accept called when the first client of the backlog has arrived.
func (l *listener) watch() {
	if l.accepting && len(l.backlog) > 0 {
		l.socket.post(acceptable, l.backlog[0].made)
	}
}

// accept returns the event that is due now, or nil.
func (l *listener) accept(now time.Time, sink driver.Sink) func() {
	if !l.accepting || len(l.backlog) == 0 {
		return nil
	}
	defer l.watch()
	c := l.backlog[0]
	if c.made.After(now) {
		return nil
	}
	if err := call(c.faults().Accept); err != nil {
		l.accepting = false
		return func() { sink.AcceptFailed(l.socket.id, err) }
	}
	l.backlog = l.backlog[1:]
	for len(l.waiting) > 0 && len(l.backlog) < l.limit {
		next := l.waiting[0]
		l.waiting = l.waiting[1:]
		if !next.client.closed {
			l.admit(next, now)
		}
	}
	e := c.server
	return func() {
		sink.Accepted(l.socket.id, driver.Conn{Local: e.local, Remote: e.remote, Handle: handle{e}})
	}
}

// close resets the clients that were not accepted and refuses those that wait for the
// backlog.
func (l *listener) close(now time.Time) {
	if l.closed {
		return
	}
	l.closed = true
	n := l.network
	n.listeners = slices.DeleteFunc(n.listeners, func(other *listener) bool { return other == l })
	n.release(l.addr)
	for _, c := range l.backlog {
		c.server.close(true, now)
	}
	for _, c := range l.waiting {
		if s := c.client.socket; s != nil {
			c.client.close(false, now)
			s.end, s.refused = nil, syscall.ECONNREFUSED
			s.post(connected, now)
		}
	}
	l.backlog, l.waiting = nil, nil
}

// A bound is the handle of a listener that no loop serves yet.
type bound struct{ *listener }

// Close gives up the listener, unless it was closed or served before.
func (b bound) Close() error {
	b.network.mu.Lock()
	defer b.network.mu.Unlock()
	if b.closed || b.socket != nil {
		return net.ErrClosed
	}
	b.close(time.Now())
	return nil
}

// Vacate implements driver.Vacater.
func (b bound) Vacate() {
	b.network.mu.Lock()
	defer b.network.mu.Unlock()
	b.close(time.Now())
}
