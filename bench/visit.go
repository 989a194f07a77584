// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"fmt"
	"net/netip"
	"time"
)

// visit is clients that connect, have one message echoed and end: when one has
// gone, the next one comes.
func visit(name string, size, clients int) workload {
	return workload{
		name:    name,
		title:   fmt.Sprintf("connections made, with one message of %d B to and fro, and ended; at a time: %d", size, clients),
		mode:    modeEcho,
		size:    size,
		metrics: flowMetrics,
		measure: func(p *process, e effort) (sample, error) {
			return drive(p, e, func(f *fleet, m *meter) (traffic, error) {
				t := &visits{meter: m, fleet: f, to: p.addr, size: size, clients: make([]visitor, min(clients, e.busy))}
				return t, f.dialAll(p.addr, len(t.clients))
			})
		},
	}
}

// visits is the traffic of visitors.
type visits struct {
	*meter
	fleet   *fleet
	to      netip.AddrPort
	size    int
	clients []visitor
	waiting int // for the rest of their echo
	made    int // connections
}

type visitor struct {
	at   int // where in the pattern its message begins
	got  int
	came time.Duration
}

// begin implements traffic.
func (t *visits) begin() error {
	for i := range t.clients {
		if err := t.greet(i, t.now()); err != nil {
			return err
		}
	}
	return nil
}

// greet sends the message of a visitor that came at the given time.
func (t *visits) greet(i int, came time.Duration) error {
	t.made++
	t.waiting++
	t.clients[i] = visitor{at: 7919 * t.made % period, came: came}
	return t.fleet.send(i, t.clients[i].message(t.size))
}

func (v *visitor) message(size int) []byte { return pattern[v.at : v.at+size] }

// received implements traffic.
func (t *visits) received(i int, p []byte) error {
	v := &t.clients[i]
	want := v.message(t.size)[v.got:]
	if len(p) > len(want) || !bytes.Equal(p, want[:len(p)]) {
		return fmt.Errorf("visitor %d: got other bytes than were sent", i)
	}
	if v.got += len(p); v.got < t.size {
		return nil
	}
	t.done(v.came)
	t.waiting--
	if t.stopped {
		return nil
	}
	// The port of a connection that was ended here rests a while, so that one
	// address would run out of them.
	const most = 5000
	if t.made%most == 0 {
		t.fleet.near = netip.AddrFrom4([4]byte{127, 0, 0, byte(1 + t.made/most%250)})
	}
	came := t.now()
	if err := t.fleet.redial(i, t.to); err != nil {
		return err
	}
	return t.greet(i, came)
}

// pending implements traffic.
func (t *visits) pending() bool { return t.waiting > 0 }
