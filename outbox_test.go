// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestASecondCorkLetsNothingGo(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		a.Cork()
		io.WriteString(a, "one ")
		a.Cork()
		io.WriteString(a, "two")
		rig.Turn(t, a.Socket)
		if n := a.Buffered(); n != 7 {
			t.Errorf("%d bytes wait, want 7", n)
		}
		a.Uncork()
		a.Uncork()
		b.Expect(t, "data: one two")
	})
}

// TestAWriteThatJoinsOthersComesAfterPost holds up all loops, so that the first write waits
// for the end of a turn.
func TestAWriteThatJoinsOthersComesAfterPost(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		release := rig.HoldUp(t, e)
		io.WriteString(a, "one ")
		a.Post(func() { io.WriteString(a, "two ") })
		io.WriteString(a, "three")
		release()
		b.Expect(t, "data: one two three")
	})
}

func TestTheWriteBufferHoldsItsCapAndNotAByteMore(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{MaxWriteBuffer: 1000})
		a.Cork() // so that all of it waits
		p := rig.Pattern(1000)
		if n, err := a.Write(p); n != 1000 || err != nil {
			t.Errorf("Write of 1000 bytes returned %d, %v", n, err)
		}
		if n, err := a.Write(p[:1]); n != 0 || !errors.Is(err, duplex.ErrWriteBufferFull) {
			t.Errorf("Write of one byte more returned %d, %v; want 0, ErrWriteBufferFull", n, err)
		}
		a.Uncork()
		b.Expect(t, "data: "+string(p))
	})
}

func TestACompletionWaitsUntilTheKernelHasTheBytes(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{PauseOnConnect: true})
		var told atomic.Int32
		writes := int32(0)
		for ; a.Buffered() == 0; rig.Turn(t, a.Socket) {
			if writes == 100 {
				t.Fatal("the kernel takes 100 MiB")
			}
			writes++
			a.WriteFunc(make([]byte, 1<<20), func(error) { told.Add(1) })
		}
		if n := told.Load(); n >= writes {
			t.Errorf("%d of %d completions have come, and %d bytes wait", n, writes, a.Buffered())
		}
		b.Resume()
		rig.Until(t, "all completions have come", func() bool { return told.Load() == writes })
	})
}

// audience returns n pairs, and the sockets that speak to the other ends.
func audience(t *testing.T, e *duplex.Engine, n int, o duplex.Options) (speakers iter.Seq[*duplex.Socket], listeners []*duplextest.End) {
	var sockets []*duplex.Socket
	for range n {
		a, b := duplextest.Pipe(t, e, o)
		sockets = append(sockets, a.Socket)
		listeners = append(listeners, b)
	}
	return slices.Values(sockets), listeners
}

func TestABroadcastReachesEverySocketInOrder(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		all, listeners := audience(t, e, 10, duplex.Options{})
		var want strings.Builder
		for i, size := range []int{5, 4 << 10, 100, 0, 1 << 10, 300 << 10, 7} {
			p := bytes.Repeat([]byte{'a' + byte(i)}, size)
			want.Write(p)
			if n := duplex.Broadcast(all, p); n != 10 {
				t.Errorf("%d sockets took a message of %d bytes, want 10", n, size)
			}
			clear(p) // is the caller's again
			for s := range all {
				io.WriteString(s, "|")
			}
			want.WriteString("|")
		}
		for s := range all {
			s.End()
		}
		for _, l := range listeners {
			l.Expect(t, "data: "+want.String(), "end", "close")
		}
	})
}

func TestABroadcastDoesNotOvertakeAPost(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		all, listeners := audience(t, e, 2, duplex.Options{})
		for s := range all {
			s.Post(func() { io.WriteString(s, "first,") })
		}
		p := []byte(strings.Repeat("s", 2<<10))
		duplex.Broadcast(all, p)
		clear(p)
		for _, l := range listeners {
			l.Expect(t, "data: first,"+strings.Repeat("s", 2<<10))
		}
		for s := range all {
			s.Destroy(nil)
		}
	})
}

func TestNoSocketHoldsUpABroadcast(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		const messages = 200
		message := bytes.Repeat([]byte("m"), 64<<10)
		cap := duplex.Options{MaxWriteBuffer: 256 << 10, Overflow: duplex.OverflowDrop}
		all, listeners := audience(t, e, 3, cap)
		slow, gone, quick := listeners[0], listeners[1], listeners[2]
		slow.Pause()
		rig.Turn(t, slow.Socket)
		gone.Destroy(nil)
		gone.Expect(t, "close")
		for s := range all {
			if s.RemoteAddrPort() == gone.LocalAddrPort() {
				for s.State() != duplex.Closed {
					turnIfOpen(s)
				}
			}
		}
		for i := range messages {
			if n := duplex.Broadcast(all, message); n != 2 { // dropping counts as taking
				t.Fatalf("%d sockets took message %d, want 2", n, i)
			}
			for quick.BytesRead() < int64(i+1)*int64(len(message)) {
				rig.Turn(t, quick.Socket)
			}
		}
		if e.Stats().WritesDropped == 0 {
			t.Error("nothing was dropped for the slow one")
		}
		for s := range all {
			if n := s.Buffered(); n > 256<<10 {
				t.Errorf("%d bytes wait for one socket, more than its cap", n)
			}
			s.Destroy(nil)
		}
		slow.Resume()
	})
}

// turnIfOpen is turn for a socket that may be closed.
func turnIfOpen(s *duplex.Socket) {
	done := make(chan struct{})
	if s.Post(func() { close(done) }) == nil {
		<-done
	}
}

// Messages to clients that do not read are held once, and not once for each client.
func TestABroadcastToStalledClientsHoldsItsMessagesOnce(t *testing.T) {
	const clients, limit, size = 20, 1 << 20, 512
	e := duplextest.Engine(t, "memory")
	srv := &duplex.Server{Engine: e, Options: duplex.Options{MaxWriteBuffer: limit}}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	slow := &duplex.Client{Engine: e, Options: duplex.Options{PauseOnConnect: true}}
	for range clients {
		slow.Connect(t.Context(), "tcp", srv.Addr().String(), nil)
	}
	rig.Until(t, "all are there", func() bool { return srv.Len() == clients })
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for duplex.Broadcast(srv.Sockets(), make([]byte, size)) > 0 {
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	held := after.HeapAlloc - min(after.HeapAlloc, before.HeapAlloc)
	if most := uint64(clients * limit / 2); held > most {
		t.Errorf("%d clients at their limit of %d bytes hold %d bytes, want at most %d", clients, limit, held, most)
	}
	runtime.KeepAlive(srv)
}

func TestTheWriteBufferHasACap(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
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
		a.Expect(t, "error: ERR_WRITE_BUFFER_FULL", "close: hadError")
		b.Destroy(nil)
	})
}

// The policy of MaxWriteBuffer is the same after a posted function. The test makes three
// writes, of which one fits.
func TestTheWriteBufferHasACapAfterAPostedFunction(t *testing.T) {
	const size = 1 << 10
	for _, overflow := range []struct {
		policy         duplex.Overflow
		returned, told string
		a, b           []string
		dropped        int64
	}{
		{duplex.OverflowError, "<nil> full full", "<nil>", []string{"end", "close"}, []string{"end", "close"}, 0},
		{duplex.OverflowDrop, "<nil> <nil> <nil>", "<nil> full full", []string{"end", "close"}, []string{"end", "close"}, 2},
		{duplex.OverflowDestroy, "<nil> full closed", "<nil>", []string{"error: ERR_WRITE_BUFFER_FULL", "close: hadError"}, []string{"error: ECONNRESET", "close: hadError"}, 0},
	} {
		rig.Run(t, func(t *testing.T, e *duplex.Engine) {
			word := func(err error) string {
				switch {
				case errors.Is(err, duplex.ErrWriteBufferFull):
					return "full"
				case errors.Is(err, net.ErrClosed):
					return "closed"
				}
				return fmt.Sprint(err)
			}
			if overflow.policy == duplex.OverflowDestroy {
				rig.NeedResets(t, e)
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
				told = []string{"<nil>"} // it cannot report what a destroyed socket still sent
			}
			if got := strings.Join(returned, " "); got != overflow.returned {
				t.Errorf("policy %d: the writes returned %s, want %s", overflow.policy, got, overflow.returned)
			}
			if got := strings.Join(told, " "); got != overflow.told {
				t.Errorf("policy %d: completions reported %s, want %s", overflow.policy, got, overflow.told)
			}
			if got := e.Stats().WritesDropped; got != overflow.dropped {
				t.Errorf("policy %d: WritesDropped is %d, want %d", overflow.policy, got, overflow.dropped)
			}
		})
	}
}

func TestCorkKeepsWritesBack(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		a.Cork()
		a.Cork()
		a.Write(make([]byte, 1<<20))
		a.Uncork()
		io.WriteString(a, "one")
		rig.Turn(t, a.Socket)
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

func TestCorkHoldsBackOnlyBytesWrittenAfterIt(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedSpeed(t, e)
		a, b := duplextest.Pipe(t, e, duplex.Options{MaxWriteBuffer: -1})
		b.Pause()
		rig.Turn(t, b.Socket)
		before := strings.Repeat("b", 40<<20) // more than the kernel takes
		io.WriteString(a, before)
		rig.Turn(t, a.Socket)
		a.Cork()
		io.WriteString(a, "corked")
		b.Resume()
		b.Expect(t, "data: "+before)
		for range 5 {
			rig.Turn(t, a.Socket)
			rig.Turn(t, b.Socket)
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

func TestWriteFuncReportsCompletionsInOrder(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
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
		rig.Wait(t, done)
		for i, n := range order {
			if i != n {
				t.Fatalf("completions came as %v", order)
			}
		}
		a.End()
		b.Expect(t, "data: "+strings.Repeat("x", 100), "end", "close")
	})
}

func TestWriteFuncReportsWhyBytesWereNotSent(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{PauseOnConnect: true})
		told := make(chan error, 2)
		a.WriteFunc(make([]byte, 32<<20), func(err error) { told <- err })
		a.WriteFunc([]byte("more"), func(err error) { told <- err })
		a.Destroy(nil)
		for range 2 {
			if err := rig.Wait(t, told); !errors.Is(err, net.ErrClosed) {
				t.Errorf("the completion reported %v, want net.ErrClosed", err)
			}
		}
		a.Expect(t, "close")
		b.Destroy(nil)
	})
}

func TestTheCompletionOfAWriteThatIsDroppedWaitsForNothing(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{MaxWriteBuffer: 1 << 10, Overflow: duplex.OverflowDrop})
		b.WriteString("hello")
		a.Expect(t, "data: hello")
		rig.Turn(t, b.Socket)
		told := make(chan error, 1)
		b.WriteFunc(make([]byte, 2<<10), func(err error) { told <- err })
		if err := rig.Wait(t, told); !errors.Is(err, duplex.ErrWriteBufferFull) {
			t.Errorf("the completion reported %v, want ErrWriteBufferFull", err)
		}
	})
}

func TestACompletionIsReleasedAfterItsCall(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, _ := duplextest.Pipe(t, e)
		told, gone := make(chan struct{}), make(chan struct{})
		func() {
			message := new([1 << 20]byte)
			runtime.AddCleanup(message, func(gone chan struct{}) { close(gone) }, gone)
			a.WriteFunc(message[:1], func(error) { close(told); runtime.KeepAlive(message) })
		}()
		rig.Wait(t, told)
		rig.Collected(t, e, gone, "what a completion refers to")
	})
}

// Dropped writes leave no bytes, but their completions wait for those of earlier writes.
func TestCompletionsOfDroppedWritesAreBounded(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{MaxWriteBuffer: 64 << 10, Overflow: duplex.OverflowDrop})
		b.Pause()
		rig.Turn(t, b.Socket)
		for a.Buffered() == 0 {
			a.Write(make([]byte, 60<<10))
			rig.Turn(t, a.Socket)
		}
		p, waiting, most := make([]byte, 60<<10), atomic.Int64{}, int64(0)
		for range 100_000 {
			if _, err := a.WriteFunc(p, func(error) { waiting.Add(-1) }); err != nil {
				if !errors.Is(err, duplex.ErrWriteBufferFull) {
					t.Errorf("got %v, want ErrWriteBufferFull", err)
				}
				if most < 1000 {
					t.Errorf("refused when %d completions wait", most)
				}
				break
			}
			most = max(most, waiting.Add(1)) // some are called meanwhile, if the system's buffer grows
		}
		if most > 60_000 {
			t.Errorf("%d completions wait", most)
		}
		a.Destroy(nil)
		b.Resume()
	})
}
