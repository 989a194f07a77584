// Copyright 2026 The duplex authors. MIT license.

package timer

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
)

func TestDeadlinesComeOutInTheirOrder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var h Heap
	var want, got []int64
	for i := range 1000 {
		when := rnd.Int64N(500)
		want = append(want, when)
		h.Add(when, driver.ID(i))
	}
	slices.Sort(want)
	for {
		next, _ := h.Next()
		when, _, ok := h.Pop(1000)
		if !ok {
			break
		}
		if next != when {
			t.Fatalf("Next said %d, Pop gave %d", next, when)
		}
		got = append(got, when)
	}
	if !slices.Equal(got, want) {
		t.Errorf("deadlines came out of order")
	}
}

func TestNothingComesOutBeforeItsTime(t *testing.T) {
	var h Heap
	h.Add(10, 1)
	if _, _, ok := h.Pop(9); ok {
		t.Errorf("a deadline of 10 came out at 9")
	}
	if when, id, ok := h.Pop(10); !ok || when != 10 || id != 1 {
		t.Errorf("Pop(10) = %d, %d, %v; want 10, 1, true", when, id, ok)
	}
	if _, ok := h.Next(); ok {
		t.Errorf("an emptied heap has a next deadline")
	}
}

func TestKeptDeadlinesComeOutInTheirOrder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for rest := range driver.ID(3) { // the earliest of all is kept once
		var h Heap
		var want, got []int64
		for i := range driver.ID(1000) {
			when := rnd.Int64N(500)
			if i%3 == rest {
				want = append(want, when)
			}
			h.Add(when, i)
		}
		h.Keep(func(_ int64, id driver.ID) bool { return id%3 == rest })
		if h.Len() != len(want) {
			t.Errorf("%d deadlines were kept, want %d", h.Len(), len(want))
		}
		for when, _, ok := h.Pop(1000); ok; when, _, ok = h.Pop(1000) {
			got = append(got, when)
		}
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("deadlines came out of order")
		}
	}
}
