// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
)

// The tests of this file are the laws of Handler's documentation, in their order.

// run runs f on every driver.
func run(t *testing.T, f func(t *testing.T, e *duplex.Engine)) {
	t.Helper()
	duplextest.Run(t, f)
}

// wait receives from c, or fails.
func wait[T any](t testing.TB, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(duplextest.Patience):
		t.Fatal("waited in vain")
	}
	return v
}

func TestCallbacksRunOneAtATime(t *testing.T) {
	for _, blocking := range []bool{false, true} {
		t.Run(fmt.Sprintf("Blocking=%v", blocking), func(t *testing.T) {
			run(t, func(t *testing.T, e *duplex.Engine) {
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

func TestNothingIsToldInsideTheCallThatCausedIt(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
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
			t.Error("an event was told inside Destroy")
		}
	})
}

func TestOnErrorThenOnCloseAreLast(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		io.WriteString(a, "hello")
		b.Expect(t, "data: hello")
		b.Destroy(errors.New("enough"))
		b.Expect(t, "error: enough", "close: hadError")
		a.Expect(t, "end", "close")
	})
}

func TestASocketThatNeverConnectedGoesStraightToOnClose(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		var refused, destroyed duplextest.Recorder
		client := &duplex.Client{Engine: e}
		client.Connect(t.Context(), "tcp", freeAddr(t, e), refused.Handler(nil))
		refused.Expect(t, "error: ECONNREFUSED", "close: hadError")

		never := make(chan struct{})
		defer close(never)
		client = &duplex.Client{Engine: e, Resolver: slowResolver{never}}
		s := client.Connect(t.Context(), "tcp", "slow.test:80", destroyed.Handler(nil))
		s.Destroy(nil)
		destroyed.Expect(t, "close")
	})
}

// freeAddr returns an address on which nobody listens any more.
func freeAddr(t *testing.T, e *duplex.Engine) string {
	t.Helper()
	closed := make(chan struct{})
	srv := &duplex.Server{Engine: e, OnClose: func() { close(closed) }}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	addr := srv.Addr().String()
	srv.Close()
	wait(t, closed)
	return addr
}

func TestAfterOnCloseASocketIsInert(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
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
	run(t, func(t *testing.T, e *duplex.Engine) {
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

func TestAPostedFunctionComesBeforeWhatIsCalledAfterIt(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
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

func TestTheEndThatFollowsOnEndOvertakesNobody(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		h := &duplex.Handler{
			OnEnd: func(s *duplex.Socket) {
				posted := make(chan struct{})
				go func() {
					s.Post(func() {})
					close(posted)
				}()
				<-posted
				s.Destroy(nil) // behind the function, and before the End that follows
			},
			OnFinish: func(*duplex.Socket) { t.Error("OnFinish was told after Destroy") },
		}
		a, b := duplextest.PipeOf(t, e, nil, h)
		a.End()
		b.Expect(t, "end", "close")
		a.Expect(t, "end", "close")
	})
}

func TestWriteFuncTellsCompletionsInOrder(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		var order []int
		done := make(chan struct{})
		for i := range 100 {
			a.WriteFunc([]byte("x"), func(err error) {
				if err != nil {
					t.Errorf("write %d: %v", i, err)
				}
				if order = append(order, i); i == 99 {
					close(done)
				}
			})
		}
		wait(t, done)
		for i, n := range order {
			if i != n {
				t.Fatalf("completions came as %v", order)
			}
		}
		a.End()
		b.Expect(t, "data: "+strings.Repeat("x", 100), "end", "close")
	})
}

func TestWriteFuncTellsWhyBytesWereNotSent(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{PauseOnConnect: true})
		told := make(chan error, 2)
		a.WriteFunc(make([]byte, 32<<20), func(err error) { told <- err })
		a.WriteFunc([]byte("more"), func(err error) { told <- err })
		a.Destroy(nil)
		for range 2 {
			if err := wait(t, told); !errors.Is(err, net.ErrClosed) {
				t.Errorf("the completion says %v, want net.ErrClosed", err)
			}
		}
		a.Expect(t, "close")
		b.Destroy(nil)
	})
}

func TestBlockingHandlersBlockNobodyAndKeepTheOrder(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
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
			run(t, func(t *testing.T, e *duplex.Engine) {
				e.Logger = quiet
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
	run(t, func(t *testing.T, e *duplex.Engine) {
		e.Logger = quiet
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
				wait(t, closed)
			}
		}
	})
}

func TestEndFlushesBeforeFIN(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		io.WriteString(a, "last words")
		a.End()
		b.Expect(t, "data: last words", "end", "close")
		a.Expect(t, "end", "close")
	})
}

func TestWritesBeforeTheConnectionWaitForIt(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		var b, a duplextest.Recorder
		srv := &duplex.Server{Engine: e, Handler: b.Handler(nil)}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), a.Handler(nil))
		io.WriteString(s, "early ")
		io.WriteString(s, "bird")
		s.End()
		b.Expect(t, "connect", "data: early bird", "end", "close")
		a.Expect(t, "connect", "end", "close")
	})
}

func TestWriteThenDestroyDelivers(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		h := &duplex.Handler{OnData: func(s *duplex.Socket, _ []byte) {
			io.WriteString(s, "goodbye!!!")
			s.Destroy(nil)
		}}
		a, b := duplextest.PipeOf(t, e, nil, h)
		io.WriteString(a, "hello")
		a.Expect(t, "data: goodbye!!!", "end", "close")
		b.Expect(t, "data: hello", "close")
	})
}

// TestALateReaderThatHalfClosedGetsEveryByte is the trap that most event loops
// fall into: they take the client's FIN for the end of the connection.
func TestALateReaderThatHalfClosedGetsEveryByte(t *testing.T) {
	sent := pattern(5_000_000)
	want := sha256.Sum256(sent)
	run(t, func(t *testing.T, e *duplex.Engine) {
		addr := listen(t, e, &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }}, duplex.Options{})
		fives(func() {
			got := sha256.New()
			closed := make(chan error, 1)
			client := &duplex.Client{Engine: e, Options: duplex.Options{PauseOnConnect: true}}
			s := client.Connect(t.Context(), "tcp", addr, &duplex.Handler{
				OnConnect: func(s *duplex.Socket) { s.AfterFunc(time.Second, s.Resume) },
				OnData:    func(_ *duplex.Socket, p []byte) { got.Write(p) },
				OnClose:   func(s *duplex.Socket) { closed <- s.Err() },
			})
			s.Write(sent)
			s.End()
			select {
			case err := <-closed:
				if err != nil || !bytes.Equal(got.Sum(nil), want[:]) {
					t.Errorf("%d bytes came back, Err %v; want all %d", s.BytesRead(), err, len(sent))
				}
			case <-time.After(duplextest.Patience):
				t.Errorf("%d bytes came back, and no close", s.BytesRead())
			}
		})
	})
}

// TestAChattyPeerGetsAllOfIt sends to a peer that goes on sending after our FIN:
// closing over its bytes would reset the connection and lose the end of ours.
func TestAChattyPeerGetsAllOfIt(t *testing.T) {
	sent := pattern(8 << 20)
	want := sha256.Sum256(sent)
	run(t, func(t *testing.T, e *duplex.Engine) {
		addr := listen(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) {
			s.Write(sent)
			s.End()
		}}, duplex.Options{})
		fives(func() {
			got := sha256.New()
			closed := make(chan error, 1)
			var chat func(s *duplex.Socket)
			chat = func(s *duplex.Socket) {
				if _, err := s.Write([]byte{'.'}); err == nil {
					s.AfterFunc(100*time.Millisecond, func() { chat(s) })
				}
			}
			client := &duplex.Client{Engine: e, Options: duplex.Options{AllowHalfOpen: true}}
			s := client.Connect(t.Context(), "tcp", addr, &duplex.Handler{
				OnConnect: func(s *duplex.Socket) {
					chat(s)
					s.Pause()
					s.AfterFunc(350*time.Millisecond, s.Resume)
				},
				OnData:  func(_ *duplex.Socket, p []byte) { got.Write(p) },
				OnEnd:   func(s *duplex.Socket) { s.AfterFunc(150*time.Millisecond, s.End) },
				OnClose: func(s *duplex.Socket) { closed <- s.Err() },
			})
			select {
			case err := <-closed:
				if err != nil || !bytes.Equal(got.Sum(nil), want[:]) {
					t.Errorf("%d bytes arrived, Err %v; want all %d", s.BytesRead(), err, len(sent))
				}
			case <-time.After(duplextest.Patience):
				t.Errorf("%d bytes arrived, and no close", s.BytesRead())
			}
		})
	})
}

// fives calls f as often as rounds says, five at a time.
func fives(f func()) {
	for range rounds / 5 {
		var group sync.WaitGroup
		for range 5 {
			group.Go(f)
		}
		group.Wait()
	}
}

// pattern returns n bytes in which no two places look alike.
func pattern(n int) []byte {
	p := make([]byte, n)
	x := uint32(2463534242)
	for i := range p {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		p[i] = byte(x)
	}
	return p
}

// listen returns the address of a server with the handler.
func listen(t *testing.T, e *duplex.Engine, h *duplex.Handler, o duplex.Options) string {
	t.Helper()
	srv := &duplex.Server{Engine: e, Handler: h, Options: o}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return srv.Addr().String()
}

func TestAFullQueueSaysSoAndDrainsOnce(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		drained := make(chan struct{}, 2)
		a, b := duplextest.PipeOf(t, e, &duplex.Handler{OnDrain: func(*duplex.Socket) { drained <- struct{}{} }}, nil)
		b.Pause()
		a.Write(make([]byte, 32<<20)) // more than the system's buffers hold
		if !a.NeedDrain() || a.Buffered() == 0 {
			t.Errorf("NeedDrain %v with %d bytes queued, want true", a.NeedDrain(), a.Buffered())
		}
		b.Resume()
		wait(t, drained)
		if a.NeedDrain() || a.Buffered() != 0 {
			t.Errorf("NeedDrain %v with %d bytes queued after OnDrain", a.NeedDrain(), a.Buffered())
		}
		a.End()
		b.Events(t)
		if len(drained) != 0 {
			t.Error("OnDrain was told twice")
		}
	})
}

func TestTheWriteBufferHasACap(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		fill := func(o duplex.Overflow) (a, b *duplextest.End, n int, err error) {
			a, b = duplextest.Pipe(t, e, duplex.Options{PauseOnConnect: true, MaxWriteBuffer: 1 << 20, Overflow: o})
			for range 64 {
				if n, err = a.Write(make([]byte, 1<<20)); err != nil || a.Buffered() < 1<<19 {
					return
				}
			}
			return
		}
		a, b, n, err := fill(duplex.OverflowError)
		for i := 0; err == nil && i < 64; i++ {
			n, err = a.Write(make([]byte, 1<<20))
		}
		if n != 0 || !errors.Is(err, duplex.ErrWriteBufferFull) {
			t.Errorf("Write returned %d, %v; want 0, ErrWriteBufferFull", n, err)
		}
		if a.Buffered() > 1<<20 {
			t.Errorf("%d bytes are queued, more than the cap", a.Buffered())
		}
		a.Destroy(nil)
		b.Destroy(nil)

		a, b, _, _ = fill(duplex.OverflowDrop)
		for range 64 {
			if n, err := a.Write(make([]byte, 1<<20)); n != 1<<20 || err != nil {
				t.Fatalf("Write returned %d, %v under OverflowDrop", n, err)
			}
		}
		if e.Stats().WritesDropped == 0 {
			t.Error("Stats counts no write dropped")
		}
		a.Destroy(nil)
		b.Destroy(nil)

		a, b, _, err = fill(duplex.OverflowDestroy)
		for i := 0; err == nil && i < 64; i++ {
			_, err = a.Write(make([]byte, 1<<20))
		}
		a.Expect(t, "error: "+duplex.ErrWriteBufferFull.Error(), "close: hadError")
		b.Destroy(nil)
	})
}

func TestAPieceMayHaveMaxFrameBytesAndNotOneMore(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		h := &duplex.Handler{Split: codec.Lines.Split, MaxFrame: 1000}
		a, b := duplextest.PipeOf(t, e, nil, h)
		line := strings.Repeat("x", 1000)
		io.WriteString(a, line+"\r\n")
		b.Expect(t, "data: "+line)
		io.WriteString(a, line+"y\r\n")
		b.Expect(t, "error: "+duplex.ErrFrameTooLong.Error(), "close: hadError")

		a, b = duplextest.PipeOf(t, e, nil, h)
		io.WriteString(a, strings.Repeat("x", 1000+17)) // and no end in sight
		b.Expect(t, "error: "+duplex.ErrFrameTooLong.Error(), "close: hadError")
		a.Destroy(nil)
	})
}

func TestAnAddressIsExclusivelyOurs(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		first := &duplex.Server{Engine: e}
		if err := first.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		second := &duplex.Server{Engine: e}
		err := second.Listen("tcp", first.Addr().String())
		var op *net.OpError
		if !errors.Is(err, syscall.EADDRINUSE) || !errors.As(err, &op) || op.Op != "listen" || op.Addr.String() != first.Addr().String() {
			t.Errorf("a second server: %v, want EADDRINUSE", err)
		}
		if err := first.Listen("tcp", "127.0.0.1:0"); err != duplex.ErrAlreadyListening {
			t.Errorf("a second Listen: %v, want ErrAlreadyListening", err)
		}
	})
}

func TestNoPieceFollowsPause(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Split: codec.Lines.Split})
		io.WriteString(a, "one\ntwo\n")
		b.Expect(t, "data: onetwo")
		b.Pause()
		io.WriteString(a, "three\nfour\nfi")
		a.End()
		turn(t, a.Socket)
		turn(t, b.Socket)
		b.Expect(t)
		b.Resume()
		b.Expect(t, "data: threefourfi", "end", "close")
	})
}

// turn returns when the socket's loop has gone round a few times.
func turn(t *testing.T, s *duplex.Socket) {
	t.Helper()
	for range 3 {
		done := make(chan struct{})
		s.Post(func() { close(done) })
		wait(t, done)
	}
}

func TestPauseInTheMiddleOfARead(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		var pieces []string
		paused := make(chan struct{})
		h := &duplex.Handler{Split: codec.Lines.Split, OnData: func(s *duplex.Socket, p []byte) {
			pieces = append(pieces, string(p))
			if len(pieces) == 2 {
				s.Pause()
				close(paused)
			}
		}}
		a, b := duplextest.PipeOf(t, e, nil, h)
		io.WriteString(a, "1\n2\n3\n4\n5")
		a.End()
		wait(t, paused)
		turn(t, b.Socket)
		b.Expect(t, "data: 12")
		b.Resume()
		b.Expect(t, "data: 345", "end", "close")
	})
}

func TestResetOfAPausedSocketIsToldBehindItsData(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		b.Pause()
		turn(t, b.Socket)
		io.WriteString(a, "data")
		turn(t, a.Socket)
		a.Reset()
		a.Expect(t, "close")
		turn(t, b.Socket)
		b.Expect(t)
		b.Resume()
		b.Expect(t, "data: data", "error: ECONNRESET", "close: hadError")
	})
}

func TestAResetBehindDataIsToldBehindTheData(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		a.Write([]byte("the data"))
		a.Reset()
		b.Expect(t, "data: the data", "error: ECONNRESET", "close: hadError")
		a.Expect(t, "close")
		var op *net.OpError
		if !errors.As(b.Err(), &op) || op.Op != "read" || op.Addr.String() != b.RemoteAddr().String() {
			t.Errorf("Err is %#v, want a read error from %v", b.Err(), b.RemoteAddr())
		}
	})
}

func TestAResetDoesNotCutABlockingHandlerShort(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		began, release := make(chan struct{}, 3), make(chan struct{})
		h := &duplex.Handler{Blocking: true, Split: codec.Lines.Split, OnData: func(*duplex.Socket, []byte) {
			began <- struct{}{}
			<-release
		}}
		a, b := duplextest.PipeOf(t, e, nil, h)
		io.WriteString(a, "1\n2\n3\n")
		wait(t, began)
		a.Reset()
		a.Expect(t, "close")
		turn(t, b.Socket)
		close(release)
		b.Expect(t, "data: 123", "error: ECONNRESET", "close: hadError")
	})
}

// TestAWriteThatFailsDoesNotHideWhatArrived resets a socket that writes all the
// time: the kernel tells the writer first.
func TestAWriteThatFailsDoesNotHideWhatArrived(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		b.Pause()
		turn(t, b.Socket)
		io.WriteString(a, "the data")
		turn(t, a.Socket)
		a.Reset()
		a.Expect(t, "close")
		for range 3 {
			io.WriteString(b, "into the void")
			turn(t, b.Socket)
		}
		b.Expect(t)
		b.Resume()
		events := b.Events(t)
		if len(events) != 3 || events[0] != "data: the data" || !strings.HasPrefix(events[1], "error: E") {
			t.Errorf("got %q, want the data, an error, and close", events)
		}
	})
}

func TestAWriteBesideADestroyIsRefusedAndNoCrash(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		for range 20 {
			a, b := duplextest.Pipe(t, e)
			b.Reset()
			var group sync.WaitGroup
			group.Go(func() { a.Destroy(nil) })
			group.Go(func() {
				for {
					if n, err := io.WriteString(a, "into the void"); err != nil {
						if n != 0 {
							t.Errorf("Write returned %d and %v", n, err)
						}
						return
					}
				}
			})
			group.Wait()
			a.Events(t)
		}
	})
}

func TestCorkKeepsWritesBack(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		a.Cork()
		a.Cork()
		a.Write(make([]byte, 1<<20))
		a.Uncork()
		io.WriteString(a, "one")
		turn(t, a.Socket)
		if n := a.Buffered(); n != 1<<20+3 || !a.NeedDrain() {
			t.Errorf("%d bytes wait in a corked socket, NeedDrain %v; want all, true", n, a.NeedDrain())
		}
		a.Uncork()
		a.Uncork() // once too often
		io.WriteString(a, "two")
		b.Expect(t, "data: "+string(make([]byte, 1<<20))+"onetwo")
		a.Cork()
		io.WriteString(a, "three")
		a.End()
		b.Expect(t, "data: three", "end", "close")
	})
}

func TestStateSaysWhichWaysAreOpen(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		never := make(chan struct{})
		defer close(never)
		s := (&duplex.Client{Engine: e, Resolver: slowResolver{never}}).Connect(t.Context(), "tcp", "slow.test:80", nil)
		expect := func(s *duplex.Socket, want duplex.State) {
			t.Helper()
			if got := s.State(); got != want {
				t.Errorf("the state is %v, want %v", got, want)
			}
		}
		expect(s, duplex.Opening)
		s.Destroy(nil)
		expect(s, duplex.Closed)

		a, b := duplextest.Pipe(t, e, duplex.Options{AllowHalfOpen: true})
		expect(a.Socket, duplex.Open)
		a.SetNoDelay(false)
		a.SetKeepAlive(net.KeepAliveConfig{Enable: true})
		a.End()
		expect(a.Socket, duplex.ReadOnly)
		b.Expect(t, "end")
		expect(b.Socket, duplex.WriteOnly)
		b.End()
		a.Expect(t, "end", "close")
		b.Expect(t, "close")
		expect(a.Socket, duplex.Closed)
		expect(b.Socket, duplex.Closed)
	})
}

func TestManyGoroutinesMayWriteToOneSocket(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Split: codec.Lines.Split})
		var group sync.WaitGroup
		for range 16 {
			group.Go(func() {
				for range 200 {
					io.WriteString(a, "0123456789\n")
				}
			})
		}
		group.Wait()
		a.End()
		want := "data: " + strings.Repeat("0123456789", 16*200)
		b.Expect(t, want, "end", "close")
	})
}

// A Split may give a piece for the end itself, as of "a,b," the third.
func TestThePieceOfTheEndDoesNotFollowPauseEither(t *testing.T) {
	fields := func(text []byte, atEOF bool) (int, []byte, error) {
		if i := bytes.IndexByte(text, ','); i >= 0 {
			return i + 1, text[:i], nil
		}
		switch {
		case !atEOF:
			return 0, nil, nil
		case len(text) > 0:
			return len(text), text, nil
		}
		return 0, []byte{}, bufio.ErrFinalToken
	}
	run(t, func(t *testing.T, e *duplex.Engine) {
		var got []string
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Split: fields, OnData: func(s *duplex.Socket, p []byte) {
			if s.Paused() {
				t.Errorf("%q was told after Pause", p)
			}
			got = append(got, string(p))
			if string(p) == "last" {
				s.Pause()
				s.AfterFunc(10*time.Millisecond, s.Resume)
			}
		}})
		a.WriteString("first,last")
		a.End()
		b.Events(t)
		if want := []string{"first", "last", ""}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// The pieces of the end, too, come before the news that sending has failed.
func TestAWriteThatFailsDoesNotHideThePiecesOfTheEnd(t *testing.T) {
	atTheEnd := func(text []byte, atEOF bool) (int, []byte, error) {
		if !atEOF {
			return 0, nil, nil
		}
		return bufio.ScanWords(text, true)
	}
	run(t, func(t *testing.T, e *duplex.Engine) {
		first := true
		a, b := duplextest.PipeOf(t, e, &duplex.Handler{Split: atTheEnd, OnData: func(s *duplex.Socket, _ []byte) {
			if first {
				s.Pause()
			}
			first = false
		}}, nil, duplex.Options{AllowHalfOpen: true})
		b.WriteString("one two three")
		b.End()
		a.Expect(t, "data: one")
		b.Reset()
		b.Expect(t, "close")
		for err := error(nil); err == nil; {
			_, err = a.WriteString("x")
			turn(t, a.Socket)
		}
		a.Resume()
		if events := a.Events(t); events[0] != "data: twothree" || events[len(events)-1] != "close: hadError" {
			t.Errorf("got %q; want the other pieces, and an error behind them", events)
		}
	})
}

// What arrived while a Blocking handler was busy comes before the reset, though the
// handler pauses in between.
func TestAResetWaitsForWhatABlockingHandlerWasNotTold(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		busy, release, first := make(chan struct{}), make(chan struct{}), true
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, OnData: func(s *duplex.Socket, _ []byte) {
			if first {
				first = false
				close(busy)
				<-release
				s.Pause()
			}
		}})
		a.WriteString("one")
		wait(t, busy)
		a.WriteString("two")
		for b.BytesRead() < 6 {
			time.Sleep(time.Millisecond)
		}
		a.Reset()
		a.Expect(t, "close")
		for b.State() != duplex.Closed {
			time.Sleep(time.Millisecond)
		}
		close(release)
		for !b.Paused() {
			time.Sleep(time.Millisecond)
		}
		b.Expect(t, "data: one")
		turn(t, b.Socket)
		b.Resume()
		b.Expect(t, "data: two", "error: ECONNRESET", "close: hadError")
	})
}

// A function that Post has taken runs before OnClose, also if the connection ends at
// that moment.
func TestNoPostedFunctionRunsBehindOnClose(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		for range 100 {
			var closed atomic.Bool
			a, b := duplextest.PipeOf(t, e, &duplex.Handler{OnClose: func(*duplex.Socket) { closed.Store(true) }}, nil)
			over := make(chan struct{})
			go func() {
				defer close(over)
				for a.Post(func() {
					if closed.Load() {
						t.Error("a posted function ran behind OnClose")
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
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Split: codec.Lines.Split, OnData: func(s *duplex.Socket, _ []byte) {
			s.Destroy(nil)
		}})
		a.WriteString("one\ntwo\nthree\n")
		b.Expect(t, "data: one", "close")
	})
}
