// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"fmt"
	"reflect"
	"regexp"
	"runtime"

	"github.com/duplex-go/duplex/internal/loop"
)

// The pump of a socket delivers its events, one at a time: next chooses the event, and
// tell calls the callback. At most one goroutine is the pump, and the socket's mu
// guards which. A pump value is the goroutine that is.
type pump uint8

const (
	idle     pump = iota // none: no callback runs
	onLoop               // the loop
	onItsOwn             // a goroutine of the socket, for a Blocking handler
	inLine               // none: that goroutine begins when it gets a place of Handler.Workers
)

// blocks reports whether a callback of a Blocking handler runs, or waits for its turn.
func (p pump) blocks() bool { return p >= onItsOwn }

// An event is one thing that the pump delivers. Most are calls of a callback of the
// Handler.
type event uint8

const (
	nothing event = iota
	tellConnect
	tellSecure
	tellDrain
	tellStep // a posted function, or a verb after one
	tellAck  // a completion of WriteFunc
	tellFinish
	tellTimeout
	tellInput // OnData
	tellRest  // OnData, with input that waited for more when the peer ended
	tellEnd
	tellError
	tellDrop  // the server's OnDrop, for a handshake that failed
	tellLeave // the socket leaves its server, which may call the server's OnClose
	tellClose
)

// Advance settles the socket after a change, and delivers what is due. The loop calls
// it.
func (st *stream) Advance() {
	st.mu.Lock()
	st.deferred = false
	st.run()
}

// advanceLater schedules Advance, unless the loop is the pump of st: then run settles
// st after the callback.
func (st *stream) advanceLater() {
	if st.pump != onLoop && !st.deferred {
		st.deferred = true
		st.conf.lane.Defer(st)
	}
}

// run settles the socket and delivers its events until none is due. It runs on the
// loop. It is called with mu held, and returns without it. The caller holds no lock of
// another socket, since run may shed it.
func (st *stream) run() {
	defer st.unlock()
	for told := 0; ; told++ {
		quiet := st.quiet()
		if !quiet {
			st.settle()
			st.count()
		}
		unseals := st.unseals()
		if quiet && !unseals {
			break
		}
		if st.pump == inLine && st.reconsider() {
			continue
		}
		if st.pump != idle && !unseals {
			break
		}
		e := nothing
		if !unseals {
			if e = st.next(); e == nothing {
				break
			}
		}
		if told == turnEvents {
			st.yield()
			break
		}
		if unseals {
			st.unseal()
			continue
		}
		if st.handler.Blocking && !e.isServers() {
			st.dispatch(e)
			break
		}
		st.pump = onLoop
		st.tell(e)
		st.pump = idle
	}
	st.gatherHere()
}

// quiet reports whether settle and next would find nothing to do. It is true of most
// sockets after most messages, and looks at few fields: with it an echo of 64 B takes 0.97
// of the CPU (two comparisons of nine and seven alternating rounds). A deadline that the
// loop holds may only have moved away since.
func (st *stream) quiet() bool {
	return (st.more == nil || st.more.settled()) && st.out.rare == nil && st.stake == 0 && st.pump == idle &&
		st.phase == open && st.report == reportedConnect && st.sending == writable && st.drain == drained &&
		st.in.reading == reads && !st.in.paused && st.in.fin == awaited && st.in.interest == wanted &&
		st.silence != silenceDue && (st.armed != 0 || !st.conf.timed)
}

// settled reports whether settle and next would find nothing to do because of m: it is
// true of most sockets with TLS after most messages. With it, with Wire.Direct and with a
// Queued that takes no lock an echo of 64 B over TLS takes 0.94 of the CPU (median of 22
// alternating rounds on a busy machine).
func (m *more) settled() bool {
	t := m.session
	return t != nil && t.state == secured && t.told && t.began == 0 && t.due == 0 && t.wire.Queued() < unsentMost &&
		!m.pending() && !m.owesEnd && m.detaching == nil && len(m.outlets) == 0 && len(m.sources) == 0 &&
		m.heard|m.awoke|m.moved|m.paid|m.clear|m.began|m.born|m.spared|int64(m.timeout) == 0
}

// turnEvents is how many events of one socket a turn of the loop delivers at most, so
// that a callback that always causes the next event does not hold up other sockets.
const turnEvents = 1024

// yield schedules Advance for the next turn of the loop.
func (st *stream) yield() {
	if !st.deferred {
		st.deferred = true
		st.conf.lane.Post(st.Advance)
	}
}

// isServers reports whether e calls a callback of the server, which runs on a loop.
func (e event) isServers() bool { return e == tellDrop || e == tellLeave }

// next returns the event that is due now.
func (st *stream) next() event {
	if st.out.due() {
		return tellStep
	}
	switch st.phase {
	case connecting:
		if st.silence >= silenceDue {
			return tellTimeout
		}
	case open:
		t := st.session()
		switch {
		case st.report == unreported && t != nil && t.state != secured: // as while connecting
			if st.silence >= silenceDue {
				return tellTimeout
			}
			return nothing
		case st.report == unreported:
			return tellConnect
		case t != nil && t.state == secured && !t.told:
			return tellSecure
		case st.report == errorDue:
			return tellError
		case st.drain == drainDue:
			return tellDrain
		case st.out.completes():
			return tellAck
		case st.sending == finDue && !st.severed():
			return tellFinish
		case st.silence >= silenceDue:
			return tellTimeout
		case st.stalled() || st.in.interest == discarded || st.securing():
			return nothing
		case st.more.pending():
			return tellInput
		case st.lost(): // settle destroys the socket: an error, and no end
			return nothing
		case st.in.fin == heard:
			return tellRest
		case st.in.fin == flushed:
			return tellEnd
		}
	case gone:
		switch {
		case st.more.cause() != nil && st.report != reportedError && !st.refused():
			return tellError
		case st.out.completes():
			return tellAck
		case st.leaving == held || st.out.stepping():
			return nothing
		case st.refused() && !st.session().told:
			return tellDrop
		case st.conf.server != nil && st.leaving == staying:
			return tellLeave
		default:
			return tellClose
		}
	}
	return nothing
}

// tell delivers e. It is called, and returns, with mu held; callbacks run without mu.
func (st *stream) tell(e event) {
	defer st.unwind()
	h := st.handler
	if st.report == reportedError && e < tellError {
		h = noHandler // law 2
	}
	switch e {
	case tellConnect:
		st.report = reportedConnect
		st.call(h.OnConnect)
	case tellSecure:
		st.session().told = true
		st.call(h.OnSecure)
	case tellDrain:
		st.drain = drained
		st.call(h.OnDrain)
	case tellAck:
		c := take(&st.out.rare.completed)
		st.call(func(*Socket) { c.done(c.err) })
	case tellStep:
		st.takeStep()
	case tellFinish:
		st.sending = finished
		st.call(h.OnFinish)
	case tellTimeout:
		if st.silence == silenceDue {
			st.silence = silent
		} else {
			st.silence = counting // bytes moved before the callback could run
		}
		st.call(h.OnTimeout)
	case tellInput:
		st.tellData(st.takeKept())
	case tellRest:
		st.in.fin = flushed
		if st.in.interest == wanted {
			st.tellData(st.takeKept())
		}
	case tellEnd:
		st.in.fin = told
		st.endOutlets()
		st.call(h.OnEnd)
		st.ends()
	case tellError:
		st.report = reportedError
		err := st.more.err
		st.call(func(s *Socket) {
			if h.OnError != nil {
				h.OnError(s, err)
			}
		})
		if st.phase <= open {
			st.do(op{kind: opClose})
			if st.conf.Linger < 0 { // a peer that does not read holds it no longer
				(*Socket)(st).rare().linger = later(st.conf.lane.Clock(), partingMost)
			}
		}
	case tellDrop:
		st.session().told = true
		st.leaving = held
		st.conf.server.refuse(st)
	case tellLeave:
		st.leaving = left
		if st.conf.server.holds(st) {
			st.leaving = held
			break
		}
		st.callOr(st.conf.server.leave, st.exited) // the server counts the crash
	case tellClose:
		st.phase = closed
		st.count()
		defer st.retire()
		st.closePipes()
		if !st.refused() {
			st.call(h.OnClose)
		}
	}
}

// unwind ends st if Shutdown was called during the callback that has just returned, or
// while st waited for a place of Handler.Workers, once the callback has had it, and so have
// those for the input that had arrived by then.
func (st *stream) unwind() {
	if st.winding && !st.owesCallback() && !st.owesInput() {
		st.winding = false
		st.endAfterPosts()
	}
}

// owesInput reports whether a Blocking callback is due for input that had arrived when
// Shutdown was called. Input that is due as text may have come later, but is at most what
// was kept at one moment, so a peer that always sends does not hold Shutdown up.
func (st *stream) owesInput() bool {
	if !st.receiver().Blocking || st.phase != open || st.in.interest != wanted || st.stalled() {
		return false
	}
	k := &st.more.kept                     // winding has made it
	later := max(0, st.read-st.more.wound) // StartTLS takes the bytes of TLS off read
	return k.due || st.in.fin == heard || st.in.fin == flushed || int64(k.raw.Len()) > later
}

// tellData delivers d. It is called, and returns, with mu held.
func (st *stream) tellData(d delivery) {
	st.mu.Unlock()
	defer func() {
		d.raw.Return()
		st.mu.Lock()
		st.keep(&d)
	}()
	st.deliver(&d)
}

// call calls f, and survives its panic or Goexit, which destroys the socket. It is
// called, and returns, with mu held; f runs without mu.
func (st *stream) call(f func(*Socket)) {
	if f != nil {
		st.callOr(f, st.crashed)
	}
}

// callOr is call, and calls crashed after a panic or Goexit of f.
func (st *stream) callOr(f func(*Socket), crashed func(*PanicError)) {
	st.mu.Unlock()
	defer st.mu.Lock()
	survive(func() { f((*Socket)(st)) }, crashed)
}

// release lets st leave its server, whose listener is closed now.
func (st *stream) release() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.leaving = staying
	st.advanceLater()
}

// crashed destroys the socket of a callback that panicked.
func (st *stream) crashed(err *PanicError) {
	st.conf.lane.crashed(err, "duplex: a callback crashed; its socket is destroyed", "remote", (*Socket)(st).RemoteAddr())
	st.mu.Lock()
	st.attend()
	st.destroy(err)
	st.mu.Unlock()
	st.exited(err)
}

// exited makes another goroutine go on, if a callback has ended its own.
func (st *stream) exited(err *PanicError) {
	l := st.conf.lane
	switch {
	case err.Value != nil:
	case l.Here():
		st.mu.Lock()
		defer st.mu.Unlock()
		if st.pump == onLoop {
			st.pump = idle
		}
		st.advanceLater()
	default:
		go st.block(l.engine)
	}
}

// block delivers, on a goroutine of its own, what is due to a Blocking handler. The
// engine is an argument because blockedIn reads it.
func (st *stream) block(e *Engine) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for st.handler.Blocking {
		ev := st.next()
		if ev == nothing || ev.isServers() {
			break
		}
		if !st.placed(ev) {
			return
		}
		st.tell(ev)
		st.advanceLater() // what the callback changed is for the loop to settle
	}
	st.vacate()
	st.unwind() // also if no event was due after all
	st.pump = idle
	st.advanceLater()
	runtime.KeepAlive(e)
}

// blocked finds the arguments of block in a stack trace. The program may have a function
// of that name, too, so the line begins with the path of this package.
var blocked = regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(reflect.TypeFor[stream]().PkgPath()) +
	`\.\(\*stream\)\.block\((0x[0-9a-f]+)\??, (0x[0-9a-f]+)`)

// blockedIn returns the socket and the engine of the Blocking callback that the caller
// runs in, as %p formats them, or empty strings. Go tells a function nothing about its
// goroutine, except in a stack trace, and there the goroutine of a Blocking socket
// begins with block. It takes some 20 us, so it is for what would deadlock otherwise;
// to number the goroutine before each callback took 3 us of the 25 of an echo.
func blockedIn() (socket, engine string) {
	trace := make([]byte, 64<<10)
	trace = trace[:runtime.Stack(trace, false)]
	found := blocked.FindSubmatch(trace)
	if found == nil {
		return "", ""
	}
	return string(found[1]), string(found[2])
}

// callers are the last two goroutines for which calls has read a stack trace. A goroutine
// that began with block stays one, and its number is not used again, so what is known of
// it stays true.
type callers struct {
	blocking uint64 // one of block, for this socket
	other    uint64 // any other
}

// onItsOwn reports whether the caller is a Blocking callback of s.
func (s *Socket) onItsOwn() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pump == onItsOwn && s.calls()
}

// MayWait reports whether the caller may wait for an event of s. It reports false on the
// loops of the Engine of s, which a call that waits would stop, and in a Blocking callback
// of s, since the events of s wait for that. It is for packages that make blocking calls
// of a Socket's, to return an error instead of a deadlock. It takes a microsecond, and some
// 20 while a Blocking callback of s runs.
func (s *Socket) MayWait() bool { return !s.onLoop() && !s.onItsOwn() }

// calls reports whether the caller runs in block for s. It takes a microsecond, if the
// caller is one of the callers. The caller holds mu.
func (s *Socket) calls() bool {
	known, id := &s.rare().callers, loop.Goroutine()
	switch id {
	case known.blocking:
		return true
	case known.other:
		return false
	}
	socket, _ := blockedIn()
	if socket != fmt.Sprintf("%p", s) {
		known.other = id
		return false
	}
	known.blocking = id
	return true
}

// inCallback reports whether the caller runs on a loop of e, or in a Blocking callback
// of one of its sockets.
func (e *Engine) inCallback() bool {
	if e.onLoop() {
		return true
	}
	_, engine := blockedIn()
	return engine == fmt.Sprintf("%p", e)
}
