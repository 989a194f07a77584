// Copyright 2026 The duplex authors. MIT license.

//go:build !windows

package portable

import (
	"io"
	"syscall"
)

// await reads what the peer sends next. Package net lets it try again whenever
// there may be something to read.
func (s *socket) await() (in input) {
	failed := s.raw.Read(func(fd uintptr) bool {
		if !s.on.Load() {
			in = input{}
			return true
		}
		in = try(int(fd))
		return in.err != syscall.EAGAIN
	})
	if failed != nil {
		return input{err: failed}
	}
	return in
}

// try reads what there is.
func try(fd int) input {
	in := input{buf: buffers.Get().(*buffer)}
	var err error
	for {
		in.n, err = syscall.Read(fd, in.buf[:])
		if err != syscall.EINTR {
			break
		}
	}
	if in.n > 0 {
		return in
	}
	in.release()
	if in.err = err; err == nil {
		in.err = io.EOF
	}
	return in
}

// dead reports whether the connection is over in both directions.
func (s *socket) dead() bool {
	return control(s.raw, func(fd uintptr) error {
		_, err := syscall.Getpeername(int(fd))
		return err
	}) != nil
}
