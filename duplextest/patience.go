// Copyright 2026 The duplex authors. MIT license.

package duplextest

import "time"

// Patience is how long a test waits for an event before it fails, unless its
// [Recorder] says otherwise. In a bubble of testing/synctest, where time is virtual
// and waiting costs nothing, it is 1000 hours.
const Patience = 20 * time.Second

const virtualPatience = 1000 * time.Hour

// started is a time of the real clock: packages are initialized outside of bubbles.
var started = time.Now()

// patience returns a channel that receives when d is over, and a function that
// frees its timer. Zero is Patience; negative is for ever.
func patience(d time.Duration) (over <-chan time.Time, stop func() bool) {
	switch {
	case d < 0:
		return nil, func() bool { return false }
	case d == 0 && isVirtual(time.Now()):
		d = virtualPatience
	case d == 0:
		d = Patience
	}
	timer := time.NewTimer(d)
	return timer.C, timer.Stop
}

// isVirtual reports whether now is a time of a bubble, whose clock begins with the
// year 2000. The year's difference is for real clocks that are set.
func isVirtual(now time.Time) bool {
	return now.Round(0).Before(started.Round(0).AddDate(-1, 0, 0)) // without the monotonic clocks, which are not comparable
}
