// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// broadcast is a room of members: what one says goes to everyone, and who has heard
// itself says the next. It counts deliveries.
func broadcast(name string, members int) workload {
	return workload{
		name:    name,
		title:   fmt.Sprintf("deliveries of 64 B: each of %d clients to all of them", members),
		mode:    modeBroadcast,
		size:    frameSize,
		metrics: flowMetrics,
		measure: func(p *process, e effort) (sample, error) {
			return drive(p, e, func(f *fleet, m *meter) (traffic, error) {
				t := &chatter{meter: m, fleet: f, members: make([]member, min(members, e.busy))}
				t.speakers = len(t.members)
				return t, t.join(p)
			})
		},
	}
}

// fanout is a room where one speaks and the others idle: it says the next when
// everyone has heard the last. Nothing can be gathered. It counts deliveries.
func fanout(name string, members int) workload {
	return workload{
		name:    name,
		title:   fmt.Sprintf("deliveries of 64 B: one message at a time to %d clients that idle", members),
		mode:    modeBroadcast,
		size:    frameSize,
		metrics: flowMetrics,
		measure: func(p *process, e effort) (sample, error) {
			return drive(p, e, func(f *fleet, m *meter) (traffic, error) {
				t := &chatter{meter: m, fleet: f, members: make([]member, min(members, e.busy)), speakers: 1}
				return t, t.join(p)
			})
		},
	}
}

// A frame is a message of a broadcast: who says it, how many that member has said
// before, and a piece of the pattern. Servers need not know: so short a message is
// never cut on its way in, and buffers hold a whole number of them.
const (
	frameSize = 64
	headSize  = 8
)

// chatter is the traffic of a broadcast.
type chatter struct {
	*meter
	fleet    *fleet
	members  []member
	speakers int // the first ones
	due      int // deliveries
}

type member struct {
	said  uint32
	at    time.Duration   // when it was last said
	frame [frameSize]byte // what was last said
	heard []uint32        // of each member, how many
	tail  []byte          // start of a frame not yet complete
}

// join lets the members in, one after the other: the server has accepted the one
// that hears itself.
func (t *chatter) join(p *process) error {
	for i := range t.members {
		t.members[i].heard = make([]uint32, len(t.members))
		if err := t.fleet.dial(p.addr); err != nil {
			return err
		}
		t.stopped = true
		t.due = i + 1
		if err := t.say(i); err != nil {
			return err
		}
		if err := drain(t.fleet, t); err != nil {
			return err
		}
	}
	for i := range t.members {
		t.members[i].said = 0
		clear(t.members[i].heard)
	}
	t.stopped = false
	return nil
}

// begin implements traffic.
func (t *chatter) begin() error {
	for i := range t.speakers {
		t.due += len(t.members)
		if err := t.say(i); err != nil {
			return err
		}
	}
	return nil
}

func (t *chatter) say(i int) error {
	m := &t.members[i]
	binary.LittleEndian.PutUint32(m.frame[:], uint32(i))
	binary.LittleEndian.PutUint32(m.frame[4:], m.said)
	copy(m.frame[headSize:], body(i, m.said))
	m.said++
	m.at = t.now()
	return t.fleet.send(i, m.frame[:])
}

// body returns what a frame has behind its head.
func body(i int, n uint32) []byte {
	at := (7919*i + frameSize*int(n)) % period
	return pattern[at : at+frameSize-headSize]
}

// received implements traffic.
func (t *chatter) received(i int, p []byte) error {
	m := &t.members[i]
	if len(m.tail) > 0 {
		n := min(len(p), frameSize-len(m.tail))
		m.tail = append(m.tail, p[:n]...)
		p = p[n:]
		if len(m.tail) < frameSize {
			return nil
		}
		if err := t.hear(i, m.tail); err != nil {
			return err
		}
		m.tail = m.tail[:0]
	}
	for len(p) >= frameSize {
		if err := t.hear(i, p[:frameSize]); err != nil {
			return err
		}
		p = p[frameSize:]
	}
	m.tail = append(m.tail, p...)
	return nil
}

// hear checks what member i is told.
func (t *chatter) hear(i int, frame []byte) error {
	m := &t.members[i]
	from := int(binary.LittleEndian.Uint32(frame))
	n := binary.LittleEndian.Uint32(frame[4:])
	if from >= len(t.members) || n != m.heard[from] || !bytes.Equal(frame[headSize:], body(from, n)) {
		return fmt.Errorf("member %d: got other bytes than were sent", i)
	}
	m.heard[from]++
	if t.due--; t.due < 0 {
		return errors.New("got more bytes than were sent")
	}
	last := from == i // who has heard itself goes on
	if t.speakers == 1 {
		last = t.due == 0
	}
	if !last {
		t.messages++
		return nil
	}
	t.done(t.members[from].at)
	if t.stopped {
		return nil
	}
	t.due += len(t.members)
	return t.say(from)
}

// pending implements traffic.
func (t *chatter) pending() bool { return t.due > 0 }
