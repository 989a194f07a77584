// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"os"
	"testing"
	"time"
)

// tiny is enough to see that it works.
var tiny = effort{warm: 5 * time.Millisecond, measure: 30 * time.Millisecond, idle: 40, room: 20, busy: 20, late: 50 * time.Millisecond}

func TestEveryWorkloadMeasuresEveryServer(t *testing.T) {
	r := runner{workloads: workloads, servers: servers, effort: tiny, rounds: 1, log: t.Output()}
	rep := r.run()
	for _, o := range rep.Workloads {
		if len(o.Servers) < 2 {
			t.Errorf("%s compares only %d servers", o.Name, len(o.Servers))
		}
		for _, s := range o.Servers {
			if len(s.Samples) != 1 || s.Samples[0] == nil {
				t.Errorf("%s on %s: %q", o.Name, s.Server, s.Errors)
				continue
			}
			// So short a time may be less than a tick of the CPU's clock, and so few
			// connections less than a page of memory.
			for _, m := range o.Metrics {
				if v, ok := s.Samples[0][m.Name]; m.Name == rateMetric && (!ok || v <= 0) {
					t.Errorf("%s on %s: %s is %v", o.Name, s.Server, m.Name, v)
				}
			}
		}
	}
	path, err := rep.keep(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", text)
}
