// Copyright 2026 The duplex authors. MIT license.

package netconn_test

import (
	"net"
	"testing"
	"time"

	"golang.org/x/net/nettest"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
	"github.com/duplex-go/duplex/netconn"
)

// TestMain fails if goroutines or descriptors are left behind.
func TestMain(m *testing.M) {
	duplex.Wait() // starts the engine that examples share, and that never stops
	testrun.Main(m)
}

// pipe returns the ends of a connection on e: the client's, and the server's. Both are
// closed when the test ends.
func pipe(t testing.TB, e *duplex.Engine, srv *duplex.Server, client *duplex.Client) (a, b *netconn.Conn) {
	t.Helper()
	a, b, err := pipeOf(e, srv, client)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close(); b.Close() })
	return a, b
}

func pipeOf(e *duplex.Engine, srv *duplex.Server, client *duplex.Client) (a, b *netconn.Conn, err error) {
	if srv == nil {
		srv, client = &duplex.Server{}, &duplex.Client{}
	}
	srv.Engine, client.Engine = e, e
	ln, err := netconn.Listen(srv, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	defer ln.Close()
	type result struct {
		c   net.Conn
		err error
	}
	accepted := make(chan result, 1)
	go func() {
		c, err := ln.Accept()
		accepted <- result{c, err}
	}()
	c, err := (&netconn.Dialer{Client: client}).Dial("tcp", ln.Addr().String())
	if err != nil {
		return nil, nil, err
	}
	r := <-accepted
	if r.err != nil {
		c.Close()
		return nil, nil, r.err
	}
	return plain(c), plain(r.c), nil
}

// plain returns the Conn of c.
func plain(c net.Conn) *netconn.Conn {
	if secure, ok := c.(*netconn.TLSConn); ok {
		return secure.Conn
	}
	return c.(*netconn.Conn)
}

// soon is a deadline for what must not take long.
func soon() time.Time { return time.Now().Add(duplextest.Patience) }

func TestAConnIsWhatPackageNetExpects(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
			a, b, err := pipeOf(e, nil, nil)
			if err != nil {
				return nil, nil, nil, err
			}
			return a, b, func() { a.Close(); b.Close() }, nil
		})
	})
}

func TestAConnOfTLSIsWhatPackageNetExpects(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
			server, client := testrun.TLS()
			a, b, err := pipeOf(e, &duplex.Server{TLS: server}, &duplex.Client{TLS: client})
			if err != nil {
				return nil, nil, nil, err
			}
			return a, b, func() { a.Close(); b.Close() }, nil
		})
	})
}
