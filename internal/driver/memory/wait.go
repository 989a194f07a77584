// Copyright 2026 The duplex authors. MIT license.

package memory

import (
	"slices"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
)

// budget is how many bytes a socket receives in one Wait.
const budget = 64 << 10

// A kind is the reason to look at a socket.
type kind uint8

const (
	acceptable kind = iota
	connected
	readable
	sendable
	closed
	kinds
)

// A notice means that a socket may have an event. The event is found when the notice has
// its turn, so a superfluous notice does no harm.
type notice struct {
	at     time.Time
	kind   kind
	socket *socket
}

// Wait implements driver.Driver.
func (h *host) Wait(timeout time.Duration, sink driver.Sink) error {
	var deadline time.Time
	if timeout >= 0 {
		deadline = time.Now().Add(timeout)
	}
	for !h.turn(sink) {
		pause, ok := h.idle(deadline)
		if !ok {
			return nil
		}
		h.sleep(pause)
	}
	return nil
}

// Wake implements driver.Driver.
func (h *host) Wake() {
	h.network.mu.Lock()
	defer h.network.mu.Unlock()
	h.woken = true
	h.ring()
}

// ring makes Wait look again.
func (h *host) ring() {
	select {
	case h.bell <- struct{}{}:
	default:
	}
}

// turn reports the events of the notices that are due now, without those that arise
// meanwhile. It returns whether there were any.
func (h *host) turn(sink driver.Sink) bool {
	now := time.Now()
	told := false
	for range h.due(now) {
		if tell := h.take(now, sink); tell != nil {
			told = true
			tell()
		}
	}
	return told
}

// due counts the notices for a time until now.
func (h *host) due(now time.Time) int {
	h.network.mu.Lock()
	defer h.network.mu.Unlock()
	n := 0
	for n < len(h.queue) && !h.queue[n].at.After(now) {
		n++
	}
	return n
}

// take takes off the first notice and returns its event, or nil.
func (h *host) take(now time.Time, sink driver.Sink) func() {
	h.network.mu.Lock()
	defer h.network.mu.Unlock()
	first := h.queue[0]
	h.queue[0] = notice{}
	h.queue = h.queue[1:]
	s := first.socket
	s.posted[first.kind] = time.Time{}
	if s.closing && first.kind != closed {
		return nil
	}
	switch first.kind {
	case acceptable:
		return s.listener.accept(now, sink)
	case connected:
		return s.connect(sink)
	case readable:
		return s.read(now, sink)
	case sendable:
		return s.offer(now, sink)
	default:
		h.slots[s.id.Slot()] = nil
		return func() { sink.Closed(s.id) }
	}
}

// idle returns the time until the next notice or the deadline, negative if there is neither,
// or false if Wait is over.
func (h *host) idle(deadline time.Time) (time.Duration, bool) {
	h.network.mu.Lock()
	defer h.network.mu.Unlock()
	if h.woken {
		h.woken = false
		return 0, false
	}
	now := time.Now()
	if arrived(deadline, now) {
		return 0, false
	}
	next := deadline
	if len(h.queue) > 0 && (next.IsZero() || h.queue[0].at.Before(next)) {
		next = h.queue[0].at
	}
	if next.IsZero() {
		return -1, true
	}
	return max(0, next.Sub(now)), true
}

// sleep waits for the bell, at most for the given time.
func (h *host) sleep(pause time.Duration) {
	if pause < 0 {
		<-h.bell
		return
	}
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-h.bell:
	case <-t.C:
	}
}

// connect returns the event of a connect that has ended.
func (s *socket) connect(sink driver.Sink) func() {
	if err := s.refused; err != nil {
		return func() { sink.Connected(s.id, driver.Addr{}, err) }
	}
	local := s.end.local
	return func() { sink.Connected(s.id, local, nil) }
}

// read returns the next event of the peer's bytes, FIN or RST.
func (s *socket) read(now time.Time, sink driver.Sink) func() {
	e := s.end
	if s.over {
		return s.fail(now, sink)
	}
	if !s.receiving {
		return nil
	}
	switch {
	case !arrived(e.next(), now):
		s.watch()
		return nil
	case len(e.in) > 0:
		p := s.host.buf[:e.read(s.host.buf, now)]
		s.watch()
		return func() {
			sink.Received(s.id, p)
			for i := range p {
				p[i] = 0xDB // a caller that has kept the slice notices
			}
		}
	case !e.fin.IsZero():
		s.over = true
		s.watch()
		return func() { sink.Ended(s.id) }
	default:
		s.over, s.failed, e.told = true, true, true
		return func() { sink.Failed(s.id, syscall.ECONNRESET) }
	}
}

// fail returns the event of a reset after the peer's FIN, unless a Send has reported it.
func (s *socket) fail(now time.Time, sink driver.Sink) func() {
	if e := s.end; s.failed || e.told || !arrived(e.rst, now) {
		return nil
	}
	s.failed, s.end.told = true, true
	return func() { sink.Failed(s.id, syscall.ECONNRESET) }
}

// offer returns the event that lent bytes may be sent, or that they never will be.
func (s *socket) offer(now time.Time, sink driver.Sink) func() {
	e := s.end
	if !s.lent {
		return nil
	}
	var err error
	switch {
	case arrived(e.rst, now):
		err = e.lost()
	case e.room() == 0:
		return nil
	}
	s.lent = false
	return func() { sink.Sent(s.id, 0, err) }
}

// watch has read called when there is something to read or a failure to report. A nil
// socket, which is not attached yet, watches nothing.
func (s *socket) watch() {
	if s == nil || s.end == nil {
		return
	}
	if s.over {
		if at := s.end.rst; !at.IsZero() && !s.failed {
			s.post(readable, at)
		}
		return
	}
	if !s.receiving {
		return
	}
	if at := s.end.next(); !at.IsZero() {
		s.post(readable, at)
	}
}

// watchRoom has offer called when there is room for lent bytes.
func (s *socket) watchRoom() {
	if s == nil || !s.lent {
		return
	}
	if s.end.room() > 0 {
		s.post(sendable, time.Now())
	}
	if !s.end.rst.IsZero() {
		s.post(sendable, s.end.rst)
	}
}

// post adds a notice for that time, or for now if the time is past, after the notices for
// the same time.
func (s *socket) post(k kind, at time.Time) {
	if s.closing && k != closed {
		return
	}
	if now := time.Now(); at.Before(now) {
		at = now
	}
	if p := s.posted[k]; !p.IsZero() && !p.After(at) {
		return
	}
	s.posted[k] = at
	h := s.host
	i := len(h.queue)
	for i > 0 && h.queue[i-1].at.After(at) {
		i--
	}
	h.queue = slices.Insert(h.queue, i, notice{at, k, s})
	h.ring()
}
