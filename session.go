// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
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
	config *tls.Config // until the handshake begins
	conn   *tls.Conn   // from then on

	side  Side
	state sessionState

	filled bool // the last Read has filled its buffer, so conn may hold more
	waits  bool // the kernel was offered bytes of the wire, and has not taken all
	ended  bool // close_notify was sent
	spared bool // the handshake has its time once more
	told   bool // OnSecure was called, or OnDrop if the socket was refused
	opens  bool // Read of conn is under way, without mu
	late   bool // bytes of the program may be lost: they were sealed after the peer's end, or a failure dropped them

	batch int32 // bytes of the outbox that are sealed, and not all sent
	left  int32 // bytes of the wire until the batch is sent
	took  int32 // bytes of the wire that the kernel took while they were sealed
	fault error // why it took no more

	at    int64 // the position in the outbox from which bytes are sealed
	began int64 // when the first byte of a record has come that is not whole, or not opened yet; 0 for none

	due  int64              // when the handshake has taken too long; 0 for never
	stop context.CancelFunc // ends the handshake; nil before and afterwards
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
	s.rare().session = &session{side: side, config: config, wire: wire.Wire{Ends: (*stream)(s)}}
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
func (st *stream) offer(t *session, empty [][]byte, now int64) (n int, waiting [][]byte) {
	if t.before(&st.out) > 0 {
		if n = st.free(); n > 0 {
			waiting = st.out.queue.Vectors(empty)
		}
		return n, waiting
	}
	if st.sending > finishing {
		return 0, nil
	}
	for more := true; more && t.wire.Queued() == 0; {
		more = st.seal(t, empty, now)
	}
	if n = t.wire.Queued(); n > 0 && !t.waits {
		t.waits = true
		st.move() // also bytes of crypto/tls itself wait from now on
	}
	if n == 0 || st.lent || st.sending == broken {
		return 0, nil
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
	if n > 0 {
		t.wire.Consume(n)
		st.tookRecords(t, n, now)
	}
}

// tookRecords accounts for n bytes of records that the kernel has taken.
func (st *stream) tookRecords(t *session, n int, now int64) {
	t.waits = t.wire.Queued() > 0
	st.moved(n, now)
	if t.left -= int32(n); t.left <= 0 && t.batch > 0 {
		st.out.queue.Consume(min(int(t.batch), st.out.queue.Len()))
		t.batch = 0
		st.reached()
	}
}

// joints are slices in which short writes are joined.
var joints = sync.Pool{New: func() any { return new([sealJoined]byte) }}

// seal makes records of the next bytes of the outbox. Empty is an empty list of slices,
// whose array it uses. If they are one record, crypto/tls writes it to the kernel, without a
// copy in the wire's queue. Seal reports whether the kernel has taken all of that, and so
// may take more: Vectors returns a few slices at a time.
func (st *stream) seal(t *session, empty [][]byte, now int64) (more bool) {
	n := min(st.out.free(), sealMost, burst-int(st.spent)*unit)
	if t.state != secured || n <= 0 || st.sending > finishing {
		return false
	}
	waiting := st.out.queue.Vectors(empty)
	bufs, n := first(waiting, n)
	defer clear(waiting)
	t.took, t.fault = 0, nil
	direct := st.goesDirectly(t, n)
	if direct { // else a Read may look at it
		t.wire.Direct = true
	}
	err := t.write(bufs)
	if direct {
		t.wire.Direct = false
	}
	if err != nil { // Read has failed, too, and says why
		st.sever(st.opError("write", err))
		st.advanceLater()
		return false
	}
	t.batch, t.left = int32(n), t.took+int32(t.wire.Queued())
	t.late = t.late || st.in.ended()
	if t.took > 0 {
		st.tookRecords(t, int(t.took), now)
	}
	if t.fault != nil {
		st.broke(t.fault)
	}
	return direct && !st.lent && st.sending != broken
}

// Crypto/tls makes short records at first.
const (
	shortRecord = 1 << 10   // no record is shorter, if there are as many bytes
	longFrom    = 128 << 10 // records are as long as they may be from this position on
)

// goesDirectly reports whether crypto/tls makes one record of the next n bytes of the
// outbox, which it writes to the kernel. A Read that is under way may write, too.
func (st *stream) goesDirectly(t *session, n int) bool {
	one := n <= shortRecord || n <= sealJoined && st.out.Start()-t.at >= longFrom
	return one && st.conf.tries && !t.opens && st.conf.WriteRate <= 0
}

// Offer implements wire.Ends: seal has called crypto/tls, with mu held.
func (st *stream) Offer(p []byte) int {
	t, v := st.session(), vectors.Get().(*[16][]byte)
	v[0] = p
	n, err := st.conf.driver.Send(st.id, v[:1])
	v[0] = nil
	vectors.Put(v)
	st.spent += uint8((n + unit - 1) / unit)
	st.lent = err == nil && n < len(p)
	t.took, t.fault = t.took+int32(n), err
	return n
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
		return t.wire.Unread() < unreadMost && !st.conf.account.Stops()
	case st.ignores(t):
		return true
	}
	return st.report != unreported && !st.stalled() && !st.throttled() && st.more.backlog() < st.conf.HighWaterMark && !st.congested(t) && !st.conf.account.Stops()
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
		defer t.wire.Keep()
		if t.wire.Lend(p) && t.began == 0 {
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
	return !st.congested(t) && (t.filled || t.wire.Readable())
}

// congested reports whether records have to wait, since the answers to them would pile
// up. Once nothing more arrives, or can be sent, the end must not wait for room.
func (st *stream) congested(t *session) bool {
	return t.wire.Queued() >= unsentMost && st.sending != broken && t.wire.Finished() == nil
}

var errCrashed = errors.New("duplex: TLS has crashed")

// unseal reads records, and delivers or keeps what they hold. It runs on the loop, and
// is called, and returns, with mu held.
func (st *stream) unseal() {
	t, l := st.session(), st.conf.lane
	if l.plain == nil {
		l.plain = make([]byte, longest)
	}
	n, err := 0, errCrashed
	t.opens = true
	st.callOr(func(*Socket) { n, err = t.open(l.plain) }, st.crashed)
	t.opens = false
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
	for n == 0 || n < len(p) && t.wire.Readable() {
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

// release forgets what is not needed any more, as no descriptor is left.
func (t *session) release() {
	t.wire.Shut()
	t.wire.Drop()
	t.config = nil
}
