// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/wire"
)

// A Side is the part that a socket plays in a TLS handshake.
type Side uint8

const (
	ClientSide Side = iota // it speaks first, and checks the peer's certificate
	ServerSide             // it waits for the peer's hello, and shows a certificate
)

// Errors of TLS. They are wrapped in a [*net.OpError]. Other errors of TLS are those of
// package crypto/tls; Code returns what Node calls them.
var (
	// ErrTruncated is the error of a socket whose peer ended the connection without
	// TLS's close_notify. The end may be an attacker's. Options.AllowTruncation
	// accepts such an end. It wraps [io.ErrUnexpectedEOF]. An end in the handshake is
	// this error and ECONNRESET at once, so that it can be told from a reset.
	ErrTruncated = wire.ErrTruncated

	// ErrHandshakeTimeout is the error of a TLS handshake that took longer than
	// HandshakeTimeout. It is os.ErrDeadlineExceeded, too.
	ErrHandshakeTimeout error = &timeoutError{"duplex: the TLS handshake took too long", "ERR_TLS_HANDSHAKE_TIMEOUT"}

	// ErrMaxHandshakes is the error of a TLS handshake that a Server refused, because
	// MaxHandshakes others were in progress.
	ErrMaxHandshakes = errors.New("duplex: the server has its maximum of handshakes in progress")

	// ErrAlreadySecure is returned by StartTLS on a socket that has TLS.
	ErrAlreadySecure = errors.New("duplex: the socket has TLS already")
)

// StartTLS changes a connection to TLS, as STARTTLS of SMTP and SSLRequest of PostgreSQL
// ask for. Side is the part that s plays in the handshake: a socket of a Server is not
// always TLS's server. H is the Handler from now on. OnSecure of h follows when the
// handshake is complete, or OnError and OnClose. A nil h is a Handler that does nothing.
//
// The bytes written before StartTLS are sent as they are. The bytes written after it wait
// for the handshake, and are sealed. Call StartTLS in OnData, where the plain protocol
// agrees on TLS: the bytes of the same read that were not delivered yet are TLS's, and so
// is the rest of what arrives. They go to h as plain text never. An earlier Handler with
// an Encoding leaves no such bytes: if it has decoded any, the socket is destroyed.
//
// Received are bytes that a callback has had already and that are TLS's, in their order:
// of an OnData that looks at the first byte to tell TLS from another protocol, all that it
// was given; of one that finds the end of a line by itself, what follows the line. They
// come before everything else. StartTLS copies them, and BytesRead counts them once, by
// what they hold.
//
// OnTimeout, OnDrain, OnFinish and posted functions may come during the handshake; input
// does not, and the socket is read also while it is paused. HandshakeTimeout is the limit
// of the handshake. A client's config needs a ServerName, or InsecureSkipVerify.
// Renegotiation is refused whatever config says. Config must not change afterwards.
//
// StartTLS takes effect in the order of the calls, as Write does. It returns at once. The
// error is [net.ErrClosed] after End, Close, Destroy, Reset or OnClose, and
// [ErrAlreadySecure] on a socket that has TLS, or will have it by a StartTLS that waits for
// a posted function. If the posted function itself starts TLS, or pipes have taken
// different parts of the input when StartTLS takes effect, the socket is destroyed. A nil
// config panics. (Node: new tls.TLSSocket(socket, {isServer}), tls.connect({socket}).)
func (s *Socket) StartTLS(side Side, config *tls.Config, h *Handler, received ...[]byte) error {
	if config == nil {
		panic("duplex: nil TLS configuration")
	}
	if h == nil {
		h = noHandler
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	st, held := (*stream)(s), s.behind()
	switch {
	case st.session() != nil || st.out.secures(held):
		return ErrAlreadySecure
	case st.phase > open || st.sending != writable || st.out.ends(held):
		return net.ErrClosed
	}
	t := &session{side: side, config: settled(config, side), wire: wire.Wire{Ends: st}}
	for _, p := range received {
		t.wire.Arrived(p)
	}
	st.do(op{kind: opStartTLS, session: t, h: h})
	return nil
}

// settled returns config, without renegotiation.
func settled(config *tls.Config, side Side) *tls.Config {
	if side == ClientSide && config.Renegotiation != tls.RenegotiateNever {
		config = config.Clone()
		config.Renegotiation = tls.RenegotiateNever
	}
	return config
}

// named returns config with the name of the host that address begins with, unless it
// has a name, as tls.Dial does.
func named(config *tls.Config, address string) *tls.Config {
	config = settled(config, ClientSide)
	host, _, err := net.SplitHostPort(address)
	if config.ServerName == "" && err == nil {
		config = config.Clone()
		config.ServerName = cmp.Or(host, "localhost")
	}
	return config
}

// startTLS is StartTLS, after the posted functions before it. The caller holds mu.
func (st *stream) startTLS(t *session, h *Handler) {
	switch {
	case st.phase > open || st.sending != writable:
		return // as a write, it is lost
	case st.session() != nil:
		st.destroy(st.opError("handshake", ErrAlreadySecure))
		return
	}
	t.at = st.out.barrier()
	st.read -= int64(t.wire.Unread())
	(*Socket)(st).rare().session = t
	if st.phase == open {
		st.limitHandshake(t)
	}
	(*Socket)(st).setHandler(h)
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

// ConnectionState returns what the TLS handshake has agreed on: the version, the name
// that the client asked for, the protocol of ALPN, the peer's certificates. It returns
// the zero value, whose HandshakeComplete is false, for a socket without TLS and until
// the handshake is complete. It stays readable after OnClose. (Node: getProtocol,
// getCipher, alpnProtocol, servername, getPeerCertificate, isSessionReused.)
func (s *Socket) ConnectionState() tls.ConnectionState {
	s.mu.Lock()
	t := (*stream)(s).session()
	complete := t != nil && t.state != shaking && t.conn != nil
	s.mu.Unlock()
	if !complete {
		return tls.ConnectionState{}
	}
	return t.conn.ConnectionState()
}

// errNoCertificate is the error of Listen with a configuration that has none.
var errNoCertificate = errors.New("duplex: Server.TLS has neither Certificates nor GetCertificate nor GetConfigForClient")

// checkTLS returns why a server cannot use config.
func checkTLS(config *tls.Config) error {
	if config != nil && len(config.Certificates) == 0 && config.GetCertificate == nil && config.GetConfigForClient == nil {
		return errNoCertificate
	}
	return nil
}

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
	if err := t.wire.Finished(); err != nil && err != io.EOF {
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
	if t.side == ServerSide && !t.wire.Readable() {
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
	t.wire.Await(func() { st.conf.lane.Defer(st) })
	go st.handshake(ctx, t, done) // until the handshake has ended, or cancel
}

// handshake makes the handshake, on a goroutine of its own.
func (st *stream) handshake(ctx context.Context, t *session, done func()) {
	var err error
	defer func() { // also if a callback of the configuration calls Goexit
		t.stop()
		t.wire.Release()
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
	t.stop = nil // and the context with it
	if t.state != shaking || st.phase != open {
		return
	}
	if alert, ok := t.wire.Alerted(); ok && isBadMAC(err) {
		err = &net.OpError{Op: "remote error", Err: tls.AlertError(alert)}
	}
	switch end := t.wire.Finished(); {
	case err == nil:
		t.state, t.due = secured, 0
		st.awake(st.conf.lane.Clock())
	case t.wire.Ended() && end != io.EOF && errors.Is(err, end):
		st.destroy(st.opError("handshake", end))
	case t.wire.Ended() && (err == io.EOF || err == ErrTruncated):
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
	st.lapse()
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
	st.discard(t.wire.Drop())
}

// settleSevered ends a socket whose TLS has failed.
func (st *stream) settleSevered(t *session) {
	if st.pump.blocks() || st.more.pending() && st.in.interest == wanted {
		return // what arrived before is delivered first
	}
	if st.sending == finishing && !st.lent {
		st.sendHere()
		if !st.lent && t.before(&st.out) == 0 && t.wire.Queued() == 0 {
			st.shutdown()
		}
	}
	if st.sending == finDue {
		st.sending = finished // no OnFinish: not everything written was sent
	}
	if st.sending >= finished && t.wire.Finished() != nil {
		st.destroy(st.more.err)
	}
}
