// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// A goal is what duplex is to reach in some workloads: so much of a metric, or of
// its ratio to another server's in the same round.
type goal struct {
	workloads string // names
	of        string // the name of the server that is to reach it; "": duplex
	metric    string
	to        string // names of servers; the goal is about the ratio to the best; "": about the figure
	most      float64
	least     float64
}

// goals are those of the project. Those with every say that duplex is behind no other server
// in any workload.
var goals = []goal{
	{workloads: "echo-64x100 echo-pipelined-16x100 echo-1Kx100 echo-16Kx100", metric: cpuMetric, to: "epoll", most: 1.05},
	{workloads: "echo-64x1000 echo-64x10000 connect-echo-close", metric: cpuMetric, to: "epoll", most: 1.08},
	{workloads: "sink source", metric: cpuMetric, to: "epoll", most: 1.10},
	{workloads: "fanout-1x100", metric: cpuMetric, to: "epoll", most: 1},
	{workloads: "echo-64x100-allcores", metric: cpuMetric, to: "epoll", most: 1.15},
	{workloads: "broadcast-100x100", metric: rateMetric, to: "std netpoll node", least: 40},
	{workloads: "idle idle-100000", metric: bareMetric, most: 256},
	{workloads: "idle idle-100000", metric: usedMetric, most: 300},
	{workloads: "late-half-close", metric: backMetric, least: 5_000_000},
	{workloads: "tls-echo-64x100", metric: cpuMetric, to: "std", most: .9},
	{workloads: "tls-echo-16Kx100", metric: cpuMetric, to: "std", most: 1},
	{workloads: "tls-gathered-16x64x100", metric: cpuMetric, to: "std", most: .2},
	{workloads: "tls-handshake", metric: cpuMetric, to: "std", most: 1.15},
	{workloads: "tls-resumed", metric: cpuMetric, to: "std", most: 1.1},
	{workloads: "tls-idle tls-idle-64K", metric: usedMetric, most: 24 << 10},
	{workloads: every, metric: cpuMetric, to: "std", most: 1},
	{workloads: every, metric: cpuMetric, to: "netpoll", most: 1},
	{workloads: every, metric: cpuMetric, to: "node", most: 1},
	{workloads: "fan-1x10000", of: "group", metric: callerMetric, most: 100},
	{workloads: "fan-1x10000", of: "group", metric: turnMetric, most: 10},
	{workloads: "fan-1x10000 fan-1x10000-allcores", of: "group", metric: cpuMetric, to: "broadcast", most: 1.15},
	{workloads: "rooms-100x10x10000 rooms-100x10x10000-allcores", of: "group", metric: cpuMetric, to: "broadcast", most: .7},
	{workloads: "fan-1x10000 fan-1x10000-allcores", of: "group", metric: p50Metric, to: "broadcast", most: 1.15},
	{workloads: "rooms-100x10x10000 rooms-100x10x10000-allcores", of: "group", metric: p50Metric, to: "broadcast", most: .7},
	{workloads: "members-10x10000", of: "group", metric: memberMetric, most: 64},
	{workloads: "echo-64x50", of: "script", metric: rateMetric, to: "node", least: 1.0 / 3},
}

// every is the workloads without TLS and net/http that have the metric and the server. Those that meet
// the goal share one line.
const every = ""

// goals writes what has become of each goal in each workload.
func (rep *report) goals(w io.Writer) {
	t := table{{"workload", "figure", "goal", "found", ""}}
	for _, g := range goals {
		names := strings.Fields(g.workloads)
		if g.workloads == every {
			for _, o := range rep.Workloads {
				if !strings.HasPrefix(o.Name, "tls-") && !strings.HasPrefix(o.Name, "http") {
					names = append(names, o.Name)
				}
			}
		}
		var good []string
		for _, name := range names {
			i := slices.IndexFunc(rep.Workloads, func(o outcome) bool { return o.Name == name })
			if i < 0 {
				continue // a run of a part
			}
			found := g.found(rep.Workloads[i])
			verdict := g.verdict(found)
			if g.workloads == every && (len(found) == 0 || verdict == met) {
				if len(found) > 0 {
					good = append(good, name)
				}
				continue
			}
			t = append(t, []string{name, g.figure(), g.bound(), ranged(found), verdict})
		}
		if len(good) > 0 {
			t = append(t, []string{fmt.Sprintf("%d workloads", len(good)), g.figure(), g.bound(), "", met})
		}
	}
	t.write(w)
}

func (g goal) figure() string {
	if g.to == "" {
		return g.metric
	}
	whose := ""
	if g.of != "" {
		whose = g.of + "'s "
	}
	return whose + g.metric + " / " + strings.Join(strings.Fields(g.to), "'s or ") + "'s"
}

func (g goal) bound() string {
	if g.least > 0 {
		return "at least " + figure(g.least)
	}
	return "at most " + figure(g.most)
}

// found returns what each round says of g.
func (g goal) found(o outcome) []float64 {
	ours := g.of
	if ours == "" {
		ours = "duplex"
	}
	if g.to == "" {
		return o.values(ours, g.metric)
	}
	var closest []float64
	for _, server := range strings.Fields(g.to) {
		ratios := o.ratios(ours, server, g.metric)
		if len(ratios) == 0 {
			continue
		}
		if closest == nil || (median(ratios) < median(closest)) == (g.least > 0) {
			closest = ratios
		}
	}
	return closest
}

// What may become of a goal.
const (
	met    = "met"
	noise  = "within noise" // missed by less than can be resolved
	missed = "NOT MET"
	absent = "not measured"
)

// verdict says what the rounds mean.
func (g goal) verdict(found []float64) string {
	if len(found) == 0 {
		return absent
	}
	off := 0.0 // by how much of it the goal is missed
	if g.most > 0 {
		off = median(found)/g.most - 1
	} else {
		off = g.least/median(found) - 1
	}
	switch {
	case off <= 0:
		return met
	case g.to != "" && off < resolved:
		return noise
	}
	return missed
}

// resolved is the least that two servers must differ by to differ at all.
const resolved = .05
