// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/examples/internal/program"
)

// TestMain is the example itself where a test has started it as one.
func TestMain(m *testing.M) { program.Main(m, main) }

// open opens a proxy to the servers, and returns its address.
func open(t *testing.T, e *duplex.Engine, servers ...string) string {
	t.Helper()
	p := newProxy(e, servers)
	if err := p.srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return p.srv.Addr().String()
}

// serve opens a server, and returns its address.
func serve(t *testing.T, e *duplex.Engine, h *duplex.Handler) string {
	t.Helper()
	srv := &duplex.Server{Engine: e, Handler: h, Options: duplex.Options{AllowHalfOpen: true}}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return srv.Addr().String()
}

// visit connects to address.
func visit(t *testing.T, e *duplex.Engine, address string) (*duplex.Socket, *duplextest.Recorder) {
	t.Helper()
	told := new(duplextest.Recorder)
	client := duplex.Client{Engine: e, Options: duplex.Options{AllowHalfOpen: true}}
	return client.Connect(t.Context(), "tcp", address, told.Handler(nil)), told
}

// The server answers when the client has ended its side: with what it has received.
func TestALateAnswerComesBack(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		server := serve(t, e, &duplex.Handler{
			OnConnect: func(s *duplex.Socket) { s.Value = new(bytes.Buffer) },
			OnData:    func(s *duplex.Socket, p []byte) { s.Value.(*bytes.Buffer).Write(p) },
			OnEnd: func(s *duplex.Socket) {
				s.Write(s.Value.(*bytes.Buffer).Bytes())
				s.End()
			},
		})
		s, told := visit(t, e, open(t, e, server))
		text := strings.Repeat("to and fro ", 100_000)
		io.WriteString(s, text)
		s.End()
		told.Expect(t, "connect", "data: "+text, "end", "close")
	})
}

func TestTheNextServerTakesOver(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		gone := &duplex.Server{Engine: e}
		if err := gone.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		nobody := gone.Addr().String()
		gone.Close()
		gone.Shutdown(t.Context())
		greeter := serve(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) { io.WriteString(s, "hello"); s.End() }})
		proxy := open(t, e, nobody, greeter)
		for range 4 { // each server is the first for every other client
			s, told := visit(t, e, proxy)
			told.Expect(t, "connect", "data: hello", "end")
			s.End()
			told.Expect(t, "close")
		}
		s, told := visit(t, e, open(t, e, nobody, nobody))
		told.ExpectMatch(t, "connect", "end|error: ECONNRESET")
		s.End()
	})
}

func TestAResetIsPassedOn(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		server := serve(t, e, &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Reset() }})
		s, told := visit(t, e, open(t, e, server))
		io.WriteString(s, "hello")
		told.Expect(t, "connect", "error: ECONNRESET", "close: hadError")
	})
}

// Stop lets an answer come whose first half has come, and resets a client that waits in vain.
func TestAnAnswerIsWholeOrReset(t *testing.T) {
	for name, whole := range map[string]bool{"whole": true, "too late": false} {
		t.Run(name, func(t *testing.T) {
			duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
				ended := make(chan *duplex.Socket, 1)
				server := serve(t, e, &duplex.Handler{
					OnConnect: func(s *duplex.Socket) { io.WriteString(s, "half") },
					OnEnd:     func(s *duplex.Socket) { ended <- s },
				})
				p := newProxy(e, []string{server})
				if err := p.srv.Listen("tcp", "127.0.0.1:0"); err != nil {
					t.Fatal(err)
				}
				s, told := visit(t, e, p.srv.Addr().String())
				told.Expect(t, "connect", "data: half")
				stopped := make(chan struct{})
				patience := time.Hour
				if !whole {
					patience = 0
				}
				go func() {
					p.stop(patience)
					close(stopped)
				}()
				if !whole {
					told.Expect(t, "error: ECONNRESET", "close: hadError")
					<-stopped
					return
				}
				up := <-ended
				io.WriteString(up, " and the rest")
				up.End()
				told.Expect(t, "data:  and the rest", "end")
				s.End()
				told.Expect(t, "close")
				<-stopped
			})
		})
	}
}

func TestTheProgramPassesOn(t *testing.T) {
	ln := program.Listen(t)
	p := program.Start(t, "-addr", "127.0.0.1:0", ln.Addr().String())
	c := program.Dial(t, p.Address(t, "proxy on "))
	s := ln.Accept(t)
	io.WriteString(c, "hello")
	c.CloseWrite()
	if got, err := io.ReadAll(s); string(got) != "hello" || err != nil {
		t.Errorf("the server got %q, %v", got, err)
	}
	io.WriteString(s, "late")
	s.Close()
	if got, err := io.ReadAll(c); string(got) != "late" || err != nil {
		t.Errorf("the client got %q, %v", got, err)
	}
}
