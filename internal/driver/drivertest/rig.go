// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"slices"
	"testing"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
)

const (
	patience   = 20 * time.Second      // how long the suite waits for an event
	standstill = 6 * patience          // how long it waits for a call to return
	shortly    = 50 * time.Millisecond // how long it watches that no event comes
)

// A rig is the loops of one test.
type rig struct {
	t      testing.TB
	config Config
	loops  []*loop
}

// A loop is a driver, with its sockets.
type loop struct {
	rig         *rig
	driver      driver.Driver
	sockets     []*socket // by slot; nil where it is free
	generations []uint32  // by slot
	told        int       // events, ever

	// after is called at the end of each event, if it is not nil. It may panic or end
	// its goroutine if the loop is spare: then each Wait has another goroutine.
	after func(s *socket, event string)
	spare bool
}

// newRig returns a rig with the given number of loops. When the test is over the rig
// closes all sockets that the test has left, and checks that no other event follows.
func newRig(t testing.TB, c Config, loops int) *rig {
	r := &rig{t: t, config: c}
	for range loops {
		r.loops = append(r.loops, &loop{rig: r, driver: c.New(t)})
	}
	t.Cleanup(r.stop)
	return r
}

// stop closes all sockets that are left.
func (r *rig) stop() {
	for _, l := range r.loops {
		l.after = nil
		for _, s := range l.sockets {
			if s == nil {
				continue
			}
			for _, c := range s.accepted {
				c.Handle.Close()
			}
			s.close(false)
		}
	}
	r.until("every socket is closed", func() bool { return !slices.ContainsFunc(r.loops, (*loop).busy) })
	for _, l := range r.loops {
		l.quiet(time.Millisecond) // nothing may follow
		if err := l.driver.Stop(); err != nil {
			r.t.Errorf("Stop: %v", err)
		}
	}
}

// until lets all loops turn until ok returns true.
func (r *rig) until(what string, ok func() bool) {
	r.t.Helper()
	turn(r.t, r.loops, what, ok)
}

// until lets only this loop turn until ok returns true.
func (l *loop) until(what string, ok func() bool) {
	l.rig.t.Helper()
	turn(l.rig.t, []*loop{l}, what, ok)
}

// turn lets the loops turn until ok returns true, or fails the test if no event has come
// for too long.
func turn(t testing.TB, loops []*loop, what string, ok func() bool) {
	t.Helper()
	slice := patience // how long a loop waits before the next has its turn
	if len(loops) > 1 {
		slice = time.Millisecond
	}
	for deadline := time.Now().Add(patience); !ok(); {
		for _, l := range loops {
			told := l.told
			l.wait(slice)
			if l.told > told {
				deadline = time.Now().Add(patience)
			}
		}
		if time.Now().After(deadline) && !ok() {
			t.Fatalf("waited %v until %s; the sockets are\n%v", patience, what, loops[0].rig)
		}
	}
}

// all returns a function that reports whether ok holds for every socket.
func all(sockets []*socket, ok func(*socket) bool) func() bool {
	return func() bool {
		return !slices.ContainsFunc(sockets, func(s *socket) bool { return !ok(s) })
	}
}

// String lists the sockets, for a test that fails.
func (r *rig) String() string {
	text := ""
	for _, l := range r.loops {
		for _, s := range l.sockets {
			if s != nil {
				text += s.String() + "\n"
			}
		}
	}
	return text
}

// wait has the driver report its events.
func (l *loop) wait(timeout time.Duration) {
	l.rig.t.Helper()
	var err error
	if l.spare {
		done := make(chan struct{})
		go func() { // until Wait returns, or a call ends it
			defer close(done)
			defer func() { recover() }()
			err = l.driver.Wait(timeout, l)
		}()
		<-done
	} else {
		err = l.driver.Wait(timeout, l)
	}
	if err != nil {
		l.rig.t.Fatalf("Wait: %v", err)
	}
}

// quiet lets the loop turn for the given time and returns how often it woke up before the
// time was over.
func (l *loop) quiet(pause time.Duration) (wakes int) {
	l.rig.t.Helper()
	for end := time.Now().Add(pause); ; wakes++ {
		l.wait(max(0, time.Until(end)))
		if !time.Now().Before(end) {
			return wakes
		}
	}
}

// idle fails the test if the loop wakes up often, or uses the CPU, though there is no
// event. It allows two such rounds, which may be the work of the garbage collector.
func (l *loop) idle() {
	l.rig.t.Helper()
	for try := 1; ; try++ {
		busy := busyTime()
		wakes := l.quiet(2 * shortly)
		busy = busyTime() - busy
		if wakes <= 5 && busy < shortly {
			return
		}
		if try == 3 {
			l.rig.t.Errorf("the loop woke up %d times and used the CPU for %v of %v", wakes, busy, 2*shortly)
			return
		}
	}
}

// busy reports whether the loop has sockets.
func (l *loop) busy() bool {
	return slices.ContainsFunc(l.sockets, func(s *socket) bool { return s != nil })
}

// add returns a socket in the lowest free slot.
func (l *loop) add() *socket {
	slot := 0
	for slot < len(l.sockets) && l.sockets[slot] != nil {
		slot++
	}
	if slot == len(l.sockets) {
		l.sockets = append(l.sockets, nil)
		l.generations = append(l.generations, 0)
	}
	s := &socket{loop: l, id: driver.MakeID(uint32(slot), l.generations[slot])}
	l.sockets[slot] = s
	return s
}

// forget frees the slot of s.
func (l *loop) forget(s *socket) {
	l.sockets[s.id.Slot()] = nil
	l.generations[s.id.Slot()]++
}

// listen returns a listener on addr, with its address.
func (l *loop) listen(addr driver.Addr, o driver.ListenOptions) *socket {
	l.rig.t.Helper()
	ln, err := l.driver.Bind(addr, o)
	if err != nil {
		l.rig.t.Fatalf("Bind(%v): %v", show(addr), err)
	}
	return l.serve(ln)
}

// serve returns the socket of a bound listener.
func (l *loop) serve(ln driver.Conn) *socket {
	l.rig.t.Helper()
	s := l.add()
	s.local, s.handle = ln.Local, ln.Handle
	if err := l.driver.Serve(s.id, ln); err != nil {
		l.rig.t.Fatalf("Serve(%v): %v", show(ln.Local), err)
	}
	return s
}

// connect returns a socket that is about to connect to remote.
func (l *loop) connect(remote driver.Addr) *socket {
	s := l.add()
	l.driver.Connect(s.id, remote, driver.Addr{}, driver.Options{})
	return s
}

// attach makes a socket of the first connection that ln has accepted.
func (l *loop) attach(ln *socket, o driver.Options) *socket {
	l.rig.t.Helper()
	c := ln.accepted[0]
	ln.accepted = ln.accepted[1:]
	s := l.add()
	s.local, s.remote = c.Local, c.Remote
	if err := l.driver.Attach(s.id, c, o); err != nil {
		l.rig.t.Fatalf("Attach: %v", err)
	}
	return s
}

// pair returns the ends of a connection, neither of which reads yet: the client on the
// first loop, the other end on the last.
func (r *rig) pair() (client, server *socket) {
	r.t.Helper()
	ln := r.loops[0].listen(loopback, driver.ListenOptions{})
	defer ln.close(false)
	return r.join(ln, ln.local)
}

// join connects a client to ln by addr.
func (r *rig) join(ln *socket, addr driver.Addr) (client, server *socket) {
	r.t.Helper()
	client = r.loops[0].connect(addr)
	r.until("a connection is made", func() bool { return client.connected && len(ln.accepted) > 0 })
	if client.err != nil {
		r.t.Fatalf("Connect(%v): %v", show(addr), client.err)
	}
	return client, r.loops[len(r.loops)-1].attach(ln, driver.Options{})
}
