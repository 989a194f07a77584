// Copyright 2026 The duplex authors. MIT license.

//go:build !windows

package sys

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// Exclusive chooses, before bind, whether the socket has its address alone (on) or shares
// it with every listener that makes the same choice. Alone is the default.
func Exclusive(fd uintptr, on bool) error {
	if on {
		return nil
	}
	return unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
}

// Reuse lets a socket, which is about to connect, be bound to an address that other
// connections of this machine have, to other remote addresses, or had a moment ago.
func Reuse(fd uintptr) error {
	return unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
}

// Backlog changes how many connections may wait at a socket that already listens.
func Backlog(fd uintptr, n int) error { return syscall.Listen(int(fd), n) }
