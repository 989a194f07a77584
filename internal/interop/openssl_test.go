// Copyright 2026 The duplex authors. MIT license.

package interop

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
)

// tlsVersions are the versions of TLS, by openssl's options.
var tlsVersions = []struct {
	option string
	number uint16
}{{"-tls1_2", tls.VersionTLS12}, {"-tls1_3", tls.VersionTLS13}}

// onVersions runs f for every driver and every version of TLS.
func onVersions(t *testing.T, f func(t *testing.T, e *duplex.Engine, option string, version uint16)) {
	for _, driver := range drivers {
		for _, v := range tlsVersions {
			t.Run(driver+v.option, func(t *testing.T) { f(t, engine(t, driver), v.option, v.number) })
		}
	}
}

// A lineServer is a server with TLS that answers lines, and what has happened to it.
type lineServer struct {
	*duplextest.Recorder
	port    string
	drops   chan string // codes
	resumed chan bool   // of each handshake
	closed  chan error  // the Err of each socket
}

// lines returns a server that echoes lines, and ends at the line "quit". With start it
// begins in plain text, and changes to TLS at the line STARTTLS, as SMTP does.
func lines(t *testing.T, e *duplex.Engine, config *tls.Config, start bool) *lineServer {
	t.Helper()
	l := &lineServer{Recorder: &duplextest.Recorder{Pieces: true}, drops: make(chan string, 100), resumed: make(chan bool, 100), closed: make(chan error, 100)}
	h := l.Handler(&duplex.Handler{
		Split:    bufio.ScanLines,
		OnSecure: func(s *duplex.Socket) { l.resumed <- s.ConnectionState().DidResume },
		OnClose:  func(s *duplex.Socket) { l.closed <- s.Err() },
		OnData: func(s *duplex.Socket, line []byte) {
			fmt.Fprintf(s, "echo %s\n", line)
			if string(line) == "quit" {
				s.End()
			}
		},
	})
	srv := &duplex.Server{Engine: e, TLS: config, Handler: h, MaxConns: 10, MaxPerIP: 10,
		OnDrop: func(d duplex.Drop) { l.drops <- duplex.Code(d.Reason) }}
	srv.IdleTimeout = patience
	if start {
		srv.TLS = nil
		srv.Handler = &duplex.Handler{
			Split:     bufio.ScanLines,
			OnConnect: func(s *duplex.Socket) { s.WriteString("220 mail\r\n") },
			OnData: func(s *duplex.Socket, line []byte) {
				switch {
				case strings.HasPrefix(string(line), "EHLO"):
					s.WriteString("250-mail\r\n250 STARTTLS\r\n")
				case string(line) == "STARTTLS":
					s.WriteString("220 go ahead\r\n")
					s.StartTLS(duplex.ServerSide, config, h)
				}
			},
		}
	}
	l.port = listen(t, srv)
	return l
}

// receive returns what arrives on c.
func receive[T any](t *testing.T, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(patience):
		t.Fatal("nothing happens")
	}
	return v
}

// sClient plays openssl s_client, which sends text, and returns what it printed.
func sClient(t *testing.T, a *authority, port, text string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program(t, "openssl"), append([]string{"s_client", "-connect", "127.0.0.1:" + port}, args...)...)
	cmd.Dir = a.dir
	cmd.Stdin = strings.NewReader(text)
	out, _ := cmd.CombinedOutput() // its exit code is 1 after an alert, or 0
	if ctx.Err() != nil {
		t.Fatalf("%v does not end:\n%s", cmd.Args, out)
	}
	return string(out)
}

func TestTLSServerConversesWithOpenSSL(t *testing.T) {
	a := newAuthority(t)
	trust := []string{"-CAfile", "ca.pem", "-verify_return_error", "-servername", "example.com", "-quiet"}
	onVersions(t, func(t *testing.T, e *duplex.Engine, option string, version uint16) {
		config := &tls.Config{Certificates: a.load(t, "server"), NextProtos: []string{"lines"}, ClientCAs: a.pool}
		l := lines(t, e, config, false)
		mutual := config.Clone()
		mutual.ClientAuth = tls.RequireAndVerifyClientCert
		m := lines(t, e, mutual, false)
		mail := lines(t, e, config, true)
		required := "alert handshake failure"
		if version == tls.VersionTLS13 {
			required = "alert certificate required"
		}
		for _, test := range []struct {
			name string
			to   *lineServer
			args []string
			want string // in what openssl prints
			drop string // the code, "" if the client is served
		}{
			{"a client", l, append(trust, "-verify_hostname", "example.com"), "echo hello\necho quit\n", ""},
			{"a protocol", l, append(trust, "-alpn", "lines"), "echo hello\necho quit\n", ""},
			{"another protocol", l, append(trust, "-alpn", "other"), "alert no application protocol", "ERR_SSL_NO_APPLICATION_PROTOCOL"},
			{"no trust", l, []string{"-quiet", "-verify_return_error"}, "certificate verify failed", "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA"},
			{"another host", l, append(trust, "-verify_hostname", "example.net"), "certificate verify failed", "ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE"},
			{"a client certificate", m, append(trust, "-cert", "client.pem", "-key", "client.key"), "echo hello\necho quit\n", ""},
			{"no client certificate", m, trust, required, "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE"},
			{"a stranger's certificate", m, append(trust, "-cert", "stranger.pem", "-key", "stranger.key"), "alert unknown ca", "DEPTH_ZERO_SELF_SIGNED_CERT"},
			{"STARTTLS", mail, append(trust, "-starttls", "smtp"), "echo hello\necho quit\n", ""},
		} {
			out := sClient(t, a, test.to.port, "hello\nquit\n", append(test.args[:len(test.args):len(test.args)], option)...)
			if !strings.Contains(out, test.want) {
				t.Errorf("%s: openssl prints\n%s\nwant %q", test.name, out, test.want)
			}
			switch {
			case test.drop != "":
				if code := receive(t, test.to.drops); code != test.drop {
					t.Errorf("%s: dropped with %q; want %q", test.name, code, test.drop)
				}
			case test.to == mail:
				test.to.Expect(t, "data: hello", "data: quit", "end", "close")
			default:
				test.to.Expect(t, "connect", "data: hello", "data: quit", "end", "close")
			}
		}
	})
}

// Openssl resumes sessions, of a file and when it connects again. It hangs up between.
func TestTLSServerResumesSessionsOfOpenSSL(t *testing.T) {
	a := newAuthority(t)
	onVersions(t, func(t *testing.T, e *duplex.Engine, option string, version uint16) {
		l := lines(t, e, &tls.Config{Certificates: a.load(t, "server")}, false)
		for i, file := range []string{"-sess_out", "-sess_in"} {
			sClient(t, a, l.port, "quit\n", "-quiet", option, file, "session.pem")
			l.Expect(t, "connect", "data: quit", "end", "close")
			receive(t, l.closed)
			if resumed := receive(t, l.resumed); resumed != (i == 1) {
				t.Errorf("%s: resumed is %v", file, resumed)
			}
		}
		sClient(t, a, l.port, "quit\n", "-quiet", option, "-reconnect")
		for i := range 6 { // in TLS 1.3 openssl does not wait for a session
			if err := receive(t, l.closed); err != nil { // the events of two may be mixed
				t.Errorf("connection %d: closed with %v", i, err)
			}
			if resumed := receive(t, l.resumed); resumed != (i > 0 && version == tls.VersionTLS12) {
				t.Errorf("connection %d: resumed is %v", i, resumed)
			}
		}
	})
}

// When its input ends, openssl ends without waiting for an answer.
func TestTLSServerSeesTheEndOfOpenSSL(t *testing.T) {
	a := newAuthority(t)
	onVersions(t, func(t *testing.T, e *duplex.Engine, option string, _ uint16) {
		l := lines(t, e, &tls.Config{Certificates: a.load(t, "server")}, false)
		sClient(t, a, l.port, "", option)
		l.Expect(t, "connect", "end", "close")
	})
}

// talk makes a client that says hello, and returns its events.
func talk(t *testing.T, client *duplex.Client, port string) (events []string, state tls.ConnectionState) {
	t.Helper()
	type result struct {
		events []string
		state  tls.ConnectionState
	}
	done := make(chan result, 1)
	var r result
	event := func(format string, args ...any) { r.events = append(r.events, fmt.Sprintf(format, args...)) }
	client.Connect(t.Context(), "tcp", "127.0.0.1:"+port, &duplex.Handler{
		Split: bufio.ScanLines,
		OnSecure: func(s *duplex.Socket) {
			event("secure")
			io.WriteString(s, "hello\n")
		},
		OnData: func(s *duplex.Socket, line []byte) {
			event("data %s", line)
			s.End()
		},
		OnEnd:   func(*duplex.Socket) { event("end") },
		OnError: func(_ *duplex.Socket, err error) { event("error %s", duplex.Code(err)) },
		OnClose: func(s *duplex.Socket) {
			event("close %v", s.Err() != nil)
			r.state = s.ConnectionState()
			done <- r
		},
	})
	r = receive(t, done)
	return r.events, r.state
}

// sServer starts openssl s_server, which answers lines in reverse, and returns its port.
func sServer(t *testing.T, a *authority, args ...string) string {
	t.Helper()
	port := freePort(t)
	cmd := exec.Command(program(t, "openssl"), append([]string{"s_server", "-accept", "127.0.0.1:" + port,
		"-cert", "server.pem", "-key", "server.key", "-rev", "-quiet"}, args...)...)
	cmd.Dir = a.dir
	serve(t, port, cmd)
	return port
}

func TestTLSClientConversesWithOpenSSL(t *testing.T) {
	a := newAuthority(t)
	onVersions(t, func(t *testing.T, e *duplex.Engine, option string, version uint16) {
		port := sServer(t, a, option, "-alpn", "lines")
		mutual := sServer(t, a, option, "-Verify", "1", "-verify_return_error", "-CAfile", "ca.pem")
		refused := "error ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE, close true"
		if version == tls.VersionTLS13 { // the client's handshake is complete before the server checks
			refused = "secure, error ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED, close true"
		}
		const spoken = "secure, data olleh, end, close false"
		for _, test := range []struct {
			name, port string
			config     *tls.Config
			want       string
		}{
			{"a client", port, &tls.Config{RootCAs: a.pool, ServerName: "example.com"}, spoken},
			{"by address", port, &tls.Config{RootCAs: a.pool, NextProtos: []string{"lines"}}, spoken},
			{"another host", port, &tls.Config{RootCAs: a.pool, ServerName: "example.net"}, "error ERR_TLS_CERT_ALTNAME_INVALID, close true"},
			{"no trust", port, &tls.Config{ServerName: "example.com"}, "error UNABLE_TO_VERIFY_LEAF_SIGNATURE, close true"},
			{"another protocol", port, &tls.Config{RootCAs: a.pool, NextProtos: []string{"other"}}, "error ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL, close true"},
			{"a client certificate", mutual, &tls.Config{RootCAs: a.pool, Certificates: a.load(t, "client")}, spoken},
			{"no client certificate", mutual, &tls.Config{RootCAs: a.pool}, refused},
		} {
			events, state := talk(t, &duplex.Client{Engine: e, TLS: test.config}, test.port)
			if got := strings.Join(events, ", "); got != test.want {
				t.Errorf("%s: got %q; want %q", test.name, got, test.want)
			}
			if state.HandshakeComplete && state.Version != version {
				t.Errorf("%s: the version is %s", test.name, tls.VersionName(state.Version))
			}
		}
		config := &tls.Config{RootCAs: a.pool, ClientSessionCache: tls.NewLRUClientSessionCache(1)}
		for _, want := range []bool{false, true} {
			if _, state := talk(t, &duplex.Client{Engine: e, TLS: config}, port); state.DidResume != want {
				t.Errorf("resumed is %v; want %v", state.DidResume, want)
			}
		}
	})
}
