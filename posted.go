// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"net"
	"time"
)

// An op is something that was asked of a socket: a function to run, or a verb
// that must not overtake one.
type op struct {
	kind opKind
	run  func()
	p    []byte
	done func(error)
	err  error

	shared bool // p will not change
}

type opKind uint8

const (
	opRun opKind = iota
	opWrite
	opEnd
	opClose
	opDestroy
	opReset
)

// Post lets the loop of the socket run f, once, at its next turn. What is called
// on the socket after Post returns takes effect after f has run, whichever
// goroutine calls it; what f itself calls takes effect there and then: if f ends
// the socket, writes that were made after Post are lost. Wait waits for f, and so does
// OnClose. The error is [net.ErrClosed] once the descriptor is closed; f then does not
// run.
func (s *Socket) Post(f func()) error {
	st := (*stream)(s)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase >= gone {
		return net.ErrClosed
	}
	s.conf.lane.engine.ref()
	st.queue(op{kind: opRun, run: f})
	return nil
}

// AfterFunc posts f after d, at once if that is not positive. It does nothing if the
// socket is closed by then. The timer's Stop prevents it while it reports true. Wait
// does not wait for it.
func (s *Socket) AfterFunc(d time.Duration, f func()) *time.Timer {
	return time.AfterFunc(d, func() { s.Post(f) })
}

// behind reports whether a posted function that has not finished comes before
// what the caller asks for. What the function asks for itself does not wait. The
// caller holds mu.
func (s *Socket) behind() bool {
	if s.more == nil || !s.more.running && len(s.more.ops) == 0 {
		return false
	}
	return !(s.more.running && s.conf.lane.Here())
}

// queue puts o behind the posted functions that have not run.
func (st *stream) queue(o op) (int, error) {
	m := (*Socket)(st).rare()
	if o.kind == opWrite {
		if st.refuses() {
			return 0, net.ErrClosed
		}
		if max := st.conf.MaxWriteBuffer; max >= 0 && len(o.p) > 0 && st.out.Len()+m.queued+len(o.p) > max {
			return st.overflow(len(o.p), o.done)
		}
		if !o.shared {
			o.p = append([]byte(nil), o.p...)
		}
		m.queued += len(o.p)
	}
	m.ops = append(m.ops, o)
	if o.kind == opWrite && st.out.Len()+m.queued >= st.conf.HighWaterMark {
		st.needDrain = true
	}
	if !m.scheduled {
		m.scheduled = true
		st.conf.lane.Post(st.runPosted)
	}
	return len(o.p), nil
}

// refuses reports whether a Write behind the posted functions cannot succeed.
func (st *stream) refuses() bool {
	for _, o := range st.more.ops {
		if o.kind >= opEnd {
			return true
		}
	}
	return st.phase >= ending || st.sending != writable
}

// runPosted runs, on the loop, what was queued when it began. What is queued
// meanwhile waits for the next turn.
func (st *stream) runPosted() {
	st.mu.Lock()
	for range len(st.more.ops) {
		o := st.more.ops[0]
		st.more.ops[0] = op{}
		st.more.ops = st.more.ops[1:]
		st.more.queued -= len(o.p)
		if o.kind == opRun {
			st.runOne(o.run)
		} else {
			st.perform(o)
		}
	}
	st.reschedule()
	st.mu.Unlock()
}

// runOne runs a posted function. It is called, and returns, with mu held.
func (st *stream) runOne(f func()) {
	st.more.running = true
	st.mu.Unlock()
	completed := false
	defer func() {
		st.mu.Lock()
		st.more.running = false
		st.mu.Unlock()
		st.conf.lane.engine.unref()
		if !completed && st.crashed(recover()) {
			st.mu.Lock()
			st.reschedule() // this goroutine ends here
			st.mu.Unlock()
			return
		}
		st.mu.Lock()
	}()
	f()
	completed = true
}

// reschedule lets the loop come back for what is still queued.
func (st *stream) reschedule() {
	if st.more.scheduled = len(st.more.ops) > 0; st.more.scheduled {
		st.conf.lane.Post(st.runPosted)
	} else {
		st.more.ops = nil
		if st.phase == gone { // OnClose may have waited
			st.advanceLater()
		}
	}
}
