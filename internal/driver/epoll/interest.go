// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"syscall"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
	"golang.org/x/sys/unix"
)

// start has epoll report input of s: bytes, or connections to accept.
func (d *Driver) start(id driver.ID, s *slot) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	s.inward = input
	return d.demand(id, s)
}

// stop makes input unwanted.
func (d *Driver) stop(s *slot) { d.want(s, unheard) }

// want changes the wanted input of s. The change must need no more events than epoll
// already watches for.
func (d *Driver) want(s *slot, in inward) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s.inward = in
}

// await has epoll report when s is writable.
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

// admit reports whether s awaits these events for sending, and ends that wait. Otherwise
// the events may be unwanted; then epoll watches for fewer events.
func (d *Driver) admit(id driver.ID, s *slot, events uint32) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s.sending == again && events&(unix.EPOLLOUT|unix.EPOLLERR|unix.EPOLLHUP) != 0 {
		s.sending = 0
		return true
	}
	_ = d.watch(id, s, s.wanted()) // removing events cannot fail
	return false
}

// lose keeps the error by which Send, or Splice, found the connection lost. The kernel
// reports it once; later reads would look like a proper end.
func (d *Driver) lose(s *slot, err syscall.Errno) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s.sending = errno(err)
}

// lost returns the error that lose kept, or nil.
func (d *Driver) lost(s *slot) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s.sending == 0 || s.sending == again || s.sending == scarce {
		return nil
	}
	return syscall.Errno(s.sending)
}

// forget takes s out of epoll. The kernel does so itself when a descriptor is closed, but
// not before its last copy is closed: a child between fork and exec has a copy.
func (d *Driver) forget(id driver.ID, s *slot) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_ = d.watch(id, s, 0)
}

// demand makes sure that epoll watches s for the wanted events, at least. The caller holds
// mu.
func (d *Driver) demand(id driver.ID, s *slot) error {
	if s.wanted()&^s.watched == 0 {
		return nil
	}
	return d.watch(id, s, s.wanted())
}

// watch has epoll watch s for these events and no others. The caller holds mu.
func (d *Driver) watch(id driver.ID, s *slot, events uint8) error {
	before := s.watched &^ shared
	if events == before {
		return nil
	}
	op := unix.EPOLL_CTL_MOD
	if before == 0 {
		op = unix.EPOLL_CTL_ADD
	} else if events == 0 {
		op = unix.EPOLL_CTL_DEL
	}
	mask := uint32(events)
	if events == unix.EPOLLERR {
		mask |= unix.EPOLLET // otherwise a hang-up, which cannot be masked, would be reported forever
	}
	if err := sys.EpollCtl(d.epoll, op, s.socket, mask, uint64(id)); err != nil {
		return err
	}
	s.watched = s.watched&shared | events
	return nil
}
