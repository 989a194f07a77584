// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"
)

// handshakeTimeout is how long a handshake may take, unless the program says otherwise.
const handshakeTimeout = 10 * time.Second

// alertLinger is how long a socket whose TLS has failed waits for the peer's end. A
// descriptor that is closed while input is unread resets the connection, and the peer
// may lose the alert that says what was wrong.
const alertLinger = time.Second

// errHandshakeEnd is the error of a handshake in which the peer ends the connection. Its
// code is Node's.
var errHandshakeEnd = fmt.Errorf("%w: %w", syscall.ECONNRESET, ErrTruncated)

// limitHandshake starts the time of the handshake.
func (st *stream) limitHandshake(t *session) {
	if d := st.conf.HandshakeTimeout; d > 0 && t.due == 0 {
		t.due = later(st.conf.lane.Clock(), d)
	}
}

// hurry limits the handshake, as the connection is lost: records that came before are
// still read, but a callback of the configuration may block.
func (t *session) hurry(due int64) {
	if t.due == 0 || due < t.due {
		t.due = due
	}
}

// lateHandshake ends a handshake that has taken too long. If records wait for the loop,
// which a callback has held up, the handshake has its time once more: its goroutine and
// its peer have to answer them.
func (st *stream) lateHandshake(t *session) {
	if !t.spared && st.hasNews(bytesIn|bytesOut) {
		t.spared = true
		t.due = later(st.conf.lane.Now(), st.conf.HandshakeTimeout)
		return
	}
	st.timeOut(st.opError("handshake", t.overdue()))
}

// overdue returns why a handshake fails that has taken too long.
func (t *session) overdue() error {
	if err := t.wire.finished(); err != nil && err != io.EOF {
		return err
	}
	return ErrHandshakeTimeout
}

// shake starts the goroutine of a handshake: for a client at once, for a server when
// the first record is whole, so that a silent client costs none.
func (st *stream) shake(t *session) {
	if t.conn != nil {
		return
	}
	if t.side == ServerSide && !t.wire.readable() {
		return
	}
	done := func() {}
	if srv := st.conf.server; srv != nil && t.side == ServerSide {
		g := &srv.life().gate
		if err := g.shake(); err != nil {
			st.destroy(st.opError("handshake", err))
			return
		}
		done = g.shaken
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.stop = cancel
	if t.side == ServerSide {
		t.conn = tls.Server(&t.wire, t.config)
	} else {
		t.conn = tls.Client(&t.wire, t.config)
	}
	t.config = nil
	t.wire.await(func() { st.conf.lane.Defer(st) })
	go st.handshake(ctx, t, done) // until the handshake has ended, or cancel
}

// handshake makes the handshake, on a goroutine of its own.
func (st *stream) handshake(ctx context.Context, t *session, done func()) {
	var err error
	defer func() { // also if a callback of the configuration calls Goexit
		t.stop()
		t.wire.release()
		done()
		st.shook(t, err)
	}()
	survive(func() { err = t.conn.HandshakeContext(ctx) }, func(crash *PanicError) {
		st.conf.lane.crashed(crash, "duplex: a callback of a TLS configuration crashed; its socket is destroyed", "remote", t.wire.RemoteAddr())
		err = crash
	})
}

// shook records the result of the handshake.
func (st *stream) shook(t *session, err error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if t.state != shaking || st.phase != open {
		return
	}
	if alert, ok := t.wire.alerted(); ok && isBadMAC(err) {
		err = &net.OpError{Op: "remote error", Err: tls.AlertError(alert)}
	}
	switch end := t.wire.finished(); {
	case err == nil:
		t.state, t.due = secured, 0
	case t.wire.ended && end != io.EOF && errors.Is(err, end):
		st.destroy(st.opError("handshake", end))
	case t.wire.ended && (err == io.EOF || err == ErrTruncated):
		st.destroy(st.opError("handshake", errHandshakeEnd))
	default:
		st.sever(st.opError("handshake", err))
	}
	st.advanceLater()
}

// isBadMAC reports whether crypto/tls could not open a record.
func isBadMAC(err error) bool {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "local error" {
		return false
	}
	n, ok := alertOf(op.Err)
	return ok && n == 20
}

// cease ends a handshake that is in progress, as the socket is destroyed.
func (t *session) cease() {
	if t.stop != nil {
		t.stop()
	}
	t.wire.Close()
}

// sever ends the socket because TLS has failed with err. Input that was delivered stays
// delivered; the alert of crypto/tls is sent, and the peer's end is waited for.
func (st *stream) sever(err error) {
	t := st.session()
	t.state = severed
	m := (*Socket)(st).rare()
	if !st.condemned() {
		m.err = err
	}
	m.linger = later(st.conf.lane.Clock(), alertLinger)
	if st.sending == writable {
		st.sending = finishing
	}
	st.drain = drained
	st.out.fail(err)
	st.out.uncorkAll()
	if !st.lent && t.before(&st.out) == 0 { // plain bytes go before the alert
		st.out.drop()
	}
	t.batch = 0
	st.discard(t.wire.drop())
}

// settleSevered ends a socket whose TLS has failed.
func (st *stream) settleSevered(t *session) {
	if st.pump == onItsOwn || st.more.pending() && st.in.interest == wanted {
		return // what arrived before is delivered first
	}
	if st.sending == finishing && !st.lent {
		st.sendHere()
		if !st.lent && t.before(&st.out) == 0 && t.wire.queued() == 0 {
			st.shutdown()
		}
	}
	if st.sending == finDue {
		st.sending = finished // no OnFinish: not everything written was sent
	}
	if st.sending >= finished && t.wire.finished() != nil {
		st.destroy(st.more.err)
	}
}
