// Copyright 2026 The duplex authors. MIT license.

package endurance_test

import (
	"bytes"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
)

// TestVisitsLeaveNothingBehind connects, has a message echoed and closes, over and over: most
// visitors end, some hang up first and some reset. Goroutines, descriptors and heap are what
// they were after the first tenth.
func TestVisitsLeaveNothingBehind(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		total := form(4000, 1_000_000)
		if e.Driver == "portable" {
			total = form(4000, 300_000) // it makes a third as many a second
		}
		if testrun.Race() {
			total /= 4
		}
		addr := listen(t, &duplex.Server{Engine: e, Handler: &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }}})
		visits := &visits{engine: e, addr: addr}
		visits.make(t, total/10)
		tally, heap := testrun.Count(), live()
		began := time.Now()
		visits.make(t, total-total/10)
		took := time.Since(began)
		if err := tally.Returns(); err != nil {
			t.Error(err)
		}
		grown := live() - heap
		t.Logf("%d visits, the last nine tenths in %v: %.0f a second; heap %s, %+d bytes; %+v of %+v", total, took.Round(time.Millisecond),
			float64(total-total/10)/took.Seconds(), mib(heap), grown, testrun.Count(), tally)
		if most := heap/20 + 64<<10; grown > most {
			t.Errorf("the heap grew from %d bytes by %d, want at most %d", heap, grown, most)
		}
		if s := e.Stats(); s.Sockets != 0 || s.Closed != s.Accepted+s.Connected || s.Connected != int64(total) || s.Panics != 0 {
			t.Errorf("%d visits ended with %+v", total, s)
		}
	})
}

// live returns how many bytes of the heap are in use.
func live() int64 {
	runtime.GC()
	runtime.GC() // what pools held through the first is gone
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// Visits are visits of a server that echoes.
type visits struct {
	engine *duplex.Engine
	addr   string
	begun  atomic.Int64
	failed atomic.Int64
}

// make makes that many more visits, 64 at a time, and returns when no socket is left.
func (v *visits) make(t *testing.T, count int) {
	t.Helper()
	last := v.begun.Load() + int64(count)
	done := make(chan struct{})
	var closed atomic.Int64
	var next func()
	next = func() {
		if n := v.begun.Add(1); n <= last {
			v.one(t, n, func() {
				if closed.Add(1) == int64(count) {
					close(done)
				}
				next()
			})
		}
	}
	for range 64 {
		next()
	}
	for idle := time.Duration(0); ; {
		before := closed.Load()
		select {
		case <-done:
			v.begun.Store(last)
			until(t, "no socket is left", duplextest.Patience, func() bool { return v.engine.Stats().Sockets == 0 })
			if n := v.failed.Load(); n > 0 {
				t.Errorf("%d visits failed", n)
			}
			return
		case <-time.After(time.Second):
		}
		if idle += time.Second; closed.Load() != before {
			idle = 0
		}
		if idle > duplextest.Patience {
			t.Fatalf("after %d of %d visits nothing happens any more: %+v", closed.Load(), count, v.engine.Stats())
		}
	}
}

// one makes the nth visit.
func (v *visits) one(t *testing.T, n int64, then func()) {
	message := content[n%1000 : n%1000+64]
	var got []byte
	(&duplex.Client{Engine: v.engine}).Connect(t.Context(), "tcp", v.addr, &duplex.Handler{
		OnConnect: func(s *duplex.Socket) { s.Write(message) },
		OnData: func(s *duplex.Socket, p []byte) {
			if got = append(got, p...); len(got) < len(message) {
				return
			}
			switch n % 8 {
			case 0:
				s.Reset()
			case 1:
				s.Destroy(nil)
			case 2:
				s.Close()
			default:
				s.End()
			}
		},
		OnClose: func(s *duplex.Socket) {
			if s.Err() != nil || !bytes.Equal(got, message) {
				if v.failed.Add(1) == 1 {
					t.Errorf("visit %d ended with %v and %d bytes", n, s.Err(), len(got))
				}
			}
			then()
		},
	})
}
