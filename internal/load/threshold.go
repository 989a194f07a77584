// Copyright 2026 The duplex authors. MIT license.

package load

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// A Threshold is a condition that a Report has to meet, such as p99<5ms, errors<0.1% or
// rate>=10000.
type Threshold struct {
	Text   string // as it was written
	metric string // without what comes before a dot: service or connect
	of     string // response, service, connect; "" for other metrics than times
	than   string // <, <=, > or >=
	want   float64
	share  bool // of errors: a percentage
}

// Words of metrics that are no times.
const (
	rateMetric   = "rate"
	errorsMetric = "errors"
	unsentMetric = "unsent"
)

var thresholdForm = regexp.MustCompile(`^\s*(?:(service|connect|response)\.)?([a-z]+[0-9.]*)\s*(<=|>=|<|>)\s*(\S+)\s*$`)

// ParseThreshold returns the Threshold that a text means.
func ParseThreshold(text string) (t Threshold, err error) {
	m := thresholdForm.FindStringSubmatch(text)
	if m == nil {
		return t, errors.New("it has the form p99<5ms, errors<0.1% or rate>1000")
	}
	t = Threshold{Text: text, of: m[1], metric: m[2], than: m[3]}
	switch value := m[4]; {
	case t.of == "" && t.metric == errorsMetric:
		var number string
		number, t.share = strings.CutSuffix(value, "%")
		t.want, err = strconv.ParseFloat(number, 64)
	case t.of == "" && t.metric == unsentMetric:
		t.want, err = strconv.ParseFloat(value, 64)
	case t.of == "" && t.metric == rateMetric:
		t.want, err = strconv.ParseFloat(strings.TrimSuffix(value, "/s"), 64)
	case isTime(t.metric):
		if t.of == "" {
			t.of = "response"
		}
		var d time.Duration
		d, err = time.ParseDuration(value)
		t.want = float64(d)
	default:
		return t, fmt.Errorf("there are p50, p99.9 and the like, min, mean, max, errors, rate and unsent, but not %s", m[0][:strings.Index(m[0], t.than)])
	}
	if err != nil || !(t.want >= 0) { // NaN, too
		return t, fmt.Errorf("%s is no value for %s: a time is 5ms, errors are 0.1%% or 3, a rate is 1000", m[4], t.metric)
	}
	return t, nil
}

// isTime reports whether a metric is one of a histogram.
func isTime(metric string) bool {
	p, found := strings.CutPrefix(metric, "p")
	if !found {
		return metric == "min" || metric == "mean" || metric == "max"
	}
	n, err := strconv.ParseFloat(p, 64)
	return err == nil && n >= 0 && n <= 100
}

// OfErrors reports whether t is about errors.
func (t Threshold) OfErrors() bool { return t.of == "" && t.metric == errorsMetric }

// OfRate reports whether t says how much of the rate of an open loop has to be reached.
func (t Threshold) OfRate() bool {
	return t.of == "" && (t.metric == rateMetric || t.metric == unsentMetric)
}

// Value returns what a Report has for t, and as a text.
func (t Threshold) Value(r *Report) (v float64, text string) {
	switch {
	case t.OfErrors() && t.share:
		v = 100 * r.ErrorShare()
		return v, t.round(v, 'g', 3) + "%"
	case t.OfErrors():
		return float64(r.Errors), strconv.FormatInt(r.Errors, 10)
	case t.metric == unsentMetric:
		return float64(r.Unsent), strconv.FormatInt(r.Unsent, 10)
	case t.metric == rateMetric:
		v = r.PerSecond()
		return v, t.round(v, 'f', 0)
	}
	h := t.histogram(r)
	switch t.metric {
	case "min":
		v = float64(h.Min())
	case "mean":
		v = h.Mean()
	case "max":
		v = float64(h.Max())
	default:
		p, _ := strconv.ParseFloat(t.metric[1:], 64)
		v = float64(percentile(h, p))
	}
	return v, time.Duration(v).String()
}

// round returns v in as few digits as say whether it meets t, and at least digits.
func (t Threshold) round(v float64, format byte, digits int) string {
	for ; ; digits++ {
		text := strconv.FormatFloat(v, format, digits, 64)
		if shown, _ := strconv.ParseFloat(text, 64); t.Holds(shown) == t.Holds(v) || digits == 20 {
			return text
		}
	}
}

func (t Threshold) histogram(r *Report) *hdrhistogram.Histogram {
	switch {
	case t.of == "connect":
		return r.Connect
	case t.of == "service" && r.Service.TotalCount() > 0:
		return r.Service
	}
	return r.Response
}

// Met reports whether a Report meets t. Times of which there are none meet nothing.
func (t Threshold) Met(r *Report) bool {
	if t.of != "" && t.histogram(r).TotalCount() == 0 {
		return false
	}
	v, _ := t.Value(r)
	return t.Holds(v)
}

// OfTime reports whether t is about a time, whose values are nanoseconds.
func (t Threshold) OfTime() bool { return t.of != "" }

// Holds reports whether v is a value that t wants.
func (t Threshold) Holds(v float64) bool {
	switch t.than {
	case "<":
		return v < t.want
	case "<=":
		return v <= t.want
	case ">":
		return v > t.want
	}
	return v >= t.want
}
