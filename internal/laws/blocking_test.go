// Copyright 2026 The duplex authors. MIT license.

package laws_test

import (
	"errors"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
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
