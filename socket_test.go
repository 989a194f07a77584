// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
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

func TestAWriteAfterEndIsRefusedAndDestroysNothing(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{AllowHalfOpen: true})
		io.WriteString(a, "what was written before")
		a.End()
		for range 2 {
			if n, err := io.WriteString(a, "too late"); n != 0 || err != net.ErrClosed {
				t.Errorf("Write returned %d, %v; want 0, net.ErrClosed", n, err)
			}
		}
		if n, err := a.WriteFunc([]byte("too late"), func(error) { t.Error("a completion was told of what was not written") }); n != 0 || err != net.ErrClosed {
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

// TestAWriteBehindThePeersEndIsRefused, since our own end has followed. (Node says
// EPIPE.)
func TestAWriteBehindThePeersEndIsRefused(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		refused := make(chan error, 1)
		h := &duplex.Handler{OnFinish: func(s *duplex.Socket) {
			_, err := io.WriteString(s, "too late")
			refused <- err
		}}
		a, b := duplextest.PipeOf(t, e, h, nil)
		b.End()
		if err := wait(t, refused); err != net.ErrClosed {
			t.Errorf("Write: %v, want net.ErrClosed", err)
		}
		a.Expect(t, "end", "close")
		b.Expect(t, "end", "close")
	})
}

func TestWritesOfAConnectionThatFailsAreToldBeforeOnClose(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
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
		client.Connect(t.Context(), "tcp", freeAddr(t, e), &duplex.Handler{
			OnError: func(*duplex.Socket, error) { told = append(told, "error") },
			OnClose: func(*duplex.Socket) { told = append(told, "close"); close(closed) },
		})
		wait(t, closed)
		e.Wait() // for what may come behind
		if want := []string{"error", "unwritten", "unwritten", "close"}; !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
	})
}

func TestTheHighWaterMarkIs64KiBUnlessSet(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		for mark, want := range map[int]int{0: 64 << 10, -1: 64 << 10, 10: 10, 1 << 20: 1 << 20} {
			a, _ := duplextest.Pipe(t, e, duplex.Options{HighWaterMark: mark})
			a.Cork()
			a.Write(make([]byte, want-1))
			if a.NeedDrain() {
				t.Errorf("HighWaterMark %d: NeedDrain at %d bytes", mark, want-1)
			}
			a.Write(make([]byte, 1))
			if !a.NeedDrain() {
				t.Errorf("HighWaterMark %d: no NeedDrain at %d bytes", mark, want)
			}
		}
	})
}

// TestTheHighWaterMarkIsForInputToo lets a handler that blocks fall behind.
func TestTheHighWaterMarkIsForInputToo(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		const mark, read = 100 << 10, 64 << 10 // the most that a driver reads at once
		release := make(chan struct{})
		h := &duplex.Handler{Blocking: true, OnData: func(*duplex.Socket, []byte) { <-release }}
		a, b := duplextest.PipeOf(t, e, nil, h, duplex.Options{HighWaterMark: mark})
		sent := make([]byte, 2<<20)
		a.Write(sent)
		for before := int64(-1); before != b.BytesRead(); { // until it reads no more
			before = b.BytesRead()
			for range 10 {
				turn(t, b.Socket)
			}
		}
		if got := b.BytesRead(); got > 2*read+mark {
			t.Errorf("%d bytes were read ahead of the handler, want about %d", got, mark)
		}
		close(release)
		a.End()
		if events := b.Events(t); len(events[0]) != len("data: ")+len(sent) {
			t.Errorf("%d bytes came, want %d", len(events[0])-len("data: "), len(sent))
		}
	})
}

// TestAWriteThatTheKernelTakesNeedsNoDrain writes beyond the mark what the kernel
// has room for. The portable driver cannot try, so there the mark alone decides.
func TestAWriteThatTheKernelTakesNeedsNoDrain(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		var drains atomic.Int32
		h := &duplex.Handler{OnDrain: func(*duplex.Socket) { drains.Add(1) }}
		a, b := duplextest.PipeOf(t, e, h, nil, duplex.Options{HighWaterMark: 4})
		need := make(chan bool, 1)
		a.Post(func() {
			a.WriteString("12345678")
			need <- a.NeedDrain()
		})
		portable := e.Stats().Driver == "portable"
		if got := wait(t, need); got != portable {
			t.Errorf("NeedDrain is %v, want %v", got, portable)
		}
		b.Expect(t, "data: 12345678")
		if portable {
			until(t, "it drains", func() bool { return drains.Load() == 1 })
		}
		turn(t, a.Socket)
		if got := drains.Load() > 0; got != portable {
			t.Errorf("OnDrain was told: %v, want %v", got, portable)
		}
	})
}

func TestWithoutOnDataBytesAreCountedAndTheEndIsTold(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		told := make(chan string, 2)
		var got *duplex.Socket
		addr := listen(t, e, &duplex.Handler{
			OnConnect: func(s *duplex.Socket) { got = s },
			OnEnd:     func(*duplex.Socket) { told <- "end" },
			OnClose:   func(*duplex.Socket) { told <- "close" },
		}, duplex.Options{})
		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, r.Handler(nil))
		s.Write(make([]byte, 1<<20))
		s.End()
		if first, second := wait(t, told), wait(t, told); first != "end" || second != "close" {
			t.Errorf("told %s and %s, want end and close", first, second)
		}
		r.Expect(t, "connect", "end", "close")
		if n := got.BytesRead(); n != 1<<20 {
			t.Errorf("%d bytes were read, want all", n)
		}
	})
}

func TestWithoutOnErrorTheErrorIsInErr(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		enough := errors.New("enough")
		for want, begin := range map[error]func(h *duplex.Handler){
			enough: func(h *duplex.Handler) {
				h.OnConnect = func(s *duplex.Socket) { s.Destroy(enough) }
				(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", listen(t, e, nil, duplex.Options{}), h)
			},
			syscall.ECONNREFUSED: func(h *duplex.Handler) {
				(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", freeAddr(t, e), h)
			},
		} {
			closed := make(chan error, 1)
			begin(&duplex.Handler{OnClose: func(s *duplex.Socket) { closed <- s.Err() }})
			if err := wait(t, closed); !errors.Is(err, want) {
				t.Errorf("Err is %v, want %v", err, want)
			}
		}
	})
}

// TestCloseSendsEverythingToAChattyPeer closes while the peer sends: to close over
// what it sends would reset the connection and lose the end of what we sent.
func TestCloseSendsEverythingToAChattyPeer(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{AllowHalfOpen: true})
		sent := string(pattern(1 << 20))
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
			turn(t, b.Socket)
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

func TestCloseWaitsForThePeerAsLongAsLinger(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		const linger = 30 * time.Millisecond
		a, b := duplextest.Pipe(t, e, duplex.Options{AllowHalfOpen: true, Linger: linger})
		began := time.Now()
		io.WriteString(a, "the end")
		a.Close()
		b.Expect(t, "data: the end", "end")
		a.Expect(t, "close")
		if took := time.Since(began); took < linger {
			t.Errorf("it closed after %v, want %v", took, linger)
		}
		b.Destroy(nil)

		a, b = duplextest.Pipe(t, e, duplex.Options{AllowHalfOpen: true, Linger: -1})
		io.WriteString(a, "the end")
		a.Close()
		a.Expect(t, "close")
		b.Expect(t, "data: the end", "end")
	})
}

func TestIdleTimeoutClosesWhatIsSilent(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		c, d := duplextest.Pipe(t, e, duplex.Options{IdleTimeout: 30 * time.Millisecond})
		// Both ends are silent, and whichever is the first ends the other.
		if events := slices.Concat(c.Events(t), d.Events(t)); !slices.Contains(events, "error: ETIMEDOUT") {
			t.Errorf("told %q, want ETIMEDOUT", events)
		}
		if !errors.Is(c.Err(), os.ErrDeadlineExceeded) && !errors.Is(d.Err(), os.ErrDeadlineExceeded) {
			t.Errorf("Err is %v and %v, want os.ErrDeadlineExceeded", c.Err(), d.Err())
		}
		io.WriteString(a, "those without it stay")
		b.Expect(t, "data: those without it stay")
	})
}

func TestOnTimeoutClosesNothing(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		b.SetTimeout(10 * time.Millisecond)
		b.Expect(t, "timeout")
		io.WriteString(a, "still here")
		b.Expect(t, "data: still here", "timeout")
		b.SetTimeout(0)
		a.End()
		b.Expect(t, "end", "close")
	})
}

func TestAfterFuncRunsOnTheLoopAndMayBeStopped(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, _ := duplextest.Pipe(t, e)
		ran := make(chan struct{})
		began := time.Now()
		stopped := a.AfterFunc(time.Minute, func() { t.Error("it ran after Stop") })
		a.AfterFunc(10*time.Millisecond, func() { close(ran) })
		if !stopped.Stop() {
			t.Error("Stop reports that it ran")
		}
		wait(t, ran)
		if took := time.Since(began); took < 10*time.Millisecond {
			t.Errorf("it ran after %v, want 10ms", took)
		}
	})
}

func TestTheRestOfAReadGoesToTheNewHandler(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		var told []string
		raw := &duplex.Handler{OnData: func(_ *duplex.Socket, p []byte) { told = append(told, "raw "+string(p)) }}
		lines := &duplex.Handler{Split: codec.Lines.Split, OnData: func(s *duplex.Socket, p []byte) {
			told = append(told, "line "+string(p))
			if string(p) == "UPGRADE" {
				s.SetHandler(raw)
			}
		}}
		closed := make(chan struct{})
		raw.OnClose = func(*duplex.Socket) { close(closed) }
		addr := listen(t, e, lines, duplex.Options{})
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
		io.WriteString(s, "hello\nUPGRADE\nand\nthe rest")
		s.End()
		wait(t, closed)
		if got, want := strings.Join(told, ", "), "line hello, line UPGRADE, raw and\nthe rest"; got != want {
			t.Errorf("told %q, want %q", got, want)
		}
	})
}

func TestAResetBeforeTheConnectionGivesItUp(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		never := make(chan struct{})
		defer close(never)
		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e, Resolver: slowResolver{never}}).Connect(t.Context(), "tcp", "slow.test:80", r.Handler(nil))
		io.WriteString(s, "lost")
		s.Reset()
		r.Expect(t, "close")
		if s.Err() != nil || s.BytesWritten() != 4 {
			t.Errorf("Err is %v, BytesWritten %d; want nil, 4", s.Err(), s.BytesWritten())
		}
	})
}

func TestAConnectTimesOut(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		never := make(chan struct{})
		defer close(never)
		client := &duplex.Client{Engine: e, Resolver: slowResolver{never}, Timeout: 20 * time.Millisecond}
		var r duplextest.Recorder
		s := client.Connect(t.Context(), "tcp", "slow.test:80", r.Handler(nil))
		r.Expect(t, "error: ETIMEDOUT", "close: hadError")
		if !errors.Is(s.Err(), os.ErrDeadlineExceeded) {
			t.Errorf("Err is %v, want os.ErrDeadlineExceeded", s.Err())
		}

		// Once connected, it is over.
		r = duplextest.Recorder{}
		s = client.Connect(t.Context(), "tcp", listen(t, e, nil, duplex.Options{}), r.Handler(nil))
		r.Expect(t, "connect")
		late := make(chan struct{})
		s.AfterFunc(2*client.Timeout, func() { close(late) })
		wait(t, late)
		if s.State() != duplex.Open {
			t.Errorf("the state is %v after Timeout, want open", s.State())
		}
	})
}

func TestAResetOfAUnixSocketIsAnEnd(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		var b, a duplextest.Recorder
		path := socketPath(t)
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

func TestWriteKeepsNothingOfWhatItIsGiven(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		for _, size := range []int{100, 16 << 10, 300 << 10, 8 << 20} {
			a, b := duplextest.Pipe(t, e)
			b.Pause() // so that the kernel does not take all of a long one
			turn(t, b.Socket)
			told := make(chan error, 2)
			want := string(pattern(size))
			p := []byte(want)
			for range 2 {
				if n, err := a.WriteFunc(p, func(err error) { told <- err }); n != size || err != nil {
					t.Fatalf("WriteFunc: %d, %v", n, err)
				}
			}
			clear(p)
			if got := a.BytesWritten(); got != int64(2*size) {
				t.Errorf("BytesWritten is %d, want %d", got, 2*size)
			}
			b.Resume()
			a.End()
			b.Expect(t, "data: "+want+want, "end", "close")
			a.Expect(t, "end", "close")
			if err := errors.Join(<-told, <-told); err != nil {
				t.Errorf("%d bytes: %v", size, err)
			}
		}
	})
}

func TestDestroyOffersWhatWasWrittenBehindASendUnderWay(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		for range 20 {
			a, b := duplextest.Pipe(t, e, duplex.Options{HighWaterMark: 1})
			a.Post(func() {
				io.WriteString(a, "one ")
				io.WriteString(a, "two ")
				a.Destroy(nil)
			})
			b.Expect(t, "data: one two ", "end", "close")
			a.Expect(t, "close")
		}
	})
}

func TestCorkHoldsBackWhatIsWrittenBehindItAlone(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{MaxWriteBuffer: -1})
		b.Pause()
		turn(t, b.Socket)
		before := strings.Repeat("b", 40<<20) // more than the kernel takes
		io.WriteString(a, before)
		turn(t, a.Socket)
		a.Cork()
		io.WriteString(a, "corked")
		b.Resume()
		b.Expect(t, "data: "+before)
		for range 5 {
			turn(t, a.Socket)
			turn(t, b.Socket)
		}
		if n := b.BytesRead(); n != int64(len(before)) || a.Buffered() != 6 {
			t.Errorf("%d bytes arrived and %d wait, want %d and 6", n, a.Buffered(), len(before))
		}
		a.Uncork()
		b.Expect(t, "data: corked")
		io.WriteString(a, "free ")
		a.Cork()
		io.WriteString(a, "corked")
		b.Expect(t, "data: free ")
		a.End()
		b.Expect(t, "data: corked", "end", "close")
	})
}

func TestCloseOfAPausedSocketTellsTheResetThatWaits(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		b.Pause()
		turn(t, b.Socket)
		a.Reset()
		a.Expect(t, "close")
		b.Close()
		b.Expect(t, "error: ECONNRESET", "close: hadError")
	})
}

func TestPostedFunctionsAndCompletionsComeBeforeOnClose(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		refused := freeAddr(t, e)
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
			wait(t, closed)
			mu.Lock()
			if !slices.Equal(told, want) {
				t.Errorf("got %q, want %q", told, want)
			}
			mu.Unlock()
		}
	})
}

func TestAPausedSocketThatWaitsForRoomHearsThatThereIsNone(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		told := make(chan error, 1)
		a, b := duplextest.PipeOf(t, e, &duplex.Handler{OnDrain: func(s *duplex.Socket) {
			_, err := s.WriteString("more")
			told <- err
		}}, nil, duplex.Options{PauseOnConnect: true})
		a.Write(make([]byte, 32<<20)) // more than the system's buffers hold
		b.Reset()
		if err := wait(t, told); err == nil {
			t.Error("OnDrain was told, and a Write did not fail")
		}
		a.Resume()
		a.Events(t)
	})
}

// While a Blocking handler runs, events become due; what it does then may undo them.
func TestWhatIsDueMayBeUndone(t *testing.T) {
	t.Run("OnTimeout by SetTimeout", func(t *testing.T) {
		run(t, func(t *testing.T, e *duplex.Engine) {
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
		run(t, func(t *testing.T, e *duplex.Engine) {
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
				OnDrain: func(*duplex.Socket) { t.Error("OnDrain was told after End") },
			})
			a.WriteString("x")
			a.Pause()
			turn(t, a.Socket)
			close(paused)
			a.Events(t)
			b.Events(t)
		})
	})
}

// The policy of MaxWriteBuffer is the same behind a posted function. Three writes are
// made, of which one fits.
func TestTheWriteBufferHasACapBehindAPostedFunction(t *testing.T) {
	const size = 1 << 10
	for _, overflow := range []struct {
		policy         duplex.Overflow
		returned, told string
		a, b           []string
		dropped        int64
	}{
		{duplex.OverflowError, "<nil> full full", "<nil>", []string{"end", "close"}, []string{"end", "close"}, 0},
		{duplex.OverflowDrop, "<nil> <nil> <nil>", "<nil> full full", []string{"end", "close"}, []string{"end", "close"}, 2},
		{duplex.OverflowDestroy, "<nil> full closed", "<nil>", []string{"error: " + duplex.ErrWriteBufferFull.Error(), "close: hadError"}, []string{"end", "close"}, 0},
	} {
		run(t, func(t *testing.T, e *duplex.Engine) {
			word := func(err error) string {
				switch {
				case errors.Is(err, duplex.ErrWriteBufferFull):
					return "full"
				case errors.Is(err, net.ErrClosed):
					return "closed"
				}
				return fmt.Sprint(err)
			}
			a, b := duplextest.Pipe(t, e, duplex.Options{MaxWriteBuffer: size, Overflow: overflow.policy})
			var returned, told []string
			hold := make(chan struct{})
			a.Post(func() { <-hold })
			for range 3 {
				_, err := a.WriteFunc(make([]byte, size*2/3), func(err error) { told = append(told, word(err)) })
				returned = append(returned, word(err))
			}
			close(hold)
			a.End()
			b.Expect(t, append([]string{"data: " + string(make([]byte, size*2/3))}, overflow.b...)...)
			a.Expect(t, overflow.a...)
			if e.Driver == "portable" && overflow.policy == duplex.OverflowDestroy {
				told = []string{"<nil>"} // it cannot say what a socket that is destroyed still sent
			}
			if got := strings.Join(returned, " "); got != overflow.returned {
				t.Errorf("policy %d: the writes returned %s, want %s", overflow.policy, got, overflow.returned)
			}
			if got := strings.Join(told, " "); got != overflow.told {
				t.Errorf("policy %d: completions told %s, want %s", overflow.policy, got, overflow.told)
			}
			if got := e.Stats().WritesDropped; got != overflow.dropped {
				t.Errorf("policy %d: WritesDropped is %d, want %d", overflow.policy, got, overflow.dropped)
			}
		})
	}
}

func TestTheCompletionOfAWriteThatIsDroppedWaitsForNothing(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{MaxWriteBuffer: 1 << 10, Overflow: duplex.OverflowDrop})
		b.WriteString("hello")
		a.Expect(t, "data: hello")
		turn(t, b.Socket)
		told := make(chan error, 1)
		b.WriteFunc(make([]byte, 2<<10), func(err error) { told <- err })
		if err := wait(t, told); !errors.Is(err, duplex.ErrWriteBufferFull) {
			t.Errorf("the completion says %v, want ErrWriteBufferFull", err)
		}
	})
}

func TestACompletionThatWasToldIsLetGo(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, _ := duplextest.Pipe(t, e)
		told, gone := make(chan struct{}), make(chan struct{})
		func() {
			message := new([1 << 20]byte)
			runtime.AddCleanup(message, func(gone chan struct{}) { close(gone) }, gone)
			a.WriteFunc(message[:1], func(error) { close(told); runtime.KeepAlive(message) })
		}()
		wait(t, told)
		turn(t, a.Socket)
		runtime.GC()
		wait(t, gone)
	})
}

// What is kept of a line, or of a character, has nothing to do with what comes behind
// bytes that were discarded.
func TestWhatIsKeptIsDiscardedWithTheBytesBehindIt(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		lines := make(chan string, 1)
		h := &duplex.Handler{Encoding: codec.UTF8, Split: codec.Lines.Split, OnData: func(_ *duplex.Socket, p []byte) {
			lines <- string(p)
		}}
		a, b := duplextest.Pipe(t, e)
		send := func(text string) {
			before := b.BytesRead()
			a.WriteString(text)
			for b.BytesRead() < before+int64(len(text)) {
				time.Sleep(time.Millisecond)
			}
			turn(t, b.Socket)
		}
		b.SetHandler(h)
		send("ab\xe2\x82")
		b.SetHandler(nil)
		send("cd\n")
		b.SetHandler(h)
		send("ef\n")
		if got := wait(t, lines); got != "ef" {
			t.Errorf("got %q, want what came under this handler: ef", got)
		}
		if n := e.Stats().BytesDiscarded; n != 7 {
			t.Errorf("Stats counts %d bytes discarded, want 7", n)
		}
	})
}

// A peer that has not taken all when Linger is over must not take what came for all.
func TestCloseResetsAPeerThatDoesNotTakeAllInTime(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{Linger: 50 * time.Millisecond})
		b.Pause()
		turn(t, b.Socket)
		a.Write(make([]byte, 32<<20)) // more than the system's buffers hold
		a.Close()
		a.Expect(t, "close")
		b.Resume()
		events := b.Events(t)
		if n := len(events); n < 2 || events[n-2] != "error: ECONNRESET" || events[n-1] != "close: hadError" {
			t.Errorf("after %d bytes the peer was told %q; want ECONNRESET", b.BytesRead(), events[max(0, n-2):])
		}
	})
}

// Nobody reads any more, so it is our FIN that finds the connection reset.
func TestAnEndOfAConnectionThatWasResetIsECONNRESET(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{AllowHalfOpen: true})
		b.End()
		a.Expect(t, "end")
		b.Reset()
		b.Expect(t, "close")
		a.End()
		a.Expect(t, "error: ECONNRESET", "close: hadError")
	})
}
