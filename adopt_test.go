// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
)

// runOnSystem is run, but for a network inside the process, which cannot take the
// system's sockets over and has to say so.
func runOnSystem(t *testing.T, f func(t *testing.T, e *duplex.Engine)) {
	t.Helper()
	run(t, func(t *testing.T, e *duplex.Engine) {
		if e.Driver == "memory" {
			t.Skip("the network of this driver is inside the process")
		}
		f(t, e)
	})
}

func TestAServerMayListenOnWhatListensAlready(t *testing.T) {
	runOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		for _, ln := range systemListeners(t) {
			addr := ln.Addr()
			srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{
				OnData: func(s *duplex.Socket, p []byte) { s.Write(p) },
			}}
			if err := srv.ListenOn(ln); err != nil {
				t.Fatal(err)
			}
			if srv.Addr().String() != addr.String() || srv.Addr().Network() != addr.Network() {
				t.Errorf("Addr is %v, want %v", srv.Addr(), addr)
			}
			c, err := net.Dial(addr.Network(), addr.String())
			if err != nil {
				t.Fatal(err)
			}
			expectEcho(t, c)
			c.Close()
			closeServer(t, srv)
			if c, err := net.Dial(addr.Network(), addr.String()); err == nil {
				c.Close()
				t.Errorf("somebody listens on %v after the server's close", addr)
			}
			if addr.Network() == "unix" {
				if _, err := os.Stat(addr.String()); err != nil {
					t.Errorf("the file that somebody else has made does not stay: %v", err)
				}
			}
		}
	})
}

// systemListeners returns a listener of each kind, one of them by its descriptor.
func systemListeners(t *testing.T) []net.Listener {
	t.Helper()
	var list []net.Listener
	add := func(ln net.Listener, err error) {
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { ln.Close() })
		list = append(list, ln)
	}
	add(net.Listen("tcp", "127.0.0.1:0"))
	if runtime.GOOS == "windows" {
		return list // has neither of these
	}
	dir, err := os.MkdirTemp("", "adopt") // short, as a path has to be
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	add(net.Listen("unix", filepath.Join(dir, "socket")))
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	file, err := ln.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	add(net.FileListener(file))
	return list
}

// expectEcho says something and waits for the same.
func expectEcho(t *testing.T, c net.Conn) {
	t.Helper()
	c.SetDeadline(time.Now().Add(duplextest.Patience))
	got := make([]byte, 5)
	if _, err := c.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, got); err != nil || string(got) != "hello" {
		t.Fatalf("got %q, %v; want hello", got, err)
	}
}

// closeServer closes srv and waits until it is.
func closeServer(t *testing.T, srv *duplex.Server) {
	t.Helper()
	srv.Close()
	if err := srv.Shutdown(t.Context()); err != nil && !errors.Is(err, net.ErrClosed) {
		t.Fatal(err)
	}
}

func TestAClientMayAdoptAConnection(t *testing.T) {
	runOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		for _, ln := range systemListeners(t) {
			accepted := make(chan net.Conn, 1)
			go func() {
				if c, err := ln.Accept(); err == nil {
					accepted <- c
				}
			}()
			conn, err := net.Dial(ln.Addr().Network(), ln.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			peer := wait(t, accepted)
			local, remote := conn.LocalAddr().String(), conn.RemoteAddr().String()

			var r duplextest.Recorder
			client := &duplex.Client{Engine: e}
			s := client.Adopt(conn, r.Handler(&duplex.Handler{
				OnData: func(s *duplex.Socket, p []byte) { s.Write(p) },
			}))
			r.Expect(t, "connect")
			if s.State() != duplex.Open || ln.Addr().Network() == "tcp" &&
				(s.LocalAddr().String() != local || s.RemoteAddr().String() != remote) {
				t.Errorf("%v from %v to %v, want open from %v to %v", s.State(), s.LocalAddr(), s.RemoteAddr(), local, remote)
			}
			expectEcho(t, peer)
			peer.Close()
			r.Expect(t, "data: hello", "end", "close")
		}
	})
}

func TestWhatCannotBeAdoptedIsClosedAndSaysSo(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		foreign := struct{ net.Listener }{ln}
		srv := &duplex.Server{Engine: e}
		if err := srv.ListenOn(foreign); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("got %v, want ErrUnsupported", err)
		}
		if _, err := ln.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("the listener is not closed: %v", err)
		}
		if srv.Addr() != nil {
			t.Errorf("the server listens on %v", srv.Addr())
		}

		near, far := net.Pipe()
		defer far.Close()
		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e}).Adopt(near, r.Handler(nil))
		r.Events(t)
		if !errors.Is(s.Err(), errors.ErrUnsupported) {
			t.Errorf("got %v, want ErrUnsupported", s.Err())
		}
		if _, err := near.Write([]byte("x")); err == nil {
			t.Error("the connection is not closed")
		}
	})
}

func TestTheMemoryDriverAdoptsNothing(t *testing.T) {
	e := duplextest.Engine(t, "memory")
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	if err := (&duplex.Server{Engine: e}).ListenOn(ln); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("got %v, want ErrUnsupported", err)
	}
	if _, err := net.Dial("tcp", addr); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("the listener is not closed: %v", err)
	}
}

func TestAServerThatListensRefusesAnotherListenerAndClosesIt(t *testing.T) {
	runOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if err := srv.ListenOn(ln); err != duplex.ErrAlreadyListening {
			t.Errorf("got %v, want ErrAlreadyListening", err)
		}
		if _, err := ln.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("the listener is not closed: %v", err)
		}
	})
}

// A server of two loops is closed while a client that it has accepted on one of
// them still waits to be taken over by the other.
func TestACloseOvertakesASocketOnItsWayToItsLoop(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e) // one on each loop
		closed := make(chan struct{}, 1)
		srv := &duplex.Server{Engine: e, OnClose: func() { closed <- struct{}{} }}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		// It is not known who of the two listens. If it is the one that is held up,
		// nobody is accepted.
		accepted := func(held, other *duplextest.End) bool {
			began, release := make(chan struct{}), make(chan struct{})
			held.Post(func() { close(began); <-release })
			<-began
			defer close(release)
			client := &duplex.Client{Engine: e, Near: other.Socket}
			c := client.Connect(t.Context(), "tcp", srv.Addr().String(), nil)
			t.Cleanup(func() { c.Destroy(nil) })
			for range 100 {
				if srv.Len() > 0 {
					srv.Close()
					return true
				}
				time.Sleep(time.Millisecond)
			}
			return false
		}
		if !accepted(a, b) && !accepted(b, a) {
			t.Fatal("the server accepts nobody")
		}
		wait(t, closed)
		if n := srv.Len(); n != 0 {
			t.Errorf("%d sockets have outlived their server", n)
		}
	})
}
