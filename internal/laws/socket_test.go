// Copyright 2026 The duplex authors. MIT license.

package laws_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestAWriteAfterEndIsRefusedAndDestroysNothing(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{AllowHalfOpen: true})
		io.WriteString(a, "what was written before")
		a.End()
		for range 2 {
			if n, err := io.WriteString(a, "too late"); n != 0 || err != net.ErrClosed {
				t.Errorf("Write returned %d, %v; want 0, net.ErrClosed", n, err)
			}
		}
		if n, err := a.WriteFunc([]byte("too late"), func(error) { t.Error("a completion was called for bytes that were not written") }); n != 0 || err != net.ErrClosed {
			t.Errorf("WriteFunc returned %d, %v; want 0, net.ErrClosed", n, err)
		}
		b.Expect(t, "data: what was written before", "end")
		io.WriteString(b, "still here")
		a.Expect(t, "data: still here")
		b.End()
		a.Expect(t, "end", "close")
		b.Expect(t, "close")
		if want := int64(len("what was written before")); a.BytesWritten() != want {
			t.Errorf("BytesWritten is %d, want %d", a.BytesWritten(), want)
		}
	})
}

// TestAWriteAfterThePeersEndIsRefused writes after our own end, which follows the peer's.
// (Node's error is EPIPE.)
func TestAWriteAfterThePeersEndIsRefused(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		refused := make(chan error, 1)
		h := &duplex.Handler{OnFinish: func(s *duplex.Socket) {
			_, err := io.WriteString(s, "too late")
			refused <- err
		}}
		a, b := duplextest.PipeOf(t, e, h, nil)
		b.End()
		if err := rig.Wait(t, refused); err != net.ErrClosed {
			t.Errorf("Write: %v, want net.ErrClosed", err)
		}
		a.Expect(t, "end", "close")
		b.Expect(t, "end", "close")
	})
}

func TestWritesOfAFailedConnectionAreReportedBeforeOnClose(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var told []string
		closed := make(chan struct{})
		client := &duplex.Client{Engine: e, OnAttempt: func(s *duplex.Socket, _ netip.AddrPort) {
			for range 2 {
				s.WriteFunc([]byte("lost"), func(err error) {
					if err == nil {
						t.Error("a write succeeded without a connection")
					}
					told = append(told, "unwritten")
				})
			}
		}}
		client.Connect(t.Context(), "tcp", rig.FreeAddr(t), &duplex.Handler{
			OnError: func(*duplex.Socket, error) { told = append(told, "error") },
			OnClose: func(*duplex.Socket) { told = append(told, "close"); close(closed) },
		})
		rig.Wait(t, closed)
		e.Wait() // for events that may follow
		if want := []string{"error", "unwritten", "unwritten", "close"}; !slices.Equal(told, want) {
			t.Errorf("got %q, want %q", told, want)
		}
	})
}

func TestWithoutOnDataBytesAreCountedAndTheEndIsReported(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		told := make(chan string, 2)
		var got *duplex.Socket
		addr := rig.Listen(t, e, &duplex.Handler{
			OnConnect: func(s *duplex.Socket) { got = s },
			OnEnd:     func(*duplex.Socket) { told <- "end" },
			OnClose:   func(*duplex.Socket) { told <- "close" },
		}, duplex.Options{})
		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, r.Handler(nil))
		s.Write(make([]byte, 1<<20))
		s.End()
		if first, second := rig.Wait(t, told), rig.Wait(t, told); first != "end" || second != "close" {
			t.Errorf("got %s and %s, want end and close", first, second)
		}
		r.Expect(t, "connect", "end", "close")
		if n := got.BytesRead(); n != 1<<20 {
			t.Errorf("%d bytes were read, want all", n)
		}
	})
}

func TestWithoutOnErrorTheErrorIsInErr(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		enough := errors.New("enough")
		for want, begin := range map[error]func(h *duplex.Handler){
			enough: func(h *duplex.Handler) {
				h.OnConnect = func(s *duplex.Socket) { s.Destroy(enough) }
				(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", rig.Listen(t, e, nil, duplex.Options{}), h)
			},
			syscall.ECONNREFUSED: func(h *duplex.Handler) {
				(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", rig.FreeAddr(t), h)
			},
		} {
			closed := make(chan error, 1)
			begin(&duplex.Handler{OnClose: func(s *duplex.Socket) { closed <- s.Err() }})
			if err := rig.Wait(t, closed); !errors.Is(err, want) {
				t.Errorf("Err is %v, want %v", err, want)
			}
		}
	})
}

// TestCloseSendsEverythingToAChattyPeer closes while the peer sends. To close over the
// peer's bytes would reset the connection and lose the end of ours.
func TestCloseSendsEverythingToAChattyPeer(t *testing.T) {
	rig.NeedPlain(t, "records that Close discards are not opened, and do not count")
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{AllowHalfOpen: true})
		sent := string(rig.Pattern(1 << 20))
		io.WriteString(a, sent)
		if err := a.Close(); err != nil {
			t.Error(err)
		}
		if err := a.Close(); err != net.ErrClosed {
			t.Errorf("a second Close: %v, want net.ErrClosed", err)
		}
		if _, err := io.WriteString(a, "late"); err != net.ErrClosed {
			t.Errorf("Write after Close: %v, want net.ErrClosed", err)
		}
		for range 10 {
			io.WriteString(b, "but ")
			rig.Turn(t, b.Socket)
		}
		b.Expect(t, "data: "+sent, "end")
		io.WriteString(b, "goodbye")
		b.End()
		b.Expect(t, "close")
		a.Expect(t, "close") // neither data nor end
		if n := a.BytesRead(); n != 10*4+7 {
			t.Errorf("%d bytes were discarded, want %d", n, 10*4+7)
		}
	})
}

func TestAResetOfAUnixSocketIsAnEnd(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var b, a duplextest.Recorder
		path := rig.SocketPath(t, e)
		if err := (&duplex.Server{Engine: e, Handler: b.Handler(nil)}).Listen("unix", path); err != nil {
			t.Fatal(err)
		}
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "unix", path, a.Handler(nil))
		a.Expect(t, "connect")
		b.Expect(t, "connect")
		s.Reset()
		b.Expect(t, "end", "close")
	})
}

func TestCloseOfAPausedSocketReportsTheResetThatWaits(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		a, b := duplextest.Pipe(t, e)
		b.Pause()
		rig.Turn(t, b.Socket)
		a.Reset()
		a.Expect(t, "close")
		b.Close()
		b.Expect(t, "error: ECONNRESET", "close: hadError")
	})
}

func TestPostedFunctionsAndCompletionsComeBeforeOnClose(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		refused := rig.FreeAddr(t)
		for range 50 {
			var mu sync.Mutex
			var told []string
			tell := func(what string) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, what)
			}
			closed := make(chan struct{})
			s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", refused, &duplex.Handler{
				OnClose: func(*duplex.Socket) { tell("close"); close(closed) },
			})
			want := []string{"close"}
			if s.Post(func() { tell("post") }) == nil {
				want = append([]string{"post"}, want...)
			}
			if _, err := s.WriteFunc([]byte("x"), func(err error) { tell(fmt.Sprint("written ", err != nil)) }); err == nil {
				want = slices.Insert(want, len(want)-1, "written true")
			}
			rig.Wait(t, closed)
			mu.Lock()
			if !slices.Equal(told, want) {
				t.Errorf("got %q, want %q", told, want)
			}
			mu.Unlock()
		}
	})
}

func TestOnDrainIsCalledForAPausedSocketThatWasReset(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		told := make(chan error, 1)
		a, b := duplextest.PipeOf(t, e, &duplex.Handler{OnDrain: func(s *duplex.Socket) {
			_, err := s.WriteString("more")
			told <- err
		}}, nil, duplex.Options{PauseOnConnect: true})
		a.Write(make([]byte, 32<<20)) // more than the system's buffers hold
		b.Reset()
		if err := rig.Wait(t, told); err == nil {
			t.Error("OnDrain was called, and a Write did not fail")
		}
		a.Resume()
		a.Events(t)
	})
}

// Events become due while a Blocking handler runs; a verb of that handler may undo them.
func TestADueEventMayBeUndone(t *testing.T) {
	t.Run("OnTimeout by SetTimeout", func(t *testing.T) {
		rig.Run(t, func(t *testing.T, e *duplex.Engine) {
			a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, OnData: func(s *duplex.Socket, _ []byte) {
				s.SetTimeout(time.Millisecond)
				time.Sleep(50 * time.Millisecond)
				s.SetTimeout(0)
			}})
			a.WriteString("x")
			a.End()
			b.Expect(t, "data: x", "end", "close")
		})
	})
	t.Run("OnDrain by End", func(t *testing.T) {
		rig.Run(t, func(t *testing.T, e *duplex.Engine) {
			var a, b *duplextest.End
			paused := make(chan struct{})
			a, b = duplextest.PipeOf(t, e, nil, &duplex.Handler{
				Blocking: true,
				OnData: func(s *duplex.Socket, _ []byte) {
					<-paused
					s.Write(make([]byte, 32<<20)) // more than the system's buffers hold
					a.Resume()
					for s.NeedDrain() {
						time.Sleep(time.Millisecond)
					}
					s.End()
				},
				OnDrain: func(*duplex.Socket) { t.Error("OnDrain was called after End") },
			})
			a.WriteString("x")
			a.Pause()
			rig.Turn(t, a.Socket)
			close(paused)
			a.Events(t)
			b.Events(t)
		})
	})
}

func TestStateReportsWhichDirectionsAreOpen(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		never := make(chan struct{})
		defer close(never)
		s := (&duplex.Client{Engine: e, Resolver: rig.SlowResolver{Answer: never}}).Connect(t.Context(), "tcp", "slow.test:80", nil)
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

// TestAFailedWriteDoesNotHideReceivedData resets a socket that writes all the time: the
// kernel reports the reset to the writer first.
func TestAFailedWriteDoesNotHideReceivedData(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		b.Pause()
		rig.Turn(t, b.Socket)
		io.WriteString(a, "the data")
		rig.Turn(t, a.Socket)
		a.Reset()
		a.Expect(t, "close")
		for range 3 {
			io.WriteString(b, "into the void")
			rig.Turn(t, b.Socket)
		}
		b.Expect(t)
		b.Resume()
		events := b.Events(t)
		if len(events) != 3 || events[0] != "data: the data" || !strings.HasPrefix(events[1], "error: E") {
			t.Errorf("got %q, want the data, an error, and close", events)
		}
	})
}

// The pieces of the end, too, are delivered before the error of the failed send.
func TestAFailedWriteDoesNotHideThePiecesOfTheEnd(t *testing.T) {
	atTheEnd := func(text []byte, atEOF bool) (int, []byte, error) {
		if !atEOF {
			return 0, nil, nil
		}
		return bufio.ScanWords(text, true)
	}
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
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
			rig.Turn(t, a.Socket)
		}
		a.Resume()
		if events := a.Events(t); events[0] != "data: twothree" || events[len(events)-1] != "close: hadError" {
			t.Errorf("got %q; want the other pieces, and an error after them", events)
		}
	})
}

func TestWhatFollowsDestroyChangesNothing(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for range 10 {
			a, b := duplextest.Pipe(t, e)
			reason := errors.New("the first reason")
			rig.Turn(t, a.Socket)
			a.Post(func() {
				io.WriteString(a, "what was written before")
				a.Destroy(reason)
				a.Reset() // which would take the bytes away from the peer
				a.Destroy(errors.New("the second reason"))
			})
			b.Expect(t, "data: what was written before", "end", "close")
			a.Expect(t, "error: the first reason", "close: hadError")
			if err := a.Err(); err != reason {
				t.Errorf("Err is %v, want the first reason", err)
			}
		}
	})
}

// The count of a socket that was Unref'd must not be taken away from another.
func TestASocketThatWasUnrefdTakesNoOneElsesCount(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		c, d := duplextest.Pipe(t, e)
		a.Unref()
		b.Unref()
		d.Unref()
		a.Destroy(nil)
		a.Expect(t, "close")
		b.Expect(t, "end", "close")
		c.AfterFunc(50*time.Millisecond, func() { c.Destroy(nil) })
		e.Wait()
		if s := c.State(); s != duplex.Closed {
			t.Errorf("Wait has returned, and a socket is %v that was not Unref'd", s)
		}
		d.Expect(t, "end", "close")
	})
}

func TestAResetIsReportedAfterAnEndThatWaits(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		release := make(chan struct{})
		a, b := duplextest.PipeOf(t, e, &duplex.Handler{
			Blocking: true,
			OnData:   func(*duplex.Socket, []byte) { <-release },
		}, nil, duplex.Options{AllowHalfOpen: true})
		io.WriteString(b, "something to do")
		synctest.Wait()
		b.End()
		synctest.Wait()
		b.Reset()
		synctest.Wait()
		close(release)
		a.Expect(t, "data: something to do", "end", "error: ECONNRESET", "close: hadError")
	})
}

func TestUnrefOfAServerCountsOnce(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		a, b := duplextest.Pipe(t, e)
		b.Unref()
		for range 5 {
			srv.Unref()
		}
		a.AfterFunc(50*time.Millisecond, func() { a.Destroy(nil) })
		e.Wait()
		if s := a.State(); s != duplex.Closed {
			t.Errorf("Wait has returned, and a socket is %v that was not Unref'd", s)
		}
		b.Expect(t, "end", "close")
	})
}
