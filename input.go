// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"io"
	"math"

	"github.com/duplex-go/duplex/internal/buf"
)

// An input is the receiving side of a socket: how far it has come, whether input is
// wanted, and whether the driver reads. The socket's mu guards it. Bytes that arrived
// and were not delivered are in more.kept, since few sockets keep any. Bytes that the
// pump delivers now are in a delivery.
type input struct {
	tail     tail
	fin      fin
	interest interest
	reading  reading
	paused   bool // by Pause
}

// A fin is how far input has come to its end.
type fin uint8

const (
	awaited fin = iota // more may arrive
	cut                // the connection was lost before the peer ended; earlier bytes may still wait
	heard              // the peer has ended; earlier bytes may still wait
	flushed            // input that waited for more was delivered, as the last of it
	told               // OnEnd was called
)

// An interest is what is done with input.
type interest uint8

const (
	wanted    interest = iota // it is delivered
	muted                     // after ErrFinalToken: only the peer's end is reported
	discarded                 // after Close or Destroy: nothing is reported
)

// A reading is whether the driver reads.
type reading uint8

const (
	resting reading = iota // it does not, and nothing more is expected
	reads                  // it does
	unread                 // it does not, although more may arrive: Stats.Unread counts this
)

// A tail is the start of a character, whose rest has not arrived.
type tail struct {
	bytes [3]byte
	n     uint8
}

// newTail returns a tail of p, the bytes that an Encoding has left: at most 3.
func newTail(p []byte) (t tail) {
	t.n = uint8(copy(t.bytes[:], p))
	return t
}

// kept is input that was not delivered, in the order in which it arrived: text, then
// the input's tail, then raw.
type kept struct {
	text buf.Backlog // decoded: an incomplete piece, or the rest that Pause or SetHandler left
	raw  buf.Backlog // not decoded yet
	due  bool        // the Handler has not seen text, which may hold whole pieces, or the tail
	bare bool        // text is due, and not decoded: an outlet has left it
	wait int         // how many bytes of text the Framing waits for; 0 if it was not asked

	decoded bool // an Encoding has made some of text
}

// held returns the memory of what is kept.
func (k *kept) held() int { return k.text.Held() + k.raw.Held() }

// pending reports whether input waits to be delivered, rather than for more input.
func (m *more) pending() bool { return m != nil && (m.kept.due || m.kept.raw.Len() > 0) }

// backlog returns how many bytes wait to be delivered. An incomplete piece does not
// count: it waits for more input, and may grow to MaxFrame.
func (m *more) backlog() int {
	if m == nil {
		return 0
	}
	n := m.kept.raw.Len()
	if m.kept.due {
		n += m.kept.text.Len()
	}
	return n
}

// hasText reports whether text is kept.
func (m *more) hasText() bool { return m != nil && m.kept.text.Len() > 0 }

// ended reports whether the peer has ended, or the connection is lost: nothing more
// arrives.
func (in *input) ended() bool { return in.fin > awaited }

// lost reports whether the connection has failed and the peer's end, if it came first,
// was reported. Then only the bytes that arrived before, and the error, are left to
// report.
func (st *stream) lost() bool {
	return st.sending == broken && (st.in.fin == cut || st.in.fin == told || st.in.interest == discarded && st.in.ended())
}

// wantsInput reports whether the driver should read.
func (st *stream) wantsInput() bool {
	if t := st.session(); t != nil {
		return st.wantsRecords(t)
	}
	return st.report != unreported && !st.in.ended() &&
		(st.in.interest == discarded || !st.conf.account.Stops() && !st.stalled() && !st.throttled() && st.more.backlog() < st.conf.HighWaterMark)
}

// receive starts or stops reading, as the socket wants it now.
func (st *stream) receive() {
	next := resting
	switch {
	case st.wantsInput():
		next = reads
	case st.report != unreported && st.awaitsEnd():
		next = unread
	}
	if (next == reads) != (st.in.reading == reads) {
		st.reread(st.conf.lane.Now())
		st.conf.driver.Receive(st.id, next == reads)
	}
	st.note(next)
}

// note records what the driver does now, and keeps Stats.Unread.
func (st *stream) note(next reading) {
	switch {
	case next == st.in.reading:
	case next == unread:
		st.conf.lane.unread.Add(1)
	case st.in.reading == unread:
		st.conf.lane.unread.Add(-1)
	}
	st.in.reading = next
}

// Received is called when p has arrived. It delivers p, or keeps the bytes that cannot
// be delivered now.
func (st *stream) Received(p []byte) {
	st.mu.Lock()
	st.arrived(len(p))
	if t := st.session(); t != nil {
		st.receivedSealed(t, p)
		return
	}
	st.read += int64(len(p))
	st.deliverNow(p)
	st.run()
}

// deliverNow delivers p, or keeps the bytes that cannot be delivered now. It runs on the
// loop, and is called, and returns, with mu held.
func (st *stream) deliverNow(p []byte) {
	h := st.receiver()
	switch {
	case st.phase != open || st.in.interest != wanted:
		st.discard(len(p))
	case st.stalled() || h.Blocking || st.pump != idle || st.more.pending():
		st.hoard(p)
	default:
		d := delivery{h: h, lent: true, p: p[:len(p):len(p)]}
		if st.more != nil || st.in.tail.n > 0 {
			st.take(&d)
		}
		st.pump = onLoop
		st.mu.Unlock()
		st.deliver(&d)
		st.mu.Lock()
		if d.left() || st.in.interest != wanted {
			st.keep(&d)
		} else if st.more != nil {
			st.more.taken = 0
		}
		st.unwind()
		st.pump = idle
	}
}

// arrived accounts for n bytes of the network.
func (st *stream) arrived(n int) {
	st.conf.lane.received.Add(int64(n))
	st.spent = 0
	now := st.conf.lane.Now()
	st.touch(now)
	st.hear(now)
	st.charge(n, now)
	if st.more != nil {
		st.more.owed -= n
	}
}

// Ended is called at the peer's FIN. After a send that failed it does not mean an end:
// the connection was reset, and the kernel has reported that to the send.
func (st *stream) Ended() {
	st.mu.Lock()
	t := st.session()
	if t != nil {
		t.wire.Finish(io.EOF)
	}
	switch {
	case t != nil && st.in.interest != discarded: // records may wait
		st.rests()
	case st.sending == broken:
		st.over(cut)
	default:
		st.over(heard)
	}
	st.run()
}

// Failed is called when the connection is lost. If the peer has ended before, OnEnd is
// still called.
func (st *stream) Failed(err error) {
	st.mu.Lock()
	t := st.session()
	if t != nil {
		t.wire.Finish(err)
	}
	switch {
	case st.phase != open:
		st.over(cut)
	case t == nil || t.state == upgrading || st.in.interest == discarded:
		st.over(cut)
		st.failed(err)
	case t.state == shaking && t.conn == nil: // no record has come
		st.destroy(st.opError("handshake", err))
	case t.state == shaking: // an alert that came before says why
		st.rests()
		t.hurry(later(st.conf.lane.Clock(), alertLinger))
	default: // records may wait
		st.rests()
		if t.state == secured {
			st.failed(err)
		}
	}
	st.run()
}

// failed records that the connection is lost.
func (st *stream) failed(err error) {
	if !st.condemned() {
		(*Socket)(st).rare().err = st.opError("read", err)
	}
	st.sending = broken
	st.lapse()
	st.missed()
	st.out.fail(st.more.err)
	if !st.lent {
		st.out.drop()
	}
}

// over records that no more input arrives: why is cut or heard. The driver has stopped
// reading.
func (st *stream) over(why fin) {
	if !st.in.ended() {
		st.in.fin = why
	}
	st.rests()
}

// rests records that the driver has stopped reading, as the peer has ended.
func (st *stream) rests() {
	st.touch(st.conf.lane.Now())
	st.note(resting)
}

// longest is the most bytes that a driver reads at a time.
const longest = 64 << 10

// hoard keeps p until it can be delivered.
func (st *stream) hoard(p []byte) {
	raw := &(*Socket)(st).rare().kept.raw
	raw.Borrow(len(p))
	raw.Reserve(len(p), min(st.conf.HighWaterMark, math.MaxInt-longest)+longest)
	raw.Append(p)
}

// discard accounts for n bytes that are not delivered.
func (st *stream) discard(n int) { st.conf.lane.discarded.Add(int64(n)) }

// lose discards the input that is kept, and the input that still arrives. With muted
// the peer's end is still reported, with discarded it is not.
func (st *stream) lose(i interest) {
	st.in.interest = max(st.in.interest, i)
	n := int(st.in.tail.n)
	st.in.tail = tail{}
	if m := st.more; m != nil {
		n += m.kept.text.Len() + m.kept.raw.Len()
		m.kept = kept{}
		if m.session != nil && i == discarded && !st.securing() { // a handshake goes on
			n += m.session.wire.Drop()
			st.overtake(m.session)
		}
	}
	st.discard(n)
}

// overtake records the peer's end, or a failure, that waited after records which are dropped
// now.
func (st *stream) overtake(t *session) {
	switch end := t.wire.Finished(); {
	case end == nil || st.in.ended():
	case end == io.EOF && st.sending != broken:
		st.in.fin = heard
	default:
		st.in.fin = cut
	}
}

// take moves the kept text, the tail and the time when the piece began to d. The pump must
// not be idle until keep has taken back the rest.
func (st *stream) take(d *delivery) {
	d.tail, st.in.tail = st.in.tail, tail{}
	if st.more != nil {
		d.began, st.more.began = st.more.began, 0
		st.more.parted = nil
	}
	if st.more.hasText() {
		st.more.taken += st.more.kept.text.Held()
		d.text, st.more.kept.text = st.more.kept.text, buf.Backlog{}
		d.decoded = st.more.kept.decoded
		d.wait, st.more.kept.wait = st.more.kept.wait, 0
	}
}

// takeKept returns a delivery of kept input, and keeps that no more. Text that may hold
// whole pieces comes first, by itself: many pieces that are resumed one by one are then
// not copied once for each of them.
func (st *stream) takeKept() delivery {
	d := delivery{h: st.receiver(), final: st.in.fin == flushed}
	if m := st.more; m != nil {
		switch {
		case m.kept.bare && d.h != piping:
			d.p = m.kept.text.Bytes()
			m.taken = m.kept.text.Held()
			m.kept.text, m.kept.due, m.kept.bare = buf.Backlog{}, false, false
		case m.kept.due:
			m.kept.due, m.kept.bare = false, false
		default:
			m.taken = m.kept.raw.Held()
			d.raw, m.kept.raw = m.kept.raw, buf.Backlog{}
			d.p, d.lent = d.raw.Bytes(), true
		}
	}
	st.take(&d)
	return d
}

// keep takes back the rest of a delivery.
func (st *stream) keep(d *delivery) {
	st.in.tail = d.tail
	if st.more != nil {
		st.more.taken = 0
	}
	other := st.receiver() != d.h
	if d.text.Len() > 0 || d.due || d.tail.n > 0 && other {
		k := &(*Socket)(st).rare().kept
		if k.text.Len() > 0 { // restored, while d was carried to an outlet before
			k.text.Append(d.text.Bytes())
		} else {
			k.text = d.text
		}
		k.due = d.due || other
		k.bare = d.h == piping
		if k.wait = d.wait; other {
			k.wait = 0
		}
		k.decoded = d.decoded || d.h.Encoding != nil
	}
	if st.in.interest != wanted { // a callback has changed it meanwhile
		st.lose(st.in.interest)
	}
}

// renew makes the kept text and the tail due, since another Handler has not seen them: it
// may have another Encoding, for which the tail is whole. Its FrameTimeout begins when it
// has.
func (st *stream) renew() {
	if st.more != nil {
		st.more.began = 0
	}
	if t := st.session(); t != nil && t.began > 0 {
		t.began = max(1, st.conf.lane.Clock())
	}
	if st.more.hasText() || st.in.tail.n > 0 {
		k := &(*Socket)(st).rare().kept
		k.due, k.wait = true, 0
	}
}
