// Copyright 2026 The duplex authors. MIT license.

// Package metrics shows the counters of duplex to Prometheus:
//
//	srv := &duplex.Server{Handler: game}
//	prometheus.MustRegister(&metrics.Collector{
//		Servers: map[string]*duplex.Server{"game": srv},
//	})
//	http.Handle("/metrics", promhttp.Handler())
//
// A [room.Hub] is shown in the same way, by Hubs.
//
// A program with several Engines registers a Collector for each, with a label:
//
//	prometheus.WrapRegistererWith(prometheus.Labels{"engine": "edge"}, prometheus.DefaultRegisterer).
//		MustRegister(&metrics.Collector{Engine: edge})
//
// The names and their meaning are in docs/metrics.md of the repository, and the file
// dashboard.json beside this one is a dashboard for Grafana.
package metrics

import (
	"strconv"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/room"
	"github.com/prometheus/client_golang/prometheus"
)

// A Collector collects the counters of an Engine, and of Servers, Workers and Hubs by name. The
// zero Collector is that of the shared Engine. Its fields must not change after it was
// registered.
//
// A collection reads counters that are there anyway. It asks every socket of the Servers
// that are named, which takes some 70 ns for each.
type Collector struct {
	// Engine is whose loops are shown; nil is the shared one.
	Engine *duplex.Engine

	// Servers, Workers and Hubs are shown with their name as a label. One that is nil is left
	// out.
	Servers map[string]*duplex.Server
	Workers map[string]*duplex.Workers
	Hubs    map[string]*room.Hub
}

var _ prometheus.Collector = (*Collector)(nil)

// A metric is a series that a T has.
type metric[T any] struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	of   func(T) float64
}

func gauge[T any](name, help, label string, of func(T) float64) metric[T] {
	return metric[T]{describe(name, help, label), prometheus.GaugeValue, of}
}

func counter[T any](name, help, label string, of func(T) float64) metric[T] {
	return metric[T]{describe(name, help, label), prometheus.CounterValue, of}
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	if len(labels) == 1 && labels[0] == "" {
		labels = nil
	}
	return prometheus.NewDesc("duplex_"+name, help, labels, nil)
}

func collect[T any](to chan<- prometheus.Metric, metrics []metric[T], from T, labels ...string) {
	for _, m := range metrics {
		to <- constant(m.desc, m.kind, m.of(from), labels...)
	}
}

// constant returns a metric. Labels that Prometheus does not take, such as a name that is no
// UTF-8, make it the error of the collection, and not the end of the program.
func constant(desc *prometheus.Desc, kind prometheus.ValueType, value float64, labels ...string) prometheus.Metric {
	m, err := prometheus.NewConstMetric(desc, kind, value, labels...)
	if err != nil {
		return prometheus.NewInvalidMetric(desc, err)
	}
	return m
}

// Describe implements prometheus.Collector.
func (c *Collector) Describe(to chan<- *prometheus.Desc) {
	describeAll(to, ofEngine)
	describeAll(to, ofLoop)
	describeAll(to, ofBudget)
	describeAll(to, ofServer)
	describeAll(to, ofWorkers)
	describeAll(to, ofHub)
	for _, d := range []*prometheus.Desc{info, dropped, serverDropped, budgetQueued, serverQueued} {
		to <- d
	}
}

func describeAll[T any](to chan<- *prometheus.Desc, metrics []metric[T]) {
	for _, m := range metrics {
		to <- m.desc
	}
}

// Collect implements prometheus.Collector.
func (c *Collector) Collect(to chan<- prometheus.Metric) {
	st := c.Engine.Stats()
	to <- constant(info, prometheus.GaugeValue, 1, st.Driver)
	collect(to, ofEngine, st)
	collectDrops(to, dropped, st.Drops)
	for i, l := range c.Engine.LoopStats() {
		collect(to, ofLoop, l, strconv.Itoa(i))
	}
	if b := st.Budget; b.Limit != 0 {
		collect(to, ofBudget, b)
		collectQueued(to, budgetQueued, b.QueuedIn, b.QueuedOut)
	}
	for name, srv := range c.Servers {
		if srv == nil {
			continue
		}
		st := srv.Stats()
		collect(to, ofServer, st, name)
		collectDrops(to, serverDropped, st.Drops, name)
		collectQueued(to, serverQueued, st.QueuedIn, st.QueuedOut, name)
	}
	for name, w := range c.Workers {
		if w != nil {
			collect(to, ofWorkers, w.Stats(), name)
		}
	}
	for name, h := range c.Hubs {
		if h != nil {
			collect(to, ofHub, h.Stats(), name)
		}
	}
}

func collectDrops(to chan<- prometheus.Metric, desc *prometheus.Desc, d duplex.Drops, labels ...string) {
	for _, r := range reasons {
		to <- constant(desc, prometheus.CounterValue, float64(r.of(d)), append(labels[:len(labels):len(labels)], r.name)...)
	}
}

func collectQueued(to chan<- prometheus.Metric, desc *prometheus.Desc, in, out int64, labels ...string) {
	labels = labels[:len(labels):len(labels)]
	to <- constant(desc, prometheus.GaugeValue, float64(in), append(labels, "in")...)
	to <- constant(desc, prometheus.GaugeValue, float64(out), append(labels, "out")...)
}
