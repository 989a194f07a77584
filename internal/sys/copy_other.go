// Copyright 2026 The duplex authors. MIT license.

//go:build !windows

package sys

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Copy returns a copy of a descriptor, which child processes do not inherit. Fd of the
// file leaves the open file description as it is, where that of package net's own files
// makes it blocking.
func Copy(raw syscall.RawConn, name string) (*os.File, error) {
	var file *os.File
	var err error
	failed := raw.Control(func(fd uintptr) { file, err = CopyOf(fd, name) })
	return file, errors.Join(failed, err)
}

// CopyOf is Copy of the descriptor fd.
func CopyOf(fd uintptr, name string) (*os.File, error) {
	copied, err := unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(copied), name), nil
}

// CloseOnExec makes child processes not inherit fd. It reports whether fd is open.
func CloseOnExec(fd uintptr) bool {
	_, err := unix.FcntlInt(fd, unix.F_SETFD, unix.FD_CLOEXEC)
	return err == nil
}
