// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"golang.org/x/sys/unix"
)

// breath is how long a send waits after the kernel had no memory for it.
const breath = 10 * time.Millisecond

// scarce is the value of sending in a slot whose send waits for memory.
const scarce = ^errno(0)

// passing reports whether an error is temporary: the kernel is short of memory, or the
// user's limit of epoll watches is reached.
func passing(err error) bool {
	return err == unix.ENOBUFS || err == unix.ENOMEM || err == unix.ENOSPC
}

// cut returns the error of a send by s that was cut short by err. It returns nil if the
// rest may be tried again, after Sent.
func (d *Driver) cut(id driver.ID, s *slot, err error) error {
	switch {
	case err == nil || err == unix.EPIPE: // only sending has ended, by Shutdown or by the peer after its FIN
		return err
	case err == unix.EAGAIN:
		err = d.await(id, s)
		if err == nil {
			return nil
		}
	}
	if passing(err) {
		d.postpone(id, s)
		return nil
	}
	d.lose(s, err.(syscall.Errno))
	return err
}

// postpone has Sent reported after a pause. While there is room, though no memory, epoll
// would report room without a pause.
func (d *Driver) postpone(id driver.ID, s *slot) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s.sending = scarce
	d.scarce = append(d.scarce, id)
	if len(d.scarce) == 1 {
		time.AfterFunc(breath, func() { // only one timer until resume
			d.rested.Store(true)
			d.Wake()
		})
	}
}

// resume adds notes for the sends that have waited.
func (d *Driver) resume() {
	d.rested.Store(false)
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, id := range d.scarce {
		d.notes.written = append(d.notes.written, note{id: id, room: true})
	}
	d.scarce = nil
}

// relieve reports to sink that a send which has waited may be tried again.
func (d *Driver) relieve(id driver.ID, sink driver.Sink) {
	s := d.slots.find(id)
	if s == nil {
		return
	}
	d.mu.Lock()
	due := s.sending == scarce
	if due {
		s.sending = 0
	}
	d.mu.Unlock()
	if due {
		sink.Sent(id, 0, nil)
	}
}
