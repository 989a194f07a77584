// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"syscall"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
	"golang.org/x/sys/unix"
)

// Attach implements driver.Driver.
func (d *Driver) Attach(id driver.ID, c driver.Conn, o driver.Options) error {
	socket, ok := c.Handle.(sys.Socket)
	if !ok {
		_ = c.Handle.Close()
		return unix.EINVAL
	}
	if c.Local.IsValid() { // not a Unix socket's
		if err := set(socket, o); err != nil {
			_ = socket.Close()
			return err
		}
	}
	d.slots.take(id, socket, open)
	return nil
}

// Receive implements driver.Driver.
func (d *Driver) Receive(id driver.ID, on bool) {
	if s := d.slots.find(id); s != nil && s.phase != ended {
		d.read(id, s, on)
	}
}

// read starts or stops telling what s receives or accepts.
func (d *Driver) read(id driver.ID, s *slot, on bool) {
	if !on {
		d.stop(s)
	} else if err := d.start(id, s); err != nil {
		d.notes.add(id, s.phase, err)
	}
}

// transfer tells sink what has become of the connection s. When it is broken,
// the reader hears all before the writer hears anything: a send would take away
// the error that is the reader's last word.
func (d *Driver) transfer(id driver.ID, s *slot, events uint32, sink driver.Sink) {
	if s.reading && events&(unix.EPOLLIN|unix.EPOLLERR|unix.EPOLLHUP) != 0 {
		told := d.receive(id, s, sink)
		broken := events&(unix.EPOLLERR|unix.EPOLLHUP) != 0
		if told && broken || events == unix.EPOLLIN || d.slots.find(id) == nil {
			return
		}
	}
	if d.admit(id, s, events) {
		sink.Sent(id, 0, nil)
	}
}

// receive tells sink what one recv returns, and whether that was anything. What had
// better be spliced is not read.
func (d *Driver) receive(id driver.ID, s *slot, sink driver.Sink) bool {
	input := d.input
	if s.phase == flowing {
		s.phase = open
		input = input[:driver.Bulk]
	}
	n, err := s.socket.Recv(input)
	switch {
	case n > 0:
		sink.Received(id, d.input[:n])
	case err == unix.EAGAIN:
		return false
	case err == nil:
		d.end(id, s, d.lost(s), sink)
	default:
		d.end(id, s, err, sink)
	}
	return true
}

// end tells sink that there is nothing more to read.
func (d *Driver) end(id driver.ID, s *slot, err error, sink driver.Sink) {
	s.phase = ended
	d.stop(s)
	if err != nil {
		sink.Failed(id, err)
	} else {
		sink.Ended(id)
	}
}

// Send implements driver.Driver.
func (d *Driver) Send(id driver.ID, bufs [][]byte) (int, error) {
	s := d.slots.at(id)
	if s.generation != id.Generation() {
		return 0, unix.EBADF
	}
	n, err := s.socket.Send(bufs)
	switch err {
	case nil:
	case unix.EPIPE: // only the way out is closed, by Shutdown or by the peer behind its FIN
	case unix.EAGAIN:
		err = d.await(id, s)
	default:
		d.lose(s, err.(syscall.Errno))
	}
	return n, err
}

// Tries implements driver.Driver.
func (d *Driver) Tries() bool { return true }

// Shutdown implements driver.Driver.
func (d *Driver) Shutdown(id driver.ID) error {
	s := d.slots.find(id)
	if s == nil {
		return unix.EBADF
	}
	return s.socket.Shutdown()
}

// Close implements driver.Driver.
func (d *Driver) Close(id driver.ID, reset bool) {
	s := d.slots.find(id)
	if s == nil {
		return
	}
	d.forget(id, s)
	// Errors of close(2) come from writing to disks.
	switch {
	case s.phase == listening:
		_ = d.listeners[id].Close()
		delete(d.listeners, id)
	case reset:
		_ = s.socket.Abort()
	default:
		_ = s.socket.Close()
	}
	s.socket = -1
	s.phase = closing
	d.notes.add(id, closing, nil)
}
