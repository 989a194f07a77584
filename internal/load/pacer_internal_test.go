// Copyright 2026 The duplex authors. MIT license.

package load

import (
	"math"
	"testing"
)

// A schedule counts what it has left in a span as going through it does.
func TestScheduleCountsWhatIsLeft(t *testing.T) {
	for _, rate := range []float64{1, 3, 700, 1e6 / 3, 1e6} {
		for _, n := range []int64{0, 1, 5} {
			s := schedule{start: 1000, period: 1e9 / rate, n: n}
			span := int64(math.Ceil(10 * s.period))
			for _, from := range []int64{0, 1000, 1001, 1000 + span/3} {
				end := from + span
				want := int64(0)
				for walk := s; walk.due() < end; walk.n++ {
					if walk.due() >= from {
						want++
					}
				}
				if got := s.between(from, end); got != want {
					t.Errorf("rate %g from message %d: %d are due in [%d, %d), want %d", rate, n, got, from, end, want)
				}
			}
		}
	}
}

// After an hour at a high rate the schedule is still exact.
func TestScheduleDoesNotDrift(t *testing.T) {
	s := schedule{start: 0, period: 1e9 / 70000.0, n: 70000 * 3600}
	if got, want := s.due(), int64(3600*1e9); got < want-100 || got > want+100 {
		t.Errorf("the message is due at %d, want %d", got, want)
	}
}

// A queue of connections gives them back in their order.
func TestQueueKeepsItsOrder(t *testing.T) {
	conns := make([]conn, 3)
	q := queue{ring: make([]*conn, len(conns))}
	for round := range 5 {
		for i := range conns {
			q.push(&conns[i])
		}
		for i := range conns {
			if got := q.pop(); got != &conns[i] {
				t.Fatalf("round %d: another connection than number %d", round, i)
			}
		}
		if q.pop() != nil {
			t.Fatal("an empty queue has a connection")
		}
		q.push(&conns[0]) // so that the next round begins elsewhere
		q.pop()
	}
}
