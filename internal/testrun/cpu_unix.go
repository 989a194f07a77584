// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package testrun

import (
	"syscall"
	"testing"
	"time"
)

// CPUTime returns the CPU time that the process has used.
func CPUTime(t testing.TB) time.Duration {
	t.Helper()
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		t.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
