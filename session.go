// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/duplex-go/duplex/internal/wire"
)

// A session is the TLS of a socket. What arrives goes through the wire and crypto/tls
// before it is delivered. The outbox holds plain bytes, whose positions count; they are
// sealed in batches, when the kernel is to take them.
//
// The socket's mu guards a session. Tls.Conn's Write and CloseWrite are called with mu
// held. Its Read is called on the loop without mu, since it may call a session cache of
// the program; so is the handshake, on a goroutine of its own.
type session struct {
	wire   wire.Wire
	side   Side
	state  sessionState
	config *tls.Config // until the handshake begins
	conn   *tls.Conn   // from then on

	filled bool // the last Read has filled its buffer, so conn may hold more
	waits  bool // the kernel was offered bytes of the wire, and has not taken all
	ended  bool // close_notify was sent
	spared bool // the handshake has its time once more
	told   bool // OnSecure was called, or OnDrop if the socket was refused
	late   bool // bytes of the program may be lost: they were sealed after the peer's end, or a failure dropped them

	at    int64 // the position in the outbox from which bytes are sealed
	batch int   // bytes of the outbox that are sealed, and not all sent
	left  int   // bytes of the wire until the batch is sent
	began int64 // when the first byte of a record has come that is not whole, or not opened yet; 0 for none

	due  int64              // when the handshake has taken too long; 0 for never
	stop context.CancelFunc // ends the handshake; nil before
}

// A sessionState is how far a session has come.
type sessionState uint8

const (
	upgrading sessionState = iota // plain input is still with a callback
	shaking                       // the handshake has begun, or waits for a record
	secured                       // records carry data
	severed                       // TLS has failed; an alert may be on its way
)

// limits of memory that the peer could make a session use.
const (
	sealMost   = 64 << 10               // plain bytes of a batch
	unsentMost = sealMost + 4<<10       // bytes of the wire beyond which nothing is read: answers to control records may pile up
	unreadMost = 2 * wire.LongestRecord // bytes that wait for a handshake's goroutine
	sealJoined = 16 << 10               // shorter slices are joined, so that they share a record
)

// session returns the TLS of st, nil for none.
func (st *stream) session() *session {
	if st.more == nil {
		return nil
	}
	return st.more.session
}

// newSession gives s TLS from its first byte on. No other goroutine has s yet.
func (s *Socket) newSession(side Side, config *tls.Config) {
	s.rare().session = &session{side: side, config: config, wire: wire.Wire{Ends: s}}
}

// securing reports whether the handshake is not complete, and may still be.
func (st *stream) securing() bool {
	t := st.session()
	return t != nil && t.state < secured
}

// severed reports whether TLS has failed.
func (st *stream) severed() bool {
	t := st.session()
	return t != nil && t.state == severed
}

// refused reports whether st is a server's socket that ends without having been open,
// because its handshake failed. The server's OnDrop reports it, and no Handler.
func (st *stream) refused() bool {
	return st.phase >= gone && st.conf.server != nil && st.report == unreported && st.session() != nil
}

// settleSession goes on with the handshake, or with the end of a session that has
// failed. It runs on the loop, with mu held.
func (st *stream) settleSession(t *session) {
	switch {
	case t.state == upgrading && st.pump == idle:
		if err := st.reclaim(t); err != nil {
			st.destroy(st.opError("handshake", err))
			return
		}
		t.state = shaking
		if st.in.ended() { // before StartTLS
			t.wire.Finish(io.EOF)
		}
		st.shake(t)
	case t.state == shaking:
		st.shake(t)
	case t.state == severed:
		st.settleSevered(t)
	}
}

// before returns how many plain bytes wait to be sent before the session.
func (t *session) before(o *outbox) int {
	if t.at == 0 {
		return 0
	}
	return int(max(0, t.at-o.Start()))
}

// free returns how many bytes may be sent: neither Cork, nor a step, nor a handshake
// holds them back. Of a session that has much to send, it may return less.
func (st *stream) free() int {
	if t := st.session(); t != nil {
		return st.freeSealed(t)
	}
	return st.out.free()
}

func (st *stream) freeSealed(t *session) int {
	if n := t.before(&st.out); n > 0 {
		return min(n, st.out.free())
	}
	switch n := t.wire.Queued(); {
	case st.sending > finishing:
		return 0
	case n > 0:
		return n
	case t.state == secured:
		return st.out.free()
	}
	return 0
}

// offer returns what a send of a socket with TLS offers to the kernel: how many bytes,
// and slices that hold at least these, in the array of empty.
func (st *stream) offer(t *session, empty [][]byte) (n int, waiting [][]byte) {
	if t.before(&st.out) > 0 {
		if n = st.free(); n > 0 {
			waiting = st.out.queue.Vectors(empty)
		}
		return n, waiting
	}
	if st.sending > finishing {
		return 0, nil
	}
	if t.wire.Queued() == 0 {
		st.seal(t, empty)
	}
	if n = t.wire.Queued(); n > 0 && !t.waits {
		t.waits = true
		st.move() // also bytes of crypto/tls itself wait from now on
	}
	return n, t.wire.Vectors(empty)
}

// tookSealed is took of a socket with TLS.
func (st *stream) tookSealed(t *session, n int, now int64) {
	if t.before(&st.out) > 0 {
		st.out.queue.Consume(n)
		st.sent(n, now)
		return
	}
	if n == 0 {
		return
	}
	t.wire.Consume(n)
	t.waits = t.wire.Queued() > 0
	st.moved(n, now)
	if t.left -= n; t.left <= 0 && t.batch > 0 {
		st.out.queue.Consume(min(t.batch, st.out.queue.Len()))
		t.batch = 0
		st.reached()
	}
}

// joints are slices in which short writes are joined.
var joints = sync.Pool{New: func() any { return new([sealJoined]byte) }}

// seal makes records of the next bytes of the outbox. Empty is an empty list of slices,
// whose array it uses.
func (st *stream) seal(t *session, empty [][]byte) {
	n := min(st.out.free(), sealMost, burst-int(st.spent)*unit)
	if t.state != secured || n <= 0 || st.sending > finishing {
		return
	}
	waiting := st.out.queue.Vectors(empty)
	bufs, n := first(waiting, n)
	defer clear(waiting)
	if err := t.write(bufs); err != nil { // Read has failed, too, and says why
		st.sever(st.opError("write", err))
		st.advanceLater()
		return
	}
	t.batch, t.left = n, t.wire.Queued()
	t.late = t.late || st.in.ended()
}

// write seals bufs. Slices that are short share records.
func (t *session) write(bufs [][]byte) error {
	if len(bufs) == 1 {
		_, err := t.conn.Write(bufs[0])
		return err
	}
	joint := joints.Get().(*[sealJoined]byte)
	defer joints.Put(joint)
	joined := joint[:0]
	for _, p := range bufs {
		for len(p) > 0 {
			m := min(len(p), sealJoined-len(joined))
			if len(joined) == 0 && len(p) >= sealJoined {
				m = len(p) - len(p)%sealJoined
				if _, err := t.conn.Write(p[:m]); err != nil {
					return err
				}
				p = p[m:]
				continue
			}
			joined = append(joined, p[:m]...)
			p = p[m:]
			if len(joined) == sealJoined {
				if _, err := t.conn.Write(joined); err != nil {
					return err
				}
				joined = joined[:0]
			}
		}
	}
	if len(joined) == 0 {
		return nil
	}
	_, err := t.conn.Write(joined)
	return err
}

// flushed reports whether everything that comes before our FIN is with the kernel. With
// TLS, close_notify is the last of it.
func (st *stream) flushed() bool {
	if st.out.queue.Len() > 0 || st.lent || st.report == unreported {
		return false
	}
	t := st.session()
	switch {
	case t == nil:
		return true
	case t.state != secured:
		return false
	case !t.ended:
		t.ended = true
		t.conn.CloseWrite()
		st.sendHere()
	}
	return t.wire.Queued() == 0 && !st.lent
}

// wantsRecords is wantsInput of a socket with TLS. Input after close_notify is read as
// well, and discarded, so that the end of the connection is noticed.
func (st *stream) wantsRecords(t *session) bool {
	switch {
	case t.wire.Finished() != nil || t.state == upgrading:
		return false
	case t.state == shaking:
		return t.wire.Unread() < unreadMost && !st.conf.account.stops()
	case st.ignores(t):
		return true
	}
	return st.report != unreported && !st.stalled() && !st.throttled() && st.more.backlog() < st.conf.HighWaterMark && !st.congested(t) && !st.conf.account.stops()
}

// reason returns the error of a socket whose connection is lost. A peer that has ended by
// close_notify and closed its descriptor resets the connection, as our own close_notify
// finds no reader. That is no error if nothing of the program is lost by it.
func (st *stream) reason() error {
	t := st.session()
	if t == nil || st.in.fin != told || t.state != secured || t.late || !fromPeer(st.more.err) {
		return st.more.err
	}
	if !t.ended && (st.conf.AllowHalfOpen || st.more.owesEnd) {
		return st.more.err // the program still wants to write
	}
	return nil
}

// missed records that a failure drops the bytes that wait to be sent.
func (st *stream) missed() {
	if t := st.session(); t != nil {
		t.late = t.late || st.out.Len() > 0
	}
}

// awaitsEnd reports whether the peer may still send.
func (st *stream) awaitsEnd() bool {
	t := st.session()
	return !st.in.ended() && (t == nil || t.wire.Finished() == nil)
}

// receivedSealed is Received of a socket with TLS.
func (st *stream) receivedSealed(t *session, p []byte) {
	switch {
	case st.phase != open || t.state >= secured && st.ignores(t):
		st.discard(len(p))
	case t.state == upgrading:
		st.read += int64(len(p))
		st.hoard(p)
	case t.state == shaking:
		t.wire.Arrived(p)
	default:
		t.wire.Lend(p)
		defer t.wire.Keep()
		if t.began == 0 && t.wire.Partial() {
			t.began = max(1, st.conf.lane.Clock())
		}
	}
	st.run()
}

// ignores reports whether what arrives is of no use any more.
func (st *stream) ignores(t *session) bool {
	return t.state == severed || st.in.ended() || st.in.interest == discarded
}

// unseals reports whether the loop should read records now.
func (st *stream) unseals() bool {
	t := st.session()
	return t != nil && st.unsealsRecords(t)
}

func (st *stream) unsealsRecords(t *session) bool {
	if t.state != secured || !t.told || st.phase != open || st.in.ended() || st.in.interest == discarded || st.stalled() {
		return false
	}
	if st.more.pending() && (!st.receiver().Blocking || st.more.backlog() >= st.conf.HighWaterMark) {
		return false
	}
	return (t.filled || t.wire.Readable()) && !st.congested(t)
}

// congested reports whether records have to wait, since the answers to them would pile
// up. Once nothing more arrives, or can be sent, the end must not wait for room.
func (st *stream) congested(t *session) bool {
	return t.wire.Queued() >= unsentMost && st.sending != broken && t.wire.Finished() == nil
}

// unseal reads records, and delivers or keeps what they hold. It runs on the loop, and
// is called, and returns, with mu held.
func (st *stream) unseal() {
	t, l := st.session(), st.conf.lane
	if l.plain == nil {
		l.plain = make([]byte, longest)
	}
	n, err := 0, errors.New("duplex: TLS has crashed")
	st.callOr(func(*Socket) { n, err = t.open(l.plain) }, st.crashed)
	if st.phase > open {
		st.discard(n)
		return
	}
	t.filled = n == len(l.plain)
	st.read += int64(n)
	if n > 0 {
		st.deliverOpened(l.plain[:n])
	}
	if t.began = 0; t.wire.Partial() { // of the next record
		t.began = max(1, l.Clock())
	}
	if st.phase == open && err != nil {
		st.unsealed(t, err)
	}
}

// deliverOpened is deliverNow, and returns with mu held also if a callback ends the
// goroutine: run gives mu back.
func (st *stream) deliverOpened(p []byte) {
	returned := false
	defer func() {
		if !returned {
			st.mu.Lock()
		}
	}()
	st.deliverNow(p)
	returned = true
}

// open fills p with what the records hold that have arrived. The error is that which
// ends the input.
func (t *session) open(p []byte) (n int, err error) {
	for n < len(p) && (t.wire.Readable() || t.filled && n == 0) {
		m, err := t.conn.Read(p[n:])
		n += m
		switch {
		case err == wire.ErrAgain:
			return n, nil
		case err != nil:
			return n, err
		}
	}
	return n, nil
}

// unsealed ends the input because of err: close_notify, the end of the connection, or a
// fault of TLS.
func (st *stream) unsealed(t *session, err error) {
	switch {
	case t.state == severed && (t.wire.Ended() || err == io.EOF): // by a write
	case !t.wire.Ended() && err == io.EOF:
		st.in.fin = max(st.in.fin, heard)
		st.touch(st.conf.lane.Now())
		st.discard(t.wire.Drop())
	case !t.wire.Ended():
		st.sever(st.opError("read", err))
	case st.sending == broken: // Failed has said why
		st.over(cut)
	case err != io.EOF && err != ErrTruncated: // it came during the handshake
		st.over(cut)
		st.failed(t.wire.Finished())
	case err == io.EOF && st.conf.AllowTruncation:
		st.over(heard)
	default:
		st.over(cut)
		st.failed(ErrTruncated)
	}
}

// reclaim gives the session the bytes that arrived before StartTLS and were not
// delivered.
func (st *stream) reclaim(t *session) error {
	k := &st.more.kept
	switch {
	case st.in.interest == muted:
		return errMuted
	case k.decoded && k.text.Len() > 0:
		return errDecoded
	case slices.ContainsFunc(st.more.outlets, func(o outlet) bool { return o.self().ahead > 0 }):
		return errApart
	}
	tail := st.in.tail
	for _, p := range [][]byte{k.text.Bytes(), tail.bytes[:tail.n], k.raw.Bytes()} {
		t.wire.Arrived(p)
		st.read -= int64(len(p))
	}
	*k, st.in.tail, st.more.began = kept{}, newTail(nil), 0
	return nil
}

// Errors of a StartTLS that cannot find the first byte of TLS.
var (
	errMuted   = errors.New("duplex: StartTLS after ErrFinalToken has discarded the input")
	errDecoded = errors.New("duplex: StartTLS after an Encoding has decoded the input")
	errApart   = errors.New("duplex: StartTLS while pipes have taken different parts of the input")
)

// release forgets what is not needed any more, as no descriptor is left.
func (t *session) release() {
	t.wire.Shut()
	t.wire.Drop()
	t.config = nil
}
