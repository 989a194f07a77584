// Copyright 2026 The duplex authors. MIT license.

package secure_test

import (
	"bytes"
	"crypto/tls"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/internal/testrun"
)

func TestTLSAgreesOnNamesProtocolsAndCertificates(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		server.NextProtos, client.NextProtos = []string{"h2", "echo"}, []string{"echo"}
		server.ClientAuth, server.ClientCAs = tls.RequireAndVerifyClientCert, testrun.Trusted().Pool
		client.Certificates = []tls.Certificate{testrun.Trusted().Certificate("client", time.Now().Add(time.Hour))}
		var keys bytes.Buffer
		client.KeyLogWriter = &keys
		a, b := rig.Secure(t, e, server, client, nil, nil, duplex.Options{})
		if !strings.Contains(keys.String(), "CLIENT_") {
			t.Errorf("the log of keys is %q", keys.String())
		}
		ours, theirs := a.ConnectionState(), b.ConnectionState()
		if ours.NegotiatedProtocol != "echo" || theirs.NegotiatedProtocol != "echo" || theirs.ServerName != "example.com" {
			t.Errorf("the client agreed on %q, the server on %q for %q", ours.NegotiatedProtocol, theirs.NegotiatedProtocol, theirs.ServerName)
		}
		if len(theirs.PeerCertificates) == 0 || theirs.PeerCertificates[0].Subject.CommonName != "client" {
			t.Errorf("the server knows %v", theirs.PeerCertificates)
		}
		a.Destroy(nil)
		b.Expect(t, "error: ERR_SSL_UNEXPECTED_EOF_WHILE_READING", "close: hadError")
		if state := b.ConnectionState(); state.NegotiatedProtocol != "echo" {
			t.Error("the state is lost after OnClose")
		}
	})
}

func TestTLSClientWithoutAServerNameChecksTheHost(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		server, client := rig.Configs(tls.VersionTLS13)
		client.ServerName = ""
		address := rig.ListenTLS(t, e, server, nil)
		_, port, _ := net.SplitHostPort(address)
		secured := make(chan error, 1)
		s := (&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", address, &duplex.Handler{
			OnSecure: func(*duplex.Socket) { secured <- nil },
			OnError:  func(_ *duplex.Socket, err error) { secured <- err },
		})
		if err := rig.Wait(t, secured); err != nil {
			t.Error(err)
		}
		s.Destroy(nil)
		if err := ending(t, e, client, "localhost:"+port); duplex.Code(err) != "ERR_TLS_CERT_ALTNAME_INVALID" {
			t.Errorf("for localhost: %v", err)
		}
		if client.ServerName != "" {
			t.Error("the program's configuration was changed")
		}
	})
}

func TestTLSCertificateMayBeReplacedWhileDataMoves(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		var current atomic.Pointer[tls.Certificate]
		first, second := testrun.Trusted().Certificate("one.example", time.Now().Add(time.Hour)), testrun.Trusted().Certificate("two.example", time.Now().Add(time.Hour))
		current.Store(&first)
		server.Certificates = nil
		server.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return current.Load(), nil }
		address := rig.ListenTLS(t, e, server, &duplex.Handler{OnData: rig.Echo.OnData})
		connect := func(name string) (s *duplex.Socket, words chan string) {
			config := client.Clone()
			config.ServerName = name
			words = make(chan string, 100)
			return (&duplex.Client{Engine: e, TLS: config}).Connect(t.Context(), "tcp", address, &duplex.Handler{
				OnConnect: func(s *duplex.Socket) { s.WriteString("ping") },
				OnData:    func(_ *duplex.Socket, p []byte) { words <- string(p) },
				OnError:   func(_ *duplex.Socket, err error) { words <- duplex.Code(err) },
			}), words
		}
		old, words := connect("one.example")
		if word := rig.Wait(t, words); word != "ping" {
			t.Fatal(word)
		}
		current.Store(&second)
		for _, name := range []string{"one.example", "two.example"} {
			s, got := connect(name)
			want := map[string]string{"one.example": "ERR_TLS_CERT_ALTNAME_INVALID", "two.example": "ping"}[name]
			if word := rig.Wait(t, got); word != want {
				t.Errorf("%s: got %q, want %q", name, word, want)
			}
			s.Destroy(nil)
		}
		old.WriteString("still")
		if word := rig.Wait(t, words); word != "still" {
			t.Errorf("the old connection got %q", word)
		}
		old.Destroy(nil)
	})
}

func TestTLSServerWithoutACertificateDoesNotListen(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e, TLS: &tls.Config{}}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err == nil || !strings.Contains(err.Error(), "GetCertificate") {
			t.Errorf("Listen returned %v", err)
		}
	})
}
