// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"slices"
	"sync/atomic"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
	"golang.org/x/sys/unix"
)

// A slot is what the driver knows of a socket, in 12 bytes.
type slot struct {
	// Written by the loop while no one sends: when the socket comes, and when
	// it goes. Send reads them.
	socket     sys.Socket // -1 if there is none
	generation uint32

	phase phase // owned by the loop

	// Guarded by Driver.mu.
	reading bool  // Received, or of a listener Accepted, is wanted. The loop alone writes it, so the loop reads it unlocked
	sending errno // why the last Send was cut short, if it was; EAGAIN while room is awaited, as by Connect
	watched uint8 // what epoll watches for: EPOLLIN, EPOLLOUT, both; 0 is not at all
}

// A phase is how far a socket has come.
type phase uint8

const (
	free phase = iota
	listening
	connecting
	open
	flowing // open, and Splice has just carried more than a read does
	ended   // there is nothing more to read: the peer's FIN or an error was told
	closing // Closed is still to be told
)

// An errno is a syscall.Errno that a socket can meet; they are all small.
type errno uint8

const again = errno(unix.EAGAIN)

// wanted returns what epoll should watch for.
func (s *slot) wanted() (events uint8) {
	if s.reading {
		events |= unix.EPOLLIN
	}
	if s.sending == again {
		events |= unix.EPOLLOUT
	}
	return events
}

// A table holds the slots by their number. Pages never move, since any goroutine
// may look for a slot while the loop adds a page.
type table struct {
	pages atomic.Pointer[[]*page] // replaced, never changed, by the loop
}

type page [perPage]slot

const perPage = 1024

// at returns the slot of id, which may be another's by now.
func (t *table) at(id driver.ID) *slot {
	pages := *t.pages.Load()
	return &pages[id.Slot()/perPage][id.Slot()%perPage]
}

// find returns the slot of id, or nil once it is closed. It belongs to the loop.
func (t *table) find(id driver.ID) *slot {
	s := t.at(id)
	if s.generation != id.Generation() || s.phase == free || s.phase == closing {
		return nil
	}
	return s
}

// take makes the slot of id that of a new socket. It belongs to the loop.
func (t *table) take(id driver.ID, socket sys.Socket, phase phase) *slot {
	t.grow(int(id.Slot()/perPage) + 1)
	s := t.at(id)
	*s = slot{socket: socket, generation: id.Generation(), phase: phase}
	return s
}

// grow adds pages until there are n.
func (t *table) grow(n int) {
	old := *t.pages.Load()
	if len(old) >= n {
		return
	}
	pages := slices.Clone(old)
	for len(pages) < n {
		pages = append(pages, new(page))
	}
	t.pages.Store(&pages)
}

var _ driver.Describer = (*Driver)(nil)

// Descriptor implements driver.Describer.
func (d *Driver) Descriptor(id driver.ID) (uintptr, bool) {
	s := d.slots.at(id)
	if s.generation != id.Generation() || s.socket < 0 {
		return 0, false
	}
	return uintptr(s.socket), true
}

// Descriptor returns the descriptor of a listener that is not closed.
func (l *listener) Descriptor() uintptr { return uintptr(l.socket) }
