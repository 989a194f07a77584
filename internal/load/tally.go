// Copyright 2026 The duplex authors. MIT license.

package load

import (
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Histograms hold nanoseconds, with three digits, up to an hour.
const (
	lowest  = 1
	highest = int64(time.Hour)
	digits  = 3
)

func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(lowest, highest, digits) }

// record adds a time to h. What is longer than an hour counts as one.
func record(h *hdrhistogram.Histogram, ns int64) {
	_ = h.RecordValue(min(max(ns, 0), highest)) // it is in range
}

// A tally is what was counted since some moment. One goroutine at a time has it.
type tally struct {
	response *hdrhistogram.Histogram // from when a message was due
	service  *hdrhistogram.Histogram // from when it was sent; of open loops
	connect  *hdrhistogram.Histogram // until a connection was made
	late     *hdrhistogram.Histogram // how late a message was sent on a connection that was free

	ok       int64 // messages with their replies
	out, in  int64 // bytes of these
	surplus  int64 // bytes that came although no reply was awaited
	failures map[string]*Failure
}

func newTally() *tally {
	return &tally{
		response: newHistogram(),
		service:  newHistogram(),
		connect:  newHistogram(),
		late:     newHistogram(),
		failures: make(map[string]*Failure),
	}
}

// A Failure counts the messages that failed for the same reason.
type Failure struct {
	Code  string // Node's name, such as ECONNRESET
	Count int64
	Err   error // of one of them
}

// fail counts n messages that failed.
func (t *tally) fail(code string, err error, n int64) {
	if n == 0 {
		return
	}
	f := t.failures[code]
	if f == nil {
		f = &Failure{Code: code, Err: err}
		t.failures[code] = f
	}
	f.Count += n
}

// errors returns how many messages failed.
func (t *tally) errors() (n int64) {
	for _, f := range t.failures {
		n += f.Count
	}
	return n
}

// add adds what another has counted.
func (t *tally) add(other *tally) {
	for _, pair := range [][2]*hdrhistogram.Histogram{
		{t.response, other.response}, {t.service, other.service}, {t.connect, other.connect}, {t.late, other.late},
	} {
		if to, from := pair[0], pair[1]; from.TotalCount() > 0 {
			to.Merge(from)
		}
	}
	t.ok += other.ok
	t.out += other.out
	t.in += other.in
	t.surplus += other.surplus
	for code, f := range other.failures {
		t.fail(code, f.Err, f.Count)
	}
}

// reset empties t.
func (t *tally) reset() {
	for _, h := range []*hdrhistogram.Histogram{t.response, t.service, t.connect, t.late} {
		if h.TotalCount() > 0 {
			h.Reset()
		}
	}
	t.ok, t.out, t.in, t.surplus = 0, 0, 0, 0
	clear(t.failures)
}

// unflow forgets what has flowed in the warm-up of a Stream, which has no time of its own as other messages
// have.
func (t *tally) unflow() { t.ok, t.out = 0, 0 }

// percentile returns the time that p percent of h did not exceed.
func percentile(h *hdrhistogram.Histogram, p float64) time.Duration {
	if h.TotalCount() == 0 {
		return 0
	}
	return time.Duration(h.ValueAtPercentile(p))
}

// never is a time that does not come.
const never = math.MaxInt64
