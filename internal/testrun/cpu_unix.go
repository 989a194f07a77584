// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package testrun

import (
	"syscall"
	"time"
)

// CPU returns the CPU time that the process has used, and whether the system shows it.
func CPU() (time.Duration, bool) {
	var r syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano()), err == nil
}
