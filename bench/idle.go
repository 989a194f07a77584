// Copyright 2026 The duplex authors. MIT license.

package main

import "fmt"

const (
	bareMetric  = "B/connection, bare"
	usedMetric  = "B/connection, after one message"
	countMetric = "connections"
)

// idle is connections that do nothing: first bare, then again when each has had
// one message echoed. It measures the memory of the server's processes, not the
// kernel's, which is the same for all.
func idle(name string, size, most int) workload {
	return workload{
		name:    name,
		title:   fmt.Sprintf("resident memory of an idle connection; its message has %d B", size),
		mode:    modeEcho,
		size:    size,
		proc:    true,
		metrics: []metric{{bareMetric, true}, {usedMetric, true}, {countMetric, false}, {"server processes", false}, {"load processes", false}},
		measure: func(p *process, e effort) (sample, error) {
			c := &crowd{}
			defer c.close()
			n := min(most, e.idle, affordable())
			if err := c.start(p, n, e); err != nil {
				return nil, err
			}
			if err := c.warm(); err != nil {
				return nil, err
			}
			before, err := c.settled()
			if err != nil {
				return nil, err
			}
			if err := c.gather(n); err != nil {
				return nil, err
			}
			bare, err := c.settled()
			if err != nil {
				return nil, err
			}
			if err := c.once(); err != nil {
				return nil, err
			}
			used, err := c.settled()
			made := float64(c.size())
			return sample{
				bareMetric:         float64(bare-before) / made,
				usedMetric:         float64(used-before) / made,
				countMetric:        made,
				"server processes": float64(len(c.servers)),
				"load processes":   float64(len(c.holders)),
			}, err
		},
	}
}
