// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"slices"
	"strings"
	"testing"
)

func TestRatiosAreToTheSameRound(t *testing.T) {
	o := outcome{Servers: []series{
		{Server: "duplex", Samples: []sample{{"us": 2.5}, {"us": 8}, nil, {"us": 3.75}}},
		{Server: "std", Samples: []sample{{"us": 5}, {"us": 5}, {"us": 6}, {"us": 5}}},
		{Server: "node"},
	}}
	for server, want := range map[string]string{"duplex": "3.75 (-, 0.75)", "std": "5 (-, 1.00)", "node": "-"} {
		if got := o.compared(server, "us"); got != want {
			t.Errorf("%s: got %q, want %q", server, got, want)
		}
	}
}

func TestASlowLoadGeneratorIsTold(t *testing.T) {
	o := outcome{Servers: []series{
		{Server: "fast", Samples: []sample{{busyMetric: 80, loadMetric: 99}}},
		{Server: "slow", Samples: []sample{{busyMetric: 99, loadMetric: 99}}},
		{Server: "idle", Samples: []sample{{busyMetric: 40, loadMetric: 40}}},
	}}
	if got := o.outrun(); !slices.Equal(got, []string{"fast"}) {
		t.Errorf("got %q", got)
	}
}

func TestGoalsAreJudged(t *testing.T) {
	rep := report{Workloads: []outcome{{
		Name: "echo-64x100", Metrics: flowMetrics,
		Servers: []series{
			{Server: "epoll", Samples: []sample{{cpuMetric: 5}, {cpuMetric: 5}}},
			{Server: "duplex", Samples: []sample{{cpuMetric: 5.1}, {cpuMetric: 5.1}}},
			{Server: "std", Samples: []sample{{cpuMetric: 4}, {cpuMetric: 5}}},
		},
	}}}
	var text strings.Builder
	rep.goals(&text)
	for _, want := range []string{"1.02 (1.02-1.02)", "met", "NOT MET", "1.15 (1.02-1.27)"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is not in:\n%s", want, text.String())
		}
	}
}
