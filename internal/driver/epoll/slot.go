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

// A slot is the driver's state of a socket, in 12 bytes.
type slot struct {
	// The loop writes them while no Send is under way: when the socket comes, and when
	// it goes. Send reads them.
	socket     sys.Socket // -1 if there is none
	generation uint32

	phase phase // owned by the loop

	// Guarded by Driver.mu.
	inward  inward // the wanted input. Only the loop writes it, so the loop reads it unlocked
	sending errno  // the error that cut the last Send short, if any; EAGAIN while Send or Connect awaits room; or scarce
	watched uint8  // the events that epoll watches for: EPOLLIN, EPOLLOUT, both, EPOLLERR for errors alone, or 0 for none. And shared
}

// An inward is the wanted input of a socket.
type inward uint8

const (
	unheard  inward = iota // nothing
	input                  // Received, or of a listener Accepted
	failures               // Failed alone: the peer has ended
)

// shared is a bit of watched: another process may share the socket's open file
// description, and make it blocking. The bit is set once the program has seen the
// descriptor.
const shared = 1 << 7

// A phase is a stage in the life of a socket.
type phase uint8

const (
	free phase = iota
	listening
	connecting
	open
	flowing // open, and Splice has just carried more than a read does
	ended   // there is nothing more to read: the peer's FIN or an error was reported
	closing // Closed is still to be reported
)

// An errno is a syscall.Errno that a socket can meet; they are all small.
type errno uint8

const again = errno(unix.EAGAIN)

// wanted returns the events that epoll should watch for.
func (s *slot) wanted() (events uint8) {
	if s.inward == input {
		events |= unix.EPOLLIN
	}
	if s.sending == again {
		events |= unix.EPOLLOUT
	}
	if events == 0 && s.inward == failures {
		events = unix.EPOLLERR
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

// at returns the slot of id, which may belong to another ID by now.
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

// take gives the slot of id to a new socket. It belongs to the loop.
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
	d.share(s)
	return uintptr(s.socket), true
}

// Descriptor returns the descriptor of a listener that is not closed.
func (l *listener) Descriptor() uintptr {
	l.shared.Store(true)
	return uintptr(l.socket)
}

// share notes that other processes may have the socket of s.
func (d *Driver) share(s *slot) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s.watched |= shared
}

// blocks reports whether splicing may wait for the socket of s. It makes a system call
// only for shared sockets: a call for each socket would cost too much.
func (d *Driver) blocks(s *slot) bool {
	return d.shares(s) && sys.Blocking(uintptr(s.socket))
}

// shares reports whether other processes may have the socket of s.
func (d *Driver) shares(s *slot) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return s.watched&shared != 0
}
