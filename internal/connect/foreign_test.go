// Copyright 2026 The duplex authors. MIT license.

package connect_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/internal/testrun"
)

// An unknown is a TCP connection that duplex does not know, with all of its methods.
type unknown struct{ *net.TCPConn }

// A bare one has no other methods than those of net.Conn.
type bare struct{ net.Conn }

// A stranger makes the two ends of a connection that no driver can take over.
type stranger struct {
	name   string
	halves bool // it can end in one direction
	resets bool
	pipe   func(t *testing.T) (a, b net.Conn)
}

var strangers = []stranger{
	{"pipe", false, false, func(*testing.T) (a, b net.Conn) { return net.Pipe() }},
	{"unknown", true, true, func(t *testing.T) (net.Conn, net.Conn) {
		a, b := tcpPipe(t)
		return unknown{a.(*net.TCPConn)}, unknown{b.(*net.TCPConn)}
	}},
	{"bare", false, false, func(t *testing.T) (net.Conn, net.Conn) {
		a, b := tcpPipe(t)
		return bare{a}, bare{b}
	}},
	{"tls", true, true, func(t *testing.T) (net.Conn, net.Conn) {
		server, client := testrun.TLS()
		a, b := tcpPipe(t)
		return tls.Client(a, client), tls.Server(b, server)
	}},
}

// tcpPipe returns the ends of a connection of package net.
func tcpPipe(t *testing.T) (a, b net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if a, err = net.Dial("tcp", ln.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if b, err = ln.Accept(); err != nil {
		t.Fatal(err)
	}
	return a, b
}

// amongStrangers runs f on every driver with sockets of every kind of stranger.
func amongStrangers(t *testing.T, ah, bh *duplex.Handler, o duplex.Options, f func(t *testing.T, kind stranger, a, b *duplextest.End)) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for _, kind := range strangers {
			t.Run(kind.name, func(t *testing.T) {
				x, y := kind.pipe(t)
				a, b := &duplextest.End{Recorder: new(duplextest.Recorder)}, &duplextest.End{Recorder: new(duplextest.Recorder)}
				client := &duplex.Client{Engine: e, Options: o}
				a.Socket = client.Adopt(x, a.Handler(ah))
				b.Socket = client.Adopt(y, b.Handler(bh))
				a.Expect(t, "connect")
				b.Expect(t, "connect")
				f(t, kind, a, b)
			})
		}
	})
}

func TestAnyConnectionIsServed(t *testing.T) {
	amongStrangers(t, nil, &duplex.Handler{Framing: codec.Lines}, duplex.Options{}, func(t *testing.T, kind stranger, a, b *duplextest.End) {
		b.Pieces = true
		io.WriteString(a, "one\ntw")
		b.Expect(t, "data: one")
		io.WriteString(a, "o\n")
		b.Expect(t, "data: two")
		io.WriteString(b, "answer")
		a.Expect(t, "data: answer")
		if a.RemoteAddr() == nil || a.LocalAddr() == nil || a.RemoteAddr().Network() == "" {
			t.Errorf("its addresses are %v and %v", a.LocalAddr(), a.RemoteAddr())
		}
		a.End()
		b.Expect(t, "end", "close")
		if kind.halves {
			a.Expect(t, "end")
		}
		a.Expect(t, "close")
	})
}

// Write never blocks, and End loses nothing of it, also to a reader that comes late.
func TestEndOfAnyConnectionFlushes(t *testing.T) {
	amongStrangers(t, nil, nil, duplex.Options{PauseOnConnect: true}, func(t *testing.T, kind stranger, a, b *duplextest.End) {
		sent := rig.Pattern(4 << 20)
		if n, err := a.Write(sent); n != len(sent) || err != nil {
			t.Fatal(n, err)
		}
		if !a.NeedDrain() {
			t.Error("4 MiB need no drain")
		}
		a.End()
		if _, err := a.Write([]byte("x")); err != net.ErrClosed {
			t.Errorf("got %v of a Write after End", err)
		}
		if n := b.BytesRead(); n > 128<<10 {
			t.Errorf("a paused socket has read %d bytes", n)
		}
		a.Resume() // the end is reported
		b.Resume()
		b.Expect(t, "data: "+string(sent), "end", "close")
		if kind.halves {
			a.Expect(t, "end")
		}
		a.Expect(t, "close")
	})
}

func TestAnyConnectionMayBeHalfOpen(t *testing.T) {
	amongStrangers(t, nil, nil, duplex.Options{AllowHalfOpen: true}, func(t *testing.T, kind stranger, a, b *duplextest.End) {
		if !kind.halves {
			a.End()
			a.Expect(t, "close")
			b.Expect(t, "end")
			b.End()
			b.Expect(t, "close")
			return
		}
		io.WriteString(a, "question")
		a.End()
		b.Expect(t, "data: question", "end")
		io.WriteString(b, "answer")
		b.End()
		a.Expect(t, "data: answer", "end", "close")
		b.Expect(t, "close")
	})
}

// Pause in a callback: no OnData follows, and what was read comes first after Resume.
func TestAPausedConnectionOfAnyKindIsNotRead(t *testing.T) {
	h := &duplex.Handler{OnData: func(s *duplex.Socket, _ []byte) { s.Pause() }}
	amongStrangers(t, nil, h, duplex.Options{}, func(t *testing.T, _ stranger, a, b *duplextest.End) {
		b.Pieces = true
		io.WriteString(a, "one")
		b.Expect(t, "data: one")
		io.WriteString(a, "two")
		rig.Turn(t, a.Socket)
		a.End()
		rig.Turn(t, b.Socket)
		b.ExpectNothing(t, 10*time.Millisecond)
		b.Resume()
		b.Expect(t, "data: two")
		rig.Turn(t, b.Socket) // it has paused
		b.Resume()
		b.Expect(t, "end")
		b.Expect(t, "close")
	})
}

func TestDestroyAndResetOfAnyConnection(t *testing.T) {
	amongStrangers(t, nil, nil, duplex.Options{}, func(t *testing.T, kind stranger, a, b *duplextest.End) {
		io.WriteString(a, "last words")
		b.Expect(t, "data: last words")
		a.Reset()
		a.Expect(t, "close")
		switch {
		case kind.resets:
			rig.NeedResets(t, &duplex.Engine{})
			b.Expect(t, "error: ECONNRESET", "close: hadError")
		default: // Reset is Close
			b.Expect(t, "end", "close")
		}
	})
	failed := errors.New("this program's own")
	amongStrangers(t, nil, nil, duplex.Options{}, func(t *testing.T, _ stranger, a, b *duplextest.End) {
		io.WriteString(a, "hello") // a handshake is complete
		b.Expect(t, "data: hello")
		a.Destroy(failed)
		a.Expect(t, "error: "+failed.Error(), "close: hadError")
		if _, err := a.Write([]byte("x")); err != net.ErrClosed {
			t.Error(err)
		}
		b.Expect(t, "end", "close")
		if err := b.Detach(func(net.Conn, error) {}); err != net.ErrClosed {
			t.Errorf("got %v of Detach", err)
		}
	})
}

// A peer of TLS must not take a part for the whole, also where nothing below can be reset.
func TestAResetOfTLSOverAnyConnectionIsNoEnd(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		server, client := testrun.TLS()
		x, y := net.Pipe()
		s := (&duplex.Client{Engine: e}).Adopt(tls.Server(x, server), nil)
		var r duplextest.Recorder
		peer := (&duplex.Client{Engine: e, TLS: client}).Adopt(y, r.Handler(nil))
		s.WriteString("a part")
		r.Expect(t, "connect", "data: a part")
		s.Reset()
		r.Events(t)
		if err := peer.Err(); !errors.Is(err, duplex.ErrTruncated) {
			t.Errorf("got %v", err)
		}
	})
}

// A write that the peer does not take any more fails the socket, and the program is told
// about each.
func TestAWriteToAPipeThatIsClosedIsEPIPE(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		x, y := net.Pipe()
		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e, Options: duplex.Options{AllowHalfOpen: true}}).Adopt(x, r.Handler(nil))
		y.Close()
		r.Expect(t, "connect", "end")
		done := make(chan error, 1)
		s.WriteFunc([]byte("to nobody"), func(err error) { done <- err })
		if err := rig.Wait(t, done); !errors.Is(err, syscall.EPIPE) {
			t.Errorf("got %v", err)
		}
		r.Expect(t, "error: EPIPE", "close: hadError")
		if err := s.Detach(func(net.Conn, error) {}); err != net.ErrClosed {
			t.Errorf("got %v", err)
		}
	})
}

func TestABlockingHandlerServesAnyConnection(t *testing.T) {
	h := &duplex.Handler{Blocking: true, OnData: func(s *duplex.Socket, p []byte) {
		time.Sleep(time.Millisecond)
		s.Write(p)
	}}
	amongStrangers(t, nil, h, duplex.Options{}, func(t *testing.T, kind stranger, a, b *duplextest.End) {
		sent := rig.Pattern(200_000)
		a.Write(sent)
		a.Expect(t, "data: "+string(sent))
		a.End()
		b.Expect(t, "data: "+string(sent), "end", "close")
	})
}

// Limits, pipes to sockets of the loop, and StartTLS work as for any other socket.
func TestAProxyJoinsAConnectionOfAnyKindAndASocket(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		echo := rig.Listen(t, e, &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }}, duplex.Options{})
		x, y := net.Pipe()
		client := &duplex.Client{Engine: e}
		s := client.Adopt(x, nil)
		up := client.Connect(t.Context(), "tcp", echo, nil)
		s.Pipe(up)
		up.Pipe(s)
		sent := rig.Pattern(1 << 20)
		go y.Write(sent)
		got := make([]byte, len(sent))
		y.SetDeadline(time.Now().Add(duplextest.Patience))
		if _, err := io.ReadFull(y, got); err != nil || !bytes.Equal(got, sent) {
			t.Errorf("the echo differs: %v", err)
		}
		y.Close()
	})
}

func TestAnyListenerIsServed(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		server, trust := testrun.TLS()
		ln, err := tls.Listen("tcp", "127.0.0.1:0", server)
		if err != nil {
			t.Fatal(err)
		}
		addr := ln.Addr()
		drops := make(chan duplex.Drop, 10)
		closed := make(chan struct{})
		srv := &duplex.Server{
			Engine:   e,
			MaxConns: 2,
			OnDrop:   func(d duplex.Drop) { drops <- d },
			OnClose:  func() { close(closed) },
			Handler:  &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }},
		}
		if err := srv.ListenOn(ln); err != nil {
			t.Fatal(err)
		}
		if srv.Addr().String() != addr.String() {
			t.Errorf("its address is %v, want %v", srv.Addr(), addr)
		}
		for range 2 {
			c, err := tls.Dial("tcp", addr.String(), trust)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			rig.ExpectEcho(t, c)
		}
		third, err := net.Dial("tcp", addr.String())
		if err != nil {
			t.Fatal(err)
		}
		defer third.Close()
		if d := rig.Wait(t, drops); d.Reason != duplex.ErrMaxConns || d.Remote.String() != third.LocalAddr().String() {
			t.Errorf("dropped %v: %v", d.Remote, d.Reason)
		}
		if _, err := srv.File(); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("File: %v", err)
		}
		srv.Pause()
		srv.Resume()
		srv.Unlisten()
		if _, err := ln.Accept(); !errors.Is(err, net.ErrClosed) {
			rig.Until(t, "the listener is closed", func() bool { _, err := ln.Accept(); return err != nil })
		}
		for s := range srv.Sockets() {
			s.End()
		}
		rig.CloseServer(t, srv)
		rig.Wait(t, closed)
	})
}

// Who made a listener may close it: the server then stops.
func TestAListenerThatIsClosedElsewhereEndsTheServer(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		closed := make(chan struct{})
		srv := &duplex.Server{Engine: e, OnClose: func() { close(closed) }}
		if err := srv.ListenOn(struct{ net.Listener }{ln}); err != nil {
			t.Fatal(err)
		}
		ln.Close()
		rig.Wait(t, closed)
	})
}

// As for every socket: the error of our end is that of the connection.
func TestAnEndOfAnUnknownConnectionThatWasResetIsECONNRESET(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, &duplex.Engine{})
		x, y := tcpPipe(t)
		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e, Options: duplex.Options{AllowHalfOpen: true}}).Adopt(unknown{x.(*net.TCPConn)}, r.Handler(nil))
		y.(*net.TCPConn).CloseWrite()
		r.Expect(t, "connect", "end")
		y.(*net.TCPConn).SetLinger(0)
		y.Close()
		s.End()
		r.Expect(t, "error: ECONNRESET", "close: hadError")
	})
}
