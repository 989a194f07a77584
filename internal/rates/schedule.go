// Copyright 2026 The duplex authors. MIT license.

package rates

import (
	"math/rand/v2"
	"time"
)

// A Schedule divides a window of time into equal shares.
type Schedule struct {
	at  time.Time // when the next share begins
	end time.Time // of the window
}

// NewSchedule returns the Schedule of a window that begins now.
func NewSchedule(now time.Time, window time.Duration) Schedule {
	return Schedule{now, now.Add(window)}
}

// scheduleLag is how far a Schedule may fall behind. A coarse clock of the system stays
// below it. After a longer stall of the process, what is overdue does not come all at
// once: the rest is spread over the rest of the window.
const scheduleLag = 50 * time.Millisecond

// Next returns a random moment of the next share, if n of them are left.
func (p *Schedule) Next(n int, now time.Time) time.Time {
	if now.Sub(p.at) > scheduleLag {
		p.at = now
	}
	share := max(1, p.end.Sub(p.at)/time.Duration(n))
	due := p.at.Add(rand.N(share))
	p.at = p.at.Add(share)
	return due
}
