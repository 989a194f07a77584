// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
)

// An authority signs the certificates of tests.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

// newAuthority returns an authority that has signed itself.
func newAuthority() *authority {
	a := &authority{key: newKey(), pool: x509.NewCertPool()}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "authority"},
		NotBefore:             time.Unix(0, 0),
		NotAfter:              time.Now().Add(24 * time.Hour),
		IsCA:                  true,
		DNSNames:              []string{"example.com"},
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
	}
	a.cert = sign(template, template, a.key, a.key)
	a.pool.AddCert(a.cert)
	return a
}

func newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

func sign(template, parent *x509.Certificate, key, by *ecdsa.PrivateKey) *x509.Certificate {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
	if err != nil {
		panic(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return cert
}

// certificate returns a certificate for the name, valid until the time.
func (a *authority) certificate(name string, until time.Time) tls.Certificate {
	key := newKey()
	cert := sign(&x509.Certificate{
		SerialNumber: big.NewInt(2),
		Subject:      pkix.Name{CommonName: name},
		DNSNames:     []string{name},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore:    time.Unix(0, 0),
		NotAfter:     until,
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, a.cert, key, a.key)
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}
}

// trusted signs the certificates of tests that trust each other.
var trusted = sync.OnceValue(newAuthority)

// example is the certificate of example.com and of 127.0.0.1.
var example = sync.OnceValue(func() tls.Certificate {
	return trusted().certificate("example.com", time.Now().Add(time.Hour))
})

// configs returns configurations of a server and of a client for one version.
func configs(version uint16) (server, client *tls.Config) {
	server = &tls.Config{Certificates: []tls.Certificate{example()}, MinVersion: version, MaxVersion: version}
	client = &tls.Config{RootCAs: trusted().pool, ServerName: "example.com", MinVersion: version, MaxVersion: version}
	return server, client
}

// versions runs f on every driver with TLS 1.2 and 1.3.
func versions(t *testing.T, f func(t *testing.T, e *duplex.Engine, server, client *tls.Config)) {
	t.Helper()
	run(t, func(t *testing.T, e *duplex.Engine) {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			t.Run(tls.VersionName(version), func(t *testing.T) {
				server, client := configs(version)
				f(t, e, server, client)
			})
		}
	})
}

// onSystemVersions is versions on every driver that uses the system's sockets.
func onSystemVersions(t *testing.T, f func(t *testing.T, e *duplex.Engine, server, client *tls.Config)) {
	t.Helper()
	versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		if e.Driver == "memory" {
			t.Skip("the network of this driver is inside the process")
		}
		f(t, e, server, client)
	})
}

// secure returns both ends of a connection with TLS, each with a Recorder.
func secure(t *testing.T, e *duplex.Engine, server, client *tls.Config, ah, bh *duplex.Handler, o duplex.Options) (a, b *duplextest.End) {
	t.Helper()
	a, b = &duplextest.End{Recorder: &duplextest.Recorder{}}, &duplextest.End{Recorder: &duplextest.Recorder{}}
	accepted := make(chan *duplex.Socket, 1)
	bh = handlerOf(bh)
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
	a.Socket = (&duplex.Client{Engine: e, TLS: client, Options: o}).Connect(t.Context(), "tcp", srv.Addr().String(), a.Handler(handlerOf(ah)))
	b.Socket = wait(t, accepted)
	srv.Unlisten()
	a.Expect(t, "connect")
	b.Expect(t, "connect")
	return a, b
}

func handlerOf(h *duplex.Handler) *duplex.Handler {
	if h == nil {
		return &duplex.Handler{}
	}
	copied := *h
	return &copied
}

// echo is a Handler that answers with what it receives.
var echo = &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }}

// collector collects what a Handler receives, and closes done after n bytes.
type collector struct {
	n    int
	got  []byte
	done chan struct{}
}

func newCollector(n int) *collector { return &collector{n: n, done: make(chan struct{})} }

func (r *collector) take(_ *duplex.Socket, p []byte) {
	r.got = append(r.got, p...)
	if len(r.got) == r.n {
		close(r.done)
	}
}

// listenTLS returns the address of a server with TLS.
func listenTLS(t *testing.T, e *duplex.Engine, config *tls.Config, h *duplex.Handler) string {
	t.Helper()
	srv := &duplex.Server{Engine: e, Handler: h, TLS: config}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return srv.Addr().String()
}
