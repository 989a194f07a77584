// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
)

// TestWaitReturnsBehindTheLastClose ends servers and sockets while Wait waits. A
// paused socket counts as well, though in Node it does not.
func TestWaitReturnsBehindTheLastClose(t *testing.T) {
	const soon = 10 * time.Millisecond
	run(t, func(t *testing.T, e *duplex.Engine) {
		var told atomic.Int32
		srv := &duplex.Server{
			Engine:  e,
			Handler: &duplex.Handler{OnClose: func(*duplex.Socket) { told.Add(1) }},
			OnClose: func() { told.Add(1) },
		}
		for _, paused := range []bool{false, true} {
			if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			var r duplextest.Recorder
			s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), r.Handler(&duplex.Handler{
				OnClose: func(*duplex.Socket) { told.Add(1) },
			}))
			if paused {
				s.Pause()
			}
			r.Expect(t, "connect")
			told.Store(0)
			time.AfterFunc(soon, func() {
				srv.Unlisten()
				s.AfterFunc(soon, func() { s.Destroy(nil) })
			})
			e.Wait()
			if n := told.Load(); n != 3 {
				t.Errorf("paused %v: Wait returned when %d of 3 were closed", paused, n)
			}
		}
	})
}

func TestWaitDoesNotWaitForWhatIsUnrefd(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		connected := make(chan *duplex.Socket, 1)
		srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{OnConnect: func(s *duplex.Socket) {
			s.Unref()
			connected <- s
		}}}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		srv.Unref()
		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), r.Handler(nil))
		s.Unref()
		r.Expect(t, "connect")
		wait(t, connected)
		e.Wait()
		if s.State() != duplex.Open || srv.Addr() == nil {
			t.Errorf("after Wait the socket is %v, the server at %v; want both open", s.State(), srv.Addr())
		}
		s.Ref()
		s.AfterFunc(10*time.Millisecond, func() { s.Destroy(nil) })
		e.Wait()
		if s.State() != duplex.Closed {
			t.Errorf("Wait did not wait for what was Ref'd again: the socket is %v", s.State())
		}
	})
}
