// Copyright 2026 The duplex authors. MIT license.

package load_test

import (
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/duplex-go/duplex/internal/load"
)

// report returns a Report with times of 1 to 100 ms and 10 errors.
func report() *load.Report {
	histogram := func() *hdrhistogram.Histogram { return hdrhistogram.New(1, int64(time.Hour), 3) }
	r := &load.Report{
		OK: 990, Errors: 10, Elapsed: time.Second,
		Response: histogram(), Service: histogram(), Connect: histogram(), Late: histogram(),
	}
	for ms := int64(1); ms <= 100; ms++ {
		r.Response.RecordValue(ms * 1e6)
		r.Service.RecordValue(ms * 1e3)
	}
	return r
}

func TestThresholds(t *testing.T) {
	for _, c := range []struct {
		text  string
		met   bool
		value string // its beginning
	}{
		{"p99<5ms", false, "99"},
		{"p99<100ms", true, "99"},
		{" p50 <= 51ms ", true, "50"},
		{"p99.9>99ms", true, "100"},
		{"max<1s", true, "100"},
		{"min>=0.9ms", true, "999"},
		{"mean<50ms", false, "50"},
		{"service.p99<1ms", true, "99"},
		{"response.p99<1ms", false, "99"},
		{"connect.p50<1s", false, "0s"}, // there was none
		{"errors<0.1%", false, "1%"},
		{"errors<=1%", true, "1%"},
		{"errors<11", true, "10"},
		{"errors<=9", false, "10"},
		{"rate>900", true, "990"},
		{"rate>1000/s", false, "990"},
		{"unsent<1", true, "0"},
	} {
		threshold, err := load.ParseThreshold(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		_, value := threshold.Value(report())
		if met := threshold.Met(report()); met != c.met || len(value) < len(c.value) || value[:len(c.value)] != c.value {
			t.Errorf("%s: met is %t, value %s; want %t, %s", c.text, met, value, c.met, c.value)
		}
	}
}

// A value that misses is not rounded to one that would not.
func TestAValueThatMissesIsNotRoundedToOneThatMeets(t *testing.T) {
	for text, want := range map[string]string{
		"rate>=100":   "99.7",
		"rate>99.5":   "100",
		"errors<=25%": "25.005",
	} {
		threshold, err := load.ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		r := report()
		r.OK, r.Errors, r.Elapsed = 997, 0, 10*time.Second
		if threshold.OfErrors() {
			r.OK, r.Errors = 14999, 5001
		}
		if _, value := threshold.Value(r); strings.TrimSuffix(value, "%") != want {
			t.Errorf("%s: the value is %s, want %s", text, value, want)
		}
	}
}

// The rate is reached if a hundredth was not sent, or one message of few.
func TestARateIsReachedButForAHundredth(t *testing.T) {
	for _, c := range []struct {
		ok, unsent int64
		want       bool
	}{
		{0, 0, true}, {9, 1, true}, {98, 2, false}, {990, 10, true}, {989, 11, false}, {0, 300, false},
	} {
		r := load.Report{OK: c.ok, Unsent: c.unsent}
		if got := r.Reached(); got != c.want {
			t.Errorf("%d ok and %d unsent: reached is %t, want %t", c.ok, c.unsent, got, c.want)
		}
	}
}

func TestThresholdsThatMeanNothing(t *testing.T) {
	for _, text := range []string{"", "p99", "p99<", "<5ms", "p99<5", "p99=5ms", "p101<5ms", "px<5ms", "errors<5ms", "errors<-1", "errors<NaN", "rate>nan",
		"rate>fast", "nonsense<1", "service.errors<1", "p99<5ms p50<1ms", "p99<-5ms"} {
		if threshold, err := load.ParseThreshold(text); err == nil {
			t.Errorf("%q is %+v, want an error", text, threshold)
		}
	}
}
