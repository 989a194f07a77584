// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import "github.com/duplex-go/duplex/internal/driver"

// A note is an event that does not come from epoll. It is void once the socket has left
// its phase.
type note struct {
	id    driver.ID
	phase phase
	err   error
	room  bool // a send that was postponed may be tried again, whatever the phase
}

// notes are events that the next Wait reports.
type notes struct {
	written []note
	due     []note
	next    int // the first of due that was not reported
}

func (n *notes) add(id driver.ID, phase phase, err error) {
	n.written = append(n.written, note{id: id, phase: phase, err: err})
}

// ready makes the written notes due, unless others still are, and reports whether any are
// due.
func (n *notes) ready() bool {
	if n.next == len(n.due) {
		n.written, n.due, n.next = n.due[:0], n.written, 0
	}
	return n.next < len(n.due)
}

// pop takes off the first note that is due.
func (n *notes) pop() (note, bool) {
	if n.next == len(n.due) {
		return note{}, false
	}
	n.next++
	return n.due[n.next-1], true
}

// tell reports n to sink.
func (d *Driver) tell(n note, sink driver.Sink) {
	if n.room {
		d.relieve(n.id, sink)
		return
	}
	s := d.slots.at(n.id) // still its own: the last note of an ID is closing
	if s.phase != n.phase {
		return
	}
	switch n.phase {
	case listening:
		if s.inward == input {
			d.stop(s)
			sink.AcceptFailed(n.id, n.err)
		}
	case connecting:
		d.connected(n.id, s, n.err, sink)
	case open, flowing:
		if s.inward == input {
			d.end(n.id, s, n.err, sink)
		}
	case closing:
		s.phase = free
		sink.Closed(n.id)
	}
}
