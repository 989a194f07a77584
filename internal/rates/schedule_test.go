// Copyright 2026 The duplex authors. MIT license.

package rates

import (
	"testing"
	"time"
)

// count returns how many of n events of a window of 10 s come in each tenth of a second,
// if the process stalls once it has seen as many as given.
func count(n, before int, stall time.Duration) (tenths [101]int) {
	began := time.Now()
	now := began
	left := NewSchedule(began, 10*time.Second)
	for i := range n {
		if i == before {
			now = now.Add(stall)
		}
		if due := left.Next(n-i, now); due.After(now) {
			now = due
		}
		tenths[min(100, now.Sub(began)/(100*time.Millisecond))]++
	}
	return tenths
}

func TestAScheduleIsEvenAlsoAfterAStall(t *testing.T) {
	tenths := count(10_000, -1, 0)
	for i, n := range tenths[:100] {
		if n != 100 {
			t.Errorf("%d events in tenth %d, want 100", n, i)
		}
	}
	tenths = count(10_000, 5_000, 3*time.Second)
	for i, n := range tenths {
		if most := 251; n > most {
			t.Errorf("%d events in tenth %d after a stall, want at most %d", n, i, most)
		}
	}
	if tenths[100] > 0 {
		t.Errorf("%d events after the window", tenths[100])
	}
	tenths = count(10_000, 5_000, 40*time.Millisecond) // of a coarse clock
	if n := tenths[50]; n != 100 {
		t.Errorf("%d events in the tenth of a short stall, want 100", n)
	}
}
