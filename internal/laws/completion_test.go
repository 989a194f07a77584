// Copyright 2026 The duplex authors. MIT license.

package laws_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

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
