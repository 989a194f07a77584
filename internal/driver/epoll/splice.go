// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"syscall"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
	"golang.org/x/sys/unix"
)

// reach is the most that one Splice carries, and so the length of the pipe.
const reach = 256 << 10

var _ driver.Splicer = (*Driver)(nil)

// Splice implements driver.Splicer.
func (d *Driver) Splice(from driver.ID, sibling driver.Driver, to driver.ID, most int) (n int, rest []byte) {
	other, ok := sibling.(*Driver)
	if !ok || !d.plumb() {
		return 0, nil
	}
	source, target := d.slots.find(from), other.slots.at(to)
	if source == nil || target.generation != to.Generation() {
		return 0, nil
	}
	n, err := d.pipe.Fill(source.socket, min(most, reach))
	d.met(source, err)
	if n >= len(d.input) {
		source.phase = flowing
	}
	sent, err := d.pipe.Drain(target.socket, n)
	other.met(target, err)
	if sent < n {
		rest = d.rest[:n-sent]
		_ = d.pipe.Read(rest) // they are there
	}
	return n, rest
}

// plumb makes the pipe at first use, and reports whether there is one.
func (d *Driver) plumb() bool {
	if d.rest == nil {
		pipe, err := sys.NewPipe(reach)
		if err != nil { // out of descriptors, but perhaps not forever
			return false
		}
		d.pipe, d.rest = pipe, make([]byte, reach)
	}
	return true
}

// met keeps an error that splicing has met at s, if it is one of the connection.
func (d *Driver) met(s *slot, err error) {
	switch err {
	case nil, unix.EAGAIN:
	case unix.EPIPE: // as in Send
	case unix.EINVAL, unix.ENOSYS, unix.EPERM: // a kernel, or a sandbox, without splice
	default:
		d.lose(s, err.(syscall.Errno))
	}
}
