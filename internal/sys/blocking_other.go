// Copyright 2026 The duplex authors. MIT license.

//go:build !windows

package sys

import "golang.org/x/sys/unix"

// Blocking reports whether calls without a flag of their own wait for the socket fd.
// Other processes may share its open file description, and with it this property.
func Blocking(fd uintptr) bool {
	flags, err := unix.FcntlInt(fd, unix.F_GETFL, 0)
	return err == nil && flags&unix.O_NONBLOCK == 0
}

// Unblock makes fd non-blocking, if it is not.
func Unblock(fd uintptr) error {
	flags, err := unix.FcntlInt(fd, unix.F_GETFL, 0)
	if err != nil || flags&unix.O_NONBLOCK != 0 {
		return err
	}
	_, err = unix.FcntlInt(fd, unix.F_SETFL, flags|unix.O_NONBLOCK)
	return err
}
