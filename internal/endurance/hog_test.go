// Copyright 2026 The duplex authors. MIT license.

package endurance_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
)

// TestAHandlerThatBlocksShowsInLagUnlessItIsBlocking has a handler that sleeps 100 ms on a
// loop with other sockets. Stats.Lag shows it, and the others wait as long. With Blocking
// they do not.
func TestAHandlerThatBlocksShowsInLagUnlessItIsBlocking(t *testing.T) {
	const nap = 100 * time.Millisecond
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		var figures [2]latencies
		for i, blocking := range []bool{false, true} {
			e := duplextest.Engine(t, e.Driver) // with a Lag of its own
			e.Loops = 1
			var naps atomic.Int64
			hog, other := duplextest.PipeOf(t, e, nil, &duplex.Handler{
				Blocking: blocking,
				OnData: func(s *duplex.Socket, p []byte) {
					time.Sleep(nap) // what the test is about
					naps.Add(1)
					s.Write(p)
				},
			})
			hog.SetHandler(&duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }})
			asker, answers := newAsker(t, e)
			hog.WriteString("x")
			worst := time.Duration(0)
			for naps.Load() < form[int64](4, 50) {
				asked := time.Now()
				asker.WriteString("?")
				wait(t, answers)
				figures[i] = append(figures[i], time.Since(asked))
				worst = max(worst, e.Stats().Lag)
				time.Sleep(time.Millisecond)
			}
			for _, s := range []*duplex.Socket{hog.Socket, other.Socket, asker} {
				s.Destroy(nil)
			}
			t.Logf("Blocking %v: Lag %v; %v", blocking, worst, figures[i])
			if !blocking && worst < nap {
				t.Errorf("Lag is %v while a handler sleeps %v on the loop", worst, nap)
			}
			if most := 5 * time.Millisecond; blocking && *long && !testrun.Race() && figures[i].at(0.99) > most {
				t.Errorf("p99 beside a Blocking handler is %v, want at most %v", figures[i].at(0.99), most)
			}
		}
		// A question that comes while the loop sleeps waits for a nap or two. Beside a
		// Blocking handler no question has to, so most do not on any machine.
		if hogged, free := figures[0].at(0.5), figures[1].at(0.5); hogged < nap/2 || free > nap/2 {
			t.Errorf("the median is %v beside a handler that sleeps %v, and %v if it is Blocking", hogged, nap, free)
		}
	})
}

// newAsker returns a client of an echo server, and a channel that receives whenever its
// question was answered.
func newAsker(t *testing.T, e *duplex.Engine) (*duplex.Socket, <-chan struct{}) {
	answers := make(chan struct{}, 1)
	a, _ := duplextest.PipeOf(t, e, nil, &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }})
	a.SetHandler(&duplex.Handler{OnData: func(*duplex.Socket, []byte) { answers <- struct{}{} }})
	return a.Socket, answers
}
