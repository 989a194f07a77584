// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package sys

import (
	"errors"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Pipe is a pipe of the kernel. Bytes go through it from socket to socket without being
// copied. It never blocks, and child processes do not inherit it. Its owner closes it
// once.
type Pipe struct {
	out, in int32 // descriptors: of the end that is read, of the end that is written
}

// NewPipe returns a pipe for size bytes, or for as many as the kernel grants.
func NewPipe(size int) (Pipe, error) {
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		return Pipe{}, err
	}
	// The kernel refuses a user whose pipes already hold too much; 64 KiB will do.
	_, _ = unix.FcntlInt(uintptr(ends[1]), unix.F_SETPIPE_SZ, size)
	return Pipe{int32(ends[0]), int32(ends[1])}, nil
}

// Fill moves at most n bytes that have arrived at s into p. It returns 0 after the
// peer's FIN, and EAGAIN if there is nothing yet, or no room. It waits for a socket
// that is blocking.
func (p Pipe) Fill(s Socket, n int) (int, error) { return splice(int32(s), p.in, n) }

// Drain sends the first n bytes of p to s and returns how many the kernel took. If
// that is fewer than all, the error is the reason: EAGAIN when there is no more room.
// It waits for a socket that is blocking.
//
// Splice has no MSG_NOSIGNAL, so EPIPE comes with a SIGPIPE, as it does in package
// net. The Go runtime ignores the signal, unless the program has asked os/signal for it.
func (p Pipe) Drain(s Socket, n int) (moved int, err error) {
	for moved < n {
		m, err := splice(p.out, int32(s), n-moved)
		if m == 0 || err != nil {
			return moved, err
		}
		moved += m
	}
	return moved, nil
}

// Read takes len(b) bytes out of p, which must hold that many.
func (p Pipe) Read(b []byte) error {
	for len(b) > 0 {
		n, _, errno := syscall.RawSyscall(unix.SYS_READ,
			uintptr(p.out), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
		switch errno {
		case 0:
			b = b[n:]
		case unix.EINTR:
		default:
			return errno
		}
	}
	return nil
}

// Close closes both ends.
func (p Pipe) Close() error {
	return errors.Join(unix.Close(int(p.out)), unix.Close(int(p.in)))
}

// splice is not a raw call: SPLICE_F_NONBLOCK concerns only the pipe, and whether splice
// waits for a TCP socket depends on O_NONBLOCK.
func splice(from, to int32, n int) (int, error) {
	for {
		moved, _, errno := syscall.Syscall6(unix.SYS_SPLICE, uintptr(from), 0, uintptr(to), 0,
			uintptr(n), unix.SPLICE_F_NONBLOCK|unix.SPLICE_F_MOVE)
		switch errno {
		case 0:
			return int(moved), nil
		case unix.EINTR:
		default:
			return 0, errno
		}
	}
}
