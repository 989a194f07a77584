// Copyright 2026 The duplex authors. MIT license.

package main

import "time"

const (
	bareMetric = "B/connection, bare"
	usedMetric = "B/connection, after one message"
)

// idle is connections that do nothing: first bare, then again when each has had
// one message echoed. It measures the memory of the server's process, not the
// kernel's, which is the same for all.
func idle(name string, most int) workload {
	return workload{
		name:    name,
		title:   "resident memory of an idle connection",
		mode:    modeEcho,
		size:    64,
		proc:    true,
		metrics: []metric{{bareMetric, true}, {usedMetric, true}, {"connections", false}},
		measure: func(p *process, e effort) (sample, error) {
			n := min(most, e.idle, descriptors()-100)
			f, err := newFleet()
			if err != nil {
				return nil, err
			}
			defer f.close()
			if err := p.knock(); err != nil { // what the first connection needs is not for each
				return nil, err
			}
			before, err := p.settled()
			if err != nil {
				return nil, err
			}
			t := newEchoes(f, 64)
			if err := t.dial(p, n); err != nil {
				return nil, err
			}
			bare, err := p.settled()
			if err != nil {
				return nil, err
			}
			if err := t.once(); err != nil {
				return nil, err
			}
			used, err := p.settled()
			return sample{
				bareMetric:    float64(bare-before) / float64(n),
				usedMetric:    float64(used-before) / float64(n),
				"connections": float64(n),
			}, err
		},
	}
}

// settled returns the resident memory once it is the same for a tenth of a second.
func (p *process) settled() (int64, error) {
	last := int64(-1)
	for range 20 {
		now, err := p.resident()
		if err != nil {
			return 0, err
		}
		if now == last {
			break
		}
		last = now
		time.Sleep(100 * time.Millisecond)
	}
	return last, nil
}
