// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"syscall"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
	"golang.org/x/sys/unix"
)

// start lets epoll tell what s receives or accepts.
func (d *Driver) start(id driver.ID, s *slot) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	s.reading = true
	return d.demand(id, s)
}

// stop makes that unwanted.
func (d *Driver) stop(s *slot) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s.reading = false
}

// await lets epoll tell when s is writable.
func (d *Driver) await(id driver.ID, s *slot) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	s.sending = again
	err := d.demand(id, s)
	if err != nil {
		s.sending = 0
	}
	return err
}

// admit reports whether these are the events that s has awaited, which it then
// does no longer. If not, they may be unwanted; then epoll watches for less.
func (d *Driver) admit(id driver.ID, s *slot, events uint32) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s.sending == again && events&(unix.EPOLLOUT|unix.EPOLLERR|unix.EPOLLHUP) != 0 {
		s.sending = 0
		return true
	}
	_ = d.watch(id, s, s.wanted()) // less cannot fail
	return false
}

// lose keeps the error by which Send, or Splice, found the connection lost. The
// kernel tells it once; to the reader, what follows would look like a proper end.
func (d *Driver) lose(s *slot, err syscall.Errno) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s.sending = errno(err)
}

// lost returns that error, or nil.
func (d *Driver) lost(s *slot) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s.sending == 0 || s.sending == again {
		return nil
	}
	return syscall.Errno(s.sending)
}

// forget takes s out of epoll. The kernel does so itself when a descriptor is
// closed, but not before the last copy is: a child between fork and exec has one.
func (d *Driver) forget(id driver.ID, s *slot) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_ = d.watch(id, s, 0)
}

// demand sees to it that epoll watches s for what is wanted, at least. The
// caller holds mu.
func (d *Driver) demand(id driver.ID, s *slot) error {
	if s.wanted()&^s.watched == 0 {
		return nil
	}
	return d.watch(id, s, s.wanted())
}

// watch lets epoll watch s for these events and no others. The caller holds mu.
func (d *Driver) watch(id driver.ID, s *slot, events uint8) error {
	if events == s.watched {
		return nil
	}
	op := unix.EPOLL_CTL_MOD
	if s.watched == 0 {
		op = unix.EPOLL_CTL_ADD
	} else if events == 0 {
		op = unix.EPOLL_CTL_DEL
	}
	if err := sys.EpollCtl(d.epoll, op, s.socket, uint32(events), uint64(id)); err != nil {
		return err
	}
	s.watched = events
	return nil
}
