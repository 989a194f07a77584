// Copyright 2026 The duplex authors. MIT license.

package netconn_test

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/rpc"
	"strings"
	"sync"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
	"github.com/duplex-go/duplex/netconn"
)

// serveHTTP serves h on ln until the test ends, and returns a client that connects by e.
func serveHTTP(t *testing.T, e *duplex.Engine, ln net.Listener, client *duplex.Client, trust *tls.Config, h http.Handler) *http.Client {
	t.Helper()
	srv := &http.Server{Handler: h}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	client.Engine = e
	transport := &http.Transport{
		DialContext:     (&netconn.Dialer{Client: client}).DialContext,
		TLSClientConfig: trust,
	}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := srv.Shutdown(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
		if err := <-served; err != http.ErrServerClosed {
			t.Error(err)
		}
		srv.Close()
	})
	return &http.Client{Transport: transport}
}

// echo answers with the request's body, as far as it has come.
var echo = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	io.WriteString(w, r.Method+" ")
	io.Copy(w, r.Body)
})

func talkHTTP(t *testing.T, client *http.Client, url, want string) {
	t.Helper()
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			body := bytes.Repeat([]byte{byte('a' + i)}, 1+i*300_000)
			for range 5 {
				res, err := client.Post(url, "text/plain", bytes.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				got, err := io.ReadAll(res.Body)
				res.Body.Close()
				if err != nil || string(got) != want+string(body) {
					t.Errorf("got %d bytes of %d, %v; they begin with %.20q", len(got), len(want)+len(body), err, got)
				}
			}
		})
	}
	group.Wait()
}

func TestHTTPRunsOverIt(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		ln, err := netconn.Listen(&duplex.Server{Engine: e}, "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		client := serveHTTP(t, e, ln, &duplex.Client{}, nil, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.TLS != nil {
				t.Error("net/http sees TLS where there is none")
			}
			echo(w, r)
		}))
		talkHTTP(t, client, "http://"+ln.Addr().String(), "POST ")
	})
}

// Crypto/tls above: net/http sees a *tls.Conn.
func TestHTTPSRunsOverIt(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		server, trust := testrun.TLS()
		ln, err := netconn.Listen(&duplex.Server{Engine: e}, "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		client := serveHTTP(t, e, tls.NewListener(ln, server), &duplex.Client{}, trust, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.TLS == nil {
				t.Error("net/http does not see TLS")
			}
			echo(w, r)
		}))
		talkHTTP(t, client, "https://"+ln.Addr().String(), "POST ")
	})
}

// TLS below, of the sockets.
func TestHTTPRunsOverSocketsOfTLS(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		server, trust := testrun.TLS()
		srv := &duplex.Server{Engine: e, TLS: server}
		ln, err := netconn.Listen(srv, "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		client := serveHTTP(t, e, ln, &duplex.Client{TLS: trust}, nil, echo)
		talkHTTP(t, client, "http://"+ln.Addr().String(), "POST ")

		c, err := (&netconn.Dialer{Client: &duplex.Client{Engine: e, TLS: trust}}).Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if !c.(*netconn.TLSConn).ConnectionState().HandshakeComplete {
			t.Error("the Conn has no state of TLS")
		}
	})
}

// A Hijacker's connection, as a WebSocket has it, and the limits of the Server.
func TestAHijackedConnectionStaysAndLimitsHold(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		drops := make(chan duplex.Drop, 1)
		srv := &duplex.Server{Engine: e, MaxConns: 1, OnDrop: func(d duplex.Drop) { drops <- d }}
		ln, err := netconn.Listen(srv, "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		serveHTTP(t, e, ln, &duplex.Client{}, nil, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			c, rw, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			line, err := rw.ReadString('\n')
			if err != nil {
				t.Error(err)
			}
			io.WriteString(c, "you said "+line)
		}))
		d := &netconn.Dialer{Client: &duplex.Client{Engine: e}}
		c, err := d.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(soon())
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		until(t, "the client is in", func() bool { return srv.Len() == 1 })
		if second, err := d.Dial("tcp", ln.Addr().String()); err == nil {
			second.SetDeadline(soon())
			if _, err := second.Read(make([]byte, 1)); err == nil {
				t.Error("a client beyond MaxConns was served")
			}
			second.Close()
		}
		if d := <-drops; d.Reason != duplex.ErrMaxConns {
			t.Error(d.Reason)
		}
		io.WriteString(c, "hello\n")
		if got, err := io.ReadAll(c); err != nil || string(got) != "you said hello\n" {
			t.Errorf("got %q, %v", got, err)
		}
	})
}

// Words is a service of net/rpc.
type Words struct{}

// Upper returns the word in upper case.
func (Words) Upper(word string, upper *string) error {
	*upper = strings.ToUpper(word)
	return nil
}

func TestRPCRunsOverIt(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := pipe(t, e, nil, nil)
		server := rpc.NewServer()
		if err := server.Register(Words{}); err != nil {
			t.Fatal(err)
		}
		var serving sync.WaitGroup
		serving.Go(func() { server.ServeConn(b) })
		client := rpc.NewClient(a)
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for range 25 {
					var got string
					if err := client.Call("Words.Upper", "gopher", &got); err != nil || got != "GOPHER" {
						t.Errorf("got %q, %v", got, err)
					}
				}
			})
		}
		group.Wait()
		if err := client.Close(); err != nil {
			t.Error(err)
		}
		serving.Wait()
	})
}

func TestTheSocketOfAnyConnIsFound(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		ln, err := netconn.Listen(&duplex.Server{Engine: e}, "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		c, err := (&netconn.Dialer{Client: &duplex.Client{Engine: e}}).DialContext(t.Context(), "tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		s := netconn.SocketOf(c)
		if s == nil || s.RemoteAddr().String() != ln.Addr().String() {
			t.Fatalf("got %v", s)
		}
		if got := netconn.SocketOf(tls.Client(c, new(tls.Config))); got != s {
			t.Errorf("below TLS: got %v", got)
		}
		if got := netconn.SocketOf(&netconn.TLSConn{Conn: c.(*netconn.Conn)}); got != s {
			t.Errorf("of a TLSConn: got %v", got)
		}
		a, b := net.Pipe()
		defer a.Close()
		defer b.Close()
		if got := netconn.SocketOf(a); got != nil {
			t.Errorf("of a pipe: got %v", got)
		}
	})
}
