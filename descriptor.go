// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"errors"
	"net"
	"syscall"

	"github.com/duplex-go/duplex/internal/driver"
)

// SyscallConn gives access to the descriptor of the socket, for options that duplex
// does not know. Its Control calls f before it returns; f must not close the
// descriptor, nor call methods of the socket. Read and Write are the loop's, and
// return [errors.ErrUnsupported]; so does Control on the drivers "memory" and
// "portable". The error is [net.ErrClosed] before the connection is made and once
// the socket is closed.
func (s *Socket) SyscallConn() (syscall.RawConn, error) {
	return control(func(f func(uintptr)) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		d, ok := s.conf.lane.Driver.(driver.Describer)
		switch {
		case !ok:
			return errors.ErrUnsupported
		case s.phase != open:
			return net.ErrClosed
		}
		fd, ok := d.Descriptor(s.id)
		if !ok {
			return net.ErrClosed
		}
		f(fd)
		return nil
	}), nil
}

// SyscallConn is that of a Socket, for the descriptor that listens. The error of
// Control is [net.ErrClosed] while the server does not listen.
func (srv *Server) SyscallConn() (syscall.RawConn, error) {
	return control(func(f func(uintptr)) error {
		srv.mu.Lock()
		defer srv.mu.Unlock()
		if srv.listener == nil || srv.listener.phase != listening {
			return net.ErrClosed
		}
		d, ok := srv.listener.bound.Handle.(interface{ Descriptor() uintptr })
		if !ok {
			return errors.ErrUnsupported
		}
		f(d.Descriptor())
		return nil
	}), nil
}

// control is a RawConn that can do only that.
type control func(func(fd uintptr)) error

func (c control) Control(f func(fd uintptr)) error { return c(f) }

func (c control) Read(func(fd uintptr) bool) error { return errors.ErrUnsupported }

func (c control) Write(func(fd uintptr) bool) error { return errors.ErrUnsupported }

var (
	_ syscall.Conn = (*Socket)(nil)
	_ syscall.Conn = (*Server)(nil)
)
