// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"
)

// A traffic is messages between a fleet and a server that go on, each caused by
// the one before, until its meter is stopped.
type traffic interface {
	// begin sends the first messages.
	begin() error

	// received checks every byte and sends what comes next.
	received(i int, p []byte) error

	// pending reports whether anything is still to come.
	pending() bool
}

// A meter counts what a traffic does.
type meter struct {
	epoch     time.Time
	messages  int64
	latencies []time.Duration
	least     int // so many of them make a sample
	stopped   bool
}

// now is the time of the meter.
func (m *meter) now() time.Duration { return time.Since(m.epoch) }

// done counts a message that was sent at the given time.
func (m *meter) done(sent time.Duration) {
	m.messages++
	m.latencies = append(m.latencies, m.now()-sent)
}

// reset begins to count.
func (m *meter) reset() {
	m.messages = 0
	m.latencies = m.latencies[:0]
}

// percentile returns the latency in microseconds that a share of the messages did
// not exceed. It sorts them first.
func (m *meter) percentile(share float64) float64 {
	slices.Sort(m.latencies)
	at := int(share * float64(len(m.latencies)))
	return float64(m.latencies[min(at, len(m.latencies)-1)].Nanoseconds()) / 1e3
}

// sample returns what was counted in a time in which the server used so much CPU, if that
// is known.
func (m *meter) sample(took, used time.Duration, known bool) (sample, error) {
	if m.messages == 0 {
		return nil, fmt.Errorf("nothing came back for %v", took)
	}
	s := sample{rateMetric: float64(m.messages) / took.Seconds()}
	if len(m.latencies) > 0 {
		s[p50Metric], s[p99Metric] = m.percentile(.50), m.percentile(.99)
	}
	if known && used >= leastCPU {
		s[cpuMetric] = float64(used.Nanoseconds()) / 1e3 / float64(m.messages)
		s[busyMetric] = 100 * used.Seconds() / took.Seconds()
	}
	return s, nil
}

// The metrics of a traffic.
const (
	cpuMetric  = "CPU us each" // of the server, user and system, for each message
	rateMetric = "per second"
	p50Metric  = "p50 us"
	p99Metric  = "p99 us"
	busyMetric = "busy %" // the server's CPU of the time: when low, it was not the server that was slow
	loadMetric = "load %" // the load generator's: when high, it may have been that
)

var flowMetrics = []metric{
	{cpuMetric, true}, {rateMetric, true}, {p50Metric, false}, {p99Metric, false}, {busyMetric, false}, {loadMetric, false},
}

// leastCPU is the least that is worth telling: the clock of another process lags
// by up to a tick of its kernel.
const leastCPU = 20 * time.Millisecond

// drive lets a traffic flow, which connect makes of an empty fleet, and measures
// the server after a time to warm up.
func drive(p *process, e effort, connect func(*fleet, *meter) (traffic, error)) (sample, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	f, err := newFleet()
	if err != nil {
		return nil, err
	}
	defer f.close()
	m := &meter{epoch: time.Now(), latencies: make([]time.Duration, 0, 1<<20)}
	t, err := connect(f, m)
	if err != nil {
		return nil, err
	}
	if err := t.begin(); err != nil {
		return nil, err
	}
	if err := flowFor(e.warm, f, t, m); err != nil {
		return nil, err
	}
	m.reset()
	before, known := p.cpu()
	own, _ := threadCPU()
	began := time.Now()
	if err := flowFor(e.measure, f, t, m); err != nil {
		return nil, err
	}
	took := time.Since(began)
	after, _ := p.cpu()
	ownAfter, counted := threadCPU()
	s, err := m.sample(took, after-before, known && counted)
	if err != nil {
		return nil, err
	}
	if _, ok := s[cpuMetric]; ok {
		s[loadMetric] = 100 * (ownAfter - own).Seconds() / took.Seconds()
	}
	m.stopped = true
	return s, drain(f, t)
}

// flowFor lets t flow for some time, and until a message, and the least of m, have come back.
func flowFor(d time.Duration, f *fleet, t traffic, m *meter) error {
	until := m.now() + d
	for heard, messages := m.now(), m.messages; ; {
		if err := f.poll(100*time.Millisecond, t.received); err != nil {
			return err
		}
		now := m.now()
		if now >= until && m.messages > 0 && len(m.latencies) >= m.least {
			return nil
		}
		if m.messages != messages {
			heard, messages = now, m.messages
		} else if now-heard > patience {
			return fmt.Errorf("nothing came back for %v", patience)
		}
	}
}

// drain waits for what is still to come.
func drain(f *fleet, t traffic) error {
	for late := time.Now().Add(patience); t.pending(); {
		if time.Now().After(late) {
			return fmt.Errorf("something was lost: it did not come within %v", patience)
		}
		if err := f.poll(100*time.Millisecond, t.received); err != nil {
			return err
		}
	}
	return nil
}

// pattern is what messages are made of: one at offset 0 to period-1, of up to 64
// KiB. It is random, so that a byte that is lost, doubled or another connection's
// shows.
var pattern = func() []byte {
	rnd := rand.New(rand.NewPCG(1, 2))
	p := make([]byte, period+64<<10)
	for i := range p {
		p[i] = byte(rnd.Uint32())
	}
	return p
}()

const period = 65521 // prime
