// Copyright 2026 The duplex authors. MIT license.

// Package rates limits how often something happens, and how often and how many at a time
// for each address, and spreads what has to happen over a window of time.
package rates

import "math"

// A Pace limits how often something happens, as a generic cell rate algorithm: a single time
// says how much of the burst is used up. The zero Pace is no limit. Times are nanoseconds.
type Pace struct {
	interval int64 // between two events that come evenly, in nanoseconds
	slack    int64 // how much earlier than evenly an event may come
}

// longestPace keeps the sum of a few times within an int64.
const longestPace = math.MaxInt64 / 4

// NewPace returns the pace of a duplex.Rate.
func NewPace(perSecond float64, burst int) Pace {
	if !(perSecond > 0) {
		return Pace{}
	}
	atOnce := float64(burst)
	if burst <= 0 {
		atOnce = max(1, math.Floor(perSecond))
	}
	interval := min(max(1, 1e9/perSecond), longestPace)
	return Pace{interval: int64(interval), slack: int64(min((atOnce-1)*interval, longestPace))}
}

// Allows reports whether an event may come now. Due is when the next one is due, if they
// come evenly.
func (p Pace) Allows(due, now int64) bool { return due-now <= p.slack }

// After returns the new value of due after an event.
func (p Pace) After(due, now int64) int64 {
	if p.interval == 0 {
		return 0
	}
	return max(due, now) + p.interval
}
