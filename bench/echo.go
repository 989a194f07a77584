// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"fmt"
	"time"
)

// echo is a message to and fro on each of some connections: when it is back, the
// next one goes out.
func echo(name string, size, conns int) workload {
	return workload{
		name:    name,
		title:   fmt.Sprintf("messages of %d B to and fro, one at a time on each connection; connections: %d", size, conns),
		mode:    modeEcho,
		size:    size,
		metrics: flowMetrics,
		measure: func(p *process, e effort) (sample, error) {
			return drive(p, e, func(f *fleet, m *meter) (traffic, error) {
				t := &echoes{meter: m, fleet: f, size: size, each: 1}
				return t, t.dial(p, min(conns, e.busy))
			})
		},
	}
}

// pipelined is an echo of several messages at once: they go out in one piece, and
// when all are back the next ones do. A message is one of them, its latency that
// of all.
func pipelined(name string, size, each, conns int) workload {
	return workload{
		name:    name,
		title:   fmt.Sprintf("messages of %d B to and fro, %d at a time on each connection; connections: %d", size, each, conns),
		mode:    modeEcho,
		size:    size,
		metrics: flowMetrics,
		measure: func(p *process, e effort) (sample, error) {
			return drive(p, e, func(f *fleet, m *meter) (traffic, error) {
				t := &echoes{meter: m, fleet: f, size: each * size, each: each}
				return t, t.dial(p, min(conns, e.busy))
			})
		},
	}
}

// echoes is the traffic of an echo.
type echoes struct {
	*meter
	fleet   *fleet
	size    int // of what is sent at a time
	each    int // messages in it
	conns   []echoConn
	waiting int // connections that have not got all of their message back
}

type echoConn struct {
	at   int // where in the pattern the message begins that is under way
	got  int // how much of it is back
	sent time.Duration
}

// dial adds n connections, and returns when the server has accepted them.
func (t *echoes) dial(p *process, n int) error {
	if most := descriptors() - 100; n > most {
		return fmt.Errorf("%d connections need more descriptors than %d; hint: ulimit -n", n, most)
	}
	for i := range n {
		if err := t.fleet.dial(p.addr); err != nil {
			return err
		}
		t.conns = append(t.conns, echoConn{at: 7919 * len(t.conns) % period})
		// Now and then, so that no backlog overflows.
		if i%100 == 99 || i == n-1 {
			if err := p.knock(); err != nil {
				return err
			}
		}
	}
	return nil
}

// begin implements traffic.
func (t *echoes) begin() error { return t.sendOn(0, len(t.conns)) }

// once has one message echoed on every connection, on some at a time: what a
// server needs for many at once is not what they need when they idle.
func (t *echoes) once() error {
	t.stopped = true
	for first := 0; first < len(t.conns); first += 50 {
		if err := t.sendOn(first, min(first+50, len(t.conns))); err != nil {
			return err
		}
		if err := drain(t.fleet, t); err != nil {
			return err
		}
	}
	return nil
}

// sendOn sends the first message of connections from first to behind.
func (t *echoes) sendOn(first, behind int) error {
	t.waiting += behind - first
	for i := first; i < behind; i++ {
		if err := t.send(i); err != nil {
			return err
		}
	}
	return nil
}

func (t *echoes) send(i int) error {
	c := &t.conns[i]
	c.sent = t.now()
	return t.fleet.send(i, pattern[c.at:c.at+t.size])
}

// received implements traffic.
func (t *echoes) received(i int, p []byte) error {
	c := &t.conns[i]
	want := pattern[c.at+c.got : c.at+t.size]
	if len(p) > len(want) || !bytes.Equal(p, want[:len(p)]) {
		return fmt.Errorf("connection %d: got other bytes than were sent", i)
	}
	if c.got += len(p); c.got < t.size {
		return nil
	}
	t.messages += int64(t.each - 1)
	t.done(c.sent)
	c.got = 0
	c.at = (c.at + t.size) % period
	if t.stopped {
		t.waiting--
		return nil
	}
	return t.send(i)
}

// pending implements traffic.
func (t *echoes) pending() bool { return t.waiting > 0 }
