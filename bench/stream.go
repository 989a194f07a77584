// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"fmt"
	"time"
)

// Streams go one way, on some connections, as fast as they may. A message is a
// MiB, so that the figure is the cost of a MiB.
const (
	mebibyte = 1 << 20

	// streamPeriod is when what a source sends repeats itself: byte n is n modulo
	// it. A write of streamSize bytes ends where it began.
	streamPeriod = 251
	streamSize   = 256 * streamPeriod
)

// sink is a client that sends and a server that discards, and answers each MiB
// with one byte: what has arrived is known.
func sink(name string, conns int) workload {
	return workload{
		name:    name,
		title:   fmt.Sprintf("MiB that clients send and the server discards; connections: %d", conns),
		mode:    modeSink,
		size:    mebibyte,
		metrics: flowMetrics,
		measure: func(p *process, e effort) (sample, error) {
			return drive(p, e, func(f *fleet, m *meter) (traffic, error) {
				t := &uploads{meter: m, fleet: f, conns: make([]upload, min(conns, e.busy))}
				return t, f.dialAll(p.addr, len(t.conns))
			})
		},
	}
}

// uploads is the traffic of a sink.
type uploads struct {
	*meter
	fleet   *fleet
	conns   []upload
	waiting int // connections with a MiB under way
}

type upload struct {
	sent     time.Duration
	underway bool
}

// begin implements traffic.
func (t *uploads) begin() error {
	for i := range t.conns {
		if err := t.send(i); err != nil {
			return err
		}
	}
	return nil
}

func (t *uploads) send(i int) error {
	t.conns[i] = upload{sent: t.now(), underway: true}
	t.waiting++
	return t.fleet.send(i, uploaded)
}

var uploaded = make([]byte, mebibyte)

// received implements traffic.
func (t *uploads) received(i int, p []byte) error {
	c := &t.conns[i]
	if len(p) != 1 || !c.underway {
		return fmt.Errorf("connection %d: the server has counted more bytes than were sent", i)
	}
	t.done(c.sent)
	c.underway = false
	t.waiting--
	if t.stopped {
		return nil
	}
	return t.send(i)
}

// pending implements traffic.
func (t *uploads) pending() bool { return t.waiting > 0 }

// source is a server that sends and a client that discards, once it has looked at
// every byte.
func source(name string, conns int) workload {
	return workload{
		name:    name,
		title:   fmt.Sprintf("MiB that the server sends and clients discard; connections: %d", conns),
		mode:    modeSource,
		size:    streamSize,
		metrics: flowMetrics,
		measure: func(p *process, e effort) (sample, error) {
			return drive(p, e, func(f *fleet, m *meter) (traffic, error) {
				t := &downloads{meter: m, fleet: f, conns: make([]int, min(conns, e.busy))}
				return t, f.dialAll(p.addr, len(t.conns))
			})
		},
	}
}

// downloads is the traffic of a source.
type downloads struct {
	*meter
	fleet *fleet
	conns []int // of each, where in the period it is
	extra int   // bytes that are no MiB yet
}

// begin implements traffic: one byte asks for all that comes.
func (t *downloads) begin() error {
	for i := range t.conns {
		if err := t.fleet.send(i, []byte{0}); err != nil {
			return err
		}
	}
	return nil
}

// received implements traffic.
func (t *downloads) received(i int, p []byte) error {
	at := t.conns[i]
	if !bytes.Equal(p, longest[at:at+len(p)]) {
		return fmt.Errorf("connection %d: got other bytes than were sent", i)
	}
	t.conns[i] = (at + len(p)) % streamPeriod
	t.extra += len(p)
	t.messages += int64(t.extra / mebibyte)
	t.extra %= mebibyte
	return nil
}

// longest is the most that a fleet receives at a time, from wherever in the period.
var longest = stream(64<<10 + streamPeriod)

// pending implements traffic: what still comes is nobody's loss.
func (t *downloads) pending() bool { return false }

// stream returns the beginning of what a source sends.
func stream(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(i % streamPeriod)
	}
	return p
}

// A tally is how much of a message a sink has got on one connection.
type tally int

// add counts n bytes more, and returns the answer to what they complete: a byte
// for each message of the given size.
func (t *tally) add(n, size int) []byte {
	whole := (int(*t) + n) / size
	*t = tally((int(*t) + n) % size)
	return make([]byte, whole)
}
