// Copyright 2026 The duplex authors. MIT license.

package frames_test

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// The peer sends on and reads late. A descriptor that is closed over its bytes would reset
// the connection, and the answer might be lost.
func TestTheAnswerToAFrameThatIsTooLongArrives(t *testing.T) {
	for name, h := range map[string]duplex.Handler{
		"Framing": {Framing: codec.Length{}}, "Split": {Split: codec.Lines.Split, MaxFrame: 100}, "blocking": {Framing: codec.Length{}, Blocking: true},
	} {
		for _, secured := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, TLS %t", name, secured), func(t *testing.T) {
				rig.Run(t, func(t *testing.T, e *duplex.Engine) {
					answer := bytes.Repeat([]byte("too long\n"), 10_000)
					h := h
					h.OnData = func(*duplex.Socket, []byte) { t.Error("a piece was delivered") }
					h.OnError = func(s *duplex.Socket, err error) {
						if !errors.Is(s.Err(), duplex.ErrFrameTooLong) || err != s.Err() {
							t.Errorf("OnError(%v), while Err is %v", err, s.Err())
						}
						if _, err := s.Write(answer); err != nil {
							t.Error(err)
						}
					}
					srv := &duplex.Server{Engine: e, Handler: &h}
					client := &duplex.Client{Engine: e}
					if secured {
						srv.TLS, client.TLS = rig.Configs(0)
					}
					if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
						t.Fatal(err)
					}
					var got bytes.Buffer
					closed := make(chan error, 1)
					a := client.Connect(t.Context(), "tcp", srv.Addr().String(), &duplex.Handler{
						OnConnect: func(s *duplex.Socket) {
							s.Pause()
							s.Write(bytes.Repeat([]byte{'\xff'}, 1<<20))
							s.AfterFunc(20*time.Millisecond, s.Resume)
						},
						OnData:  func(_ *duplex.Socket, p []byte) { got.Write(p) },
						OnClose: func(s *duplex.Socket) { closed <- s.Err() },
					})
					if err := rig.Wait(t, closed); err != nil || !bytes.Equal(got.Bytes(), answer) {
						t.Errorf("the client received %d of %d bytes, and then %v", got.Len(), len(answer), err)
					}
					if n := a.BytesWritten(); n != 1<<20 {
						t.Errorf("the client has written %d bytes", n)
					}
					rig.CloseServer(t, srv)
				})
			})
		}
	}
}

// All that follows OnError is OnClose, with the same error.
func TestNothingButCloseFollowsTheErrorOfAFrame(t *testing.T) {
	for name, in := range map[string]func(s *duplex.Socket){
		"nothing":    func(*duplex.Socket) {},
		"Write":      func(s *duplex.Socket) { s.Write(make([]byte, 200<<10)) }, // drains later
		"End":        (*duplex.Socket).End,
		"Close":      func(s *duplex.Socket) { s.Close() },
		"Destroy":    func(s *duplex.Socket) { s.Destroy(errors.New("another")) },
		"Reset":      (*duplex.Socket).Reset,
		"Pause":      (*duplex.Socket).Pause,
		"SetTimeout": func(s *duplex.Socket) { s.SetTimeout(time.Nanosecond) },
		"Post":       func(s *duplex.Socket) { s.Post(func() { s.WriteString("posted") }) },
		"panic":      func(*duplex.Socket) { panic("on purpose") },
		"Goexit":     func(*duplex.Socket) { runtime.Goexit() },
	} {
		for _, blocking := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, blocking %t", name, blocking), func(t *testing.T) {
				rig.Run(t, func(t *testing.T, e *duplex.Engine) {
					e.Logger = rig.Quiet
					r := &duplextest.Recorder{All: true}
					a, b := duplextest.Pipe(t, e)
					b.SetHandler(r.Handler(&duplex.Handler{
						Framing: codec.Lines, MaxFrame: 3, Blocking: blocking,
						OnData:  func(*duplex.Socket, []byte) {},
						OnError: func(s *duplex.Socket, _ error) { in(s) },
					}))
					a.WriteString("one\ntwo\nthree\nfor\n")
					r.Expect(t, "data: onetwo", "error: ERR_FRAME_TOO_LONG", "close: hadError")
					if !errors.Is(b.Err(), duplex.ErrFrameTooLong) {
						t.Errorf("Err is %v", b.Err())
					}
					if name == "Post" {
						if events := a.Events(t); events[0] != "data: posted" {
							t.Errorf("the peer received %q", events)
						}
					}
				})
			})
		}
	}
}

// A peer that goes on has Linger's time.
func TestAPeerThatDoesNotEndIsLeftAfterLinger(t *testing.T) {
	for _, linger := range []time.Duration{0, time.Minute, -1} {
		rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
			a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{
				Framing: codec.Length{Width: 1, Adjust: -1}, OnData: func(*duplex.Socket, []byte) {},
			}, duplex.Options{AllowHalfOpen: true, Linger: linger})
			began := time.Now()
			a.WriteString("\x00 and more")
			b.Expect(t, "error: ERR_FRAME_MALFORMED", "close: hadError")
			want := linger
			if linger == 0 {
				want = 5 * time.Second
			}
			if took := time.Since(began); took != max(0, want) {
				t.Errorf("OnClose came after %v, want %v", took, want)
			}
			a.Destroy(nil)
		})
	}
}

func TestAResetAfterTheErrorOfAFrameChangesNothing(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		told := make(chan struct{})
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{
			Framing: codec.Netstring, OnData: func(*duplex.Socket, []byte) {},
			OnError: func(*duplex.Socket, error) { close(told) },
		}, duplex.Options{AllowHalfOpen: true})
		a.WriteString("no netstring")
		rig.Wait(t, told)
		a.Reset()
		b.Expect(t, "error: ERR_FRAME_MALFORMED", "close: hadError")
	})
}

// The peer must not take a part of the answer for the whole, and must not hold the socket
// for longer, also if Close would wait for nothing.
func TestAPeerThatDoesNotReadTheAnswerIsReset(t *testing.T) {
	for linger, want := range map[time.Duration]time.Duration{0: 5 * time.Second, 2 * time.Second: 2 * time.Second, -1: time.Second} {
		rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
			a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{
				Framing: codec.Netstring,
				OnError: func(s *duplex.Socket, _ error) { s.Write(make([]byte, 8<<20)) },
			}, duplex.Options{Linger: linger})
			a.Pause()
			a.WriteString("no netstring")
			began := time.Now()
			b.Expect(t, "error: ERR_FRAME_MALFORMED", "close: hadError")
			if took := time.Since(began); took != want {
				t.Errorf("with a Linger of %v, OnClose came after %v, want %v", linger, took, want)
			}
			a.Resume()
			if events := a.Events(t); events[len(events)-1] != "close: hadError" {
				t.Errorf("the peer took a part for the whole: %.100q", events)
			}
		})
	}
}
