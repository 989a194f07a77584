// Copyright 2026 The duplex authors. MIT license.

//go:build !linux && !windows

package sys

import "golang.org/x/sys/unix"

// Recv reads bytes that have arrived at fd into p, which is not empty, and never waits.
// It returns 0 after the peer's FIN, and EAGAIN if there are none yet.
func Recv(fd uintptr, p []byte) (int, error) {
	for {
		n, _, err := unix.Recvfrom(int(fd), p, unix.MSG_DONTWAIT)
		if err != unix.EINTR {
			return max(0, n), err
		}
	}
}

// Send writes bufs to fd, never waits, and returns how many bytes the kernel took. If
// that is fewer than all, the error is the reason: EAGAIN when there is no more room.
//
// While a connection is torn down, macOS reports EPROTOTYPE. The next attempt reports the
// lasting error.
func Send(fd uintptr, bufs [][]byte) (int, error) {
	size := 0
	for _, p := range bufs {
		size += len(p)
	}
	for {
		n, err := unix.SendmsgBuffers(int(fd), bufs, nil, nil, unix.MSG_DONTWAIT)
		switch {
		case err == unix.EINTR || err == unix.EPROTOTYPE:
		case err == nil && n < size:
			return n, unix.EAGAIN
		default:
			return max(0, n), err
		}
	}
}
