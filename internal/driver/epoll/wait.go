// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
	"golang.org/x/sys/unix"
)

// Wait implements driver.Driver.
func (d *Driver) Wait(timeout time.Duration, sink driver.Sink) error {
	if d.notes.ready() {
		for note, ok := d.notes.pop(); ok; note, ok = d.notes.pop() {
			d.tell(note, sink)
		}
		return nil
	}
	n, err := d.poll(timeout)
	if err != nil {
		return err
	}
	// Whoever still finds woken true comes while this Wait is under way.
	d.woken.Swap(false)
	// If the sink leaves in the middle, epoll tells the rest again.
	for i := range n {
		d.dispatch(&d.events[i], sink)
	}
	return nil
}

// poll asks epoll for events. Signals, among them those by which Go preempts
// goroutines, do not end it.
func (d *Driver) poll(timeout time.Duration) (int, error) {
	var end time.Time
	if timeout > 0 {
		end = time.Now().Add(timeout)
	}
	for {
		n, err := unix.EpollWait(d.epoll, d.events[:], milliseconds(timeout))
		if err != unix.EINTR {
			return n, err
		}
		if timeout > 0 {
			timeout = max(0, time.Until(end))
		}
	}
}

// milliseconds rounds up, so that Wait does not return just before the time and
// then again and again.
func milliseconds(timeout time.Duration) int {
	if timeout < 0 {
		return -1
	}
	ms := timeout / time.Millisecond
	if timeout%time.Millisecond != 0 {
		ms++
	}
	return int(min(ms, math.MaxInt32))
}

// dispatch tells sink of an event, unless its socket is gone.
func (d *Driver) dispatch(event *unix.EpollEvent, sink driver.Sink) {
	data := sys.EpollData(event)
	if data == noSocket {
		return
	}
	id := driver.ID(data)
	s := d.slots.find(id)
	if s == nil {
		return
	}
	switch s.phase {
	case listening:
		if s.reading {
			d.accept(id, s, sink)
		} else {
			d.admit(id, s, event.Events)
		}
	case connecting:
		if d.admit(id, s, event.Events) {
			d.connected(id, s, s.socket.Error(), sink)
		}
	default:
		d.transfer(id, s, event.Events, sink)
	}
}

var one = binary.NativeEndian.AppendUint64(nil, 1)

// Wake implements driver.Driver.
func (d *Driver) Wake() {
	if d.woken.Swap(true) {
		return
	}
	d.mu.Lock() // against Stop
	defer d.mu.Unlock()
	_, _ = unix.Write(d.alarm, one) // fails once d is stopped
}
