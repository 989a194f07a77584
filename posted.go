// Copyright 2026 The duplex authors. MIT license.

package duplex

import "net"

// An op is a call of a verb that ends a socket, or changes what becomes of output: Cork,
// Uncork, StartTLS, End, Close, Destroy, Reset. A verb that is called after Post takes effect after the posted
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
// descriptor is closed; f then does not run.
func (s *Socket) Post(f func()) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase >= gone {
		return net.ErrClosed
	}
	s.conf.lane.engine.ref()
	(*stream)(s).step(step{run: f})
	(*stream)(s).count()
	return nil
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

// wind is End for Shutdown: it takes effect after the callback that runs now, and after
// the bytes that this callback writes.
func (s *Socket) wind() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pump == idle {
		(*stream)(s).do(op{kind: opEnd})
	} else {
		s.winding = true
	}
}

// do performs o, or queues it after the posted functions that have not finished.
// The caller holds mu.
func (st *stream) do(o op) {
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
	case o.kind >= opDestroy && st.pump == onItsOwn:
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
	r.due = len(r.steps)
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
		st.call(func(*Socket) { run() })
		return
	}
	st.perform(s.op)
	st.finishStep()
}

// finishStep releases the bytes after the first step. If the step has ended the
// socket, they are lost.
func (st *stream) finishStep() {
	if st.sending != writable || st.phase > open {
		st.out.dropHeld()
		st.out.failHeld(st.undelivered())
	}
	r := st.out.rare
	r.running = false
	st.let(st.out.finish)
	if len(r.steps) > 0 && r.due == 0 {
		st.schedule()
	}
	st.out.reach()
	st.advanceLater() // run may have ended its goroutine, and another waits for this
}
