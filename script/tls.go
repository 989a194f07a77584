// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/dop251/goja"
	"github.com/duplex-go/duplex"
)

// encryption is what a Runtime has of TLS: the functions of internal/tls/handle.js, whose
// this is the handle's object.
type encryption struct {
	r *Runtime

	secured goja.Value // ()
	refused goja.Value // (code, message, reason): TLS has failed
	verify  goja.Value // (): the peer's certificate is known; proceed continues
	hello   goja.Value // (servername, protocols, wants OCSP): answer continues
	keylog  goja.Value // (line)
	session goja.Value // (bytes)
	staple  goja.Value // (bytes or null)

	handler *duplex.Handler // of all sockets
}

// A security is the TLS of a handle. The handshake has a goroutine of its own, which asks
// the script by way of the loop.
type security struct {
	e        *encryption
	h        *handle
	server   bool
	protocol []string // of ALPN
	asks     bool     // a server's script is asked about each hello
	checks   bool     // the script is asked about the peer's certificate
	requests bool     // a certificate of the client, which must have one if requires
	requires bool
	staples  bool // a client wants OCSP's answer
	logs     bool // the key log is listened to

	// Owned by the loop.
	secure bool // the handshake is complete

	mu       sync.Mutex // guards the fields below
	context  *tlsSettings
	own      *tls.Certificate // which the peer was shown
	verdict  *verdict         // nil before the peer's certificates are known
	resume   *savedSession    // of an earlier connection
	resumed  bool             // it was
	saved    *savedSession    // the newest
	sessions [][]byte         // of which the script was not told
	lines    [][]byte         // of the key log, the same

	news atomic.Bool // there are such

	proceed chan struct{}  // the script has accepted the peer's certificate
	answers chan tlsAnswer // of hello
	gone    chan struct{}  // closed when the socket is: no alert follows then
}

// A tlsAnswer is what a server's script wants of a hello.
type tlsAnswer struct {
	context *tlsSettings // nil for the server's own
	chosen  string       // of the protocols; "" leaves it to those of the server
	refuses bool         // all protocols
	staple  []byte
}

// bindTLS is binding('tls'):
//
//	hear(functions): those of encryption
//	start(native, object, options, received): TLS begins on a connection, whose handle's
//	  object is object from now on; received are Buffers that had arrived before
//	proceed(native): the peer's certificate is accepted
//	answer(native, context, protocol, staple): to hello; no protocol is refused
//	see tls_state.go for the rest
//
// Contexts are made by the operation "tls.context" of binding('crypto').
func bindTLS(r *Runtime, exports *goja.Object) {
	e := &encryption{r: r}
	native := func(call goja.FunctionCall) *handle { return call.Argument(0).Export().(*handle) }
	exports.Set("hear", func(call goja.FunctionCall) goja.Value {
		functions := call.Argument(0).ToObject(r.vm)
		for name, f := range map[string]*goja.Value{
			"secured": &e.secured, "refused": &e.refused, "verify": &e.verify, "hello": &e.hello, "keylog": &e.keylog,
			"session": &e.session, "staple": &e.staple,
		} {
			*f = functions.Get(name)
		}
		return goja.Undefined()
	})
	exports.Set("start", func(call goja.FunctionCall) goja.Value {
		h := native(call)
		h.object = call.Argument(1).ToObject(r.vm)
		return r.vm.ToValue(e.start(h, call.Argument(2).ToObject(r.vm), r.buffersOf(call.Argument(3))))
	})
	exports.Set("proceed", func(call goja.FunctionCall) goja.Value {
		if s := native(call).tls; s != nil {
			select {
			case s.proceed <- struct{}{}:
			default: // it has been said
			}
		}
		return goja.Undefined()
	})
	exports.Set("answer", func(call goja.FunctionCall) goja.Value {
		if s := native(call).tls; s != nil {
			var a tlsAnswer
			a.context = contextOf(call.Argument(1))
			if a.refuses = goja.IsUndefined(call.Argument(2)); !a.refuses {
				a.chosen = latin1(call.Argument(2))
			}
			p, _ := r.bytesOf(call.Argument(3))
			a.staple = bytes.Clone(p)
			select {
			case s.answers <- a:
			default: // the first counts
			}
		}
		return goja.Undefined()
	})
	e.handler = &duplex.Handler{
		OnSecure: e.onSecure, OnData: e.onData, OnEnd: r.net.onEnd, OnError: e.onError, OnClose: e.onClose,
	}
	e.bindState(exports, native)
}

// buffersOf returns the bytes of a list of Buffers.
func (r *Runtime) buffersOf(list goja.Value) (all [][]byte) {
	o := list.ToObject(r.vm)
	for _, i := range o.Keys() {
		p, _ := r.bytesOf(o.Get(i))
		all = append(all, p)
	}
	return all
}

// latin1 returns a string each of whose characters stands for a byte.
func latin1(v goja.Value) string {
	var b []byte
	for _, c := range v.String() {
		b = append(b, byte(c))
	}
	return string(b)
}

// start begins TLS on h.
func (e *encryption) start(h *handle, options *goja.Object, received [][]byte) int {
	option := func(name string) goja.Value {
		if v := options.Get(name); v != nil {
			return v
		}
		return goja.Undefined()
	}
	flag := func(name string) bool { return option(name).ToBoolean() }
	s := &security{
		e: e, h: h, server: flag("server"), asks: flag("asks"), checks: flag("checks"), requests: flag("requests"),
		requires: flag("requires"), staples: flag("staples"), logs: flag("keylog"), proceed: make(chan struct{}, 1), answers: make(chan tlsAnswer, 1),
		gone: make(chan struct{}),
	}
	s.context = contextOf(option("context"))
	wire, _ := e.r.bytesOf(option("protocols"))
	s.protocol = protocolsOf(wire)
	if h.socket == nil || h.closing {
		return number(syscall.EBADF)
	}
	side := duplex.ClientSide
	var config *tls.Config
	if s.server {
		side = duplex.ServerSide
		config = &tls.Config{GetConfigForClient: s.choose}
	} else {
		config = s.context.config()
		config.InsecureSkipVerify = true // judge does it
		config.NextProtos = s.protocol
		if name := option("servername"); !goja.IsUndefined(name) {
			config.ServerName = name.String()
		}
		if p, ok := e.r.bytesOf(option("session")); ok {
			s.resume = loadSession(p)
		}
		config.ClientSessionCache = s
		config.GetClientCertificate = s.certificateFor
	}
	s.complete(config)
	if len(h.rest) > 0 {
		received = append(received, h.rest)
		h.rest = nil
	}
	h.tls = s
	err := h.socket.StartTLS(side, config, e.handler, received...)
	h.plainRead, h.plainWritten = h.socket.BytesRead(), h.socket.BytesWritten()
	return number(err)
}

// protocolsOf reads ALPN's list of names, each after its length.
func protocolsOf(wire []byte) (names []string) {
	for len(wire) > 0 && int(wire[0]) < len(wire) {
		n := 1 + int(wire[0])
		if n > 1 {
			names = append(names, string(wire[1:n]))
		}
		wire = wire[n:]
	}
	return names
}

// complete gives config what both sides have.
func (s *security) complete(config *tls.Config) {
	config.VerifyConnection = s.judge
	if s.logs {
		config.KeyLogWriter = s
	}
}

// Write implements io.Writer for lines of the key log.
func (s *security) Write(line []byte) (int, error) {
	s.mu.Lock()
	s.lines = append(s.lines, bytes.Clone(line))
	s.news.Store(true)
	s.mu.Unlock()
	s.e.r.post(s.tell)
	return len(line), nil
}

// tell tells the script what has come up meanwhile.
func (s *security) tell() {
	s.mu.Lock()
	lines, sessions := s.lines, s.sessions
	s.lines, s.sessions = nil, nil
	s.news.Store(false)
	s.mu.Unlock()
	for _, line := range lines {
		s.ask(s.e.keylog, s.e.r.newBuffer(line))
	}
	for _, p := range sessions {
		s.ask(s.e.session, s.e.r.newBuffer(p))
	}
}

// ask calls a function of the script, unless the handle is closed.
func (s *security) ask(f goja.Value, args ...goja.Value) {
	s.e.r.event(func() {
		if !s.h.closing {
			s.e.r.enter(f, s.h.object, args...)
		}
	})
}

// errGone is the error of a handshake whose handle is closed.
var errGone = errors.New("script: the socket is closed")

// choose is GetConfigForClient.
func (s *security) choose(hello *tls.ClientHelloInfo) (*tls.Config, error) {
	r := s.e.r
	var a tlsAnswer
	protocols := s.protocol
	if s.asks {
		wants := false
		for _, extension := range hello.Extensions {
			wants = wants || extension == extensionStatus
		}
		r.post(func() {
			offered := make([]any, len(hello.SupportedProtos))
			for i, name := range hello.SupportedProtos {
				offered[i] = name
			}
			s.ask(s.e.hello, r.vm.ToValue(hello.ServerName), r.vm.NewArray(offered...), r.vm.ToValue(wants))
		})
		select {
		case a = <-s.answers:
		case <-s.gone:
			return nil, errGone
		}
		if a.chosen != "" {
			protocols = []string{a.chosen}
		}
	}
	s.mu.Lock()
	if a.context != nil {
		s.context = a.context
	}
	context := s.context
	s.mu.Unlock()
	config := context.config()
	config.NextProtos = agreed(protocols, hello.SupportedProtos)
	if a.refuses && len(hello.SupportedProtos) > 0 {
		config.NextProtos = []string{noProtocol}
	}
	context.resume(config)
	own := config.Certificates
	config.Certificates = nil
	config.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if len(own) == 0 {
			return new(tls.Certificate), nil // which suits no client
		}
		return s.certificateOf(own, hello, a.staple), nil
	}
	if s.requests {
		config.ClientAuth, config.ClientCAs = tls.RequestClientCert, context.authorities
		if s.requires {
			config.ClientAuth = tls.RequireAnyClientCert
		}
	}
	s.complete(config)
	return config, nil
}

const (
	extensionStatus = 5   // status_request: the client wants OCSP's answer
	noProtocol      = "?" // stands for a list of which the client has none
)

// agreed returns the first of ours that the peer offers, as the list that crypto/tls is
// given: by itself, it would let some peers go without.
func agreed(ours, offered []string) []string {
	if len(ours) == 0 || len(offered) == 0 {
		return nil
	}
	for _, name := range ours {
		for _, other := range offered {
			if name == other {
				return []string{name}
			}
		}
	}
	return []string{noProtocol}
}

// certificateOf returns the first of several certificates that suits a client, or the first.
func (s *security) certificateOf(own []tls.Certificate, hello *tls.ClientHelloInfo, staple []byte) *tls.Certificate {
	found := &own[0]
	for i := range own {
		if c := &own[i]; hello.SupportsCertificate(c) == nil {
			found = c
			break
		}
	}
	if staple != nil {
		stapled := *found
		stapled.OCSPStaple = staple
		found = &stapled
	}
	s.mu.Lock()
	s.own = found
	s.mu.Unlock()
	return found
}

// certificateFor is GetClientCertificate. As OpenSSL, it does not heed which authorities
// the server names.
func (s *security) certificateFor(request *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	wanted := *request
	wanted.AcceptableCAs = nil
	s.mu.Lock()
	own := s.context.config().Certificates
	s.mu.Unlock()
	for i := range own {
		if c := &own[i]; wanted.SupportsCertificate(c) == nil {
			s.mu.Lock()
			s.own = c
			s.mu.Unlock()
			return c, nil
		}
	}
	return new(tls.Certificate), nil
}

// judge is VerifyConnection. The script decides what follows from the verdict, before the
// peer is told that all is well.
func (s *security) judge(state tls.ConnectionState) error {
	s.mu.Lock()
	context, resume := s.context, s.resume
	s.mu.Unlock()
	var v *verdict
	switch {
	case state.DidResume && !s.server && resume != nil:
		v = &verdict{code: resume.verdict, chain: state.PeerCertificates}
	case s.server && !s.requests:
		v = &verdict{}
	default:
		purpose := x509.ExtKeyUsageServerAuth
		if s.server {
			purpose = x509.ExtKeyUsageClientAuth
		}
		v = context.verify(state.PeerCertificates, purpose)
	}
	s.mu.Lock()
	s.verdict, s.resumed = v, state.DidResume
	s.mu.Unlock()
	if s.staples && !s.server {
		staple := bytes.Clone(state.OCSPResponse)
		s.e.r.post(func() {
			value := goja.Null()
			if len(staple) > 0 {
				value = s.e.r.newBuffer(staple)
			}
			s.ask(s.e.staple, value)
		})
	}
	if !s.checks || s.server && v.code == "" {
		return nil
	}
	s.e.r.post(func() { s.ask(s.e.verify) })
	select {
	case <-s.proceed:
		return nil
	case <-s.gone:
		return errGone
	}
}

func (e *encryption) onSecure(s *duplex.Socket) {
	h := of(s)
	e.r.guard(func() {
		h.tls.secure = true
		h.tls.tell()
		h.tls.ask(e.secured)
	})
}

// onClose ends what waits for the script.
func (e *encryption) onClose(s *duplex.Socket) {
	close(of(s).tls.gone)
	e.r.net.onClose(s)
}

// onData tells of the sessions that have come before.
func (e *encryption) onData(s *duplex.Socket, p []byte) {
	if t := of(s).tls; t.news.Load() {
		e.r.guard(t.tell)
	}
	e.r.net.onData(s, p)
}

func (e *encryption) onError(s *duplex.Socket, err error) {
	h := of(s)
	t := h.tls
	if errors.Is(err, duplex.ErrTruncated) { // for scripts a plain end
		e.r.net.onEnd(s)
		return
	}
	code, message, reason := describe(err)
	if code == "" {
		e.r.net.onError(s, err)
		return
	}
	e.r.event(func() {
		h.over = true
		h.hold()
		for len(h.requests) > 0 && !t.secure && !e.r.exited {
			h.tellAnswer(h.requests[0], err)
		}
		if !h.closing {
			e.r.enter(e.refused, h.object, e.r.vm.ToValue(code), e.r.vm.ToValue(message), e.r.vm.ToValue(reason))
		}
	})
}
