// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"time"

	"github.com/duplex-go/duplex/internal/loop"
)

// A Timer stops a function that [Socket.AfterFunc] or [Engine.AfterFunc] runs later.
type Timer struct {
	timer *loop.Timer
	stop  func(*Timer) // called if Stop has prevented the function
}

// Stop prevents the function from running, and reports whether it did. False means
// that the function has begun, or was stopped before: by Stop, or because its socket or
// engine was closed. Stop of a nil Timer returns false. Any goroutine may call it.
func (t *Timer) Stop() bool {
	if t == nil || !t.timer.Stop() {
		return false
	}
	t.stop(t)
	return true
}

// AfterFunc posts f to the socket once d has passed, or at the next turn of its loop if
// d is zero or negative. So f runs where callbacks of the socket run, never at the same
// time as one; see [Socket.Post]. In OnClose it returns nil: to connect again, use
// [Engine.AfterFunc], or [AfterFunc]. It cannot end a Blocking callback that is stuck:
// [Engine.AfterFunc] can. If the socket is closed by then, f does not run. Wait does not
// wait for f. Any goroutine may call it. If the socket is closed already, the Timer is
// nil, and f never runs.
func (s *Socket) AfterFunc(d time.Duration, f func()) *Timer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase >= gone {
		return nil
	}
	m := s.rare()
	if m.timers == nil {
		m.timers = make(map[*Timer]struct{})
	}
	t := &Timer{stop: s.forget}
	m.timers[t] = struct{}{}
	t.timer = loop.AfterBy(d, func(run func()) {
		s.conf.lane.Post(func() {
			s.forget(t)
			s.Post(run) // where it may wait for its turn
		})
	}, f)
	return t
}

// forget takes t off the timers that end with the socket.
func (s *Socket) forget(t *Timer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.more.timers, t)
}

// stopTimers stops the timers of a socket that is closed: they hold on to it. The
// caller holds mu.
func (st *stream) stopTimers() {
	if st.more == nil {
		return
	}
	for t := range st.more.timers {
		t.timer.Stop()
	}
	st.more.timers = nil
}

// AfterFunc is [Engine.AfterFunc] of the shared engine.
func AfterFunc(d time.Duration, f func()) *Timer { return shared.AfterFunc(d, f) }

// AfterFunc runs f on the engine's first loop once d has passed, or at the next turn of
// that loop if d is zero or negative. It must not block. Wait waits until f has run or
// Stop has prevented it, so a client that connects again after a while keeps the
// program alive. A panic of f is logged and counted. f may run at the same time as
// callbacks of sockets of other loops, and as Blocking callbacks. Any goroutine may call
// AfterFunc. Close of the engine prevents an f that has not run. After Close, and for
// an engine that cannot start, the Timer is nil, and f never runs. A nil Engine is the
// shared one.
func (e *Engine) AfterFunc(d time.Duration, f func()) *Timer {
	e = e.use()
	t := new(Timer)
	err := e.admit(func() {
		e.ref()
		l := e.lanes[0]
		e.timers[t] = struct{}{}
		t.timer = l.After(d, func() {
			defer e.unref()
			e.forget(t)
			l.call(f, "duplex: a function of AfterFunc crashed")
		})
		t.stop = func(*Timer) {
			e.forget(t)
			e.unref()
		}
	})
	if err != nil {
		return nil
	}
	return t
}

// forget removes t from the timers that Close stops.
func (e *Engine) forget(t *Timer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.timers, t)
}
