// Copyright 2026 The duplex authors. MIT license.

package laws_test

import (
	"bytes"
	"context"
	"errors"
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

func TestAWriteAfterAnEndThatWaitsIsRefused(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		hold := make(chan struct{})
		a.Post(func() { <-hold })
		a.WriteString("in time")
		a.End()
		if n, err := a.WriteString("too late"); n != 0 || !errors.Is(err, net.ErrClosed) {
			t.Errorf("Write returned %d and %v, want net.ErrClosed", n, err)
		}
		close(hold)
		b.Expect(t, "data: in time", "end", "close")
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

// A nil function is a mistake of the caller, who has the panic. Post took it for a Cork.
func TestANilFunctionIsTheCallersMistake(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		for name, call := range map[string]func(){
			"Post":             func() { a.Post(nil) },
			"AfterFunc":        func() { a.AfterFunc(0, nil) },
			"Detach":           func() { a.Detach(nil) },
			"Engine.Post":      func() { e.Post(nil) },
			"Engine.AfterFunc": func() { e.AfterFunc(0, nil) },
		} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%s(nil) did not panic", name)
					}
				}()
				call()
			}()
		}
		a.WriteString("text")
		a.End()
		b.Expect(t, "data: text", "end", "close")
		e.Wait()
	})
}
