// Copyright 2026 The duplex authors. MIT license.

//go:build !windows

package portable

import (
	"io"
	"syscall"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
)

// await reads the next bytes of the peer. Package net calls try again whenever there may
// be something to read.
func (s *socket) await() (in input) {
	failed := s.raw.Read(func(fd uintptr) bool {
		if !s.on.Load() {
			in = input{}
			return true
		}
		s.taking.Store(true)
		in = try(fd)
		again := in.err == syscall.EAGAIN
		if again {
			s.taking.Store(false)
		}
		return !again
	})
	if failed != nil {
		return input{err: failed}
	}
	return in
}

// try reads the bytes that have arrived.
func try(fd uintptr) input {
	in := input{buf: buffers.Get().(*buffer)}
	var err error
	in.n, err = sys.Recv(fd, in.buf[:])
	if in.n > 0 {
		return in
	}
	in.release()
	if in.err = err; err == nil {
		in.err = io.EOF
	}
	return in
}

// watch reports a failure of the connection after its peer has ended.
func (s *socket) watch() {
	s.work.Go(func() { // until the connection fails or is closed
		if err := s.failure(); err != nil {
			s.driver.post(func(sink driver.Sink) { s.failed(sink, err) })
		}
	})
}

// failed reports a reset that came after the peer's FIN. The kernel does not report it
// again to the holder of a connection that is released.
func (s *socket) failed(sink driver.Sink, err error) {
	switch {
	case s.phase != closing:
		sink.Failed(s.id, err)
	case s.release != nil && s.release.Err == nil:
		s.release.Err = err
	}
}

// failure waits until the connection has failed, and returns the error; nil if the
// connection is closed, or if a Send has reported the error. Linux reports a reset after a
// FIN as EPIPE.
func (s *socket) failure() (err error) {
	ask := func(fd uintptr) bool {
		code, failed := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_ERROR)
		if failed == nil && code != 0 {
			err = syscall.Errno(code)
		}
		return err != nil
	}
	if s.raw.Read(ask) != nil {
		// The socket is closed, or package net has taken the error first.
		_ = s.raw.Control(func(fd uintptr) { ask(fd) })
	}
	if err == syscall.EPIPE {
		return syscall.ECONNRESET
	}
	return err
}

// dead reports whether the connection is over in both directions.
func (s *socket) dead() bool {
	return control(s.raw, func(fd uintptr) error {
		_, err := syscall.Getpeername(int(fd))
		return err
	}) != nil
}
