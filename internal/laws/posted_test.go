// Copyright 2026 The duplex authors. MIT license.

package laws_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestPostedFunctionsOfABlockingSocketRunInItsOwnOrder(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		state := 0 // of the callbacks; the race detector watches it
		inside, leave, ran := make(chan struct{}), make(chan struct{}), make(chan string, 3)
		h := &duplex.Handler{Blocking: true, OnData: func(s *duplex.Socket, _ []byte) {
			close(inside)
			<-leave
			state++
		}}
		a, b := duplextest.PipeOf(t, e, nil, h)
		a.WriteString("x")
		rig.Wait(t, inside)
		b.Post(func() { state++; ran <- "post" })
		b.AfterFunc(0, func() { state++; ran <- "timer" })
		b.WriteFunc([]byte("y"), func(error) { state++; ran <- "completion" })
		select {
		case what := <-ran:
			t.Errorf("a %s ran inside OnData", what)
		case <-time.After(50 * time.Millisecond):
		}
		close(leave)
		var got []string
		for range 3 {
			got = append(got, rig.Wait(t, ran))
		}
		if slices.Sort(got); !slices.Equal(got, []string{"completion", "post", "timer"}) {
			t.Errorf("%q ran", got)
		}
		b.Post(func() {
			if state != 4 {
				t.Errorf("%d functions ran, want 4", state)
			}
			ran <- ""
		})
		rig.Wait(t, ran)
	})
}

// A callback writes, waits for its bytes and ends, while a posted function waits for
// the callback.
func TestABlockingCallbackDoesNotWaitForAPostThatWaitsForIt(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		posted := make(chan struct{})
		copied := make(chan error, 1)
		h := &duplex.Handler{Blocking: true, OnData: func(s *duplex.Socket, _ []byte) {
			s.Post(func() {})
			close(posted)
			_, err := s.ReadFrom(strings.NewReader("the answer"))
			copied <- err
			s.End()
		}}
		a, b := duplextest.PipeOf(t, e, nil, h)
		a.WriteString("question")
		rig.Wait(t, posted)
		b.Post(func() {})
		if err := rig.Wait(t, copied); err != nil {
			t.Error(err)
		}
		a.Expect(t, "data: the answer", "end", "close")
	})
}

func TestDestroyEndsABlockingSocketWhoseCallbackIsStuck(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		inside, leave := make(chan struct{}), make(chan struct{})
		h := &duplex.Handler{Blocking: true, OnData: func(s *duplex.Socket, _ []byte) {
			close(inside)
			<-leave
		}}
		a, b := duplextest.PipeOf(t, e, nil, h)
		a.WriteString("x")
		rig.Wait(t, inside)
		b.Post(func() {}) // waits for the callback
		e.AfterFunc(time.Millisecond, func() { b.Reset() })
		a.Expect(t, "error: ECONNRESET", "close: hadError")
		close(leave)
		b.Expect(t, "data: x", "close")
	})
}

func TestReadFromAfterAPostedEndReturnsAnError(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{AllowHalfOpen: true})
		hold := make(chan struct{})
		a.Post(func() { <-hold; a.End() })
		copied := make(chan error, 1)
		go func() {
			_, err := a.ReadFrom(strings.NewReader("too late"))
			copied <- err
		}()
		rig.Until(t, "the bytes wait", func() bool { return a.Buffered() > 0 || a.State() == duplex.ReadOnly })
		close(hold)
		if err := rig.Wait(t, copied); !errors.Is(err, net.ErrClosed) {
			t.Errorf("ReadFrom returned %v, want net.ErrClosed", err)
		}
		b.Expect(t, "end")
		b.End()
		a.Expect(t, "end", "close")
	})
}

// What waits behind a posted function: many small writes, whose cost is that of their
// bytes.
func TestWritesAfterAPostCostWhatTheirBytesCost(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		held := func(n int) uint64 {
			a, b := duplextest.Pipe(t, e)
			hold := make(chan struct{})
			a.Post(func() { <-hold })
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			for range n {
				a.Write([]byte{'x'})
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			if got := a.Buffered(); got != n {
				t.Errorf("%d bytes wait, want %d", got, n)
			}
			came := countData(b) // before anything can
			close(hold)
			a.End()
			if got := <-came; got != n {
				t.Errorf("%d bytes came, want %d", got, n)
			}
			return after.HeapAlloc - min(after.HeapAlloc, before.HeapAlloc)
		}
		const n = 40_000
		if got := held(n); got > 8*n {
			t.Errorf("%d bytes are held for %d, want a few for each", got, n)
		}
	})
}

// countData returns how many bytes b receives until its peer ends.
func countData(b *duplextest.End) <-chan int {
	total := make(chan int, 1)
	n := 0
	b.SetHandler(&duplex.Handler{
		OnData: func(_ *duplex.Socket, p []byte) { n += len(p) },
		OnEnd:  func(*duplex.Socket) { total <- n },
	})
	return total
}

func TestCompletionsCountTowardsTheLimitOfWrites(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, _ := duplextest.Pipe(t, e, duplex.Options{MaxWriteBuffer: 64 << 10})
		hold := make(chan struct{})
		a.Post(func() { <-hold })
		n := 0
		for ; n < 100_000; n++ {
			if _, err := a.WriteFunc(nil, func(error) {}); err != nil {
				if !errors.Is(err, duplex.ErrWriteBufferFull) {
					t.Errorf("got %v, want ErrWriteBufferFull", err)
				}
				break
			}
		}
		close(hold)
		if n > 2000 {
			t.Errorf("%d empty writes wait for a posted function, though 64 KiB may", n)
		}
	})
}

func TestPostedFunctionsWriteBeforeWhatWaitsForThem(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		hold := make(chan struct{})
		var mu sync.Mutex
		var done []string
		completed := func(name string) func(error) {
			return func(err error) {
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					name += ": " + err.Error()
				}
				done = append(done, name)
			}
		}
		a.Post(func() {
			<-hold
			a.WriteFunc([]byte("1 "), completed("1"))
			a.WriteFunc(nil, completed("nothing"))
		})
		a.WriteFunc([]byte("2 "), completed("2"))
		a.Cork()
		a.WriteFunc([]byte("4 "), completed("4"))
		a.Post(func() { a.WriteString("5 ") })
		a.Uncork()
		a.WriteFunc([]byte("6"), completed("6"))
		a.End()
		if _, err := a.WriteString("7"); !errors.Is(err, net.ErrClosed) {
			t.Errorf("a write after End returned %v, want net.ErrClosed", err)
		}
		close(hold)
		b.Expect(t, "data: 1 2 4 5 6", "end", "close")
		a.Expect(t, "end", "close")
		mu.Lock()
		defer mu.Unlock()
		if want := []string{"1", "nothing", "2", "4", "6"}; !slices.Equal(done, want) {
			t.Errorf("completed %q, want %q", done, want)
		}
	})
}

func TestShutdownWaitsForACallbackAndItsAnswer(t *testing.T) {
	for _, blocking := range []bool{true, false} {
		rig.Run(t, func(t *testing.T, e *duplex.Engine) {
			inside, leave := make(chan struct{}), make(chan struct{})
			srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{Blocking: blocking, OnData: func(s *duplex.Socket, p []byte) {
				close(inside)
				<-leave
				if _, err := s.WriteString("answer"); err != nil {
					t.Errorf("the answer was refused: %v", err)
				}
			}}}
			if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			var r duplextest.Recorder
			client := &duplex.Client{Engine: duplextest.Engine(t, "portable")}
			if srv.Engine.Stats().Driver == "memory" {
				client.Engine = e
			}
			s := client.Connect(t.Context(), "tcp", srv.Addr().String(), r.Handler(nil))
			s.WriteString("question")
			rig.Wait(t, inside)
			over := make(chan error, 1)
			go func() { over <- srv.Shutdown(context.Background()) }()
			rig.Until(t, "the server stops listening", func() bool { return srv.Addr() == nil })
			time.Sleep(10 * time.Millisecond)
			close(leave)
			r.Expect(t, "connect", "data: answer", "end", "close")
			if err := rig.Wait(t, over); err != nil {
				t.Errorf("Shutdown returned %v", err)
			}
		})
	}
}

func TestWhatWouldWaitForItselfReturnsAnError(t *testing.T) {
	for _, blocking := range []bool{true, false} {
		rig.Run(t, func(t *testing.T, e *duplex.Engine) {
			errs := make(chan error, 3)
			srv := &duplex.Server{Engine: e}
			srv.Handler = &duplex.Handler{Blocking: blocking, OnConnect: func(s *duplex.Socket) {
				errs <- srv.Shutdown(context.Background())
				errs <- srv.ShutdownOver(context.Background(), time.Hour)
				errs <- e.Close()
				defer func() {
					if recover() == nil {
						t.Error("Wait did not panic")
					}
					close(errs)
				}()
				e.Wait()
			}}
			if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), nil)
			for range 3 {
				if err := rig.Wait(t, errs); err == nil || errors.Is(err, net.ErrClosed) {
					t.Errorf("got %v, want an error that says what would wait", err)
				}
			}
			rig.Wait(t, errs)
			if _, err := s.Write(nil); err != nil {
				t.Errorf("the socket is closed: %v", err)
			}
			srv.Close()
		})
	}
}

// An off-loop writer, a chain of completions and a pipe are bounded by a turn.
func TestALongQueueLeavesOthersTheirTurn(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		const size = 16 << 20
		a, b := duplextest.Pipe(t, e)
		got := countData(b)
		before := e.Stats().Turns
		a.Write(bytes.Repeat([]byte("x"), size))
		a.End()
		if n := rig.Wait(t, got); n != size {
			t.Errorf("%d bytes came, want %d", n, size)
		}
		if turns := e.Stats().Turns - before; turns < size/(512<<10) {
			t.Errorf("%d bytes went in %d turns of the loops, want 512 KiB in each at most", size, turns)
		}
	})
}

func TestACallbackThatCausesTheNextLeavesOthersTheirTurn(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, _ := duplextest.Pipe(t, e)
		over := make(chan struct{})
		stop := false // the loop's
		var next func(error)
		next = func(error) {
			if !stop {
				a.WriteFunc(nil, next)
			}
		}
		a.Post(func() { next(nil) })
		a.Post(func() { stop = true; close(over) }) // behind a chain without end
		rig.Wait(t, over)
	})
}

func TestAFastReaderIsNotTooSlowAtAnyLimit(t *testing.T) {
	for _, driver := range duplextest.Drivers() {
		if driver == "portable" && runtime.GOOS == "windows" {
			continue // it cannot offer bytes to the kernel without waiting
		}
		for _, limit := range []int{16 << 10, 64 << 10, 65 << 10, 128 << 10} {
			t.Run(driver, func(t *testing.T) {
				e := duplextest.Engine(t, driver)
				wrote := make(chan error, 1)
				h := &duplex.Handler{OnConnect: func(s *duplex.Socket) {
					var err error
					for range 400 {
						if _, err = s.Write(make([]byte, 500)); err != nil {
							break
						}
					}
					wrote <- err
					s.End()
				}}
				if driver == "memory" {
					t.Skip("its network holds 64 KiB in each direction, less than is written")
				}
				srv := &duplex.Server{Engine: e, Handler: h, Options: duplex.Options{MaxWriteBuffer: limit}}
				if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
					t.Fatal(err)
				}
				defer srv.Close()
				c, err := net.Dial("tcp", srv.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				p, err := io.ReadAll(c)
				if len(p) != 200_000 || err != nil {
					t.Errorf("limit %d: %d bytes came, and %v", limit, len(p), err)
				}
				if err := rig.Wait(t, wrote); err != nil {
					t.Errorf("limit %d: a write returned %v", limit, err)
				}
			})
		}
	}
}

// On one processor other goroutines run between a connection and its first callback.
func TestABlockingSocketCanBeUsedBeforeItsFirstCallback(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		for name, use := range map[string]func(*duplex.Server){
			"Shutdown": func(srv *duplex.Server) { srv.Shutdown(t.Context()) },
			"a write after a post": func(srv *duplex.Server) {
				for s := range srv.Sockets() {
					s.Post(func() {})
					s.WriteString("x")
				}
				srv.Close()
			},
		} {
			for range 50 {
				srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{Blocking: true, OnConnect: func(*duplex.Socket) {}}}
				if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
					t.Fatal(name, err)
				}
				for range 4 {
					(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), nil)
				}
				for srv.Len() == 0 {
					runtime.Gosched()
				}
				use(srv)
			}
		}
	})
}

// The End that follows OnEnd by itself is none that the callback calls.
func TestTheEndThatFollowsOnEndComesAfterPostedFunctions(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		inside, leave := make(chan struct{}), make(chan struct{})
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, OnEnd: func(s *duplex.Socket) {
			close(inside)
			<-leave
		}})
		a.End()
		rig.Wait(t, inside)
		b.Post(func() {})
		if _, err := b.WriteString("last words"); err != nil {
			t.Error(err)
		}
		close(leave)
		a.Expect(t, "data: last words", "end", "close")
	})
}

func TestTheSharedEngineCountsAndCannotBeClosed(t *testing.T) {
	var shared *duplex.Engine
	if shared.Stats().Loops == 0 {
		t.Error("the shared engine has no loops")
	}
	if err := shared.Close(); err == nil || errors.Is(err, net.ErrClosed) {
		t.Errorf("Close of the shared engine returned %v, want another error", err)
	}
}

func TestReadFromIsNotDroppedInSilence(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{MaxWriteBuffer: 1000, Overflow: duplex.OverflowDrop})
		b.Pause()
		if n, err := a.ReadFrom(bytes.NewReader(make([]byte, 5000))); !errors.Is(err, duplex.ErrWriteBufferFull) {
			t.Errorf("ReadFrom returned %d, %v; want ErrWriteBufferFull", n, err)
		}
	})
}

func TestSocketsThatCauseEachOthersCallbacksLeaveTheLoopItsTurn(t *testing.T) {
	for _, driver := range duplextest.Drivers() {
		t.Run(driver, func(t *testing.T) {
			e := &duplex.Engine{Loops: 1, Driver: driver}
			a, b := duplextest.Pipe(t, e)
			stop := false // the loop's
			var ping, pong func(error)
			ping = func(error) {
				if !stop {
					b.WriteFunc(nil, pong)
				}
			}
			pong = func(error) {
				if !stop {
					a.WriteFunc(nil, ping)
				}
			}
			began, over, timed := make(chan struct{}), make(chan struct{}), make(chan struct{})
			a.Post(func() { ping(nil); close(began) })
			rig.Wait(t, began)
			e.AfterFunc(time.Millisecond, func() {
				close(timed)
				e.Post(func() { stop = true; close(over) })
			})
			rig.Wait(t, timed)
			rig.Wait(t, over)
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A callback ends the socket, while another goroutine's bytes wait for a posted function
// that waits for the callback.
func TestEndOfABlockingCallbackLosesNothingThatWaits(t *testing.T) {
	for name, end := range map[string]func(*duplex.Socket){
		"End":   (*duplex.Socket).End,
		"Close": func(s *duplex.Socket) { s.Close() },
	} {
		rig.Run(t, func(t *testing.T, e *duplex.Engine) {
			inside, leave := make(chan struct{}), make(chan struct{})
			h := &duplex.Handler{Blocking: true, OnData: func(s *duplex.Socket, _ []byte) {
				close(inside)
				<-leave
				s.WriteString("1 ")
				end(s)
				if _, err := s.WriteString("4"); !errors.Is(err, net.ErrClosed) {
					t.Errorf("%s: a write after it returned %v, want net.ErrClosed", name, err)
				}
			}}
			a, b := duplextest.PipeOf(t, e, nil, h)
			a.WriteString("x")
			rig.Wait(t, inside)
			b.Post(func() { b.WriteString("2 ") })
			b.WriteString("3")
			close(leave)
			a.Expect(t, "data: 1 2 3", "end", "close")
			b.Events(t)
		})
	}
}

// A posted function ends the socket while earlier bytes still wait for the kernel. It
// waits for the write after it, which would else be refused at once.
func TestCompletionsOfLostWritesKeepTheirOrder(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{MaxWriteBuffer: -1})
		b.Pause()
		var mu sync.Mutex
		var order []string
		completed := func(name string) func(error) {
			return func(err error) {
				mu.Lock()
				defer mu.Unlock()
				order = append(order, fmt.Sprint(name, " ", err != nil))
			}
		}
		a.WriteFunc(make([]byte, 16<<20), completed("sent")) // more than the kernel holds
		written := make(chan struct{})
		a.Post(func() {
			<-written
			a.End()
		})
		a.WriteFunc([]byte("x"), completed("lost"))
		close(written)
		rig.Turn(t, b.Socket)
		time.Sleep(10 * time.Millisecond)
		b.Resume()
		a.Events(t)
		mu.Lock()
		defer mu.Unlock()
		if want := []string{"sent false", "lost true"}; !slices.Equal(order, want) {
			t.Errorf("completed %q, want %q", order, want)
		}
	})
}

// Whatever ends the socket, completions come once each, in the order of the writes. The
// bytes that the kernel had taken by then succeed, and the others fail.
func TestCompletionsKeepTheirOrderHoweverASocketEnds(t *testing.T) {
	for name, end := range map[string]func(a, b *duplextest.End){
		"a posted Destroy":            func(a, _ *duplextest.End) { a.Post(func() { a.Destroy(nil) }) },
		"a posted Reset and an End":   func(a, _ *duplextest.End) { a.Post(a.Reset); a.End() },
		"a posted End, then Destroy":  func(a, _ *duplextest.End) { a.Post(a.End); a.Destroy(nil) },
		"a posted End, then a reset":  func(a, b *duplextest.End) { a.Post(a.End); b.Reset() },
		"a posted Close under a cork": func(a, b *duplextest.End) { a.Cork(); a.Post(func() { a.Close() }); b.Resume() },
	} {
		for _, blocking := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, blocking %v", name, blocking), func(t *testing.T) {
				rig.Run(t, func(t *testing.T, e *duplex.Engine) {
					h := &duplex.Handler{Blocking: blocking}
					var order []int
					var failed bool
					var closed bool
					done := make(chan struct{})
					h.OnClose = func(*duplex.Socket) { closed = true; close(done) }
					a, b := duplextest.PipeOf(t, e, h, nil, duplex.Options{MaxWriteBuffer: -1, Linger: time.Second})
					b.Pause()
					rig.Turn(t, b.Socket)
					want := 0
					write := func(n int) {
						i := want
						if _, err := a.WriteFunc(make([]byte, n), func(err error) {
							order = append(order, i)
							if closed {
								t.Error("a completion came after OnClose")
							}
							if failed && err == nil {
								t.Error("a later write has reached the kernel")
							}
							failed = failed || err != nil
						}); err == nil {
							want++
						}
					}
					write(10)
					write(16 << 20) // more than the kernel holds
					write(10)
					a.Post(func() {})
					write(0)
					write(10)
					end(a, b)
					write(10)
					a.Post(func() {})
					write(0)
					if name == "a posted End, then a reset" {
						b.Events(t)
					}
					rig.Wait(t, done)
					b.Destroy(nil) // most of it was never read
					if len(order) != want || !slices.IsSorted(order) {
						t.Errorf("%d writes were accepted, and completed as %v", want, order)
					}
				})
			})
		}
	}
}

// A callback that asks for many completions writes little; none can be called meanwhile.
func TestCompletionsThatAreDueDoNotCountTowardsTheLimit(t *testing.T) {
	for _, driver := range duplextest.Drivers() {
		t.Run(driver, func(t *testing.T) {
			if driver == "portable" && runtime.GOOS == "windows" {
				t.Skip("it cannot offer bytes to the kernel without waiting")
			}
			e := duplextest.Engine(t, driver)
			a, b := duplextest.Pipe(t, e, duplex.Options{MaxWriteBuffer: 16 << 10})
			wrote := make(chan error, 1)
			a.Post(func() {
				var err error
				for range 400 {
					if _, err = a.WriteFunc(make([]byte, 100), func(error) {}); err != nil {
						break
					}
				}
				wrote <- err
			})
			if err := rig.Wait(t, wrote); err != nil {
				t.Error(err)
			}
			b.Destroy(nil)
		})
	}
}

// A goroutine that writes after a Post while a Blocking callback runs is asked once, at
// length, whether it is that callback.
func TestWritesBesideABlockingCallbackAreCheap(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		began, next := make(chan struct{}), make(chan struct{})
		a, b := duplextest.PipeOf(t, e, &duplex.Handler{Blocking: true, OnData: func(s *duplex.Socket, _ []byte) {
			close(began)
			<-next
			s.WriteString("first, ")
		}}, nil)
		b.WriteString("x")
		rig.Wait(t, began)
		a.Post(func() { a.WriteString("second, ") })
		const writes = 200
		a.WriteString("third")
		if n := rig.Allocated(func() {
			for range writes {
				a.WriteString("!")
			}
		}); n > writes<<10 {
			t.Errorf("a write allocated %d bytes", n/writes)
		}
		close(next)
		b.Expect(t, "data: first, second, third"+strings.Repeat("!", writes))
	})
}

// While a Blocking callback runs, other goroutines cannot ask for completions without end.
func TestCompletionsThatWaitForABlockingCallbackAreBounded(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		began, next := make(chan struct{}), make(chan struct{})
		var accepted, completed int
		closed := make(chan struct{})
		a, b := duplextest.PipeOf(t, e, &duplex.Handler{
			Blocking: true,
			OnData:   func(*duplex.Socket, []byte) { close(began); <-next },
			OnClose:  func(*duplex.Socket) { close(closed) },
		}, nil, duplex.Options{MaxWriteBuffer: 64 << 10})
		b.WriteString("x")
		rig.Wait(t, began)
		var err error
		for accepted < 100_000 {
			if _, err = a.WriteFunc(nil, func(error) { completed++ }); err != nil {
				break
			}
			accepted++
		}
		if !errors.Is(err, duplex.ErrWriteBufferFull) || accepted < 16<<10 {
			t.Errorf("after %d completions the error is %v; want ErrWriteBufferFull after some 17000", accepted, err)
		}
		close(next)
		a.End()
		rig.Wait(t, closed)
		if completed != accepted {
			t.Errorf("%d completions were called, want %d", completed, accepted)
		}
		b.Events(t)
	})
}

// stream has the name of the library's own function in which Blocking callbacks run.
type stream struct{}

//go:noinline
func (*stream) block(_, _ *int, f func()) { f() }

func TestAFunctionOfTheProgramIsNotTakenForTheGoroutineOfASocket(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		result := make(chan error, 1)
		a, b := duplextest.PipeOf(t, e, &duplex.Handler{Blocking: true, OnData: func(s *duplex.Socket, _ []byte) {
			new(stream).block(new(int), new(int), func() {
				_, err := s.WriteTo(io.Discard)
				result <- err
			})
		}}, nil)
		b.WriteString("x")
		if err := rig.Wait(t, result); err == nil {
			t.Error("WriteTo in a callback of the socket returned no error")
		}
		a.Destroy(nil)
		b.Events(t)
	})
}
