// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"net"
	"time"

	"github.com/duplex-go/duplex/internal/loop"
)

// An op is a call of a verb that ends a socket, or changes what becomes of output: Cork,
// Uncork, StartTLS, End, Detach, Close, Destroy, Reset. A verb that is called after Post takes effect after the posted
// function.
type op struct {
	kind opKind
	err  error

	session *session // of opStartTLS
	h       *Handler // of opStartTLS
}

type opKind uint8

const (
	opCork opKind = iota
	opUncork
	opStartTLS
	opEnd
	opDetach
	opClose
	opDestroy
	opReset
)

// Post runs f once, at the next turn of the socket's loop, and returns at once. If the
// Handler is Blocking, f runs on the goroutine of its callbacks instead, after the
// callback that runs now. f never runs at the same time as a callback of the socket,
// so it may use the state that the callbacks use. f may run before OnConnect, and
// between OnError and OnClose.
//
// A write, Cork, Uncork, End, Close, Destroy or Reset that is called after Post has
// returned takes effect after f has run, whichever goroutine calls it. Three cases
// take effect at once:
//
//   - Verbs that f itself calls. If f ends the socket, writes made after Post are lost.
//   - A write, Cork and Uncork of the Blocking callback that f waits for. Its End and
//     Close come after f, and after what was written after Post.
//   - Destroy and Reset, called from anywhere while a Blocking callback runs.
//
// Wait waits for f, and so does OnClose. A panic of f destroys the socket, as that of
// a callback does. Any goroutine may call Post. The error is [net.ErrClosed] once the
// descriptor is closed; f then does not run. A nil f panics.
func (s *Socket) Post(f func()) error {
	mustHave(f != nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase >= gone {
		return net.ErrClosed
	}
	s.conf.lane.engine.ref()
	if r := s.out.rare; r != nil && r.grouped {
		(*stream)(s).countAs(true)
	}
	(*stream)(s).attend()
	(*stream)(s).step(step{run: f})
	(*stream)(s).count()
	return nil
}

// mustHave panics if a caller has given no function: here, and not on the loop.
func mustHave(given bool) {
	if !given {
		panic("duplex: nil function")
	}
}

// behind reports whether a verb of the caller has to wait for a posted function that
// has not finished. The caller holds mu.
func (s *Socket) behind() bool {
	return s.out.stepping() && !s.inCallback()
}

// inCallback reports whether the caller is a posted function of the socket, or a
// Blocking callback: posted functions wait for it. It takes a microsecond, and some 20
// while a Blocking callback runs and the caller is not one of the socket's callers.
func (s *Socket) inCallback() bool {
	switch s.pump {
	case onLoop:
		return s.out.rare.running && s.conf.lane.Here()
	case onItsOwn:
		return s.calls()
	}
	return false
}

// wind is End for Shutdown: it takes effect after the callback that runs now, those of a
// Blocking handler for input that has arrived, and the bytes that they write.
func (s *Socket) wind() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pump == idle {
		(*stream)(s).do(op{kind: opEnd})
	} else {
		s.winding = true
		s.rare().wound = s.read
	}
}

// do performs o, or queues it after the posted functions that have not finished.
// The caller holds mu.
func (st *stream) do(o op) {
	st.attend()
	if st.waits(o) {
		st.postpone(o)
	} else {
		st.perform(o)
	}
}

// waits reports whether o has to wait for a posted function. It asks who the caller is
// only where that decides.
func (st *stream) waits(o op) bool {
	switch {
	case !st.out.stepping():
		return false
	case o.kind >= opDestroy && st.pump.blocks():
		return false // a Blocking callback may wait for it
	case o.kind >= opEnd && !st.out.rare.running:
		// Also for a Blocking callback: its End would lose the bytes that others wrote
		// after Post.
		return true
	}
	return !(*Socket)(st).inCallback()
}

// endAfterPosts is an End that no program has called, so that it comes after all
// posted functions, and after what was written after them. The caller holds mu.
func (st *stream) endAfterPosts() {
	st.attend()
	if st.out.stepping() {
		st.postpone(op{kind: opEnd})
	} else {
		st.perform(op{kind: opEnd})
	}
}

// postpone queues o after the posted functions.
func (st *stream) postpone(o op) {
	st.step(step{op: o})
	st.out.rare.ended = st.out.rare.ended || o.kind >= opEnd
	st.out.rare.secures = st.out.rare.secures || o.kind == opStartTLS
}

// step queues s, and schedules it.
func (st *stream) step(s step) {
	r := st.out.extra()
	r.steps = append(r.steps, s)
	st.schedule()
}

// schedule posts takeSteps to the loop, unless that is posted already.
func (st *stream) schedule() {
	if r := st.out.rare; !r.scheduled {
		r.scheduled = true
		st.conf.lane.Post(st.takeSteps)
	}
}

// takeSteps makes due the steps that are queued now: the pump takes them, on the loop
// or on the socket's goroutine. Steps that are queued later wait for the next turn of
// the loop.
func (st *stream) takeSteps() {
	st.mu.Lock()
	r := st.out.rare
	r.scheduled = false
	r.due = int32(len(r.steps))
	if r.running {
		r.due--
	}
	st.run()
}

// takeStep takes the first step. It is called, and returns, with mu held. A posted
// function runs without mu.
func (st *stream) takeStep() {
	r := st.out.rare
	r.due--
	s := &r.steps[0]
	if run := s.run; run != nil {
		r.running = true
		s.run = nil
		defer st.conf.lane.engine.unref()
		defer st.finishStep() // also if run ends the goroutine
		if st.pump == onLoop {
			st.conf.lane.steps = st
			defer func() { st.conf.lane.steps = nil }()
		}
		st.call(func(*Socket) { run() })
		return
	}
	o := s.op
	st.attend() // what a Blocking callback has written to groups comes before o
	st.perform(o)
	st.finishStep()
}

// finishStep releases the bytes after the first step. If the step has ended the
// socket, they are lost.
func (st *stream) finishStep() {
	st.attend() // what run has written to groups comes before the bytes after it
	if st.sending != writable || st.phase > open {
		st.out.dropHeld()
		st.out.failHeld(st.undelivered())
	}
	r := st.out.rare
	r.running = false
	st.let(st.out.finish)
	st.countSteps()
	if len(r.steps) > 0 && r.due == 0 {
		st.schedule()
	}
	st.out.reach()
	st.advanceLater() // run may have ended its goroutine, and another waits for this
}

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
// nil, and f never runs. A nil f panics.
func (s *Socket) AfterFunc(d time.Duration, f func()) *Timer {
	mustHave(f != nil)
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
// an engine that cannot start, the Timer is nil, and f never runs. A nil f panics. A nil
// Engine is the shared one.
func (e *Engine) AfterFunc(d time.Duration, f func()) *Timer {
	mustHave(f != nil)
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
