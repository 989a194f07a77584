// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
)

// A socket is an ID as its loop sees it, and the referee of its driver.
type socket struct {
	loop          *loop
	id            driver.ID
	local, remote driver.Addr
	handle        io.Closer // of a listener

	// Events of the driver.
	accepted  []driver.Conn // not attached yet
	connected bool
	data      []byte
	ended     bool
	err       error // of Connected, AcceptFailed or Failed
	failed    bool  // by Failed
	gone      bool  // Closed
	events    []string

	// Calls of the test.
	receiving bool
	late      int // Received since Receive(false)
	closing   bool
	retiring  bool // closing, and Accepted may still come

	// Shared with goroutines that send.
	mu      sync.Mutex
	out     []byte // not sent yet
	lent    int    // how many of out are lent
	sent    int    // bytes, ever
	sendErr error
	news    chan struct{} // if not nil, another goroutine sends and receives each Sent by it
}

func (s *socket) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf("%#x: %v; %d bytes received, %d sent, %d lent, %d to send, %v",
		s.id, s.events, len(s.data), s.sent, s.lent, len(s.out), s.sendErr)
}

// inspect returns the kernel's state of s.
func (s *socket) inspect() map[string]int {
	s.loop.rig.t.Helper()
	return Inspect(s.loop.rig.t, s.local.AddrPort, s.remote.AddrPort)
}

// Counter returns a number that Inspect reads from TCP_INFO. It skips the test where there
// is none.
func Counter(t testing.TB, local, remote netip.AddrPort, name string) int {
	t.Helper()
	n, ok := Inspect(t, local, remote)[name]
	if !ok {
		t.Skip("NOT TESTED: there is no TCP_INFO here, as under qemu-user")
	}
	return n
}

// receive starts or stops reading.
func (s *socket) receive(on bool) {
	s.receiving = on
	s.late = 0
	s.loop.driver.Receive(s.id, on)
}

// write sends p: as many bytes as the driver takes now, and the rest after Sent.
func (s *socket) write(p []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out = append(s.out[:len(s.out):len(s.out)], p...)
	if s.lent == 0 {
		s.flush()
	}
}

// flush offers out to the driver, in up to three buffers. It overwrites the bytes that
// were taken, since the driver must not look at them again. If the driver tries, flush
// moves the lent bytes and overwrites their old place, too. The caller holds mu.
func (s *socket) flush() {
	if len(s.out) == 0 || s.sendErr != nil {
		return
	}
	bufs := pieces(s.out)
	n, err := s.loop.driver.Send(s.id, bufs)
	clear(bufs)
	switch {
	case n < 0 || n > len(s.out):
		s.loop.errorf(s, "Send took %d of %d bytes", n, len(s.out))
	case err != nil:
		s.sendErr, s.out = err, nil
	default:
		s.lent = len(s.out) - n
		s.took(n)
		if s.loop.driver.Tries() {
			moved := bytes.Clone(s.out)
			spoil(s.out)
			s.out = moved
		}
	}
}

// took overwrites n bytes that belong to the caller again. The caller holds mu.
func (s *socket) took(n int) {
	spoil(s.out[:n])
	s.out = s.out[n:]
	s.sent += n
}

func (s *socket) shutdown() {
	s.loop.rig.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.loop.driver.Shutdown(s.id); err != nil {
		s.loop.rig.t.Errorf("Shutdown: %v", err)
	}
}

func (s *socket) close(reset bool) {
	if s.closing || s.gone {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closing = true
	s.loop.driver.Close(s.id, reset)
}

// retire closes a listener whose accepted connections are not to be lost.
func (s *socket) retire() {
	d, ok := s.loop.driver.(driver.Retirer)
	if !ok {
		s.close(false)
		return
	}
	s.closing, s.retiring = true, true
	d.Retire(s.id)
}

// flushed reports whether all written bytes were sent.
func (s *socket) flushed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.out) == 0
}

// over reports whether there is no more to read.
func (s *socket) over() bool { return s.ended || s.failed }

// event returns the socket of an event that the contract allows, or nil.
func (l *loop) event(id driver.ID, name string) *socket {
	l.told++
	slot := int(id.Slot())
	if slot >= len(l.sockets) || l.sockets[slot] == nil || l.sockets[slot].id != id {
		l.rig.t.Errorf("%s was reported for %#x, which is not in use", name, id)
		return nil
	}
	s := l.sockets[slot]
	if n := len(s.events); n == 0 || s.events[n-1] != name {
		s.events = append(s.events, name)
	}
	if s.closing && name != "closed" && !(s.retiring && name == "accepted") {
		l.errorf(s, "%s was reported though it is being closed", name)
	}
	return s
}

// done ends each event.
func (l *loop) done(s *socket, name string) {
	if l.after != nil {
		l.after(s, name)
	}
}

func (l *loop) errorf(s *socket, format string, args ...any) {
	l.rig.t.Helper()
	l.rig.t.Errorf("socket %#x %v: %s", s.id, s.events, fmt.Sprintf(format, args...))
}

// Accepted implements driver.Sink, as do those below.
func (l *loop) Accepted(id driver.ID, c driver.Conn) {
	s := l.event(id, "accepted")
	if s == nil {
		c.Handle.Close()
		return
	}
	s.accepted = append(s.accepted, c)
	l.done(s, "accepted")
}

func (l *loop) AcceptFailed(id driver.ID, err error) {
	if s := l.event(id, "accept failed"); s != nil {
		s.err = err
		l.done(s, "accept failed")
	}
}

func (l *loop) Connected(id driver.ID, local driver.Addr, err error) {
	s := l.event(id, "connected")
	if s == nil {
		return
	}
	if s.connected {
		l.errorf(s, "Connected was reported twice")
	}
	s.connected, s.local, s.err = true, local, err
	l.done(s, "connected")
}

func (l *loop) Received(id driver.ID, p []byte) {
	s := l.event(id, "received")
	if s == nil {
		return
	}
	if len(p) == 0 {
		l.errorf(s, "no bytes were received")
	}
	s.readable("Received")
	if !s.receiving {
		s.late++
		if allowed := l.rig.config.late(); s.late > allowed {
			l.errorf(s, "Received was reported %d times while stopped, want at most %d", s.late, allowed)
		}
	}
	s.data = append(s.data, p...)
	l.done(s, "received")
}

// late is how many Received may follow a stop.
func (c Config) late() int {
	if c.TriesAtOnce {
		return 0
	}
	return 1
}

func (l *loop) Ended(id driver.ID) {
	if s := l.event(id, "ended"); s != nil {
		s.stopped("Ended")
		s.readable("Ended")
		s.ended = true
		l.done(s, "ended")
	}
}

func (l *loop) Failed(id driver.ID, err error) {
	s := l.event(id, "failed")
	if s == nil {
		return
	}
	if !s.ended {
		s.stopped("Failed")
	}
	if s.failed {
		l.errorf(s, "Failed was reported twice")
	}
	if err == nil {
		l.errorf(s, "Failed was reported without an error")
	}
	s.failed, s.err = true, err
	l.done(s, "failed")
}

func (s *socket) readable(event string) {
	if s.over() {
		s.loop.errorf(s, "%s was reported after the end", event)
	}
}

func (s *socket) stopped(event string) {
	if !s.receiving {
		s.loop.errorf(s, "%s was reported while stopped", event)
	}
}

func (l *loop) Sent(id driver.ID, n int, err error) {
	s := l.event(id, "sent")
	if s == nil {
		return
	}
	s.given(n, err)
	l.done(s, "sent")
}

// given takes back the lent bytes, and goes on sending.
func (s *socket) given(n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lent == 0 || n < 0 || n > s.lent || n > 0 && s.loop.driver.Tries() {
		s.loop.errorf(s, "%d bytes were sent of %d lent", n, s.lent)
		return
	}
	s.lent = 0
	s.took(n)
	if err != nil {
		spoil(s.out)
		s.out, s.sendErr = nil, err
	}
	if s.news != nil {
		select {
		case s.news <- struct{}{}:
		default: // an earlier Sent still waits in news
		}
		return
	}
	s.flush()
}

func (l *loop) Closed(id driver.ID) {
	s := l.event(id, "closed")
	if s == nil {
		return
	}
	if !s.closing {
		l.errorf(s, "Closed was reported though the test did not close it")
	}
	s.mu.Lock()
	spoil(s.out) // the lent bytes belong to the caller again
	s.lent = 0
	s.mu.Unlock()
	s.gone = true
	l.forget(s)
	l.done(s, "closed")
}

// spoil overwrites bytes which the driver must not read any more.
func spoil(p []byte) {
	for len(p) > 0 {
		p = p[copy(p, rubbish[:]):] // a loop over bytes takes ten times as long under -race
	}
}

var rubbish = [64 << 10]byte(bytes.Repeat([]byte{0xAA}, 64<<10))

// pieces cuts p into up to three buffers, none of them empty.
func pieces(p []byte) [][]byte {
	if len(p) < 3 {
		return [][]byte{p}
	}
	a, b := 1+len(p)/7, 1+len(p)/2
	return [][]byte{p[:a], p[a:b], p[b:]}
}

// is reports whether err is one of those numbers, without the wrapping of package net or
// os.
func is(err error, any ...syscall.Errno) bool {
	var op *net.OpError
	var call *os.SyscallError
	if errors.As(err, &op) || errors.As(err, &call) {
		return false
	}
	for _, errno := range any {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}
