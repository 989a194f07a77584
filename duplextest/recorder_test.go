// Copyright 2026 The duplex authors. MIT license.

package duplextest

import (
	"slices"
	"testing"
)

// TestDataThatComesWhileWhatWasExpectedIsForgottenStays adds it between the look at the
// events and the call that forgets them.
func TestDataThatComesWhileWhatWasExpectedIsForgottenStays(t *testing.T) {
	for _, pieces := range []bool{false, true} {
		r := Recorder{Pieces: pieces}
		r.add("connect")
		r.addData([]byte("one"))
		lines, _ := r.look()
		r.addData([]byte("two"))
		r.add("end")
		r.forget(lines)
		if got, _ := r.look(); !slices.Equal(got, []string{"data: two", "end"}) {
			t.Errorf("Pieces %v: %q is left, want two and the end", pieces, got)
		}
		r.Pieces = true
		if got, _ := r.look(); !slices.Equal(got, []string{"data: two", "end"}) {
			t.Errorf("Pieces %v: the pieces are %q, want two and the end", pieces, got)
		}
	}
}
