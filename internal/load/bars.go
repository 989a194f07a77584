// Copyright 2026 The duplex authors. MIT license.

package load

import (
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// A Bar is how many times of a histogram lie between two.
type Bar struct {
	From, To time.Duration // To is not in it, but for the last
	Count    int64
}

// Bars returns h as n bars, whose bounds grow by the same factor from the least time to
// the greatest. It is nil if h is empty. There are fewer bars if all times are alike.
func Bars(h *hdrhistogram.Histogram, n int) []Bar {
	if h.TotalCount() == 0 {
		return nil
	}
	low, high := float64(max(1, h.Min())), float64(h.Max())
	if high < low*1.02 {
		return []Bar{{time.Duration(low), time.Duration(high), h.TotalCount()}}
	}
	factor := math.Pow(high/low, 1/float64(n))
	bars := make([]Bar, n)
	for i := range bars {
		bars[i].From = time.Duration(low * math.Pow(factor, float64(i)))
		bars[i].To = time.Duration(low * math.Pow(factor, float64(i+1)))
	}
	bars[n-1].To = time.Duration(high) // rounding would lose a part of it
	for _, b := range h.Distribution() {
		if b.Count > 0 {
			at := int(math.Log(float64(max(1, b.From))/low) / math.Log(factor))
			bars[min(max(at, 0), n-1)].Count += b.Count
		}
	}
	return bars
}
