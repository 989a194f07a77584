// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"fmt"
	"time"
)

// The metrics of a hall: CPU time and rate are those of a delivery, the latency is the time
// from the word of one client until all clients have heard everything.
const (
	callerMetric = "caller us"  // for how long a goroutine that writes is busy with all its messages
	lagMetric    = "lag ms"     // the longest wait of a function that is posted while the hall speaks
	turnMetric   = "lag CPU ms" // the CPU time of the server in that wait, which neighbors do not lengthen
	piecesMetric = "pieces"     // in which a client hears everything: near 1 if what is written in quick succession is sent together
	memberMetric = "B/membership"
)

var hallMetrics = []metric{
	{cpuMetric, true}, {callerMetric, true}, {lagMetric, false}, {turnMetric, true}, {p50Metric, true}, {piecesMetric, false}, {rateMetric, true}, {busyMetric, false}, {loadMetric, false},
}

// fan is one message at a time to clients that idle.
func fan(name string, clients int) workload {
	return workload{
		name:    name,
		title:   fmt.Sprintf("deliveries of 64 B: one message at a time to each of %d clients", clients),
		mode:    modeFan,
		size:    frameSize,
		among:   hallNames,
		metrics: hallMetrics,
		measure: func(p *process, e effort) (sample, error) { return listen(p, e, clients, 1) },
	}
}

// rooms is messages to each of some rooms, from several goroutines at a time.
func rooms(name string, clients int) workload {
	return workload{
		name: name,
		title: fmt.Sprintf("deliveries of 64 B: %d messages to each of %d rooms, from %d goroutines; clients, each in one room: %d",
			hallMessages, hallRooms, hallCallers, clients),
		mode:    modeRooms,
		size:    frameSize,
		among:   hallNames,
		metrics: hallMetrics,
		measure: func(p *process, e effort) (sample, error) { return listen(p, e, clients, hallMessages) },
	}
}

const hallNames = "group room broadcast writes"

// leastFans is how often a hall speaks at least in a sample.
const leastFans = 5

// listen measures a hall that says so many messages to each client at a time.
func listen(p *process, e effort, clients, messages int) (sample, error) {
	var l *listeners
	s, err := drive(p, e, func(f *fleet, m *meter) (traffic, error) {
		m.least = leastFans
		l = &listeners{meter: m, fleet: f, each: messages * frameSize}
		return l, l.join(p, min(clients, e.busy))
	})
	if err != nil {
		return nil, err
	}
	s[piecesMetric] = float64(l.pieces) / float64(l.whole)
	return s, p.figures(s)
}

// members is clients that join rooms. It measures the memory of the server's heap for
// each membership.
func members(name string, clients int) workload {
	return workload{
		name:    name,
		title:   fmt.Sprintf("memory of a membership: each of %d clients is in %d of %d rooms", clients, crowdEach, crowdRooms),
		mode:    modeMembers,
		size:    frameSize,
		among:   "group room",
		metrics: []metric{{memberMetric, true}},
		measure: func(p *process, e effort) (sample, error) {
			f, err := newFleet()
			if err != nil {
				return nil, err
			}
			defer f.close()
			l := &listeners{meter: &meter{epoch: time.Now()}, fleet: f}
			if err := l.join(p, min(clients, e.busy)); err != nil {
				return nil, err
			}
			l.due = 1
			if err := f.send(0, []byte{sayWord}); err != nil {
				return nil, err
			}
			if err := drain(f, l); err != nil {
				return nil, err
			}
			s := sample{}
			return s, p.figures(s)
		},
	}
}

// listeners is the traffic of a hall: when all clients have heard everything, one of them asks for
// more.
type listeners struct {
	*meter
	fleet *fleet
	each  int   // bytes that a client hears at a time; 0 while clients join, which are answered by a byte
	heard []int // of each client
	due   int   // bytes, of all
	asked time.Duration
	full  int // of each, once all have joined

	pieces, whole int // reads, and how often a client has heard everything
}

// join lets n clients in.
func (l *listeners) join(p *process, n int) error {
	if most := descriptors() - 100; n > most {
		return fmt.Errorf("%d connections need more descriptors than %d; hint: ulimit -n", n, most)
	}
	l.full, l.each = l.each, 0
	for i := range n {
		if err := l.fleet.dial(p.addr); err != nil {
			return err
		}
		if err := l.fleet.send(i, []byte{joinWord}); err != nil {
			return err
		}
		l.due++
		if i%100 == 99 || i == n-1 { // now and then, so that no backlog overflows
			if err := drain(l.fleet, l); err != nil {
				return err
			}
		}
	}
	l.heard = make([]int, n)
	l.each = l.full
	return nil
}

// begin implements traffic.
func (l *listeners) begin() error {
	l.due = len(l.heard) * l.each
	clear(l.heard)
	l.asked = l.now()
	return l.fleet.send(0, []byte{sayWord})
}

// received implements traffic.
func (l *listeners) received(i int, p []byte) error {
	if l.due -= len(p); l.due < 0 {
		return fmt.Errorf("client %d: got more bytes than were sent", i)
	}
	if l.each == 0 {
		return nil
	}
	at := l.heard[i]
	if at+len(p) > l.each || !bytes.Equal(p, pattern[at:at+len(p)]) {
		return fmt.Errorf("client %d: got other bytes than were sent", i)
	}
	l.pieces++
	if l.heard[i] += len(p); l.heard[i] == l.each {
		l.whole++
	}
	l.messages += int64((at+len(p))/frameSize - at/frameSize)
	if l.due > 0 {
		return nil
	}
	l.done(l.asked)
	l.messages-- // it is not a delivery
	if l.stopped {
		return nil
	}
	return l.begin()
}

// pending implements traffic.
func (l *listeners) pending() bool { return l.due > 0 }
