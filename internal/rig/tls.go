// Copyright 2026 The duplex authors. MIT license.

package rig

import (
	"crypto/tls"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
)

// Configs returns configurations of a server and of a client for one version of TLS.
func Configs(version uint16) (server, client *tls.Config) {
	server, client = testrun.NewTLS()
	for _, config := range []*tls.Config{server, client} {
		config.MinVersion, config.MaxVersion = version, version
	}
	return server, client
}

// Versions runs f on every driver with TLS 1.2 and 1.3.
func Versions(t *testing.T, f func(t *testing.T, e *duplex.Engine, server, client *tls.Config)) {
	t.Helper()
	Run(t, func(t *testing.T, e *duplex.Engine) {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			t.Run(tls.VersionName(version), func(t *testing.T) {
				server, client := Configs(version)
				f(t, e, server, client)
			})
		}
	})
}

// VersionsOnSystem is Versions on every driver that uses the system's sockets.
func VersionsOnSystem(t *testing.T, f func(t *testing.T, e *duplex.Engine, server, client *tls.Config)) {
	t.Helper()
	Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		if e.Driver == "memory" {
			t.Skip("the network of this driver is inside the process")
		}
		f(t, e, server, client)
	})
}

// Secure returns both ends of a connection with TLS, each with a Recorder.
func Secure(t *testing.T, e *duplex.Engine, server, client *tls.Config, ah, bh *duplex.Handler, o duplex.Options) (a, b *duplextest.End) {
	t.Helper()
	a, b = &duplextest.End{Recorder: &duplextest.Recorder{}}, &duplextest.End{Recorder: &duplextest.Recorder{}}
	accepted := make(chan *duplex.Socket, 1)
	bh = CopyOf(bh)
	tell := bh.OnConnect
	bh.OnConnect = func(s *duplex.Socket) {
		if tell != nil {
			tell(s)
		}
		accepted <- s
	}
	srv := &duplex.Server{Engine: e, TLS: server, Handler: b.Handler(bh), Options: o}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	a.Socket = (&duplex.Client{Engine: e, TLS: client, Options: o}).Connect(t.Context(), "tcp", srv.Addr().String(), a.Handler(CopyOf(ah)))
	b.Socket = Wait(t, accepted)
	srv.Unlisten()
	a.Expect(t, "connect")
	b.Expect(t, "connect")
	return a, b
}

// CopyOf returns a copy of h, which may be nil.
func CopyOf(h *duplex.Handler) *duplex.Handler {
	if h == nil {
		return &duplex.Handler{}
	}
	copied := *h
	return &copied
}

// ListenTLS returns the address of a server with TLS.
func ListenTLS(t *testing.T, e *duplex.Engine, config *tls.Config, h *duplex.Handler) string {
	t.Helper()
	return Serve(t, &duplex.Server{Engine: e, Handler: h, TLS: config})
}

// A Dropper is a server whose drops are received, with a Recorder of its sockets.
type Dropper struct {
	*duplex.Server
	*duplextest.Recorder
	Drops chan duplex.Drop
	At    string // the address
}

// NewDropper returns a Dropper that listens.
func NewDropper(t *testing.T, e *duplex.Engine, srv *duplex.Server) *Dropper {
	t.Helper()
	d := &Dropper{Server: srv, Recorder: &duplextest.Recorder{}, Drops: make(chan duplex.Drop, 100)}
	srv.Engine = e
	srv.Handler = d.Recorder.Handler(CopyOf(srv.Handler))
	srv.OnDrop = func(drop duplex.Drop) { d.Drops <- drop }
	d.At = Serve(t, srv)
	return d
}
