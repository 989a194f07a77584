// Copyright 2026 The duplex authors. MIT license.

package load

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// A Report is what a Run has measured. What came in the warm-up is not part of it, but
// for the connections that were made before.
type Report struct {
	Plan        Plan
	Interrupted bool          // it ended before its time
	Elapsed     time.Duration // that was measured

	OK       int64 // messages with their replies; those that were sent, in the mode Stream
	Errors   int64 // messages without
	Failures []Failure
	Unsent   int64 // messages that were due, and not sent before the end
	Out, In  int64 // bytes of the messages with replies, and of these
	Surplus  int64 // bytes that came although no reply was awaited

	Response *hdrhistogram.Histogram // from when a message was due until its reply
	Service  *hdrhistogram.Histogram // from when it was sent; empty in a closed loop, where both are the same
	Connect  *hdrhistogram.Histogram // until a connection was made
	Late     *hdrhistogram.Histogram // of an open loop: how late messages were sent that no connection had to wait for

	CPU    time.Duration // of this process, while it measured; 0 if that is not known
	Points []Point
}

// A Point is a part of the time.
type Point struct {
	At       time.Duration // its begin
	Length   time.Duration
	OK       int64
	Errors   int64
	P50, P99 time.Duration // of the response times
}

// PerSecond returns how many messages of p were answered in a second.
func (p Point) PerSecond() float64 { return perSecond(p.OK, p.Length) }

// PerSecond returns how many messages were answered in a second.
func (r *Report) PerSecond() float64 { return perSecond(r.OK, r.Elapsed) }

func perSecond(n int64, in time.Duration) float64 {
	if in <= 0 {
		return 0
	}
	return float64(n) / in.Seconds()
}

// SentPerSecond returns how many messages were sent in a second, those that failed
// included.
func (r *Report) SentPerSecond() float64 { return perSecond(r.OK+r.Errors, r.Elapsed) }

// Reached reports whether the rate of an open loop was reached: of the messages that were
// due, a hundredth at most was not sent before the end, or one. A closed loop has no rate
// to miss.
func (r *Report) Reached() bool {
	return r.Unsent <= max(1, (r.OK+r.Errors+r.Unsent)/100)
}

// OwnCost returns how much CPU time of this process a message took, 0 if that is not
// known.
func (r *Report) OwnCost() time.Duration {
	if r.OK == 0 {
		return 0
	}
	return r.CPU / time.Duration(r.OK)
}

// Busy returns how much CPU time of this process there was in a second, 1 for one
// processor.
func (r *Report) Busy() float64 {
	if r.Elapsed <= 0 {
		return 0
	}
	return r.CPU.Seconds() / r.Elapsed.Seconds()
}

// ErrorShare returns how many of the messages failed, from 0 to 1.
func (r *Report) ErrorShare() float64 {
	if r.Errors == 0 {
		return 0
	}
	return float64(r.Errors) / float64(r.OK+r.Errors)
}

// Percentile returns the time that p percent of h did not exceed, 0 if h is empty.
func Percentile(h *hdrhistogram.Histogram, p float64) time.Duration { return percentile(h, p) }

// sorted returns failures, the most frequent first.
func sorted(failures map[string]*Failure) (list []Failure) {
	for _, f := range slices.SortedFunc(maps.Values(failures), func(a, b *Failure) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Code, b.Code))
	}) {
		list = append(list, *f)
	}
	return list
}
