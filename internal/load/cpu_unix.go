// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package load

import (
	"syscall"
	"time"
)

// cpuTime returns the CPU time that this process has used, and whether the system can
// tell.
func cpuTime() (time.Duration, bool) {
	var used syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()), err == nil
}
