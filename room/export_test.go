// Copyright 2026 The duplex authors. MIT license.

package room

import "time"

// SetClocks sets the clocks of a Hub that is not started: what is read is the time since the start, by the monotonic
// clock, and the wall clock.
func (h *Hub) SetClocks(read func() (since time.Duration, wall time.Time)) { h.clocks = read }
