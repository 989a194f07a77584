// Copyright 2026 The duplex authors. MIT license.

//go:build !windows

package sys

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// Exclusive says, before bind, whether the address is to be the socket's alone
// (on) or shared with every listener that says so too. Alone is the default.
func Exclusive(fd uintptr, on bool) error {
	if on {
		return nil
	}
	return unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
}

// Backlog changes how many connections may wait at a socket that listens
// already.
func Backlog(fd uintptr, n int) error { return syscall.Listen(int(fd), n) }
