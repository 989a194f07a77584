// Copyright 2026 The duplex authors. MIT license.

package loop

import (
	"sync/atomic"
	"time"
)

// A load is how busy a loop is. The loop writes it, and anyone may read it.
type load struct {
	turns  atomic.Int64
	awake  atomic.Int64 // since when, by the loop's clock, plus one; 0 while it sleeps
	second atomic.Int64 // in which worst was
	worst  atomic.Int64 // the longest turn of that second
	before atomic.Int64 // and of the one before
}

// woke begins a turn.
func (d *load) woke(now int64) { d.awake.Store(now + 1) }

// turned ends a turn.
func (d *load) turned(now int64) {
	d.turns.Add(1)
	if second := now / int64(time.Second); second != d.second.Load() {
		d.before.Store(d.recent(second - 1))
		d.worst.Store(0)
		d.second.Store(second)
	}
	if busy := now + 1 - d.awake.Load(); busy > d.worst.Load() {
		d.worst.Store(busy)
	}
}

// slept tells that the loop has nothing to do.
func (d *load) slept() { d.awake.Store(0) }

// recent returns the longest turn of the given second, as far as it is known.
func (d *load) recent(second int64) int64 {
	switch d.second.Load() {
	case second:
		return d.worst.Load()
	case second + 1:
		return d.before.Load()
	}
	return 0
}

// Turns returns how many turns the loop has made. Any goroutine may call it.
func (l *Loop) Turns() int64 { return l.load.turns.Load() }

// Lag returns how long the longest turn took of this second and the one before,
// the one that is under way included. Any goroutine may call it.
func (l *Loop) Lag() time.Duration {
	now := l.Clock()
	second := now / int64(time.Second)
	lag := max(l.load.recent(second), l.load.recent(second-1))
	if awake := l.load.awake.Load(); awake != 0 {
		lag = max(lag, now+1-awake)
	}
	return time.Duration(lag)
}
