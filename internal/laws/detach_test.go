// Copyright 2026 The duplex authors. MIT license.

package laws_test

import (
	"bytes"
	"context"
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
)

// A handed is what Detach has given.
type handed struct {
	conn net.Conn
	err  error
}

// giving returns a function for Detach, and where its result goes.
func giving() (func(net.Conn, error), <-chan handed) {
	given := make(chan handed, 1)
	return func(c net.Conn, err error) { given <- handed{c, err} }, given
}

// served returns a server's socket of h, and the client's connection of package net.
func served(t *testing.T, e *duplex.Engine, h *duplex.Handler, o duplex.Options) (*duplextest.End, net.Conn) {
	t.Helper()
	end := &duplextest.End{Recorder: new(duplextest.Recorder)}
	sockets := make(chan *duplex.Socket, 1)
	recording := end.Handler(h)
	connected := recording.OnConnect
	recording.OnConnect = func(s *duplex.Socket) {
		sockets <- s
		connected(s)
	}
	c, err := net.Dial("tcp", rig.Listen(t, e, recording, o))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	end.Socket = rig.Wait(t, sockets)
	end.Expect(t, "connect")
	c.SetDeadline(time.Now().Add(duplextest.Patience))
	return end, c
}

func TestDetachGivesTheConnectionBack(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		s, c := served(t, e, nil, duplex.Options{})
		io.WriteString(c, "to the socket")
		s.Expect(t, "data: to the socket")
		sent := rig.Pattern(8 << 20) // more than the kernel takes at once
		s.Write(sent)
		done, given := giving()
		if err := s.Detach(done); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Write([]byte("x")); err != net.ErrClosed {
			t.Errorf("got %v of a Write after Detach", err)
		}
		if err := s.Detach(done); err != net.ErrClosed {
			t.Errorf("got %v of a second Detach", err)
		}
		got := make([]byte, len(sent))
		if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, sent) {
			t.Fatal("what was written before did not arrive: ", err)
		}
		g := rig.Wait(t, given)
		if g.err != nil {
			t.Fatal(g.err)
		}
		defer g.conn.Close()
		if _, ok := g.conn.(*net.TCPConn); !ok {
			t.Errorf("got a %T", g.conn)
		}
		s.Expect(t, "close")
		if e.Stats().Sockets != 0 || s.Err() != nil {
			t.Errorf("the engine has %d sockets; Err is %v", e.Stats().Sockets, s.Err())
		}
		go io.Copy(g.conn, g.conn)
		rig.ExpectEcho(t, c)
	})
}

// What the socket has kept comes first: pieces that were not reported, the start of one, and
// what arrives later.
func TestDetachLosesNoInput(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		done, given := giving()
		h := &duplex.Handler{Split: codec.Lines.Split, OnData: func(s *duplex.Socket, p []byte) {
			if string(p) == "upgrade" {
				s.Detach(done)
				s.Resume() // it does not read for that
			}
		}}
		s, c := served(t, e, h, duplex.Options{})
		s.Pieces = true
		io.WriteString(c, "hello\nupgrade\none\ntw")
		s.Expect(t, "data: hello", "data: upgrade", "close")
		g := rig.Wait(t, given)
		if g.err != nil {
			t.Fatal(g.err)
		}
		io.WriteString(c, "o\nthree")
		c.(*net.TCPConn).CloseWrite()
		g.conn.SetDeadline(time.Now().Add(duplextest.Patience))
		got, err := io.ReadAll(g.conn)
		if err != nil || string(got) != "one\ntwo\nthree" {
			t.Errorf("read %q, %v", got, err)
		}
		whole := g.conn.(interface {
			CloseWrite() error
			NetConn() net.Conn
		})
		if _, ok := whole.NetConn().(*net.TCPConn); !ok {
			t.Errorf("NetConn is a %T", whole.NetConn())
		}
		io.WriteString(g.conn, "bye")
		whole.CloseWrite()
		if got, err := io.ReadAll(c); err != nil || string(got) != "bye" {
			t.Errorf("the peer read %q, %v", got, err)
		}
		g.conn.Close()
	})
}

// Every place that keeps input: paused, behind a Blocking callback, a character's start.
func TestDetachGivesWhatAPausedSocketHasRead(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		for _, round := range []string{"paused", "blocking", "utf8"} {
			h := &duplex.Handler{}
			release := make(chan struct{})
			if round == "blocking" {
				h.Blocking = true
				h.OnData = func(*duplex.Socket, []byte) { <-release }
			} else if round == "utf8" {
				h.Encoding = codec.UTF8
			}
			s, c := served(t, e, h, duplex.Options{})
			want := ""
			done, given := giving()
			switch round {
			case "paused":
				rig.Turn(t, s.Socket)
				io.WriteString(c, "before")
				s.Expect(t, "data: before")
				s.Pause()
				io.WriteString(c, "after")
				want = "after"
				close(release)
			case "blocking":
				io.WriteString(c, "first")
				s.Expect(t, "data: first")
				io.WriteString(c, "second")
				rig.Until(t, "the rest is kept", func() bool { return s.BytesRead() == 11 })
				want = "second"
			case "utf8":
				io.WriteString(c, "a\xc3")
				s.Expect(t, "data: a")
				want = "\xc3"
				close(release)
			}
			if err := s.Detach(done); err != nil {
				t.Fatal(round, err)
			}
			if round == "blocking" {
				close(release)
			}
			g := rig.Wait(t, given)
			if g.err != nil {
				t.Fatal(round, g.err)
			}
			c.(*net.TCPConn).CloseWrite()
			got, err := io.ReadAll(g.conn)
			if err != nil || string(got) != want {
				t.Errorf("%s: read %q, %v; want %q", round, got, err, want)
			}
			g.conn.Close()
		}
	})
}

func TestDetachIsAVerbInTheOrderOfTheCalls(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		s, c := served(t, e, nil, duplex.Options{})
		done, given := giving()
		s.Post(func() { io.WriteString(s, "posted ") })
		io.WriteString(s, "then")
		if err := s.Detach(done); err != nil {
			t.Fatal(err)
		}
		g := rig.Wait(t, given)
		if g.err != nil {
			t.Fatal(g.err)
		}
		g.conn.Close()
		if got, err := io.ReadAll(c); err != nil || string(got) != "posted then" {
			t.Errorf("read %q, %v", got, err)
		}

		s, c = served(t, e, nil, duplex.Options{})
		done, given = giving()
		began, over := make(chan struct{}), make(chan struct{})
		s.Post(func() { close(began); <-over; s.Close() }) // ends it before Detach has its turn
		rig.Wait(t, began)
		if err := s.Detach(done); err != nil {
			t.Fatal(err)
		}
		close(over)
		if g := rig.Wait(t, given); g.conn != nil || g.err != net.ErrClosed {
			t.Errorf("got %v, %v after a Close that came first", g.conn, g.err)
		}
		c.Close()
		s.Expect(t, "close")
	})
}

func TestDetachOfASocketThatConnectsWaitsForTheConnection(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", ln.Addr().String(), r.Handler(nil))
		io.WriteString(s, "hello")
		done, given := giving()
		if err := s.Detach(done); err != nil {
			t.Fatal(err)
		}
		g := rig.Wait(t, given)
		if g.err != nil {
			t.Fatal(g.err)
		}
		r.Expect(t, "connect", "close")
		g.conn.Close()
		c, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if got, err := io.ReadAll(c); err != nil || string(got) != "hello" {
			t.Errorf("read %q, %v", got, err)
		}
		dead := rig.FreeAddr(t)
		s = (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", dead, nil)
		done, given = giving()
		if err := s.Detach(done); err == nil {
			if g := rig.Wait(t, given); g.conn != nil || duplex.Code(g.err) != "ECONNREFUSED" {
				t.Errorf("got %v, %v where no server listens", g.conn, g.err)
			}
		}
	})
}

func TestADetachThatFailsSaysWhy(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		done, given := giving()
		if rig.OnMemory(e) {
			if err := a.Detach(done); !errors.Is(err, errors.ErrUnsupported) {
				t.Error(err)
			}
			return
		}
		rig.NeedPlain(t, "a socket with TLS cannot be detached")
		rig.NeedResets(t, e)
		unpipe := a.Pipe(b.Socket)
		if err := a.Detach(done); err == nil {
			t.Error("a socket that is piped was detached")
		}
		unpipe()
		a.Resume() // unpipe has paused it
		b.Pause()
		a.Write(rig.Pattern(64 << 20)[:48<<20]) // bytes wait
		if err := a.Detach(done); err != nil {
			t.Fatal(err)
		}
		rig.Turn(t, a.Socket)
		b.Reset()
		if g := rig.Wait(t, given); g.conn != nil || !errors.Is(g.err, syscall.ECONNRESET) && !errors.Is(g.err, syscall.EPIPE) {
			t.Errorf("got %v, %v of a connection that was reset", g.conn, g.err)
		}
		a.Expect(t, "error: ECONNRESET", "close: hadError")

		a, _ = duplextest.PipeOf(t, e, &duplex.Handler{Encoding: codec.Hex, Split: codec.Lines.Split}, nil)
		a.Destroy(nil)
		a.Expect(t, "close")
		if err := a.Detach(done); err != net.ErrClosed {
			t.Errorf("got %v of a socket that is closed", err)
		}

		s, c := served(t, e, &duplex.Handler{Encoding: codec.Hex, Split: codec.Lines.Split}, duplex.Options{})
		io.WriteString(c, "abc") // a piece that is not whole, and decoded
		rig.Until(t, "it is kept", func() bool { return s.BytesRead() == 3 })
		rig.Turn(t, s.Socket)
		if err := s.Detach(done); err != nil {
			t.Fatal(err)
		}
		if g := rig.Wait(t, given); g.conn != nil || g.err == nil {
			t.Error("bytes that were decoded were given back")
		}
		c.Close()
	})
}

func TestDetachOfTLSIsUnsupported(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		s := (&duplex.Client{Engine: e, TLS: &tls.Config{ServerName: "x"}}).Connect(t.Context(), "tcp", "127.0.0.1:1", nil)
		if err := s.Detach(func(net.Conn, error) {}); !errors.Is(err, errors.ErrUnsupported) {
			t.Error(err)
		}
	})
}

// Adopt and Detach, again and again, while bytes flow.
func TestAConnectionGoesToAndFro(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		peer, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer peer.Close()
		c, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		sent := rig.Pattern(4 << 20)
		go func() {
			for p := sent; len(p) > 0; p = p[min(len(p), 5000):] {
				peer.Write(p[:min(len(p), 5000)])
			}
			peer.(*net.TCPConn).CloseWrite()
		}()
		var got []byte
		for round := 0; len(got) < len(sent); round++ {
			done, given := giving()
			(&duplex.Client{Engine: e}).Adopt(c, &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) {
				got = append(got, p...)
				if len(got) > (round+1)*100_000 {
					s.Detach(done)
				}
			}, OnEnd: func(s *duplex.Socket) { s.Detach(done) }})
			g := rig.Wait(t, given)
			if g.err != nil {
				t.Fatal(g.err)
			}
			c = g.conn
			p := make([]byte, 50_000)
			c.SetDeadline(time.Now().Add(duplextest.Patience))
			n, err := io.ReadFull(c, p)
			got = append(got, p[:n]...)
			if err != nil && len(got) < len(sent) {
				t.Fatal(err)
			}
			if wrapped, ok := c.(interface{ NetConn() net.Conn }); ok { // all before was read
				c = wrapped.NetConn()
			}
		}
		c.Close()
		if !bytes.Equal(got, sent) {
			t.Errorf("%d bytes of %d arrived, or others", len(got), len(sent))
		}
	})
}

func TestTheContextEndsWithDetach(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		s, _ := served(t, e, nil, duplex.Options{})
		ctx := s.Context()
		done, given := giving()
		if err := s.Detach(done); err != nil {
			t.Fatal(err)
		}
		g := rig.Wait(t, given)
		if g.err != nil {
			t.Fatal(g.err)
		}
		defer g.conn.Close()
		s.Expect(t, "close")
		if ctx.Err() == nil || context.Cause(ctx) != net.ErrClosed {
			t.Errorf("the context of a socket that is over has %v, %v", ctx.Err(), context.Cause(ctx))
		}
	})
}

// A stream with a hole is worse than none: what Close discards cannot be given back.
func TestCloseEndsADetachThatWaits(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		s, c := served(t, e, nil, duplex.Options{})
		s.Pause()
		rig.Turn(t, s.Socket)
		sent := rig.Pattern(8 << 20) // more than the kernel takes at once
		s.Write(sent)
		io.WriteString(c, "not reported")
		done, given := giving()
		if err := s.Detach(done); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		got := make([]byte, len(sent))
		if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, sent) {
			t.Errorf("the peer did not read what was written: %v", err)
		}
		if g := rig.Wait(t, given); g.conn != nil || g.err != net.ErrClosed {
			t.Fatalf("got %v, %v after Close", g.conn, g.err)
		}
		if n, err := c.Read(got); err != io.EOF {
			t.Errorf("the peer read %d bytes and %v, want the end", n, err)
		}
		c.Close()
		s.Expect(t, "close")
	})
}

// The same is true of input that cannot be cut while Detach waits for its turn.
func TestInputThatCannotBeCutEndsADetach(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		bad := errors.New("bad")
		done, given := giving()
		whose := make(chan *duplextest.End, 1)
		asked := make(chan error, 1)
		s, c := served(t, e, &duplex.Handler{Split: func([]byte, bool) (int, []byte, error) {
			s := <-whose
			asked <- s.Detach(done)
			return 0, nil, bad
		}}, duplex.Options{})
		whose <- s
		io.WriteString(c, "x")
		if err := rig.Wait(t, asked); err != nil {
			t.Fatal(err)
		}
		if g := rig.Wait(t, given); g.conn != nil || g.err != bad {
			t.Errorf("got %v, %v", g.conn, g.err)
		}
		c.Close()
		s.Expect(t, "error: bad", "close: hadError")
	})
}

// A StartTLS that waits for a posted function is TLS, too, and so is that of the function:
// a connection in the middle of TLS would be of no use.
func TestDetachAfterAStartTLSThatWaitsIsUnsupported(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		config, _ := rig.Configs(tls.VersionTLS13)
		s, _ := served(t, e, nil, duplex.Options{})
		s.Post(func() {})
		if err := s.StartTLS(duplex.ServerSide, config, nil); err != nil {
			t.Fatal(err)
		}
		done, given := giving()
		if err := s.Detach(done); err != errors.ErrUnsupported {
			t.Errorf("got %v of a Detach after StartTLS", err)
		}
		s, _ = served(t, e, nil, duplex.Options{})
		s.Post(func() { s.StartTLS(duplex.ServerSide, config, nil) })
		if err := s.Detach(done); err != nil {
			t.Fatal(err)
		}
		if g := rig.Wait(t, given); g.conn != nil || !errors.Is(g.err, errors.ErrUnsupported) {
			t.Errorf("got %v, %v after the function had started TLS", g.conn, g.err)
		}
		rig.Until(t, "it is closed", func() bool { return s.State() == duplex.Closed })
		if !errors.Is(s.Err(), errors.ErrUnsupported) {
			t.Errorf("Err is %v", s.Err())
		}
	})
}
