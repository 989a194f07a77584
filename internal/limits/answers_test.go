// Copyright 2026 The duplex authors. MIT license.

package limits_test

import (
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// Each client has sent several requests, of which the server has read all and answered none.
func TestShutdownLetsABlockingHandlerAnswerWhatHadArrived(t *testing.T) {
	for name, w := range map[string]*duplex.Workers{"one at a time": {Limit: 1}, "at once": nil} {
		t.Run(name, func(t *testing.T) {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				over := make(chan struct{})
				srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{
					Framing: codec.Lines, Blocking: true, Workers: w,
					OnData: func(s *duplex.Socket, line []byte) {
						<-over
						s.Write(append(line, '.'))
					},
				}}
				if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
					t.Fatal(err)
				}
				var clients []*duplextest.Recorder
				for range 2 {
					r := new(duplextest.Recorder)
					clients = append(clients, r)
					s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), r.Handler(nil))
					r.Expect(t, "connect")
					for _, line := range []string{"one\n", "two\n", "three\nfo"} { // each in a read of its own
						had := srv.Stats().BytesReceived
						io.WriteString(s, line)
						rig.Until(t, "the line has come", func() bool { return srv.Stats().BytesReceived == had+int64(len(line)) })
					}
				}
				done := make(chan error)
				go func() { done <- srv.Shutdown(t.Context()) }()
				rig.Until(t, "the server has stopped listening", func() bool { return srv.Addr() == nil })
				close(over)
				for _, r := range clients {
					r.Expect(t, "data: one.two.three.", "end", "close")
				}
				if err := rig.Wait(t, done); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// The peer's end completes the last line.
func TestShutdownLetsABlockingHandlerAnswerTheLastLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &duplex.Engine{Driver: "memory"}
		defer e.Close()
		client, server := duplextest.PipeOf(t, e, nil, &duplex.Handler{
			Framing: codec.Lines, Blocking: true,
			OnData: func(s *duplex.Socket, line []byte) {
				time.Sleep(time.Second)
				s.Write(append(line, '.'))
			},
		})
		io.WriteString(client, "one\ntwo")
		client.End()
		synctest.Wait()
		if err := server.Server().Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		client.Expect(t, "data: one.two.", "end", "close")
	})
}

// The client has three requests under way at any time, so one always waits.
func TestAClientThatAlwaysSendsDoesNotHoldUpShutdown(t *testing.T) {
	for name, w := range map[string]*duplex.Workers{"one at a time": {Limit: 1}, "at once": nil} {
		t.Run(name, func(t *testing.T) {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{
					Framing: codec.Lines, Blocking: true, Workers: w,
					OnData: func(s *duplex.Socket, line []byte) { s.Write(append(line, '\n')) },
				}}
				if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
					t.Fatal(err)
				}
				for range 2 {
					(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), &duplex.Handler{
						Framing:   codec.Lines,
						OnConnect: func(s *duplex.Socket) { io.WriteString(s, "1\n2\n3\n") },
						OnData:    func(s *duplex.Socket, line []byte) { s.Write(append(line, '\n')) },
					})
				}
				rig.Until(t, "requests go to and fro", func() bool { return srv.Stats().Frames > 100 })
				done := make(chan error)
				go func() { done <- srv.Shutdown(t.Context()) }()
				if err := rig.Wait(t, done); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// The last callback that can write is OnEnd.
func TestShutdownLetsABlockingHandlerAnswerTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &duplex.Engine{Driver: "memory"}
		defer e.Close()
		client, server := duplextest.PipeOf(t, e, nil, &duplex.Handler{
			Blocking: true,
			OnData:   func(*duplex.Socket, []byte) { time.Sleep(time.Second) },
			OnEnd:    func(s *duplex.Socket) { s.WriteString("the sum") },
		})
		io.WriteString(client, "one")
		client.End()
		synctest.Wait()
		if err := server.Server().Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		client.Expect(t, "data: the sum", "end", "close")
	})
}
