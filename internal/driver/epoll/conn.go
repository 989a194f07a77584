// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"net"
	"os"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
	"golang.org/x/sys/unix"
)

// Attach implements driver.Driver.
func (d *Driver) Attach(id driver.ID, c driver.Conn, o driver.Options) error {
	socket, own := c.Handle.(sys.Socket)
	if taken, ok := c.Handle.(adopted); ok {
		socket = taken.Socket
	} else if !own {
		_ = c.Handle.Close()
		return unix.EINVAL
	}
	if c.Local.IsValid() { // not a Unix socket's
		if err := set(socket, o); err != nil {
			_ = socket.Close()
			return err
		}
	}
	s := d.slots.take(id, socket, open)
	if !own {
		d.share(s)
	}
	return nil
}

// Receive implements driver.Driver.
func (d *Driver) Receive(id driver.ID, on bool) {
	if s := d.slots.find(id); s != nil && s.phase != ended {
		d.read(id, s, on)
	}
}

// read starts or stops receiving, or accepting, of s.
func (d *Driver) read(id driver.ID, s *slot, on bool) {
	if !on {
		d.stop(s)
	} else if err := d.start(id, s); err != nil {
		d.notes.add(id, s.phase, err)
	}
}

// transfer reports the events of the connection s to sink. If the connection is broken,
// all events of reading come before any event of sending: a send would take away the error
// that is the last event of reading.
func (d *Driver) transfer(id driver.ID, s *slot, events uint32, sink driver.Sink) {
	if s.inward == failures && events&(unix.EPOLLERR|unix.EPOLLHUP) != 0 {
		if err := d.failure(s); err != nil {
			d.end(id, s, err, sink)
			return
		}
	}
	if s.inward == input && events&(unix.EPOLLIN|unix.EPOLLERR|unix.EPOLLHUP) != 0 {
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

// receive reports the result of one recv to sink, and returns whether there was any. It
// does not read the bytes that Splice should carry.
func (d *Driver) receive(id driver.ID, s *slot, sink driver.Sink) bool {
	input := d.input
	if s.phase == flowing {
		s.phase = open
		input = input[:driver.Bulk]
	}
	n, err := s.socket.Recv(input)
	switch {
	case n > 0:
		d.moved += n
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

// end reports to sink that there is nothing more to read. After the peer's FIN the
// connection can still fail.
func (d *Driver) end(id driver.ID, s *slot, err error, sink driver.Sink) {
	s.phase = ended
	if err != nil {
		d.stop(s)
		sink.Failed(id, err)
	} else {
		d.want(s, failures)
		sink.Ended(id)
	}
}

// failure returns the error of a connection that failed after its peer's end. It returns
// nil for a hang-up that only means that both sides have ended, and for an error that Send
// has received. The kernel reports a reset after a FIN as EPIPE.
func (d *Driver) failure(s *slot) error {
	err := s.socket.Error()
	if err == unix.EPIPE {
		return unix.ECONNRESET
	}
	return err
}

// Send implements driver.Driver.
func (d *Driver) Send(id driver.ID, bufs [][]byte) (int, error) {
	s := d.slots.at(id)
	if s.generation != id.Generation() {
		return 0, unix.EBADF
	}
	n, err := s.socket.Send(bufs)
	if err != nil {
		err = d.cut(id, s, err)
	}
	return n, err
}

var _ driver.Prober = (*Driver)(nil)

// Probe implements driver.Prober.
func (d *Driver) Probe(id driver.ID) (unread int, room bool) {
	s := d.slots.find(id)
	if s == nil {
		return 0, false
	}
	unread, room = s.socket.Probe()
	if s.inward != input {
		unread = 0
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return unread, room && s.sending == again
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

var _ driver.Confirmer = (*Driver)(nil)

// Unacked implements driver.Confirmer.
func (d *Driver) Unacked(id driver.ID) int {
	s := d.slots.find(id)
	if s == nil {
		return 0
	}
	return sys.Unacked(uintptr(s.socket))
}

var _ driver.Releaser = (*Driver)(nil)

// Release implements driver.Releaser. Package net copies the descriptor.
func (d *Driver) Release(id driver.ID, r *driver.Released) {
	s := d.slots.find(id)
	if s == nil {
		r.Err = unix.EBADF
		return
	}
	d.forget(id, s)
	file := os.NewFile(uintptr(s.socket), "")
	r.Conn, r.Err = net.FileConn(file)
	_ = file.Close()
	r.Err = sys.Errno(r.Err)
	s.socket = -1
	s.phase = closing
	d.notes.add(id, closing, nil)
}

// Close implements driver.Driver.
func (d *Driver) Close(id driver.ID, reset bool) {
	s := d.slots.find(id)
	if s == nil {
		return
	}
	d.forget(id, s)
	shared := d.shares(s)
	if shared {
		s.socket.Hurry() // the program, or another process, may have set SO_LINGER
	}
	// Errors of close(2) come from writing to disks.
	switch {
	case s.phase == listening:
		_ = d.listeners[id].Close()
		delete(d.listeners, id)
	case reset:
		_ = s.socket.Abort()
	case shared:
		_ = s.socket.Close()
	default:
		_ = s.socket.CloseOwn()
	}
	s.socket = -1
	s.phase = closing
	d.notes.add(id, closing, nil)
}
