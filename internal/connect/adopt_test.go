// Copyright 2026 The duplex authors. MIT license.

package connect_test

import (
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestAClientMayAdoptAConnection(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		for _, ln := range rig.SystemListeners(t, e) {
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
			peer := rig.Wait(t, accepted)
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
			rig.ExpectEcho(t, peer)
			peer.Close()
			r.Expect(t, "data: hello", "end", "close")
		}
	})
}

func TestASocketThatCannotBeAdoptedIsClosedAndReported(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		foreign := struct{ net.Listener }{ln}
		srv := &duplex.Server{Engine: e, TrustedProxies: &duplex.BlockList{}}
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
		e.Close()
		s := (&duplex.Client{Engine: e}).Adopt(near, r.Handler(nil))
		r.Events(t)
		if !errors.Is(s.Err(), net.ErrClosed) {
			t.Errorf("got %v, want ErrClosed", s.Err())
		}
		if _, err := near.Write([]byte("x")); err == nil {
			t.Error("the connection is not closed")
		}
	})
}

func TestASocketThatIsNotOpenCannotBeAdopted(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
		ln.Close()
		for c, want := range map[net.Conn]error{
			new(net.TCPConn): syscall.EINVAL, new(net.UnixConn): syscall.EINVAL, conn: net.ErrClosed,
		} {
			var r duplextest.Recorder
			s := (&duplex.Client{Engine: e}).Adopt(c, r.Handler(nil))
			if r.Events(t); !errors.Is(s.Err(), want) {
				t.Errorf("Adopt of %T: got %v, want %v", c, s.Err(), want)
			}
		}
		for ln, want := range map[net.Listener]error{
			new(net.TCPListener): syscall.EINVAL, new(net.UnixListener): syscall.EINVAL, ln: net.ErrClosed,
		} {
			if err := (&duplex.Server{Engine: e}).ListenOn(ln); !errors.Is(err, want) {
				t.Errorf("ListenOn of %T: got %v, want %v", ln, err, want)
			}
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
	if _, err := net.Dial("tcp", addr); duplex.Code(err) != "ECONNREFUSED" {
		t.Errorf("the listener is not closed: %v", err)
	}
}

// Each connection that Adopt is given is closed, also by an engine that closes meanwhile.
func TestConnectAndAdoptBesideCloseOfTheEngine(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for _, driver := range duplextest.Drivers() {
		t.Run(driver, func(t *testing.T) {
			for range 200 {
				e := &duplex.Engine{Loops: 1, Driver: driver}
				e.Post(func() {})
				conn, err := net.Dial("tcp", ln.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				peer, err := ln.Accept()
				if err != nil {
					t.Fatal(err)
				}
				client := &duplex.Client{Engine: e}
				begin, closed := make(chan struct{}), make(chan struct{}, 2)
				h := &duplex.Handler{OnClose: func(*duplex.Socket) { closed <- struct{}{} }}
				for _, f := range []func(){
					func() { client.Connect(t.Context(), "tcp", "127.0.0.1:1", h) },
					func() { client.Adopt(conn, h) },
				} {
					go func() { <-begin; f() }()
				}
				close(begin)
				e.Close()
				rig.Wait(t, closed)
				rig.Wait(t, closed)
				peer.SetReadDeadline(time.Now().Add(10 * time.Second))
				if _, err := peer.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
					t.Fatal("the connection was not closed")
				}
				peer.Close()
			}
		})
	}
}

func TestNilIsNotAdopted(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for _, conn := range []net.Conn{nil, (*net.TCPConn)(nil), (*net.UnixConn)(nil), new(net.TCPConn)} {
			var r duplextest.Recorder
			(&duplex.Client{Engine: e}).Adopt(conn, r.Handler(nil))
			events := r.Events(t)
			if len(events) != 2 || events[0] == "connect" {
				t.Errorf("Adopt of %T reported %q, want an error and close", conn, events)
			}
		}
	})
}
