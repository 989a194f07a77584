// Copyright 2026 The duplex authors. MIT license.

package laws_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// The tests of this file hold the laws of Handler's documentation, in their order. A law
// that one file of the library keeps, such as a law of writes, is held beside that file.

func TestCallbacksRunOneAtATime(t *testing.T) {
	for _, blocking := range []bool{false, true} {
		t.Run(fmt.Sprintf("Blocking=%v", blocking), func(t *testing.T) {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				var inside atomic.Int32
				alone := func() {
					if inside.Add(1) != 1 {
						t.Error("two callbacks of a socket at a time")
					}
					runtime.Gosched()
					inside.Add(-1)
				}
				var got bytes.Buffer
				h := &duplex.Handler{
					Blocking:  blocking,
					OnConnect: func(*duplex.Socket) { alone() },
					OnData: func(_ *duplex.Socket, p []byte) {
						alone()
						got.Write(p)
					},
					OnEnd:    func(*duplex.Socket) { alone() },
					OnFinish: func(*duplex.Socket) { alone() },
					OnClose:  func(*duplex.Socket) { alone() },
				}
				a, b := duplextest.PipeOf(t, e, nil, h)
				var want bytes.Buffer
				for i := range 1000 {
					fmt.Fprintf(a, "%d,", i)
					fmt.Fprintf(&want, "%d,", i)
				}
				a.End()
				b.Events(t)
				if got.String() != want.String() {
					t.Errorf("got %d bytes, want %d, or not in order", got.Len(), want.Len())
				}
			})
		})
	}
}

func TestNoCallbackRunsInsideTheCallThatCausedIt(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var calling, nested bool
		h := &duplex.Handler{
			OnData: func(s *duplex.Socket, _ []byte) {
				calling = true
				s.Write(make([]byte, 1<<20))
				s.Destroy(errors.New("enough"))
				calling = false
			},
			OnError: func(*duplex.Socket, error) { nested = nested || calling },
			OnClose: func(*duplex.Socket) { nested = nested || calling },
		}
		a, b := duplextest.PipeOf(t, e, nil, h)
		io.WriteString(a, "go")
		b.Events(t)
		if nested {
			t.Error("a callback ran inside Destroy")
		}
	})
}

func TestOnErrorThenOnCloseAreLast(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		io.WriteString(a, "hello")
		b.Expect(t, "data: hello")
		b.Destroy(errors.New("enough"))
		b.Expect(t, "error: enough", "close: hadError")
		a.Expect(t, "end", "close")
	})
}

func TestASocketThatNeverConnectedGoesStraightToOnClose(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var refused, destroyed duplextest.Recorder
		client := &duplex.Client{Engine: e}
		client.Connect(t.Context(), "tcp", rig.FreeAddr(t), refused.Handler(nil))
		refused.Expect(t, "error: ECONNREFUSED", "close: hadError")

		never := make(chan struct{})
		defer close(never)
		client = &duplex.Client{Engine: e, Resolver: rig.SlowResolver{Answer: never}}
		s := client.Connect(t.Context(), "tcp", "slow.test:80", destroyed.Handler(nil))
		s.Destroy(nil)
		destroyed.Expect(t, "close")
	})
}

func TestAfterOnCloseASocketIsInert(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		io.WriteString(a, "four")
		b.Expect(t, "data: four")
		local, remote := b.LocalAddr().String(), b.RemoteAddr().String()
		b.Destroy(nil)
		b.Expect(t, "close")

		if _, err := b.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Write: %v, want net.ErrClosed", err)
		}
		if err := b.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Close: %v, want net.ErrClosed", err)
		}
		if err := b.Post(func() { t.Error("a function ran that was posted after OnClose") }); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Post: %v, want net.ErrClosed", err)
		}
		b.End()
		b.Destroy(errors.New("late"))
		b.Reset()
		b.Pause()
		b.Resume()
		b.SetTimeout(time.Nanosecond)
		if b.LocalAddr().String() != local || b.RemoteAddr().String() != remote {
			t.Errorf("addresses are %v and %v, want %s and %s", b.LocalAddr(), b.RemoteAddr(), local, remote)
		}
		if b.BytesRead() != 4 || b.Err() != nil {
			t.Errorf("BytesRead %d, Err %v; want 4, nil", b.BytesRead(), b.Err())
		}
		a.Expect(t, "end", "close")
		if a.BytesWritten() != 4 {
			t.Errorf("BytesWritten %d, want 4", a.BytesWritten())
		}
	})
}

func TestVerbsTakeEffectInTheirOrderWhicheverGoroutineCalls(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		want := "data: "
		for i := range 200 {
			done := make(chan struct{})
			text := fmt.Sprintf("%d,", i)
			want += text
			go func() {
				defer close(done)
				if i%3 == 0 {
					a.Post(func() { io.WriteString(a, text) })
				} else {
					io.WriteString(a, text)
				}
			}()
			<-done
		}
		a.Post(func() { io.WriteString(a, "last") })
		a.End()
		b.Expect(t, want+"last", "end", "close")
	})
}

func TestAPostedFunctionRunsBeforeTheVerbsThatFollowIt(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := &duplex.Handler{OnData: func(s *duplex.Socket, _ []byte) {
			s.Post(func() { io.WriteString(s, "first ") })
			io.WriteString(s, "second")
			s.Destroy(nil)
		}}
		a, _ := duplextest.PipeOf(t, e, nil, h)
		io.WriteString(a, "go")
		a.Expect(t, "data: first second", "end", "close")
	})
}

func TestTheEndThatFollowsOnEndOvertakesNoVerb(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := &duplex.Handler{
			OnEnd: func(s *duplex.Socket) {
				posted := make(chan struct{})
				go func() {
					s.Post(func() {})
					close(posted)
				}()
				<-posted
				s.Destroy(nil) // after the function, and before the End that follows
			},
			OnFinish: func(*duplex.Socket) { t.Error("OnFinish was called after Destroy") },
		}
		a, b := duplextest.PipeOf(t, e, nil, h)
		a.End()
		b.Expect(t, "end", "close")
		a.Expect(t, "end", "close")
	})
}

func TestABlockingHandlerBlocksNoOtherSocketAndKeepsTheOrder(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		release := make(chan struct{})
		slow := &duplex.Handler{Blocking: true, OnData: func(*duplex.Socket, []byte) { <-release }}
		a, b := duplextest.PipeOf(t, e, nil, slow, duplex.Options{HighWaterMark: 1 << 10})
		a.Write(make([]byte, 8<<20)) // more than the system's buffers hold

		for range 4 { // on both loops
			c, d := duplextest.Pipe(t, e)
			io.WriteString(c, "hello")
			d.Expect(t, "data: hello")
			c.Destroy(nil)
		}
		if read := b.BytesRead(); read > 1<<20 {
			t.Errorf("%d bytes were read ahead of a blocked handler", read)
		}
		close(release)
		a.End()
		events := b.Events(t)
		if got := len(events[0]) - len("data: "); len(events) != 3 || got != 8<<20 {
			t.Errorf("%d events, %d bytes; want data of %d bytes, end, close", len(events), got, 8<<20)
		}
	})
}

func TestAPanicAndAGoexitCloseOneSocketOfAHundred(t *testing.T) {
	for _, blocking := range []bool{false, true} {
		t.Run(fmt.Sprintf("Blocking=%v", blocking), func(t *testing.T) {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				e.Logger = rig.Quiet
				h := &duplex.Handler{Blocking: blocking, OnData: func(s *duplex.Socket, p []byte) {
					switch string(p) {
					case "panic":
						panic("on purpose")
					case "goexit":
						runtime.Goexit()
					default:
						s.Write(p)
					}
				}}
				var ends [][2]*duplextest.End
				for range 100 {
					a, b := duplextest.PipeOf(t, e, nil, h)
					ends = append(ends, [2]*duplextest.End{a, b})
				}
				for i, cause := range map[int]string{17: "panic", 71: "goexit"} {
					a, b := ends[i][0], ends[i][1]
					io.WriteString(a, cause)
					a.Expect(t, "end", "close")
					events := b.Events(t)
					if last := events[len(events)-1]; last != "close: hadError" {
						t.Errorf("after %s: %q", cause, events)
					}
					var crash *duplex.PanicError
					if !errors.As(b.Err(), &crash) || (cause == "panic") != (crash.Value == "on purpose") || len(crash.Stack) == 0 {
						t.Errorf("after %s, Err is %#v", cause, b.Err())
					}
				}
				for i, end := range ends {
					if i != 17 && i != 71 {
						io.WriteString(end[0], "hello")
						end[0].Expect(t, "data: hello")
					}
				}
				if n := e.Stats().Panics; n != 2 {
					t.Errorf("Stats counts %d panics, want 2", n)
				}
			})
		})
	}
}

func TestEveryCallbackMayCrash(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		e.Logger = rig.Quiet
		for _, crash := range []func(){func() { panic("on purpose") }, runtime.Goexit} {
			for _, event := range []string{"connect", "data", "end", "finish", "close", "post"} {
				at := func(name string) func(*duplex.Socket) {
					return func(*duplex.Socket) {
						if name == event {
							crash()
						}
					}
				}
				closed := make(chan struct{})
				srv := &duplex.Server{Engine: e, OnClose: func() { close(closed) }, Handler: &duplex.Handler{
					OnConnect: func(s *duplex.Socket) {
						s.Post(func() { at("post")(s) })
						at("connect")(s)
					},
					OnData:   func(s *duplex.Socket, _ []byte) { at("data")(s) },
					OnEnd:    at("end"),
					OnFinish: at("finish"),
					OnClose:  at("close"),
				}}
				if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
					t.Fatal(err)
				}
				var r duplextest.Recorder
				s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), r.Handler(nil))
				io.WriteString(s, "hello")
				s.End()
				r.Events(t)
				srv.Unlisten()
				rig.Wait(t, closed)
			}
		}
	})
}

// A function that Post has taken runs before OnClose, even if the connection ends at
// that moment.
func TestNoPostedFunctionRunsAfterOnClose(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for range 100 {
			var closed atomic.Bool
			a, b := duplextest.PipeOf(t, e, &duplex.Handler{OnClose: func(*duplex.Socket) { closed.Store(true) }}, nil)
			over := make(chan struct{})
			go func() {
				defer close(over)
				for a.Post(func() {
					if closed.Load() {
						t.Error("a posted function ran after OnClose")
					}
				}) == nil {
				}
			}()
			b.Reset()
			a.Events(t)
			<-over
		}
	})
}

func TestNoPieceFollowsDestroy(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Split: codec.Lines.Split, OnData: func(s *duplex.Socket, _ []byte) {
			s.Destroy(nil)
		}})
		a.WriteString("one\ntwo\nthree\n")
		b.Expect(t, "data: one", "close")
	})
}
