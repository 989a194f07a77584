// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRosterHoldsTheSocketsAddedAndNotRemoved compares a roster with a set.
func TestRosterHoldsTheSocketsAddedAndNotRemoved(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var r roster
	set := make(map[*Socket]bool)
	for _, target := range []int{3 * rosterPage, 10, 5 * rosterPage, 0, 7} {
		for len(set) != target {
			if rnd.IntN(3) > 0 == (len(set) < target) {
				s := new(Socket)
				r.add(s)
				set[s] = true
			} else if len(set) > 0 {
				s := r.all()[rnd.IntN(len(set))]
				r.remove(s)
				delete(set, s)
			}
			if r.n != len(set) {
				t.Fatalf("it holds %d, want %d", r.n, len(set))
			}
		}
		before := r.all()
		got := maps.Collect(func(yield func(*Socket, bool) bool) {
			for _, s := range before {
				yield(s, true)
			}
		})
		if !maps.Equal(got, set) || len(before) != len(set) {
			t.Fatalf("it lists %d sockets, %d of them once, not the %d that it holds", len(before), len(got), len(set))
		}
		if len(before) > 0 {
			kept := slices.Clone(before)
			r.remove(before[0])
			delete(set, before[0])
			r.all()
			if !slices.Equal(before, kept) {
				t.Fatal("a list has changed after it was given out")
			}
		}
		if most := (r.n/rosterPage + 2); len(r.pages) > most {
			t.Errorf("%d sockets are on %d pages, want at most %d", r.n, len(r.pages), most)
		}
	}
}
