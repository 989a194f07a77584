// Copyright 2026 The duplex authors. MIT license.

package loop

import (
	"testing"
	"testing/synctest"

	"github.com/duplex-go/duplex/internal/driver"
)

// A worker is a Conn that has something to do.
type worker struct {
	conn
	advance, flush func()
}

func (w *worker) Advance() { w.advance() }
func (w *worker) Flush()   { w.flush() }

func TestWhatATurnLeavesIsDoneInTheNextThoughNothingWakesTheLoop(t *testing.T) {
	for name, leave := range map[string]func(l *Loop, done func()){
		"a posted function": func(l *Loop, done func()) { l.Post(done) },
		"a socket that has news again and again": func(l *Loop, done func()) {
			w, left := new(worker), 10*mostAdvances
			w.advance = func() {
				if left--; left == 0 {
					done()
					return
				}
				l.Defer(w)
			}
			l.Defer(w)
		},
		"a socket that is gathered in a flush": func(l *Loop, done func()) {
			l.GatherHere(&worker{flush: func() { l.Gather(&worker{flush: done}) }})
		},
		"a socket beyond the share of the turn": func(l *Loop, done func()) {
			l.GatherHere(&worker{flush: func() { l.CountSend(2 * flushShare) }})
			l.GatherHere(&worker{flush: done})
		},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(t *testing.T, l *Loop) {
				done := false
				l.Post(func() { leave(l, func() { done = true }) })
				synctest.Wait()
				if !done {
					t.Error("the loop sleeps, and it is not done")
				}
			})
		})
	}
}

func TestAFunctionThatPostsItselfLeavesDeadlinesTheirTurn(t *testing.T) {
	run(t, func(t *testing.T, l *Loop) {
		p, times := &probe{l: l}, 0
		var again func()
		again = func() {
			if times++; len(p.told) == 0 && times < 1000 {
				l.Post(again)
			}
		}
		l.Post(func() {
			l.Arm(l.Register(p), 0) // which is due
			again()
		})
		synctest.Wait()
		if times > 3 {
			t.Errorf("it ran %d times before the deadline was reported, want at most 3", times)
		}
	})
}

// A closer counts how often it is closed.
type closer int

func (c *closer) Close() error {
	*c++
	return nil
}

func TestAConnectionOfAListenerThatIsGoneIsClosed(t *testing.T) {
	run(t, func(t *testing.T, l *Loop) {
		var handle closer
		do(l, func() { (*sink)(l).Accepted(l.slots.reserve(nil), driver.Conn{Handle: &handle}) })
		if handle != 1 {
			t.Errorf("its handle was closed %d times, want once", handle)
		}
	})
}
