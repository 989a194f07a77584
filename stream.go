// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"errors"
	"io"
	"math"
	"net"
	"os"
	"runtime/debug"
	"sync"
	"syscall"
	"time"
	"unique"

	"github.com/duplex-go/duplex/internal/driver"
)

// A stream is a Socket as its loop sees it: the same memory, the other methods.
// Events come in from the driver, state changes, and the pump tells the handler.
type stream Socket

// A pump is who tells a socket's events, one at a time.
type pump uint8

const (
	idle     pump = iota
	onLoop        // the loop does
	onItsOwn      // a goroutine does, for a Blocking handler
)

// An event is what the pump tells next.
type event uint8

const (
	nothing event = iota
	tellConnect
	tellDrain
	tellAck
	tellFinish
	tellTimeout
	tellInput
	tellRest
	tellEnd
	tellError
	tellLeave
	tellClose
)

// Advance goes on after something was asked of the socket.
func (st *stream) Advance() {
	st.mu.Lock()
	st.deferred = false
	st.run()
}

// advanceLater lets the loop advance st, unless it is at it.
func (st *stream) advanceLater() {
	if st.pump != onLoop && !st.deferred {
		st.deferred = true
		st.conf.lane.Defer(st)
	}
}

// run tells, on the loop, all there is to tell. It is called with mu held and
// returns without.
func (st *stream) run() {
	defer st.mu.Unlock()
	for st.settle(); st.pump == idle; st.settle() {
		e := st.next()
		if e == nothing {
			st.gatherHere()
			return
		}
		if st.handler.Blocking {
			st.gatherHere()
			st.pump = onItsOwn
			go st.block() // until there is nothing to tell
			return
		}
		st.pump = onLoop
		st.tell(e)
		st.pump = idle
	}
}

// block tells, on a goroutine of its own, all there is to tell.
func (st *stream) block() {
	st.mu.Lock()
	defer st.mu.Unlock()
	for st.handler.Blocking {
		e := st.next()
		if e == nothing {
			break
		}
		st.tell(e)
		st.advanceLater() // what the callback changed is for the loop to settle
	}
	st.pump = idle
	st.advanceLater()
}

// next returns what is to be told now.
func (st *stream) next() event {
	switch st.phase {
	case connecting:
		if st.dueTimeout {
			return tellTimeout
		}
	case open:
		switch {
		case !st.toldConnect:
			return tellConnect
		case st.dueDrain:
			return tellDrain
		case st.more.acked() || st.sending == broken && st.more.pendingAck():
			return tellAck
		case st.dueFinish:
			return tellFinish
		case st.dueTimeout:
			return tellTimeout
		case st.paused || st.discard:
			return nothing
		case st.recut || st.more.hasInput():
			return tellInput
		case st.fin == heard:
			return tellRest
		case st.fin == flushed:
			return tellEnd
		}
	case gone:
		switch {
		case st.more.cause() != nil && !st.toldError:
			return tellError
		case st.more.pendingAck():
			return tellAck
		case st.leaving == held || st.more.posted():
			return nothing
		case st.conf.server != nil && st.leaving == staying:
			return tellLeave
		default:
			return tellClose
		}
	}
	return nothing
}

// posted reports whether a posted function is still to run, or a verb behind one.
func (m *more) posted() bool { return m != nil && (m.running || len(m.ops) > 0) }

func (m *more) hasText() bool    { return m != nil && len(m.text) > 0 }
func (m *more) hasInput() bool   { return m != nil && len(m.input) > 0 }
func (m *more) pendingAck() bool { return m != nil && len(m.acks) > 0 }
func (m *more) acked() bool      { return m.pendingAck() && m.acks[0].at <= m.delivered }

// timesOut returns SetTimeout's time.
func (m *more) timesOut() time.Duration {
	if m == nil {
		return 0
	}
	return m.timeout
}

func (m *more) cause() error {
	if m == nil {
		return nil
	}
	return m.err
}

// tell calls the callback of e. It is called, and returns, with mu held, which it
// gives up meanwhile.
func (st *stream) tell(e event) {
	h := st.handler
	switch e {
	case tellConnect:
		st.toldConnect = true
		st.call(h.OnConnect)
	case tellDrain:
		st.dueDrain = false
		st.call(h.OnDrain)
	case tellAck:
		a := st.more.acks[0]
		st.more.acks[0] = ack{} // the array may live on
		st.more.acks = st.more.acks[1:]
		var err error
		if a.at > st.more.delivered {
			err = st.undelivered()
		}
		st.call(func(*Socket) { a.done(err) })
	case tellFinish:
		st.dueFinish = false
		st.call(h.OnFinish)
	case tellTimeout:
		st.dueTimeout = false
		st.call(h.OnTimeout)
	case tellInput:
		var p []byte
		if !st.recut {
			p, st.more.input = st.more.input, nil
		}
		st.recut = false
		st.tellData(h, p, st.fin == flushed)
	case tellRest:
		st.fin = flushed
		st.tellData(h, nil, true)
	case tellEnd:
		st.fin = told
		st.call(h.OnEnd)
		if !st.conf.AllowHalfOpen {
			st.do(op{kind: opEnd})
		}
	case tellError:
		st.toldError = true
		err := st.more.err
		st.call(func(s *Socket) {
			if h.OnError != nil {
				h.OnError(s, err)
			}
		})
	case tellLeave:
		st.leaving = left
		if st.conf.server.holds(st) {
			st.leaving = held
			break
		}
		st.call(st.conf.server.leave)
	case tellClose:
		st.phase = closed
		defer st.retire()
		st.call(h.OnClose)
	}
}

// tellData feeds p to h. It is called, and returns, with mu held.
func (st *stream) tellData(h *Handler, p []byte, final bool) {
	kept := st.more.hasText()
	st.mu.Unlock()
	defer st.mu.Lock()
	st.feed(h, p, kept, final)
}

// call calls f and outlives it. It is called, and returns, with mu held, which f
// runs without.
func (st *stream) call(f func(*Socket)) {
	if f == nil {
		return
	}
	st.mu.Unlock()
	defer st.mu.Lock()
	completed := false
	defer func() {
		if !completed {
			st.crashed(recover())
		}
	}()
	f((*Socket)(st))
	completed = true
}

// release lets st leave its server.
func (st *stream) release() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.leaving = staying
	st.advanceLater()
}

// retire stops counting st.
func (st *stream) retire() {
	engine := st.conf.lane.engine
	st.conf.lane.closed.Add(1)
	if st.conf.lane.sockets.Add(-1) == 0 {
		engine.changed()
		if st.conf.lane.temporary {
			go st.conf.lane.Stop() // returns once this turn of the loop has ended
		}
	}
	if !st.unrefd {
		st.unrefd = true
		engine.unref()
	}
}

// crashed deals with a callback that panicked with v, or, if v is nil, called
// Goexit: then it reports true, and sees that another goroutine goes on.
func (st *stream) crashed(v any) (exits bool) {
	err := &PanicError{Value: v, Stack: debug.Stack()}
	st.conf.lane.panics.Add(1)
	st.conf.lane.engine.logger().Error("duplex: a callback crashed; its socket is destroyed",
		"remote", (*Socket)(st).RemoteAddr(), "panic", v, "stack", string(err.Stack))
	st.mu.Lock()
	defer st.mu.Unlock()
	st.destroy(err)
	if v != nil {
		return false
	}
	if !st.conf.lane.Here() {
		go st.block()
		return true
	}
	if st.pump == onLoop {
		st.pump = idle
	}
	st.advanceLater()
	st.conf.lane.Orphan()
	return true
}

// settle brings the driver in line with the socket's state. It runs on the loop,
// with mu held.
func (st *stream) settle() {
	switch st.phase {
	case connecting:
		st.arm()
	case open:
		if st.sending == finishing && st.out.Len() == 0 && !st.lent && st.toldConnect {
			st.shutdown()
		}
		switch {
		case st.pump == onItsOwn: // it is not over before the callback is
		case st.failed && (st.discard || !st.paused && !st.recut && !st.more.hasInput()):
			st.destroy(st.more.err)
			st.settle()
			return
		case st.sending == finished && !st.dueFinish && (st.fin == told || st.discard && st.fin >= heard):
			st.destroy(nil)
			st.settle()
			return
		}
		on := st.wantsInput()
		if on != st.receiving {
			st.receiving = on
			st.conf.lane.Driver.Receive(st.id, on)
		}
		st.count(!on && st.toldConnect && st.fin == awaited && !st.failed)
		st.arm()
	case ending:
		if !st.closing && !st.awaitsRoom() {
			st.closing = true
			st.count(false)
			st.close()
		}
	}
}

// lastSend is how long a destroyed socket waits for a send under way, which comes
// before what was written behind it. It takes microseconds if there is room.
const lastSend = 50 * time.Millisecond

// awaitsRoom reports whether a send is under way, on a driver that cannot try, and
// what was written behind it has not been offered to the kernel.
func (st *stream) awaitsRoom() bool {
	if !st.lent || st.conf.lane.tries || st.sending == broken || st.id == noID {
		return false
	}
	m := (*Socket)(st).rare()
	if m.lastSend == nil {
		l := st.conf.lane
		m.lastSend = time.AfterFunc(lastSend, func() {
			l.Post(func() {
				st.mu.Lock()
				m.late = true
				st.run()
			})
		})
	}
	return !m.late
}

// count keeps Stats.Unread.
func (st *stream) count(unread bool) {
	if unread == st.unread {
		return
	}
	st.unread = unread
	if unread {
		st.conf.lane.unread.Add(1)
	} else {
		st.conf.lane.unread.Add(-1)
	}
}

// wantsInput reports whether the driver should read.
func (st *stream) wantsInput() bool {
	return st.toldConnect && st.fin == awaited && !st.failed &&
		(st.discard || !st.paused && (st.more == nil || len(st.more.input) < st.conf.HighWaterMark))
}

// shutdown sends our FIN.
func (st *stream) shutdown() {
	st.sending = finished
	st.dueFinish = true
	if err := st.conf.lane.Driver.Shutdown(st.id); err != nil {
		if errors.Is(err, syscall.ENOTCONN) {
			err = syscall.ECONNRESET // how it came to be so
		}
		st.dueFinish = false
		st.broke(err)
	}
}

// close closes the descriptor of a destroyed socket.
func (st *stream) close() {
	if m := st.more; m != nil && m.lastSend != nil {
		m.lastSend.Stop()
	}
	if m := st.more; m != nil && m.dial != nil {
		m.dial.cancel()
		m.dial = nil
	}
	if st.id == noID {
		delete(st.conf.lane.connecting, st)
		st.phase = gone
		st.answer()
		st.out.Clear()
		return
	}
	if !st.lent && st.sending != broken {
		st.sendHere()
	}
	st.conf.lane.Driver.Close(st.id, st.reset)
}

// noID stands for no connection.
const noID = ^driver.ID(0)

// do performs o, or queues it behind a posted function that has not run. The caller
// holds mu.
func (st *stream) do(o op) {
	if (*Socket)(st).behind() {
		st.queue(o)
		return
	}
	st.perform(o)
}

// perform does what was asked of the socket. The caller holds mu.
func (st *stream) perform(o op) {
	switch o.kind {
	case opWrite:
		if st.sending == writable && st.phase <= open {
			st.accept(o.p, true, o.done) // its place in the queue was promised
		} else if o.done != nil {
			m := (*Socket)(st).rare()
			m.acks = append(m.acks, ack{st.written + 1, o.done})
			st.advanceLater()
		}
	case opEnd:
		if st.phase <= open && st.sending == writable {
			st.sending = finishing
			st.corked = 0
			st.dueDrain = false // nobody waits to write
			st.gather()
			st.advanceLater()
		}
	case opClose:
		st.linger()
	case opDestroy:
		st.destroy(o.err)
	case opReset:
		st.reset = st.reset || st.phase <= open
		st.destroy(o.err)
	}
}

// destroy ends the socket, because of err if that is not nil.
func (st *stream) destroy(err error) {
	if st.phase >= ending {
		return
	}
	if err != nil || st.more != nil {
		(*Socket)(st).rare().err = err
	}
	st.phase = ending
	st.advanceLater()
}

// linger is Close: everything is sent, and what arrives is discarded for a while,
// since a connection closed over unread input is reset, and the peer may lose the
// end of what we sent.
func (st *stream) linger() {
	if st.phase >= ending {
		return
	}
	st.perform(op{kind: opEnd})
	st.discard = true
	if m := st.more; m != nil {
		m.input, m.text = nil, nil
	}
	if st.conf.Linger < 0 {
		st.fin = max(st.fin, heard) // as far as we are concerned
	} else {
		(*Socket)(st).rare().linger = later(st.conf.lane.Clock(), st.conf.Linger)
	}
	st.advanceLater()
}

// opened makes id the connection of st, which may have been destroyed meanwhile. It
// runs on the loop.
func (st *stream) opened(id driver.ID, local, remote driver.Addr) {
	st.mu.Lock()
	st.id = id
	if st.phase == connecting {
		st.phase = open
	} else {
		st.out.Clear()
	}
	st.armed = 0
	st.touch(st.conf.lane.Now())
	local.AddrPort = unmap(local.AddrPort)
	st.local = unique.Make(local)
	(*Socket)(st).setRemote(remote)
	if m := st.more; m != nil && m.options != nil { // perhaps since the attempt began
		st.conf.lane.Driver.Configure(id, *m.options)
	}
	st.gather()
	st.run()
}

// The way out.

// write queues p. The caller holds mu.
func (st *stream) write(p []byte, shared bool, done func(error)) (int, error) {
	switch {
	case st.phase < ending && st.sending == broken:
		return 0, st.more.err
	case st.phase >= ending || st.sending != writable:
		return 0, net.ErrClosed
	}
	if max := st.conf.MaxWriteBuffer; max >= 0 && st.out.Len()+len(p) > max {
		return st.overflow(len(p), done)
	}
	st.accept(p, shared, done)
	return len(p), nil
}

// atOnce is how long a write has to be for it to go to the kernel at once, if it is
// the first: what is not copied into the queue first is worth a system call of its
// own. An echo of 16 KiB takes 1.17 times the CPU of one in C so, and 1.28 with a copy
// (medians of three alternating runs on a busy machine).
const atOnce = 16 << 10

// accept queues p, for which there is room, and sends at once what makes the queue
// full, or is long.
func (st *stream) accept(p []byte, shared bool, done func(error)) {
	long := len(p) >= atOnce && st.conf.lane.tries && st.out.Len() == 0 && st.corked == 0 && st.phase == open
	if long || shared && len(p) >= shareable {
		st.out.AppendShared(p)
	} else {
		st.out.Append(p)
	}
	st.written += int64(len(p))
	if done != nil {
		m := (*Socket)(st).rare()
		m.acks = append(m.acks, ack{st.written, done})
		if st.out.Len() == 0 {
			m.delivered = st.written
			st.advanceLater()
		}
	}
	full := st.out.Len() >= st.conf.HighWaterMark
	if (full || long) && st.ready() {
		st.sendNow()
		if full || st.more.acked() {
			st.advanceLater()
		}
	}
	if long && !shared {
		st.out.Own()
	}
	if full && st.out.Len() > 0 {
		st.needDrain = true
	}
	st.gather()
}

// try offers p to the kernel if nothing is before it. The caller holds mu.
func (st *stream) try(p []byte) (int, error) {
	switch {
	case st.phase < ending && st.sending == broken:
		return 0, st.more.err
	case st.phase >= ending || st.sending != writable:
		return 0, net.ErrClosed
	case st.phase != open || st.corked > 0:
		return 0, nil
	case !st.conf.lane.tries:
		return st.tryQueue(p), nil
	case st.lent || st.out.Len() > 0 || len(p) == 0:
		return 0, nil
	}
	v := vectors.Get().(*[16][]byte)
	v[0] = p
	n, err := st.conf.lane.Driver.Send(st.id, v[:1])
	v[0] = nil
	vectors.Put(v)
	st.written += int64(n)
	st.sent(n, st.conf.lane.Clock())
	if err != nil {
		st.broke(err)
		return n, st.more.err
	}
	st.lent = n < len(p) // Sent tells of room
	return n, nil
}

// tryQueue is try on a driver that cannot: what the queue holds below the high-water
// mark is as good as sent, as what is in the kernel's buffer is elsewhere.
func (st *stream) tryQueue(p []byte) int {
	n := min(len(p), st.conf.HighWaterMark-1-st.out.Len())
	if n <= 0 {
		return 0
	}
	st.accept(p[:n], false, nil)
	return n
}

// ready reports whether bytes could be sent now.
func (st *stream) ready() bool { return st.phase == open && !st.lent && st.free() > 0 }

// free returns how many of the bytes that wait were not written behind a Cork.
func (st *stream) free() int {
	n := st.out.Len()
	if st.corked > 0 {
		n -= int(st.written - st.more.corkedAt)
	}
	return max(0, n)
}

// gather lets the loop send, at the end of its turn, what waits. While the loop
// tells events of st, it sees by itself that something does, and gathers without
// its lock.
func (st *stream) gather() {
	if st.pump != onLoop && st.unsent() {
		st.gathered = true
		st.conf.lane.Gather(st)
	}
}

// gatherHere is gather on the loop.
func (st *stream) gatherHere() {
	if st.unsent() {
		st.gathered = true
		st.conf.lane.GatherHere(st)
	}
}

// unsent reports whether there is something to send, and nobody will yet.
func (st *stream) unsent() bool {
	return st.ready() && !st.gathered
}

// overflow does as the policy says with n bytes that the queue has no room for.
func (st *stream) overflow(n int, done func(error)) (int, error) {
	switch st.conf.Overflow {
	case OverflowDrop:
		st.conf.lane.overflows.Add(1)
		if done != nil { // in its turn: behind those of the writes before
			st.do(op{kind: opWrite, done: func(error) { done(ErrWriteBufferFull) }})
		}
		return n, nil
	case OverflowDestroy:
		st.do(op{kind: opDestroy, err: ErrWriteBufferFull})
	}
	return 0, ErrWriteBufferFull
}

// Flush sends what the turn has written.
func (st *stream) Flush() {
	st.mu.Lock()
	st.gathered = false
	if st.ready() {
		st.sendHere()
	}
	st.run()
}

// vectors are lists of slices for send, which may not be on its stack, as the
// driver is behind an interface. A lane has one of its own.
var vectors = sync.Pool{New: func() any { return new([16][]byte) }}

// sendNow is send on any goroutine.
func (st *stream) sendNow() {
	v := vectors.Get().(*[16][]byte)
	st.send(v[:0], st.conf.lane.Clock())
	vectors.Put(v)
}

// sendHere is send on the loop.
func (st *stream) sendHere() {
	l := st.conf.lane
	st.send(l.vectors[:0], l.Now())
}

// send offers the queue to the driver until that takes no more. It needs an empty
// list of slices.
func (st *stream) send(empty [][]byte, now int64) {
	for free := st.free(); free > 0 && !st.lent && st.sending != broken; free = st.free() {
		waiting := st.out.Vectors(empty)
		bufs, offered := first(waiting, free)
		n, err := st.conf.lane.Driver.Send(st.id, bufs)
		st.out.Consume(n)
		st.sent(n, now)
		if err != nil {
			st.broke(err)
		} else {
			st.lent = n < offered
		}
		clear(waiting)
	}
}

// first returns the slices that hold at most the first most bytes of bufs, and how
// many they hold.
func first(bufs [][]byte, most int) ([][]byte, int) {
	n := 0
	for i, b := range bufs {
		if left := most - n; len(b) > left {
			bufs[i] = b[:left]
			return bufs[:i+1], most
		}
		if n += len(b); n == most {
			return bufs[:i+1], n
		}
	}
	return bufs, n
}

// Sent tells that the driver has sent, or has room again.
func (st *stream) Sent(n int, err error) {
	st.mu.Lock()
	st.lent = false
	st.out.Consume(n)
	st.sent(n, st.conf.lane.Now())
	switch {
	case st.sending == broken:
		st.out.Clear()
	case err != nil:
		st.broke(err)
	case st.phase == open:
		st.sendHere()
	}
	st.run()
}

// sent accounts for n bytes that are with the kernel, and in the queue no more.
func (st *stream) sent(n int, now int64) {
	if n == 0 {
		return
	}
	st.conf.lane.sent.Add(int64(n))
	st.touch(now)
	if st.more != nil {
		st.more.delivered = st.written - int64(st.out.Len())
		st.answer()
	}
	if st.out.Len() == 0 && st.needDrain {
		st.needDrain = false
		st.dueDrain = st.sending == writable // after End nobody waits to write
	}
}

// broke records that nothing more can be sent. What arrived before is still read;
// the way in tells how the story ends.
func (st *stream) broke(err error) {
	if st.sending == broken {
		return
	}
	st.sending = broken
	st.dueDrain = st.needDrain && st.paused // or else the way in tells
	st.needDrain = false
	st.out.Clear()
	if st.phase != open {
		return
	}
	(*Socket)(st).rare().err = st.opError("write", err)
	st.answer()
	if st.fin >= heard {
		st.failed = true // nobody else will tell
	}
	st.advanceLater()
}

// The way in.

// Received tells of bytes. Those that cannot be told at once are kept.
func (st *stream) Received(p []byte) {
	st.mu.Lock()
	st.arrived(len(p))
	h := st.handler
	switch {
	case st.phase != open || st.discard || st.muted:
		st.conf.lane.discarded.Add(int64(len(p)))
	case st.paused || h.Blocking || st.pump != idle || st.recut || st.more.hasInput():
		m := (*Socket)(st).rare()
		m.input = append(m.input, p...)
	default:
		st.pump = onLoop
		kept := st.more.hasText()
		st.mu.Unlock()
		st.feed(h, p, kept, false)
		st.mu.Lock()
		st.pump = idle
	}
	st.run()
}

// arrived accounts for n bytes.
func (st *stream) arrived(n int) {
	st.conf.lane.received.Add(int64(n))
	st.read += int64(n)
	st.touch(st.conf.lane.Now())
}

// Ended tells of the peer's FIN. Behind a send that failed it is none: the
// connection was reset, and the kernel has told so already.
func (st *stream) Ended() {
	st.mu.Lock()
	st.fin = max(st.fin, heard)
	st.receiving = false
	st.failed = st.failed || st.sending == broken
	st.run()
}

// Failed tells that the connection is lost.
func (st *stream) Failed(err error) {
	st.mu.Lock()
	if st.phase == open {
		st.failed = true
		st.receiving = false
		(*Socket)(st).rare().err = st.opError("read", err)
		st.sending = broken
		st.answer()
		if !st.lent {
			st.out.Clear()
		}
	}
	st.run()
}

// Closed tells that the descriptor is closed.
func (st *stream) Closed() {
	st.mu.Lock()
	st.phase = gone
	st.lent = false
	st.answer()
	st.out.Clear()
	st.run()
}

// opError wraps an error of the connection.
func (st *stream) opError(op string, err error) error {
	s := (*Socket)(st)
	return opError(op, s.conf.network, s.localAddr(), s.remoteAddr(), err)
}

// Timers.

// touch records that bytes moved.
func (st *stream) touch(now int64) {
	st.active = max(st.active, now)
	st.quiet = false
}

// later returns the time that is d after t, or the last there is: whoever means never
// may say so by the longest duration.
func later(t int64, d time.Duration) int64 {
	if int64(d) > math.MaxInt64-t {
		return math.MaxInt64
	}
	return t + int64(d)
}

// deadline returns when the socket has been idle, or lingering, for too long; 0
// is never.
func (st *stream) deadline() (when int64) {
	sooner := func(t int64) {
		if when == 0 || t < when {
			when = t
		}
	}
	if d := st.more.timesOut(); d > 0 && !st.quiet {
		sooner(later(st.active, d))
	}
	if d := st.conf.IdleTimeout; d > 0 {
		sooner(later(st.active, d))
	}
	if st.discard && st.more != nil && st.more.linger > 0 {
		sooner(st.more.linger)
	}
	return when
}

// arm sees that the loop comes back at the deadline. A deadline that has moved
// back is left where it is: Expired looks again.
func (st *stream) arm() {
	if st.more == nil && st.conf.IdleTimeout <= 0 {
		return // as most
	}
	when := st.deadline()
	if when == 0 || st.armed != 0 && st.armed <= when {
		return
	}
	st.armed = when
	if st.id != noID {
		st.conf.lane.Arm(st.id, when)
		return
	}
	t := time.AfterFunc(time.Duration(when-st.conf.lane.Clock()), func() {
		st.conf.lane.Post(func() { st.Expired(when) })
	})
	if m := st.more; m != nil && m.dial != nil {
		m.dial.stops = append(m.dial.stops, t.Stop) // it would hold on to st
	}
}

// Expired tells that a deadline has passed, unless the socket has another since.
func (st *stream) Expired(when int64) {
	st.mu.Lock()
	if when == st.armed {
		st.armed = 0
		st.expire(st.conf.lane.Now())
	}
	st.run()
}

// Awaits reports whether when is the deadline that the loop holds for st.
func (st *stream) Awaits(when int64) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return when == st.armed
}

// expire does what is due now.
func (st *stream) expire(now int64) {
	silence := time.Duration(now - st.active)
	if st.phase > open {
		return
	}
	if st.discard && st.more != nil && st.more.linger > 0 && now >= st.more.linger {
		st.reset = st.out.Len() > 0 // what was sent is not all
		st.destroy(nil)
		return
	}
	if d := st.conf.IdleTimeout; d > 0 && silence >= d {
		op := "read"
		if st.phase == connecting {
			op = "connect"
		}
		st.destroy(st.opError(op, os.ErrDeadlineExceeded))
		return
	}
	if d := st.more.timesOut(); d > 0 && silence >= d && !st.quiet {
		st.quiet = true
		st.dueTimeout = true
	}
}

var _ io.WriteCloser = (*Socket)(nil)
