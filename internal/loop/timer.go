// Copyright 2026 The duplex authors. MIT license.

package loop

import (
	"sync/atomic"
	"time"
)

// A Timer runs a function on a loop once its time has come.
type Timer struct {
	timer *time.Timer
	over  atomic.Bool // the function has run, or will not
}

// After lets the loop run f once d has passed, or at its next turn if d is not
// positive. Any goroutine may call it.
func (l *Loop) After(d time.Duration, f func()) *Timer { return AfterBy(d, l.Post, f) }

// AfterBy calls post once d has passed, with a function that runs f unless Stop was called
// meanwhile.
func AfterBy(d time.Duration, post func(run func()), f func()) *Timer {
	t := new(Timer)
	run := func() {
		if !t.over.Swap(true) {
			f()
		}
	}
	t.timer = time.AfterFunc(d, func() { post(run) })
	return t
}

// Stop reports whether it prevented the function from running. Any goroutine may call
// it. False means that the function has begun, that Stop was called before, or that t is
// nil.
func (t *Timer) Stop() bool {
	if t == nil {
		return false
	}
	t.timer.Stop()
	return !t.over.Swap(true)
}
