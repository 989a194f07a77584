// Copyright 2026 The duplex authors. MIT license.

package memory

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
)

// A host is the driver of one loop.
type host struct {
	network *Network      // constant
	bell    chan struct{} // constant; holds a token when Wait should look again
	buf     []byte        // Wait's

	// Guarded by network.mu.
	slots []*socket
	queue []notice // by time, then as they arose
	woken bool     // Wake was called and no Wait has returned for it
}

// A socket is the state of an ID at its host.
type socket struct {
	host *host
	id   driver.ID

	listener  *listener // if it listens
	end       *end      // if it is connected or connecting
	refused   error     // the error of a connect that failed
	receiving bool
	over      bool // Ended or Failed was reported
	failed    bool // Failed was reported
	lent      bool // a Send was short and Sent is owed
	closing   bool // the only event that follows is Closed

	posted [kinds]time.Time // the time of the earliest notice of each kind
}

// Bind implements driver.Driver.
func (h *host) Bind(addr driver.Addr, o driver.ListenOptions) (driver.Conn, error) {
	h.network.mu.Lock()
	defer h.network.mu.Unlock()
	l, err := h.network.listen(addr, o)
	if err != nil {
		return driver.Conn{}, err
	}
	return driver.Conn{Local: l.addr, Handle: bound{l}}, nil
}

// Take implements driver.Driver. The system's sockets do not belong to this network.
func (h *host) Take(c io.Closer) (driver.Conn, error) {
	c.Close()
	return driver.Conn{}, errors.ErrUnsupported
}

// Serve implements driver.Driver.
func (h *host) Serve(id driver.ID, ln driver.Conn) error {
	l, ok := ln.Handle.(bound)
	if !ok || l.network != h.network {
		ln.Handle.Close()
		return syscall.EINVAL
	}
	h.network.mu.Lock()
	defer h.network.mu.Unlock()
	if l.closed || l.socket != nil {
		return syscall.EBADF
	}
	l.socket, l.accepting = &socket{host: h, id: id, listener: l.listener}, true
	h.add(l.socket)
	l.watch()
	return nil
}

// Accept implements driver.Driver.
func (h *host) Accept(id driver.ID, on bool) {
	h.network.mu.Lock()
	defer h.network.mu.Unlock()
	if s := h.find(id); s != nil && s.listener != nil {
		s.listener.accepting = on
		s.listener.watch()
	}
}

// Connect implements driver.Driver.
func (h *host) Connect(id driver.ID, remote, local driver.Addr, _ driver.Options) {
	n := h.network
	n.mu.Lock()
	defer n.mu.Unlock()
	s := &socket{host: h, id: id}
	h.add(s)
	remote = dialed(remote)
	f := n.faultsOf(remote)
	if f.Blackhole {
		return
	}
	at := time.Now().Add(f.Delay)
	if s.refused = call(f.Connect); s.refused != nil {
		s.post(connected, at)
		return
	}
	c, l, err := n.dial(remote, local)
	if err != nil {
		s.refused = err
		s.post(connected, at)
		return
	}
	s.end, c.client.socket = c.client, s
	l.admit(c, at)
}

// Attach implements driver.Driver.
func (h *host) Attach(id driver.ID, c driver.Conn, _ driver.Options) error {
	e, ok := c.Handle.(handle)
	if !ok || e.conn.network != h.network {
		c.Handle.Close()
		return syscall.EINVAL
	}
	h.network.mu.Lock()
	defer h.network.mu.Unlock()
	if e.closed || e.socket != nil {
		return syscall.EBADF
	}
	if err := call(e.conn.faults().Attach); err != nil {
		e.close(false, time.Now())
		return err
	}
	e.socket = &socket{host: h, id: id, end: e.end}
	h.add(e.socket)
	return nil
}

// Configure implements driver.Driver. It does nothing: the network has no segments to
// hold back, and needs no probes.
func (h *host) Configure(driver.ID, driver.Options) error { return nil }

// Receive implements driver.Driver.
func (h *host) Receive(id driver.ID, on bool) {
	h.network.mu.Lock()
	defer h.network.mu.Unlock()
	if s := h.find(id); s != nil {
		s.receiving = on
		s.watch()
	}
}

// breath is how long a Send waits after a fault with ENOBUFS or ENOMEM.
const breath = 10 * time.Millisecond

// Send implements driver.Driver.
func (h *host) Send(id driver.ID, bufs [][]byte) (int, error) {
	h.network.mu.Lock()
	defer h.network.mu.Unlock()
	s := h.find(id)
	if s == nil || s.end == nil {
		return 0, syscall.EBADF
	}
	if s.lent || slices.ContainsFunc(bufs, func(b []byte) bool { return len(b) == 0 }) {
		panic(fmt.Sprintf("memory: Send of %#x while bytes are lent, or of an empty buffer", id))
	}
	switch err := call(s.end.conn.faults().Send); err {
	case nil:
	case syscall.ENOBUFS, syscall.ENOMEM:
		s.lent = true
		s.post(sendable, time.Now().Add(breath))
		return 0, nil
	default:
		return 0, err
	}
	n, err := s.end.send(bufs, time.Now())
	if err == nil && n < size(bufs) {
		s.lent = true
		s.watchRoom()
	}
	return n, err
}

var _ driver.Prober = (*host)(nil)

// Probe implements driver.Prober.
func (h *host) Probe(id driver.ID) (unread int, room bool) {
	h.network.mu.Lock()
	defer h.network.mu.Unlock()
	s := h.find(id)
	if s == nil || s.end == nil {
		return 0, false
	}
	e, now := s.end, time.Now()
	if s.receiving && !s.over {
		unread = e.unread(now)
	}
	return unread, s.lent && (e.room() > 0 || arrived(e.rst, now))
}

// Tries implements driver.Driver.
func (h *host) Tries() bool { return true }

// Shutdown implements driver.Driver.
func (h *host) Shutdown(id driver.ID) error {
	h.network.mu.Lock()
	defer h.network.mu.Unlock()
	s := h.find(id)
	if s == nil || s.end == nil {
		return syscall.EBADF
	}
	if s.lent {
		panic(fmt.Sprintf("memory: Shutdown of %#x while bytes are lent", id))
	}
	now := time.Now()
	if arrived(s.end.rst, now) {
		return syscall.ENOTCONN
	}
	s.end.peer.takeFIN(s.end.peer.arrival(now))
	return nil
}

// Close implements driver.Driver.
func (h *host) Close(id driver.ID, reset bool) {
	h.network.mu.Lock()
	defer h.network.mu.Unlock()
	s := h.find(id)
	if s == nil {
		return
	}
	now := time.Now()
	s.closing = true
	switch {
	case s.listener != nil:
		s.listener.close(now)
	case s.end != nil:
		s.end.close(reset, now)
	}
	s.post(closed, now)
}

// Stop implements driver.Driver.
func (h *host) Stop() error {
	h.network.mu.Lock()
	defer h.network.mu.Unlock()
	for _, s := range h.slots {
		if s != nil {
			return fmt.Errorf("memory: socket %#x is in use", s.id)
		}
	}
	return nil
}

// add registers s under its ID.
func (h *host) add(s *socket) {
	slot := int(s.id.Slot())
	for len(h.slots) <= slot {
		h.slots = append(h.slots, nil)
	}
	if h.slots[slot] != nil {
		panic(fmt.Sprintf("memory: socket %#x in a slot in use", s.id))
	}
	h.slots[slot] = s
}

// find returns the socket of id, or nil if it was closed.
func (h *host) find(id driver.ID) *socket {
	if slot := int(id.Slot()); slot < len(h.slots) {
		if s := h.slots[slot]; s != nil && s.id == id && !s.closing {
			return s
		}
	}
	return nil
}
