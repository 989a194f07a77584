// Copyright 2026 The duplex authors. MIT license.

package secure_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/internal/testrun"
)

// ending connects and returns the error with which the socket closes.
func ending(t *testing.T, e *duplex.Engine, config *tls.Config, address string) error {
	t.Helper()
	closed := make(chan error, 1)
	(&duplex.Client{Engine: e, TLS: config}).Connect(t.Context(), "tcp", address, &duplex.Handler{
		OnClose: func(s *duplex.Socket) { closed <- s.Err() },
	})
	return rig.Wait(t, closed)
}

func TestTLSHandshakeThatFailsHasNodesCodes(t *testing.T) {
	const v12, v13 = tls.VersionTLS12, tls.VersionTLS13
	expired := testrun.Trusted().Certificate("example.com", time.Now().Add(-time.Hour))
	self := testrun.NewAuthority()
	for _, test := range []struct {
		name           string
		versions       []uint16
		set            func(server, client *tls.Config)
		server, client string
	}{
		{"a certificate that has signed itself", []uint16{v12, v13}, func(server, _ *tls.Config) {
			server.Certificates = []tls.Certificate{{Certificate: [][]byte{self.Cert.Raw}, PrivateKey: self.Key}}
		}, "ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE", "DEPTH_ZERO_SELF_SIGNED_CERT"},
		{"an authority that is not known", []uint16{v13}, func(server, _ *tls.Config) {
			server.Certificates = []tls.Certificate{self.Certificate("example.com", time.Now().Add(time.Hour))}
		}, "ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"},
		{"another host", []uint16{v13}, func(_, client *tls.Config) { client.ServerName = "example.net" },
			"ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE", "ERR_TLS_CERT_ALTNAME_INVALID"},
		{"a certificate that has expired", []uint16{v13}, func(server, _ *tls.Config) {
			server.Certificates = []tls.Certificate{expired}
		}, "ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE", "CERT_HAS_EXPIRED"},
		{"no common version", []uint16{v13}, func(server, client *tls.Config) {
			client.MinVersion, client.MaxVersion = v12, v12
		}, "ERR_SSL_UNSUPPORTED_PROTOCOL", "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION"},
		{"no common cipher", []uint16{v12}, func(server, client *tls.Config) {
			server.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
			client.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384}
		}, "ERR_SSL_NO_SHARED_CIPHER", "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE"},
		{"no common protocol", []uint16{v12, v13}, func(server, client *tls.Config) {
			server.NextProtos, client.NextProtos = []string{"one"}, []string{"two"}
		}, "ERR_SSL_NO_APPLICATION_PROTOCOL", "ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL"},
		{"no client certificate", []uint16{v12}, func(server, _ *tls.Config) {
			server.ClientAuth = tls.RequireAnyClientCert
		}, "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE", "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE"},
		{"no client certificate", []uint16{v13}, func(server, _ *tls.Config) {
			server.ClientAuth = tls.RequireAnyClientCert
		}, "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE", "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"},
	} {
		rig.Run(t, func(t *testing.T, e *duplex.Engine) {
			for _, version := range test.versions {
				server, client := rig.Configs(version)
				test.set(server, client)
				d := rig.NewDropper(t, e, &duplex.Server{TLS: server})
				err := ending(t, e, client, d.At)
				if code := duplex.Code(err); code != test.client {
					t.Errorf("%s, %s: the client has %q, %v; want %q", test.name, tls.VersionName(version), code, err, test.client)
				}
				drop := rig.Wait(t, d.Drops)
				if code := duplex.Code(drop.Reason); code != test.server {
					t.Errorf("%s, %s: the server has %q, %v; want %q", test.name, tls.VersionName(version), code, drop.Reason, test.server)
				}
				rig.Until(t, "the socket has left", func() bool { return d.Len() == 0 })
				d.ExpectNothing(t, 0)
			}
		})
	}
}

func TestTLSServerDropsWhatIsNoTLS(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		server, client := rig.Configs(tls.VersionTLS13)
		d := rig.NewDropper(t, e, &duplex.Server{TLS: server})
		for _, test := range []struct{ sent, code string }{
			{"GET / HTTP/1.1\r\n\r\n", "ERR_SSL_HTTP_REQUEST"},
			{"SSH-2.0-Go\r\n", "ERR_SSL_WRONG_VERSION_NUMBER"},
			{"\x16\x03\x01\xff\xff", "ERR_SSL_PACKET_LENGTH_TOO_LONG"},
			{"\x16\x03\x01\x02", "ECONNRESET"},
			{"", "ECONNRESET"},
		} {
			s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", d.At, nil)
			s.WriteString(test.sent)
			s.End()
			if drop := rig.Wait(t, d.Drops); duplex.Code(drop.Reason) != test.code {
				t.Errorf("%q: dropped with %q, %v; want %q", test.sent, duplex.Code(drop.Reason), drop.Reason, test.code)
			} else if ended := errors.Is(drop.Reason, duplex.ErrTruncated); ended != (test.code == "ECONNRESET") {
				t.Errorf("%q: the reason is an end: %v", test.sent, ended)
			} else if drop.Remote != s.LocalAddrPort() {
				t.Errorf("%q: dropped %v; want %v", test.sent, drop.Remote, s.LocalAddrPort())
			}
		}
		address := rig.Listen(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) { s.WriteString("220 hello\r\n") }}, duplex.Options{})
		if err := ending(t, e, client, address); duplex.Code(err) != "ERR_SSL_WRONG_VERSION_NUMBER" {
			t.Errorf("a plain answer is %q, %v", duplex.Code(err), err)
		}
		address = rig.Listen(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) { s.End() }}, duplex.Options{})
		if err := ending(t, e, client, address); duplex.Code(err) != "ECONNRESET" {
			t.Errorf("an end instead of an answer is %q, %v", duplex.Code(err), err)
		}
		d.ExpectNothing(t, 0)
	})
}

// An end in the handshake has the code of a reset, but can be told from one.
func TestTLSResetInTheHandshakeIsNoEnd(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		_, client := rig.Configs(tls.VersionTLS13)
		address := rig.Listen(t, e, &duplex.Handler{OnData: func(s *duplex.Socket, _ []byte) { s.Reset() }}, duplex.Options{})
		if err := ending(t, e, client, address); duplex.Code(err) != "ECONNRESET" || errors.Is(err, duplex.ErrTruncated) {
			t.Errorf("the client has %q, %v", duplex.Code(err), err)
		}
	})
}

func TestTLSHandshakeThatIsTooSlowIsDroppedInTime(t *testing.T) {
	server, _ := rig.Configs(tls.VersionTLS13)
	for _, sent := range []string{"", "\x16\x03\x01\x02", "hello"} {
		rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
			began := time.Now()
			d := rig.NewDropper(t, e, &duplex.Server{TLS: server, Options: duplex.Options{HandshakeTimeout: 3 * time.Second}})
			c := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", d.At, nil)
			if sent == "hello" {
				c.Write(clientHello(t))
			} else {
				c.Write([]byte(sent))
			}
			drop := rig.Wait(t, d.Drops)
			if code := duplex.Code(drop.Reason); code != "ERR_TLS_HANDSHAKE_TIMEOUT" || !errors.Is(drop.Reason, duplex.ErrHandshakeTimeout) {
				t.Errorf("dropped with %q, %v", code, drop.Reason)
			}
			if took := time.Since(began); took != 3*time.Second {
				t.Errorf("dropped after %v, want 3s", took)
			}
		})
	}
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		began := time.Now()
		address := rig.Listen(t, e, nil, duplex.Options{})
		_, client := rig.Configs(tls.VersionTLS13)
		err := ending(t, e, client, address)
		if !errors.Is(err, duplex.ErrHandshakeTimeout) || time.Since(began) != 10*time.Second {
			t.Errorf("the client has %v after %v; want the default of 10s", err, time.Since(began))
		}
	})
}

// clientHello returns the first record of a client.
func clientHello(t *testing.T) []byte {
	t.Helper()
	_, client := rig.Configs(tls.VersionTLS13)
	c, s := net.Pipe()
	defer s.Close()
	go tls.Client(c, client).Handshake()
	record := make([]byte, 5)
	if _, err := io.ReadFull(s, record); err != nil {
		t.Fatal(err)
	}
	body := make([]byte, int(record[3])<<8|int(record[4]))
	if _, err := io.ReadFull(s, body); err != nil {
		t.Fatal(err)
	}
	return append(record, body...)
}

// handshakes returns how many goroutines make a handshake.
func handshakes() int {
	stacks := make([]byte, 4<<20)
	return strings.Count(string(stacks[:runtime.Stack(stacks, true)]), ".(*stream).handshake(")
}

func TestTLSClientThatIsSilentCostsNoGoroutine(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		server, _ := rig.Configs(tls.VersionTLS13)
		d := rig.NewDropper(t, e, &duplex.Server{TLS: server})
		var sockets []*duplex.Socket
		hello := clientHello(t)
		for range 50 {
			s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", d.At, nil)
			s.Write(hello[:len(hello)-1])
			sockets = append(sockets, s)
		}
		rig.Until(t, "the server has all", func() bool { return d.Len() == 50 && e.Stats().BytesReceived == int64(50*(len(hello)-1)) })
		if n := handshakes(); n > 0 {
			t.Errorf("50 silent clients cost %d goroutines", n)
		}
		for _, s := range sockets {
			s.Write(hello[len(hello)-1:])
		}
		rig.Until(t, "each handshake has its goroutine", func() bool { return handshakes() == 50 })
		for _, s := range sockets {
			s.Reset()
		}
		rig.Until(t, "all are gone", func() bool { return d.Len() == 0 && handshakes() == 0 })
	})
}

func TestTLSServerRefusesMoreThanMaxHandshakes(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		server, client := rig.Configs(tls.VersionTLS13)
		begun, goOn := make(chan struct{}, 2), make(chan struct{})
		server.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
			begun <- struct{}{}
			<-goOn
			return nil, nil
		}
		d := rig.NewDropper(t, e, &duplex.Server{TLS: server, MaxHandshakes: 2})
		var sockets []*duplex.Socket
		for range 2 {
			sockets = append(sockets, (&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", d.At, nil))
			rig.Wait(t, begun)
		}
		ending(t, e, client, d.At)
		if drop := rig.Wait(t, d.Drops); !errors.Is(drop.Reason, duplex.ErrMaxHandshakes) {
			t.Errorf("dropped with %v", drop.Reason)
		}
		close(goOn)
		d.Expect(t, "connect", "connect")
		sockets = append(sockets, (&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", d.At, nil))
		d.Expect(t, "connect")
		for _, s := range sockets {
			s.Destroy(nil)
		}
	})
}

func TestTLSCallbackMayCrashOrBlock(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		e.Logger = rig.Quiet
		server, client := rig.Configs(tls.VersionTLS13)
		blocks, ended := make(chan struct{}), make(chan error, 1)
		server.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			switch hello.ServerName {
			case "panic":
				panic("as asked")
			case "goexit":
				runtime.Goexit()
			case "block":
				close(blocks)
				<-hello.Context().Done()
				ended <- hello.Context().Err()
			}
			return nil, nil
		}
		d := rig.NewDropper(t, e, &duplex.Server{TLS: server, Handler: &duplex.Handler{OnData: rig.Echo.OnData}})
		blocked := client.Clone()
		blocked.ServerName = "block"
		s := (&duplex.Client{Engine: e, TLS: blocked}).Connect(t.Context(), "tcp", d.At, nil)
		rig.Wait(t, blocks)
		for _, name := range []string{"panic", "goexit"} {
			config := client.Clone()
			config.ServerName = name
			if err := ending(t, e, config, d.At); err == nil {
				t.Errorf("%s: the client has no error", name)
			}
			crash := new(duplex.PanicError)
			if drop := rig.Wait(t, d.Drops); !errors.As(drop.Reason, &crash) || (crash.Value == nil) != (name == "goexit") {
				t.Errorf("%s: dropped with %v", name, drop.Reason)
			}
		}
		other := (&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", d.At, nil)
		other.WriteString("alive")
		d.Expect(t, "connect", "data: alive")
		other.Reset()
		d.Expect(t, "error: ECONNRESET", "close: hadError")
		s.Reset()
		if err := rig.Wait(t, ended); !errors.Is(err, context.Canceled) {
			t.Errorf("the context of a socket that is gone ended with %v", err)
		}
		if drop := rig.Wait(t, d.Drops); duplex.Code(drop.Reason) != "ECONNRESET" {
			t.Errorf("the blocked client is dropped with %v", drop.Reason)
		}
		if n := e.Stats().Panics; n != 2 {
			t.Errorf("%d panics are counted, want 2", n)
		}
	})
}

// The goroutine of a callback that does not return cannot be ended. It keeps its place among
// MaxHandshakes, so that a crowd that connects and resets has no more of them.
func TestTLSResetWhileACallbackBlocksIsOneDropAndNoNewGoroutine(t *testing.T) {
	server, client := rig.Configs(tls.VersionTLS13)
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		begun, goOn := make(chan struct{}, 9), make(chan struct{})
		server.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
			begun <- struct{}{}
			<-goOn
			return nil, nil
		}
		d := rig.NewDropper(t, e, &duplex.Server{TLS: server, MaxHandshakes: 2, Options: duplex.Options{HandshakeTimeout: -1}})
		connect := func() *duplex.Socket {
			return (&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", d.At, nil)
		}
		var lost [2]*duplex.Socket
		for i := range lost {
			lost[i] = connect()
			rig.Wait(t, begun)
		}
		began := time.Now()
		for _, s := range lost {
			s.Reset()
		}
		for range lost {
			if drop := rig.Wait(t, d.Drops); duplex.Code(drop.Reason) != "ECONNRESET" || time.Since(began) > time.Second {
				t.Errorf("dropped with %v after %v", drop.Reason, time.Since(began))
			}
		}
		for range 100 { // both goroutines are still there
			s := connect()
			if drop := rig.Wait(t, d.Drops); !errors.Is(drop.Reason, duplex.ErrMaxHandshakes) {
				t.Fatalf("dropped with %v", drop.Reason)
			}
			s.Destroy(nil)
		}
		synctest.Wait()
		if n := d.Len(); n != 0 || len(d.Drops) != 0 || len(begun) != 0 {
			t.Errorf("the server has %d sockets, and %d drops more", n, len(d.Drops))
		}
		close(goOn)
		synctest.Wait()
		if n := handshakes(); n != 0 {
			t.Errorf("%d goroutines are left", n)
		}
		s := connect()
		d.Expect(t, "connect")
		s.Destroy(nil)
		time.Sleep(time.Hour)
		if st := e.Stats(); len(d.Drops) != 0 || st.Drops.Handshake != 102 || st.Dropped != 102 {
			t.Errorf("Stats counts %+v, and %d drops came late", st.Drops, len(d.Drops))
		}
	})
}

func TestTLSServerThatClosesDropsHandshakes(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		server, _ := rig.Configs(tls.VersionTLS13)
		order := make(chan string, 10)
		srv := &duplex.Server{Engine: e, TLS: server,
			OnDrop:  func(d duplex.Drop) { order <- "drop: " + duplex.Code(d.Reason) },
			OnClose: func() { order <- "close" },
		}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), nil)
		rig.Until(t, "the client is accepted", func() bool { return srv.Len() == 1 })
		for c := range srv.Sockets() {
			if c.State() != duplex.Opening || c.ConnectionState().HandshakeComplete {
				t.Errorf("a socket in its handshake is %v", c.State())
			}
		}
		srv.Close()
		if got := []string{rig.Wait(t, order), rig.Wait(t, order)}; strings.Join(got, ", ") != "drop: ERR_SOCKET_CLOSED, close" {
			t.Errorf("got %v", got)
		}
		s.Destroy(nil)
	})
}

// A slicing is a connection whose writes are cut into pieces of n bytes.
type slicing struct {
	net.Conn
	n int
}

func (c slicing) Write(p []byte) (int, error) {
	for i := 0; i < len(p); i += c.n {
		if n, err := c.Conn.Write(p[i:min(len(p), i+c.n)]); err != nil {
			return i + n, err
		}
	}
	return len(p), nil
}

func TestTLSPeerMayCutItsRecordsAnywhere(t *testing.T) {
	rig.VersionsOnSystem(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		address := rig.ListenTLS(t, e, server, &duplex.Handler{OnData: rig.Echo.OnData})
		for _, n := range []int{1, 2, 3, 5, 7, 64, 1000} {
			raw, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			c := tls.Client(slicing{raw, n}, client)
			rig.ExpectEcho(t, c)
			rig.ExpectEcho(t, c)
			c.Close()
		}
	})
}

func TestTLSSessionsAreResumed(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		client.ClientSessionCache = tls.NewLRUClientSessionCache(4)
		for i := range 3 {
			a, b := rig.Secure(t, e, server, client, nil, &duplex.Handler{OnConnect: func(s *duplex.Socket) { s.WriteString("hello") }}, duplex.Options{})
			a.Expect(t, "data: hello") // the tickets of TLS 1.3 came before it
			if got := a.ConnectionState().DidResume; got != (i > 0) {
				t.Errorf("connection %d: resumed %v", i, got)
			}
			a.End()
			b.Expect(t, "end", "close")
		}
	})
}

// A crashingCache crashes when a session arrives.
type crashingCache struct {
	tls.ClientSessionCache
	crash func()
}

func (c crashingCache) Put(string, *tls.ClientSessionState) { c.crash() }

func TestTLSCallbackThatCrashesOnTheLoopCostsOneSocket(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		e.Logger = rig.Quiet
		server, client := rig.Configs(tls.VersionTLS13) // its sessions arrive after the handshake
		address := rig.ListenTLS(t, e, server, &duplex.Handler{OnData: rig.Echo.OnData})
		words := make(chan string, 1)
		other := (&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", address, &duplex.Handler{
			OnData: func(_ *duplex.Socket, p []byte) { words <- string(p) },
		})
		for _, crash := range []func(){func() { panic("as asked") }, runtime.Goexit} {
			config := client.Clone()
			config.ClientSessionCache = crashingCache{tls.NewLRUClientSessionCache(1), crash}
			if err := ending(t, e, config, address); !errors.As(err, new(*duplex.PanicError)) {
				t.Errorf("the socket has %v", err)
			}
			other.WriteString("alive")
			if word := rig.Wait(t, words); word != "alive" {
				t.Errorf("another socket got %q", word)
			}
		}
		other.Destroy(nil)
	})
}
