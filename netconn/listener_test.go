// Copyright 2026 The duplex authors. MIT license.

package netconn_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
	"github.com/duplex-go/duplex/netconn"
)

// Connections that no Accept fetches are bounded. The others wait with the system, and are
// lost by neither.
func TestConnectionsWaitForAccept(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		ln, err := netconn.Listen(&duplex.Server{Engine: e, Backlog: 4096}, "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		const crowd = 2 * netconn.Backlog
		d := &netconn.Dialer{Client: &duplex.Client{Engine: e}}
		for i := range crowd + 1 {
			c, err := d.Dial("tcp", ln.Addr().String())
			if err != nil {
				t.Fatalf("client %d: %v", i, err)
			}
			defer c.Close()
			if i == netconn.Backlog {
				until(t, "the server has paused", func() bool { return ln.Server().Len() >= netconn.Backlog })
			}
		}
		// Those that were on their way when the server paused, at most a batch of the driver.
		if n := ln.Server().Len(); n >= crowd {
			t.Errorf("the server has accepted %d clients of %d", n, crowd+1)
		}
		for range crowd + 1 {
			c, err := ln.Accept()
			if err != nil {
				t.Fatal(err)
			}
			c.Close()
		}
	})
}

// until waits for a condition that no event reports.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for began := time.Now(); !done(); runtime.Gosched() {
		if time.Since(began) > duplextest.Patience {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func TestCloseOfAListenerEndsAcceptAndResetsThoseThatWait(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		ended := make(chan struct{})
		srv := &duplex.Server{Engine: e, OnClose: func() { close(ended) }}
		ln, err := netconn.Listen(srv, "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		d := &netconn.Dialer{Client: &duplex.Client{Engine: e}}
		first, err := d.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		served, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		var accepting sync.WaitGroup
		accepting.Go(func() {
			_, err := ln.Accept()
			expectError(t, err, "accept", net.ErrClosed)
		})
		if err := ln.Close(); err != nil {
			t.Error(err)
		}
		accepting.Wait()
		expectError(t, ln.Close(), "close", net.ErrClosed)
		go served.Write([]byte("still here"))
		got := make([]byte, 10)
		if _, err := io.ReadFull(first, got); err != nil {
			t.Error("the connection that was accepted: ", err)
		}
		first.Close()
		served.Close()
		<-ended // OnClose of the program's own

		ln, err = netconn.Listen(srv, "tcp", "127.0.0.1:0") // another life
		if err != nil {
			t.Fatal(err)
		}
		ended = make(chan struct{})
		waits, err := d.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer waits.Close()
		until(t, "the server has the socket", func() bool { return srv.Len() == 1 })
		ln.Close()
		waits.SetReadDeadline(soon())
		if _, err := waits.Read(got); err == nil || errors.Is(err, io.ErrNoProgress) {
			t.Errorf("got %v of a connection that nobody accepted", err)
		}
		<-ended
	})
}

// Shutdown of the server is the end of the Listener, although a connection that was accepted
// stays open: its peer does not end. One that nobody has accepted does not stay.
func TestShutdownOfTheServerEndsAccept(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		ln, err := netconn.Listen(&duplex.Server{Engine: e}, "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		srv := ln.Server()
		d := &netconn.Dialer{Client: &duplex.Client{Engine: e}}
		stays, err := d.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		served, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		waits, err := d.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer waits.Close()
		until(t, "the server has both", func() bool { return srv.Len() == 2 })
		over := make(chan error, 1)
		go func() { over <- srv.Shutdown(t.Context()) }()
		until(t, "the one that waits for Accept is gone", func() bool { return srv.Len() == 1 })
		accepting := make(chan error, 1)
		go func() {
			_, err := ln.Accept()
			accepting <- err
		}()
		select {
		case err := <-accepting:
			expectError(t, err, "accept", net.ErrClosed)
		case <-time.After(duplextest.Patience):
			t.Error("Accept waits on")
		}
		stays.Close()
		served.Close()
		if err := <-over; err != nil {
			t.Error(err)
		}
	})
}

// Unlisten leaves the connections that have come to Accept, also those whose handshake takes
// longer than the life of another one.
func TestUnlistenOfTheServerLeavesAHandshakeToAccept(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		server, trust := testrun.TLS()
		ln, err := netconn.Listen(&duplex.Server{Engine: e, TLS: server}, "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		srv := ln.Server()
		late, err := (&netconn.Dialer{Client: &duplex.Client{Engine: e}}).Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer late.Close()
		first, err := (&netconn.Dialer{Client: &duplex.Client{Engine: e, TLS: trust}}).Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		served, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		until(t, "the server has both", func() bool { return srv.Len() == 2 })
		if err := srv.Unlisten(); err != nil {
			t.Fatal(err)
		}
		served.Close()
		first.Close()
		until(t, "the first is gone", func() bool { return srv.Len() == 1 })
		accepted := make(chan error, 1)
		go func() {
			c, err := ln.Accept()
			if err == nil {
				defer c.Close()
			}
			accepted <- err
		}()
		secure := tls.Client(late, trust)
		if err := secure.Handshake(); err != nil {
			t.Error(err)
		}
		if err := <-accepted; err != nil {
			t.Errorf("Accept has not waited for the handshake: %v", err)
		}
		srv.Close()
	})
}

// A server is a Listener again when its OnClose has been called, and not before: its last
// socket still uses its fields.
func TestAServerIsAListenerAgainAfterOnClose(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		closed := make(chan struct{}, 10)
		srv := &duplex.Server{Engine: e, OnClose: func() { closed <- struct{}{} }}
		for range 3 {
			ln, err := netconn.Listen(srv, "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			c, err := (&netconn.Dialer{Client: &duplex.Client{Engine: e}}).DialContext(t.Context(), "tcp", ln.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			accepted, err := ln.Accept()
			if err != nil {
				t.Fatal(err)
			}
			ln.Close()
			if _, err := netconn.Listen(srv, "tcp", "127.0.0.1:0"); err != duplex.ErrAlreadyListening {
				t.Errorf("Listen of a server with a connection: %v", err)
			}
			accepted.Close()
			c.Close()
			select {
			case <-closed:
			case <-time.After(duplextest.Patience):
				t.Fatal("OnClose was not called")
			}
		}
	})
}

// A Listener borrows the fields of its server until OnClose. Then the server listens as itself.
func TestAServerHasItsHandlerAndOptionsBackAfterOnClose(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		closed, had := make(chan struct{}), make(chan string, 1)
		h := &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { had <- string(p) }}
		srv := &duplex.Server{Engine: e, Handler: h, OnClose: func() { close(closed) }}
		srv.MaxWriteBuffer = 1 << 20
		ln, err := netconn.Listen(srv, "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ln.Close()
		select {
		case <-closed:
		case <-time.After(duplextest.Patience):
			t.Fatal("OnClose was not called")
		}
		if srv.Handler != h || srv.MaxWriteBuffer != 1<<20 || srv.PauseOnConnect || srv.AllowHalfOpen {
			t.Errorf("the server is changed: %+v", srv.Options)
		}
		srv.OnClose = nil
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		defer srv.Close()
		c, err := (&netconn.Dialer{Client: &duplex.Client{Engine: e}}).DialContext(t.Context(), "tcp", srv.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Write([]byte("hello")); err != nil {
			t.Fatal(err)
		}
		select {
		case text := <-had:
			if text != "hello" {
				t.Errorf("the Handler had %q", text)
			}
		case <-time.After(duplextest.Patience):
			t.Error("the Handler of the server is not called")
		}
	})
}

func TestAListenThatFailsChangesNothing(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := &duplex.Handler{}
		srv := &duplex.Server{Engine: e, Handler: h}
		for range 2 {
			if _, err := netconn.Listen(srv, "tcp", "127.0.0.1:none"); err == nil || err == duplex.ErrAlreadyListening {
				t.Error(err)
			}
		}
		if srv.Handler != h || srv.OnClose != nil || srv.PauseOnConnect || srv.AllowHalfOpen {
			t.Errorf("the server was changed: %+v", srv.Options)
		}
	})
}

func TestAServerThatListensIsNoListener(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := &duplex.Handler{}
		srv := &duplex.Server{Engine: e, Handler: h}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		if _, err := netconn.Listen(srv, "tcp", "127.0.0.1:0"); err != duplex.ErrAlreadyListening {
			t.Error(err)
		}
		if srv.Handler != h {
			t.Error("the Handler was changed")
		}
	})
}
