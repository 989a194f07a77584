// Copyright 2026 The duplex authors. MIT license.

package room

import "time"

// A clock is the time of a link. It never goes back, and goes on while the machine is suspended. The monotonic
// clock of Linux and of macOS stands still then, so the clock adds what the wall clock gains on it. A wall clock
// that is set forward looks the same: the node takes itself for one that was frozen, which costs a new epoch
// and a round trip, and no more. One that is set back changes nothing.
type clock struct {
	began time.Time
	read  func() (since time.Duration, wall time.Time) // the monotonic clock, since began, and the wall clock; tests change it
	ahead time.Duration                                // how far the wall clock was ahead of the monotonic one, at its least since the last gain
	added time.Duration
}

const (
	jitter = time.Second / 20 // the clocks are not read at the same instant, and programs that keep time move the wall clock a little
	ages   = 1000 * time.Hour // more than that in one step is the same: no message is as young
)

func newClock(read func() (time.Duration, time.Time)) clock {
	c := clock{began: time.Now(), read: read}
	if read == nil {
		began := c.began
		c.read = func() (time.Duration, time.Time) {
			now := time.Now()
			return now.Sub(began), now.Round(0)
		}
	}
	since, wall := c.read()
	c.ahead = wall.Sub(c.began.Round(0)) - since
	return c
}

// now returns the time, and what the wall clock has gained since the last call that said so; mostly 0.
func (c *clock) now() (now time.Time, gained time.Duration) {
	since, wall := c.read()
	switch ahead := wall.Sub(c.began.Round(0)) - since; {
	case ahead < c.ahead:
		c.ahead = ahead
	case ahead-c.ahead > jitter:
		gained = min(ahead-c.ahead, ages)
		c.ahead = ahead
		c.added += gained
	}
	return c.began.Add(since + c.added), gained
}

// now returns the time of the link. Others could not be heard while the machine was suspended, or while this node did
// nothing for longer than two ticks, so that is no silence of theirs. The caller holds mu.
func (l *link) now() time.Time {
	now, gained := l.clock.now()
	deaf := max(gained, now.Sub(l.awake)-l.beat/2)
	l.awake = now
	if deaf > 0 {
		for _, p := range l.peers {
			p.heard = p.heard.Add(min(deaf, now.Sub(p.heard)))
			if !p.probed.IsZero() {
				p.probed = now
			}
		}
	}
	return now
}

// lived returns for how long the link has been there. It is what heartbeats say.
func (l *link) lived() uint64 { return uint64(l.now().Sub(l.clock.began)) }

// frozen reports whether this node was frozen, or its machine suspended: no tick came for two heartbeats.
func (l *link) frozen(now time.Time) bool { return now.Sub(l.ticked) > 2*l.beat }

// checkStall begins a new epoch if this node was frozen. The others have their time anew to answer.
func (l *link) checkStall(now time.Time) {
	if !l.frozen(now) {
		return
	}
	l.ticked = now
	l.renew(l.epoch)
	for _, q := range l.queries {
		q.began = now
	}
}
