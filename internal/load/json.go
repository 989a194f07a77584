// Copyright 2026 The duplex authors. MIT license.

package load

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// AppendJSON appends the report as one JSON object, with the thresholds that it has to
// meet. The order of its keys is fixed. Times are microseconds, but for those of the plan.
func (r *Report) AppendJSON(dst []byte, target string, thresholds []Threshold) []byte {
	p := r.Plan
	o := object{
		Target:      target,
		Mode:        p.Mode,
		Conns:       p.Conns,
		Rate:        p.Rate,
		Pipeline:    p.pipeline(),
		Warmup:      p.Warmup.Seconds(),
		Duration:    p.Duration.Seconds(),
		Seed:        p.Seed,
		Elapsed:     r.Elapsed.Seconds(),
		Interrupted: r.Interrupted,
		OK:          r.OK,
		Errors:      r.Errors,
		Codes:       make(map[string]int64),
		Unsent:      r.Unsent,
		Surplus:     r.Surplus,
		PerSecond:   r.PerSecond(),
		Sent:        r.SentPerSecond(),
		Out:         r.Out,
		In:          r.In,
		Response:    timesOf(r.Response),
		Service:     timesOf(r.Service),
		Connect:     timesOf(r.Connect),
		Late:        timesOf(r.Late),
		OwnCPU:      microseconds(r.OwnCost()),
		Busy:        r.Busy(),
		Thresholds:  []verdict{},
		Points:      []point{},
	}
	if p.open() {
		reached := r.Reached()
		o.Reached = &reached
	}
	for _, f := range r.Failures {
		o.Codes[f.Code] = f.Count
	}
	for _, t := range thresholds {
		_, text := t.Value(r)
		o.Thresholds = append(o.Thresholds, verdict{t.Text, text, t.Met(r)})
	}
	for _, at := range r.Points {
		o.Points = append(o.Points, point{
			at.At.Seconds(), at.Length.Seconds(), at.OK, at.Errors, microseconds(at.P50), microseconds(at.P99),
		})
	}
	b := bytes.NewBuffer(dst)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false) // thresholds have < and >
	_ = e.Encode(o)        // nothing in it can fail
	return b.Bytes()
}

// An object is a Report in JSON.
type object struct {
	Target      string           `json:"target"`
	Mode        Mode             `json:"mode"`
	Conns       int              `json:"conns"`
	Rate        float64          `json:"rate"`
	Pipeline    int              `json:"pipeline"`
	Warmup      float64          `json:"warmup"`
	Duration    float64          `json:"duration"`
	Seed        *uint64          `json:"seed,omitempty"`
	Elapsed     float64          `json:"elapsed"`
	Interrupted bool             `json:"interrupted"`
	OK          int64            `json:"ok"`
	Errors      int64            `json:"errors"`
	Codes       map[string]int64 `json:"codes"`
	Unsent      int64            `json:"unsent"`
	Surplus     int64            `json:"surplus"`
	PerSecond   float64          `json:"perSecond"`
	Sent        float64          `json:"sentPerSecond"`
	Reached     *bool            `json:"rateReached"` // null in a closed loop
	Out         int64            `json:"out"`
	In          int64            `json:"in"`
	Response    *times           `json:"responseUs"`
	Service     *times           `json:"serviceUs"`
	Connect     *times           `json:"connectUs"`
	Late        *times           `json:"lateUs"`
	OwnCPU      float64          `json:"ownCpuUs"`
	Busy        float64          `json:"ownCpus"`
	Thresholds  []verdict        `json:"thresholds"`
	Points      []point          `json:"points"`
}

type verdict struct {
	Threshold string `json:"threshold"`
	Value     string `json:"value"`
	Met       bool   `json:"met"`
}

type point struct {
	At     float64 `json:"at"`
	Length float64 `json:"length"`
	OK     int64   `json:"ok"`
	Errors int64   `json:"errors"`
	P50    float64 `json:"p50Us"`
	P99    float64 `json:"p99Us"`
}

type times struct {
	Count int64   `json:"count"`
	Min   float64 `json:"min"`
	Mean  float64 `json:"mean"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P99   float64 `json:"p99"`
	P999  float64 `json:"p99.9"`
	P9999 float64 `json:"p99.99"`
	Max   float64 `json:"max"`
}

// timesOf returns the times of h, nil if there are none.
func timesOf(h *hdrhistogram.Histogram) *times {
	if h.TotalCount() == 0 {
		return nil
	}
	at := func(p float64) float64 { return microseconds(percentile(h, p)) }
	return &times{
		Count: h.TotalCount(),
		Min:   microseconds(time.Duration(h.Min())),
		Mean:  h.Mean() / 1e3,
		P50:   at(50),
		P90:   at(90),
		P99:   at(99),
		P999:  at(99.9),
		P9999: at(99.99),
		Max:   microseconds(time.Duration(h.Max())),
	}
}

func microseconds(d time.Duration) float64 { return float64(d) / 1e3 }
