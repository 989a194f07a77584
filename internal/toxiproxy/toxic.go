// Copyright 2026 The duplex authors. MIT license.

package toxiproxy

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/duplex-go/duplex/internal/faults"
)

// A toxicForm is a toxic in a request or an answer.
type toxicForm struct {
	Attributes map[string]float64 `json:"attributes"`
	Name       string             `json:"name"`
	Type       string             `json:"type"`
	Stream     string             `json:"stream"`
	Toxicity   *float64           `json:"toxicity"`
}

// An attribute is a number of a toxic.
type attribute struct {
	name string
	get  func(t *faults.Toxic) float64
	set  func(t *faults.Toxic, n float64)
}

// span is an attribute that counts times of a unit.
func span(name string, unit time.Duration, field func(*faults.Toxic) *time.Duration) attribute {
	return attribute{
		name,
		func(t *faults.Toxic) float64 { return float64(*field(t)) / float64(unit) },
		func(t *faults.Toxic, n float64) { *field(t) = time.Duration(n * float64(unit)) },
	}
}

func delay(t *faults.Toxic) *time.Duration  { return &t.Delay }
func jitter(t *faults.Toxic) *time.Duration { return &t.Jitter }

// chance is the attribute of a probability.
var chance = attribute{
	"probability",
	func(t *faults.Toxic) float64 { return t.Chance },
	func(t *faults.Toxic, n float64) { t.Chance = n },
}

// kinds are the kinds of toxics by the names of the interface, with their attributes.
var kinds = []struct {
	name       string
	kind       faults.Kind
	attributes []attribute
}{
	{"latency", faults.Latency, []attribute{span("latency", time.Millisecond, delay), span("jitter", time.Millisecond, jitter)}},
	{"bandwidth", faults.Bandwidth, []attribute{{
		"rate", // in KB/s
		func(t *faults.Toxic) float64 { return float64(t.Rate) / 1000 },
		func(t *faults.Toxic, n float64) { t.Rate = int64(n * 1000) },
	}}},
	{"slow_close", faults.SlowClose, []attribute{span("delay", time.Millisecond, delay)}},
	{"timeout", faults.Blackhole, []attribute{span("timeout", time.Millisecond, delay)}},
	{"reset_peer", faults.Reset, []attribute{span("timeout", time.Millisecond, delay)}},
	{"slicer", faults.Slice, []attribute{
		{
			"average_size",
			func(t *faults.Toxic) float64 { return float64(t.Least+t.Most) / 2 },
			func(t *faults.Toxic, n float64) {
				half := (t.Most - t.Least) / 2
				t.Least, t.Most = int(n)-half, int(n)+half
			},
		},
		{
			"size_variation",
			func(t *faults.Toxic) float64 { return float64(t.Most-t.Least) / 2 },
			func(t *faults.Toxic, n float64) {
				middle := (t.Least + t.Most) / 2
				t.Least, t.Most = middle-int(n), middle+int(n)
			},
		},
		span("delay", time.Microsecond, delay),
	}},
	{"limit_data", faults.LimitData, []attribute{{
		"bytes",
		func(t *faults.Toxic) float64 { return float64(t.Bytes) },
		func(t *faults.Toxic, n float64) { t.Bytes = int64(n) },
	}}},
	{"limit_time", faults.LimitTime, []attribute{span("timeout", time.Millisecond, delay)}},
	{"stall", faults.Stall, []attribute{chance, span("delay", time.Millisecond, delay)}},
	{"corrupt", faults.Corrupt, []attribute{chance}},
}

// showToxic returns t as clients see it.
func showToxic(t faults.Toxic) toxicForm {
	form := toxicForm{Name: t.Name, Stream: t.Direction.String() + "stream", Toxicity: &t.Probability, Attributes: make(map[string]float64)}
	for _, k := range kinds {
		if k.kind == t.Kind {
			form.Type = k.name
			for _, a := range k.attributes {
				form.Attributes[a.name] = a.get(&t)
			}
		}
	}
	return form
}

// fill sets the fields of t that a form has, and checks them.
func (form *toxicForm) fill(t *faults.Toxic) error {
	if form.Toxicity != nil {
		t.Probability = *form.Toxicity
	}
	if t.Probability < 0 || t.Probability > 1 {
		return bad(fmt.Errorf("toxicity is from 0 to 1, not %v", t.Probability))
	}
	for _, k := range kinds {
		if k.kind != t.Kind {
			continue
		}
		for _, a := range k.attributes {
			n, given := form.Attributes[a.name]
			if !given {
				continue
			}
			if most := float64(math.MaxInt32) * 1000; n < 0 || n > most || a.name == chance.name && n > 1 {
				return bad(fmt.Errorf("%s is %v", a.name, n))
			}
			a.set(t, n)
		}
	}
	const longest = 1000 * time.Hour // as faults.Parse has it: sums of times stay times
	switch {
	case t.Delay > longest || t.Jitter > longest:
		return bad(fmt.Errorf("a time of more than %v", longest))
	case t.Kind == faults.Bandwidth && t.Rate == 0:
		return bad(errors.New("rate is 0"))
	case t.Kind == faults.Slice && (t.Least < 1 || t.Most > math.MaxInt32):
		return bad(errors.New("average_size has to be larger than size_variation"))
	}
	return nil
}

// addToxic adds a toxic to p.
func (a *API) addToxic(p *proxy, body io.Reader) (int, any, error) {
	var form toxicForm
	if err := json.NewDecoder(body).Decode(&form); err != nil {
		return 0, nil, bad(err)
	}
	t := faults.Toxic{Name: form.Name, Probability: 1, Direction: faults.Down}
	switch strings.ToLower(form.Stream) { // as Toxiproxy takes it
	case "", "downstream":
	case "upstream":
		t.Direction = faults.Up
	default:
		return 0, nil, errStream
	}
	for _, k := range kinds {
		if k.name == form.Type || string(k.kind) == form.Type {
			t.Kind = k.kind
		}
	}
	if t.Kind == "" {
		return 0, nil, errKind
	}
	if t.Name == "" {
		t.Name = showToxic(t).Type + "_" + t.Direction.String() + "stream"
	}
	if _, err := p.relay.Faults.Get(t.Name); err == nil {
		return 0, nil, errToxic
	}
	if err := form.fill(&t); err != nil {
		return 0, nil, err
	}
	t, err := p.relay.Faults.Add(t)
	if err != nil {
		return 0, nil, errToxic
	}
	a.changed(p, t.Name+" "+t.String())
	return http.StatusOK, showToxic(t), nil
}

// changeToxic changes the toxicity and the attributes of a toxic of p.
func (a *API) changeToxic(p *proxy, name string, body io.Reader) (int, any, error) {
	t, err := p.relay.Faults.Get(name)
	if err != nil {
		return 0, nil, missing(err)
	}
	var form toxicForm
	if err := json.NewDecoder(body).Decode(&form); err != nil {
		return 0, nil, bad(err)
	}
	if err := form.fill(&t); err != nil {
		return 0, nil, err
	}
	if err := p.relay.Faults.Replace(t); err != nil {
		return 0, nil, missing(err)
	}
	a.changed(p, t.Name+" "+t.String())
	return http.StatusOK, showToxic(t), nil
}
