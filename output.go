// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"errors"
	"math"
	"net"
	"slices"
	"sync"
	"syscall"

	"github.com/duplex-go/duplex/internal/buf"
)

// atOnce is the length from which a write goes to the kernel at once, if the queue is
// empty: then the bytes need no copy into the queue, which is worth a system call. An
// echo of 16 KiB takes 1.17 times the CPU of one in C this way, and 1.28 times with a
// copy (medians of three alternating runs on a busy machine).
const atOnce = 16 << 10

// burst is how many bytes a socket offers to the kernel in one turn, under one hold of
// its lock. Then other sockets have their turn. Socket.spent counts it in units of a
// page.
const (
	burst = 256 << 10
	unit  = 4 << 10
)

// write queues p, and gives the notice then when the kernel has taken p. A p with a loan
// never changes, so it may be queued without a copy. Prepared, if it is not nil, holds a
// copy of p. The caller holds mu.
func (st *stream) write(p []byte, loan *buf.Loan, prepared *buf.Queue, then notice) (int, error) {
	if prepared == nil && !then.wanted() && st.joins(len(p)) {
		st.out.add(p, loan, nil)
		return len(p), nil
	}
	st.attend()
	return st.queue(p, loan, prepared, then, (*Socket)(st).behind())
}

// queue is write of what does not just join others. A held p comes after the last step.
func (st *stream) queue(p []byte, loan *buf.Loan, prepared *buf.Queue, then notice, held bool) (int, error) {
	if err := st.refuses(held); err != nil {
		return 0, err
	}
	if st.conf.account.Never(len(p)) {
		return 0, ErrOverBudget
	}
	room := st.roomFor(len(p))
	if room && st.conf.capped {
		reserved, ok := st.reserve(len(p), loan)
		defer st.unreserve(reserved)
		room = ok
	}
	if err := st.refuses(held); err != nil { // the kernel was offered what waits
		return 0, err
	}
	if !room {
		return st.overflow(len(p), then, held)
	}
	st.put(p, loan, prepared, then, held)
	return len(p), nil
}

// joins reports whether n bytes only have to join others that wait for the end of the
// turn. The rest of write would come to the same, step by step; with joins the broadcast
// of bench/ takes 0.93 of the CPU (median of nine alternating rounds).
func (st *stream) joins(n int) bool {
	if !st.gathered || st.phase != open || st.sending != writable || st.conf.capped || !st.out.plain() || st.out.behindCasts(&st.conf.lane.casts) {
		return false
	}
	waiting := st.out.queue.Len()
	return waiting > 0 && waiting+n < st.conf.full
}

// put queues p, for which there is room. A held p comes after the last step.
func (st *stream) put(p []byte, loan *buf.Loan, prepared *buf.Queue, then notice, held bool) {
	if !held {
		st.accept(p, loan, prepared, then)
		return
	}
	st.out.hold(p, loan, prepared)
	st.complete(then, true)
	if st.out.Len() >= st.conf.full {
		st.drain = drainNeeded
	}
}

// refuses returns why a write cannot succeed, or nil. A held write comes after a
// posted function.
func (st *stream) refuses(held bool) error {
	switch {
	case st.phase <= open && st.sending == broken:
		return st.more.err
	case st.phase > open || st.sending != writable || st.out.ends(held):
		return net.ErrClosed
	}
	return nil
}

// roomFor reports whether MaxWriteBuffer allows n more bytes. Before it reports false,
// it offers the queue to the kernel.
func (st *stream) roomFor(n int) bool {
	most := st.conf.MaxWriteBuffer
	if most < 0 || st.out.cost()+n <= most {
		return true
	}
	if n > most {
		return false
	}
	st.spent = 0
	if !st.ready() {
		return false
	}
	st.sendNow()
	return st.out.cost()+n <= most
}

// accept queues p, for which there is room, at the barrier. It sends at once when the
// queue is full or p is long.
func (st *stream) accept(p []byte, loan *buf.Loan, prepared *buf.Queue, then notice) {
	if st.out.free() == 0 {
		st.move()
	}
	now := !st.out.takes() && (st.pump != onLoop || !st.conf.lane.Sated()) // a callback leaves the loop its turn
	long := now && len(p) >= atOnce && prepared == nil && st.conf.tries && st.out.queue.Len() == 0 && !st.out.corked() && st.phase == open
	lend := loan
	if long && lend == nil {
		lend = uncounted // for this call: Own follows
	}
	st.out.add(p, lend, prepared)
	st.complete(then, false)
	full := st.out.Len() >= st.conf.full
	if now && (full || long) && st.ready() {
		st.sendNow()
	}
	if lend == uncounted && loan == nil {
		st.out.queue.Own()
	}
	if full && st.out.Len() > 0 {
		st.drain = drainNeeded
	}
	st.gather()
	st.watch()
}

// try offers p to the kernel if the queue is empty. The caller holds mu.
func (st *stream) try(p []byte) (int, error) {
	st.attend()
	if err := st.refuses(false); err != nil {
		return 0, err
	}
	switch {
	case st.phase != open || st.out.corked() || st.securing():
		return 0, nil
	case !st.conf.tries || st.session() != nil:
		return st.tryQueue(p), nil
	case st.lent || st.out.queue.Len() > 0 || len(p) == 0 || st.slowed():
		return 0, nil
	}
	p = p[:min(len(p), st.portion())]
	v := vectors.Get().(*[16][]byte)
	v[0] = p
	n, err := st.conf.driver.Send(st.id, v[:1])
	v[0] = nil
	vectors.Put(v)
	st.out.pass(n)
	st.sent(n, st.conf.lane.Clock())
	if st.out.completes() {
		st.advanceLater()
	}
	if err != nil {
		st.broke(err)
		return n, st.more.err
	}
	st.lent = n < len(p) // the driver calls Sent when it has room
	return n, nil
}

// tryQueue is try on a driver that cannot try. There the queue stands for the kernel's
// buffer, as far as it is below the high-water mark.
func (st *stream) tryQueue(p []byte) int {
	n := st.vacancy(min(len(p), st.conf.full-1-st.out.Len()))
	if n <= 0 {
		return 0
	}
	st.accept(p[:n], nil, nil, notice{})
	return n
}

// ready reports whether a send is possible now, and neither this turn's burst nor WriteRate
// is used up.
func (st *stream) ready() bool {
	return st.phase == open && !st.lent && st.spent < burst/unit && !st.slowed() && st.free() > 0
}

// gather schedules a send at the end of the loop's turn. While the loop runs a
// callback of st, the pump does that afterwards, without the loop's lock.
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

// let calls release, which lets bytes go that were held back.
func (st *stream) let(release func()) {
	if st.out.free() == 0 {
		st.move() // or else others have waited longer
	}
	release()
	st.gather()
	st.watch()
}

// unsent reports whether the queue holds bytes that no send is scheduled for, and that
// WriteRate lets go.
func (st *stream) unsent() bool {
	return !st.gathered && !st.lent && (st.phase == open || st.phase == ending && !st.parts()) && st.sending != broken && !st.slowed() && st.free() > 0
}

// room returns how many more bytes MaxWriteBuffer allows.
func (st *stream) room() int {
	if st.conf.MaxWriteBuffer < 0 {
		return math.MaxInt
	}
	return st.conf.MaxWriteBuffer - st.out.Len()
}

// overflow applies the policy to n bytes that the queue has no room for.
func (st *stream) overflow(n int, then notice, held bool) (int, error) {
	switch st.conf.Overflow {
	case OverflowDrop:
		if then.sent != nil || then.done != nil && st.out.completions() >= lenient {
			break // ReadFrom, of which no part may be missing; or completions pile up
		}
		st.conf.lane.overflows.Add(1)
		if done := then.done; done != nil {
			then.done = func(error) { done(ErrWriteBufferFull) }
		}
		st.complete(then, held) // after the completions of earlier writes
		return n, nil
	case OverflowDestroy:
		// The peer must not take a part for the whole.
		st.do(op{kind: opReset, err: ErrWriteBufferFull})
	}
	return 0, ErrWriteBufferFull
}

// Flush sends the bytes that were written in this turn. The loop calls it at the end of
// the turn.
func (st *stream) Flush() {
	st.mu.Lock()
	st.gathered = false
	st.spent = 0
	st.sendHere()
	st.run()
}

// vectors are lists of slices for send. They cannot be on its stack, since the driver
// is an interface. A lane has a list of its own.
var vectors = sync.Pool{New: func() any { return new([16][]byte) }}

// sendNow is send on any goroutine.
func (st *stream) sendNow() {
	v := vectors.Get().(*[16][]byte)
	st.send(v[:0], st.conf.lane.Clock())
	vectors.Put(v)
	if st.drain == drainDue || st.out.completes() {
		st.advanceLater()
	}
	st.watch()
}

// sendHere is send on the loop.
func (st *stream) sendHere() {
	l := st.conf.lane
	st.send(l.vectors[:0], l.Now())
}

// send offers the queue to the driver until the driver takes no more, or the burst or
// WriteRate is used up. Empty is an empty list of slices, whose array send uses.
func (st *stream) send(empty [][]byte, now int64) {
	for !st.lent && st.sending != broken && st.spent < burst/unit && !st.slowed() {
		var free int
		var waiting [][]byte
		if t := st.session(); t != nil {
			free, waiting = st.offer(t, empty, now)
		} else if free = st.out.free(); free > 0 {
			waiting = st.out.queue.Vectors(empty)
		}
		if free == 0 {
			return
		}
		bufs, offered := first(waiting, min(free, burst-int(st.spent)*unit, st.portion()))
		n, err := st.conf.driver.Send(st.id, bufs)
		st.spent += uint8((n + unit - 1) / unit)
		st.took(n, now)
		if err != nil {
			st.broke(err)
		} else {
			st.lent = n < offered
			if st.lent && !st.conf.tries {
				st.move() // the kernel is offered them now
			}
		}
		clear(waiting)
	}
}

// took accounts for n bytes that the kernel has taken.
func (st *stream) took(n int, now int64) {
	if t := st.session(); t != nil {
		st.tookSealed(t, n, now)
		return
	}
	st.out.queue.Consume(n)
	st.sent(n, now)
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

// Sent is called when the driver has sent n bytes that it was lent, has room again, or
// has failed with err.
func (st *stream) Sent(n int, err error) {
	st.mu.Lock()
	st.lent = false
	st.spent = 0
	st.took(n, st.conf.lane.Now())
	switch {
	case st.sending == broken:
		st.out.drop()
	case err != nil:
		st.broke(err)
	case st.phase == open && !st.conf.lane.Sated(): // else run gathers st
		st.sendHere()
	}
	st.run()
}

// sent accounts for n bytes that the kernel has taken.
func (st *stream) sent(n int, now int64) {
	if n > 0 {
		st.moved(n, now)
		st.reached()
	}
}

// moved accounts for n bytes of the network.
func (st *stream) moved(n int, now int64) {
	st.conf.lane.CountSend(n)
	st.chargeSent(n, now)
	st.touch(now)
	st.move()
}

// reached completes what was to come when the kernel has taken the bytes that it has
// taken now.
func (st *stream) reached() {
	st.out.reach()
	if st.drain == drainNeeded && st.out.Len() == 0 {
		st.drain = drainDue
	}
}

// complete has then follow the bytes that wait now. If none do, it is due.
func (st *stream) complete(then notice, held bool) {
	switch {
	case !then.wanted():
	case held:
		st.out.holdMark(then)
	default:
		st.out.mark(then)
		st.out.reach()
		if st.out.completes() {
			st.advanceLater()
		}
	}
}

// broke records that a send has failed with err, so that nothing more can be sent. The
// bytes that arrived before are still read, and the driver then reports how the
// connection ended. It reports nothing for an error that does not come from the peer;
// then broke itself ends the input.
func (st *stream) broke(err error) {
	if st.sending == broken {
		return
	}
	st.sending = broken
	st.deafen()
	st.missed()
	if st.drain == drainNeeded && st.stalled() {
		st.drain = drainDue // a socket that reads reports the error instead
	} else {
		st.drain = drained
	}
	st.out.drop()
	if st.phase != open || st.severed() {
		return
	}
	if !st.condemned() {
		(*Socket)(st).rare().err = st.opError("write", err)
	}
	st.lapse()
	st.out.fail(st.more.err)
	if !fromPeer(err) {
		if !st.in.ended() {
			st.in.fin = cut // no event of the driver reports it
		}
		st.reset = true
	}
	st.advanceLater()
}

// fromPeer reports whether err means that the peer or the network has ended the
// connection. The kernel reports that to the reader, too.
func fromPeer(err error) bool {
	return slices.ContainsFunc(peerErrors[:], func(e syscall.Errno) bool { return errors.Is(err, e) })
}

var peerErrors = [...]syscall.Errno{syscall.EPIPE, syscall.ECONNRESET, syscall.ECONNABORTED, syscall.ENOTCONN, syscall.ETIMEDOUT}

// undelivered returns why the bytes that wait will never be sent.
func (st *stream) undelivered() error {
	if err := st.more.cause(); err != nil {
		return err
	}
	return net.ErrClosed
}
