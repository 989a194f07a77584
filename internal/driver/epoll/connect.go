// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"syscall"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
	"golang.org/x/sys/unix"
)

// Connect implements driver.Driver.
func (d *Driver) Connect(id driver.ID, remote, local driver.Addr, o driver.Options) {
	s := d.slots.take(id, -1, connecting)
	err := s.connect(remote, local, o)
	if err == nil || err == unix.EINPROGRESS {
		// A Unix socket is connected at once, but its Connected waits for the events: the
		// event of the listener, which was woken first, comes before it.
		err = d.await(id, s)
		if err == nil {
			return
		}
	}
	d.notes.add(id, connecting, err)
}

func (s *slot) connect(remote, local driver.Addr, o driver.Options) (err error) {
	s.socket, err = sys.NewSocket(sys.Addr(remote))
	if err != nil {
		return err
	}
	if remote.Path == "" {
		if err := noDelay(s.socket); err != nil {
			return err
		}
		if err := set(s.socket, o); err != nil {
			return err
		}
	}
	if local != (driver.Addr{}) {
		if err := bind(s.socket, local); err != nil {
			return err
		}
	}
	return s.socket.Connect(sys.Addr(remote))
}

// bind gives a socket the address from which it is to connect.
func bind(socket sys.Socket, local driver.Addr) error {
	if local.Path == "" {
		if local.Port() == 0 {
			// The kernel chooses the port when it knows the remote address, so the
			// ports are not used up while other destinations have them.
			_ = socket.Set(unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
		} else if err := socket.Set(unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
			// As in Node, a connection that was closed a minute ago is no obstacle.
			return err
		}
	}
	return socket.Bind(sys.Addr(local))
}

// connected reports the result of Connect to sink.
func (d *Driver) connected(id driver.ID, s *slot, err error, sink driver.Sink) {
	local := sys.Addr{}
	if err == unix.ECONNRESET || err == unix.EPIPE {
		// The connection was made and then reset; EPIPE means that the peer's FIN came
		// first. The bytes that came in between are delivered before the error. (A
		// refusal is ECONNREFUSED.)
		d.lose(s, err.(syscall.Errno))
		err = nil
	}
	if err == nil {
		local, err = s.socket.Local()
	}
	if remote, gone := s.socket.Remote(); err == nil && gone == nil && local.IsValid() && local == remote {
		// No socket listens there, and the kernel has chosen that very port for the
		// client, which then received its own SYN as if from a peer. Package net
		// retries; here the caller makes the next attempt.
		err = unix.ECONNREFUSED
	}
	if err != nil {
		local = sys.Addr{}
		s.phase = ended
		d.stop(s)
	} else {
		s.phase = open
	}
	sink.Connected(id, driver.Addr(local), err)
}
