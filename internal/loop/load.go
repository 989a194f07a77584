// Copyright 2026 The duplex authors. MIT license.

package loop

import (
	"sync/atomic"
	"time"
)

// A load is how busy a loop is. The loop writes it; any goroutine may read it, and
// counts sends.
type load struct {
	turns atomic.Int64
	slow  atomic.Int64 // turns longer than slowTurn
	busy  atomic.Int64 // the length of all turns
	sent  atomic.Int64 // bytes
	sends atomic.Int64
	awake atomic.Int64 // since when, by the loop's clock, plus one; 0 while it sleeps
	turn  peak         // the length of turns
	delay peak         // how late the loop woke
}

// A peak is the largest of the values of late.
type peak struct {
	second atomic.Int64 // in which worst was
	worst  atomic.Int64 // the largest of that second
	before atomic.Int64 // and of the one before
}

// note records a value. The loop alone calls it.
func (p *peak) note(now, value int64) {
	if second := now / int64(time.Second); second != p.second.Load() {
		p.before.Store(p.of(second - 1))
		p.worst.Store(0)
		p.second.Store(second)
	}
	if value > p.worst.Load() {
		p.worst.Store(value)
	}
}

// of returns the largest value of the given second, as far as it is known.
func (p *peak) of(second int64) int64 {
	switch p.second.Load() {
	case second:
		return p.worst.Load()
	case second + 1:
		return p.before.Load()
	}
	return 0
}

// recent returns the largest value of this second and the one before.
func (p *peak) recent(now int64) int64 {
	second := now / int64(time.Second)
	return max(p.of(second), p.of(second-1))
}

// slowTurn is the length from which a turn counts as slow: callbacks that do not block
// stay far below.
const slowTurn = 10 * time.Millisecond

// woke begins a turn.
func (d *load) woke(now int64) { d.awake.Store(now + 1) }

// turned ends a turn.
func (d *load) turned(now int64) {
	d.turns.Add(1)
	length := now + 1 - d.awake.Load()
	d.busy.Add(length)
	if length > int64(slowTurn) {
		d.slow.Add(1)
	}
	d.turn.note(now, length)
}

// slept records that the loop has nothing to do.
func (d *load) slept() { d.awake.Store(0) }

// Turns returns how many turns the loop has made. Any goroutine may call it.
func (l *Loop) Turns() int64 { return l.load.turns.Load() }

// Shares are how many bytes all sockets of a loop send in one step of a turn, before the
// loop goes on to the next step: half a millisecond's work. Each send counts as perSend
// bytes more, which is about what it costs. When 16 sockets sent to fast readers, turns
// took 4 MiB and 3.6 ms of CPU without shares. A handler that answers each read by as many
// bytes gets along with its share of events, as epoll reads 576 KiB in a turn at most.
const (
	flushShare = 512 << 10
	eventShare = 768 << 10
	perSend    = 1 << 10
)

// CountSend counts a send of n bytes. Any goroutine may call it.
func (l *Loop) CountSend(n int) {
	l.load.sent.Add(int64(n))
	l.load.sends.Add(1)
}

// BytesSent returns how many bytes were sent. Any goroutine may call it.
func (l *Loop) BytesSent() int64 { return l.load.sent.Load() }

// used returns what was sent, in bytes of the loop's shares.
func (d *load) used() int64 { return d.sent.Load() + d.sends.Load()*perSend }

// Lag returns the length of the longest turn in this second and the one before, the turn
// that is under way included. Any goroutine may call it.
func (l *Loop) Lag() time.Duration {
	now := l.Clock()
	lag := l.load.turn.recent(now)
	if awake := l.load.awake.Load(); awake != 0 {
		lag = max(lag, now+1-awake)
	}
	return time.Duration(lag)
}

// Delay returns how late the loop woke at most, in this second and the one before: after
// another goroutine had roused it, or after its deadline. No callback runs meanwhile, so
// the processors were busy with others. Any goroutine may call it.
func (l *Loop) Delay() time.Duration {
	now := l.Clock()
	delay := l.load.delay.recent(now)
	l.mu.Lock()
	if l.roused != 0 {
		delay = max(delay, now-l.roused)
	}
	l.mu.Unlock()
	return time.Duration(delay)
}

// Busy returns the length of all turns together, and SlowTurns how many took more than 10
// ms. Any goroutine may call them.
func (l *Loop) Busy() time.Duration { return time.Duration(l.load.busy.Load()) }

// SlowTurns is described at Busy.
func (l *Loop) SlowTurns() int64 { return l.load.slow.Load() }

// Sated reports whether the share of this step of the turn is spent. A socket that would
// send more is gathered instead. Any goroutine may call it.
func (l *Loop) Sated() bool { return l.load.used() >= l.limit.Load() }

// refill begins a new share.
func (l *Loop) refill(share int64) { l.limit.Store(l.load.used() + share) }
