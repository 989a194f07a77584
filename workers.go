// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"container/list"
	"sync"
	"sync/atomic"
)

// A Workers limits how many callbacks of Blocking Handlers run at a time, and so their
// goroutines: those of all sockets whose [Handler.Workers] is the same one, whatever their
// Server, Client or Engine is. It keeps five hundred devices from asking a database at
// once. The zero Workers is ready. Limit must not change after the first use, and a
// Workers must not be copied.
//
// # The line
//
// A socket whose callback is due while all places are taken waits in line, without a
// goroutine. The first in line gets the next place that is free. A place is for one call:
// one frame, if there is a Framing or a Split. Then a socket that has more to deliver goes
// to the end of the line, so no socket holds up others by sending much.
//
// Nothing is lost meanwhile. Input is kept, and reading stops at HighWaterMark, so the peer
// has to wait; Stats.Unread counts the sockets that are not read. Limits and timeouts act.
// Destroy and Reset act at once. Shutdown ends a socket that waits after the callbacks for the
// input that came before, so that these requests are answered. SetHandler takes a socket
// out of the line of its former Handler.
//
// # What takes no place
//
// Functions given to Post, AfterFunc and WriteFunc run on the socket's goroutine, too, but
// do not wait in line, and neither do pipes and WriteTo. So a callback may wait for them.
// It must not wait for another callback that needs a place, such as the OnClose of a
// socket, unless it is sure of one: with a Limit of 1 it would wait for itself. Callbacks
// that are nil, and those of a Server, take no place either.
type Workers struct {
	// Limit is how many callbacks may run at a time: 0 is 64. Negative is no limit: the
	// callbacks are only counted.
	Limit int

	waiting atomic.Int32 // the length of line; written under mu

	mu      sync.Mutex // comes after locks of sockets
	running int        // places that are taken, or on their way to a socket
	line    list.List  // of *stream
	waits   int64
}

// WorkersStats holds the numbers of a Workers.
type WorkersStats struct {
	Limit int // the limit in effect; negative is none

	Running int   // callbacks that run now
	Waiting int   // sockets that wait in line now
	Waits   int64 // how often a socket had to wait, since the start
}

// Stats returns the numbers of w. Any goroutine may call it.
func (w *Workers) Stats() WorkersStats {
	w.mu.Lock()
	defer w.mu.Unlock()
	return WorkersStats{Limit: w.limit(), Running: w.running, Waiting: w.line.Len(), Waits: w.waits}
}

func (w *Workers) limit() int {
	if w.Limit == 0 {
		return 64
	}
	return w.Limit
}

// enter takes a place, or puts st in line: at the front with first. The caller holds the
// lock of st.
func (w *Workers) enter(st *stream, first bool) place {
	w.mu.Lock()
	defer w.mu.Unlock()
	if limit := w.limit(); limit < 0 || w.running < limit {
		w.running++
		return place{of: w, held: true}
	}
	w.waits++
	w.waiting.Add(1)
	if first {
		return place{of: w, spot: w.line.PushFront(st)}
	}
	return place{of: w, spot: w.line.PushBack(st)}
}

// withdraw takes a socket out of the line, unless its turn has come already: then turn
// is about to run. The caller holds the lock of the socket.
func (w *Workers) withdraw(spot *list.Element) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.remove(spot)
}

// remove takes spot out of the line, if it is there. The caller holds mu.
func (w *Workers) remove(spot *list.Element) {
	w.line.Remove(spot)
	w.waiting.Store(int32(w.line.Len()))
}

// leave passes a place on to the first in line. The caller may hold the lock of a socket,
// so the next socket gets its turn on a goroutine of its own.
func (w *Workers) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	first := w.line.Front()
	if first == nil {
		w.running--
		return
	}
	w.remove(first)
	next := first.Value.(*stream)
	go next.turn(w, next.conf.lane.engine) // until it leaves its place, or has nothing to deliver
}

// A place is what a socket has of a Workers: a place itself, or a spot in its line. The
// zero place is neither. The socket's mu guards it.
type place struct {
	of    *Workers
	spot  *list.Element // while the socket waits
	first bool          // its turn came at the wrong time: it enters at the front, and has neither until then
	held  bool
	used  bool // a callback has had the place
}

// dispatch begins to deliver e to a Blocking handler, on a goroutine of the socket. It runs
// on the loop, with mu held, while the pump is idle.
func (st *stream) dispatch(e event) {
	st.pump = onItsOwn
	if st.placed(e) {
		go st.block(st.conf.lane.engine) // until no event is due, or it has to wait in line
	}
}

// placed reports whether e may be delivered now, by the goroutine that is the pump. If it
// may not, st waits in line, and the goroutine ends. The caller holds mu.
func (st *stream) placed(e event) bool {
	w := st.handler.Workers
	if m := st.more; m != nil && m.place.of != w {
		st.vacate() // SetHandler has changed it
	}
	if w == nil {
		return true
	}
	if !st.takesPlace(e) {
		if m := st.more; m != nil && m.place.used {
			st.vacate() // what comes now may wait for a callback of another socket
		}
		return true
	}
	p := &(*Socket)(st).rare().place
	if p.held && p.used && w.waiting.Load() > 0 {
		st.vacate()
	}
	if p.of == nil || p.first {
		*p = w.enter(st, p.first)
	}
	p.used = p.held
	if !p.held {
		st.pump = inLine
	}
	return p.held
}

// takesPlace reports whether e calls a callback of the handler that is not nil.
func (st *stream) takesPlace(e event) bool {
	h := st.handler
	switch e {
	case tellConnect:
		return h.OnConnect != nil
	case tellSecure:
		return h.OnSecure != nil
	case tellDrain:
		return h.OnDrain != nil
	case tellFinish:
		return h.OnFinish != nil
	case tellTimeout:
		return h.OnTimeout != nil
	case tellInput:
		return h.OnData != nil && st.receiver() != piping
	case tellRest:
		return h.OnData != nil && st.receiver() != piping && (h.cuts() || st.more.hasText() || st.in.tail.n > 0)
	case tellEnd:
		return h.OnEnd != nil
	case tellError:
		return h.OnError != nil
	case tellClose:
		return h.OnClose != nil
	}
	return false // a posted function, or a completion
}

// givesWay reports whether h, which has had a piece of its input, leaves the rest for its
// next turn.
func (h *Handler) givesWay() bool {
	return h.Workers != nil && h.Blocking && h.Workers.waiting.Load() > 0
}

// vacate gives up the place or the spot in line of st. The caller holds mu.
func (st *stream) vacate() {
	if st.more == nil || st.more.place.of == nil {
		return
	}
	p := st.more.place
	st.more.place = place{}
	switch {
	case p.held:
		p.of.leave()
	case p.spot != nil:
		p.of.withdraw(p.spot)
	}
}

// owesCallback reports whether st waits for a place, or has one that no callback has had.
func (st *stream) owesCallback() bool {
	return st.more != nil && st.more.place.of != nil && !st.more.place.used
}

// turn gives st, the first in line, a place of w. If st is delivering what takes no place,
// and may wait for others, the next in line comes before it.
func (st *stream) turn(w *Workers, e *Engine) {
	st.mu.Lock()
	p := &st.more.place
	if p.of != w || p.spot == nil { // it has left the line meanwhile
		st.mu.Unlock()
		w.leave()
		return
	}
	w.withdraw(p.spot) // it may have left and come back
	if st.pump != inLine {
		*p = place{of: w, first: true}
		st.mu.Unlock()
		w.leave()
		return
	}
	*p = place{of: w, held: true}
	st.pump = onItsOwn
	st.mu.Unlock()
	st.block(e)
}

// reconsider looks, after a change, at a socket that is in line: whether a callback is
// still due, and whether something is due that takes no place. It reports whether the
// socket has left the line. It runs on the loop, with mu held.
func (st *stream) reconsider() bool {
	e := st.next()
	switch {
	case e == nothing, e.isServers(), !st.handler.Blocking, st.handler.Workers != st.more.place.of:
		st.vacate()
		st.unwind()
		st.pump = idle
		return true
	case !st.takesPlace(e):
		st.dispatch(e) // it keeps its spot
	}
	return false
}
