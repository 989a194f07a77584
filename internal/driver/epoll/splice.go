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
	if d.blocks(source) || other.blocks(target) {
		return 0, nil
	}
	n, err := d.pipe.Fill(source.socket, min(most, reach))
	d.met(source, err)
	d.moved += n
	if n >= len(d.input) {
		source.phase = flowing
	}
	sent, err := d.pipe.Drain(target.socket, n)
	other.met(target, err)
	if sent < n {
		rest = d.retrieve(target.socket, n-sent)
	}
	return n, rest
}

// retrieve takes n bytes out of the pipe that did not get to target. If they are not there,
// which no known kernel does, they are lost. Then retrieve resets target, whose stream has
// a hole, and returns no bytes, and none of an earlier call.
func (d *Driver) retrieve(target sys.Socket, n int) []byte {
	rest := d.rest[:n]
	if d.pipe.Read(rest) == nil {
		return rest
	}
	target.Disconnect()
	_ = d.pipe.Close()
	d.rest = nil // the contents of the pipe are not known: the next Splice makes another
	return nil
}

// plumb makes the pipe at first use, and reports whether there is one.
func (d *Driver) plumb() bool {
	if d.rest == nil {
		pipe, err := sys.NewPipe(reach)
		if err != nil { // no descriptor is free now; the next Splice tries again
			return false
		}
		d.pipe, d.rest = pipe, make([]byte, reach)
	}
	return true
}

// met keeps an error of splicing at s, if it concerns the connection.
func (d *Driver) met(s *slot, err error) {
	switch err {
	case nil, unix.EAGAIN, unix.ENOBUFS, unix.ENOMEM: // recv or send reports the condition
	case unix.EPIPE: // as in Send
	case unix.EINVAL, unix.ENOSYS, unix.EPERM: // a kernel, or a sandbox, without splice
	default:
		d.lose(s, err.(syscall.Errno))
	}
}
