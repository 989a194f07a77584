// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package script

import (
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// duplicate returns a copy of a descriptor. The original stays the script's.
func duplicate(fd int) (*os.File, error) {
	copied, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0) // no child's
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(copied), "fd "+strconv.Itoa(fd)), nil
}

func closeDescriptor(fd int) { _ = syscall.Close(fd) }

// listens reports whether a descriptor is a socket that does.
func listens(fd int) bool {
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	return err == nil && n != 0
}
