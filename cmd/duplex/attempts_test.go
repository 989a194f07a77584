// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"slices"
	"testing"
	"time"
)

// Before the first connection and after one, the pauses double from the first to the last.
func TestThePausesOfAttemptsDouble(t *testing.T) {
	for _, lost := range []bool{false, true} {
		a := attempts{lost: lost, pauses: between{100 * time.Millisecond, time.Second}}
		if !lost {
			a.tries = 1 // a pause follows the first attempt
		}
		var got []time.Duration
		for range 6 {
			got = append(got, a.pause()/time.Millisecond)
			a.tries++
		}
		if want := []time.Duration{100, 200, 400, 800, 1000, 1000}; !slices.Equal(got, want) {
			t.Errorf("lost %t: the pauses are %d ms, want %d", lost, got, want)
		}
	}
}
