// Copyright 2026 The duplex authors. MIT license.

//go:build !windows

package sys

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// Posix returns e: the system's numbers are those of package syscall.
func Posix(e syscall.Errno) syscall.Errno { return e }

// ErrnoName returns the system's own name of e, or "" if it has none.
func ErrnoName(e syscall.Errno) string { return unix.ErrnoName(e) }
