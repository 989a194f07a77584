// Copyright 2026 The duplex authors. MIT license.

package load_test

import (
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/duplex-go/duplex/internal/load"
)

// Bars begin with the least time, end with the greatest, leave no gap, and have every time.
func TestBarsReachFromTheLeastToTheGreatestTime(t *testing.T) {
	short := 0
	for high := int64(1000); high < 10_000_000_000; high += high / 3 {
		for _, n := range []int{1, 2, 12, 60} {
			h := hdrhistogram.New(1, int64(time.Hour), 3)
			for _, v := range []int64{100, 333, high} {
				if err := h.RecordValue(v); err != nil {
					t.Fatal(err)
				}
			}
			bars := load.Bars(h, n)
			if len(bars) != n || bars[0].From != time.Duration(h.Min()) {
				t.Fatalf("%d: %d bars of %d, from %d", high, len(bars), n, bars[0].From)
			}
			if bars[n-1].To != time.Duration(h.Max()) {
				short++
			}
			count := int64(0)
			for i, b := range bars {
				count += b.Count
				if i > 0 && b.From != bars[i-1].To {
					t.Errorf("%d: bar %d begins at %d, and the one before ends at %d", high, i, b.From, bars[i-1].To)
				}
			}
			if count != h.TotalCount() {
				t.Errorf("%d: %d times are in the bars, want %d", high, count, h.TotalCount())
			}
		}
	}
	if short > 0 {
		t.Errorf("%d times the last bar does not end with the greatest time", short)
	}
}
