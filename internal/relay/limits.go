// Copyright 2026 The duplex authors. MIT license.

package relay

import (
	"fmt"
	"os"
	"time"

	"github.com/duplex-go/duplex"
)

// Limits are limits of time for a socket whose peer gets an answer that another one makes.
// They mean what those of [duplex.Options] do; 0 is none. Those of Options end the socket with
// FIN if nothing waits to be sent at that moment, and the peer would take a part of the answer
// for the whole. Here the program decides how the socket ends.
type Limits struct {
	Idle, FirstByte, Read, MaxAge time.Duration
}

// A limitError says which limit has passed.
type limitError struct {
	text string
	is   error
}

func (e *limitError) Error() string { return e.text }
func (e *limitError) Unwrap() error { return e.is }

// looks is how often in its time a limit looks for bytes that have moved.
const looks = 8

// Watch calls pass once with the error of the first limit that passes, on the loop of s. The
// time of FirstByte and Read does not count while s does not read: while it is paused or held,
// and after the peer's end.
func (l Limits) Watch(s *duplex.Socket, held func() bool, pass func(error)) {
	passed := false
	over := func(err error) {
		if !passed {
			passed = true
			pass(err)
		}
	}
	reads := func() bool {
		state := s.State()
		return (state == duplex.Open || state == duplex.ReadOnly) && !s.Paused() && !held()
	}
	received := func() int64 { return s.BytesRead() }
	moved := func() int64 { return s.BytesRead() + s.BytesSent() }
	first := received()
	if l.MaxAge > 0 {
		s.AfterFunc(l.MaxAge, func() { over(duplex.ErrMaxAge) })
	}
	l.watch(s, l.Idle, moved, func() bool { return true }, func() { over(l.idleError()) })
	l.watch(s, l.Read, received, reads, func() {
		over(&limitError{fmt.Sprintf("nothing came for %s", l.Read), os.ErrDeadlineExceeded})
	})
	l.watch(s, l.FirstByte, received, func() bool { return reads() && received() == first }, func() {
		over(&limitError{fmt.Sprintf("no byte came within %s", l.FirstByte), duplex.ErrFirstByteTimeout})
	})
}

// idleError is the error of Idle.
func (l Limits) idleError() error {
	return &limitError{fmt.Sprintf("idle for %s", l.Idle), os.ErrDeadlineExceeded}
}

// watch calls pass once the figure that moved returns has stood still for d, while it counts.
func (Limits) watch(s *duplex.Socket, d time.Duration, moved func() int64, counts func() bool, pass func()) {
	if d <= 0 {
		return
	}
	last, since := moved(), time.Now()
	var look func()
	look = func() {
		now := time.Now()
		if figure := moved(); figure != last || !counts() {
			last, since = figure, now
		}
		if now.Sub(since) >= d {
			pass()
			return
		}
		s.AfterFunc(max(d/looks, time.Millisecond), look)
	}
	s.AfterFunc(max(d/looks, time.Millisecond), look)
}
