// Copyright 2026 The duplex authors. MIT license.

//go:build !linux

package drivertest

import (
	"net/netip"
	"testing"
	"time"
)

// exhaust skips the test: only on Linux is it known how.
func exhaust(t testing.TB) (restore func()) {
	t.Skip("descriptors can be made to run out only on Linux")
	return nil
}

// busyTime returns 0, so that only returns of Wait are counted.
func busyTime() time.Duration { return 0 }

// Inspect skips the test: only Linux lets a process look at its descriptors.
func Inspect(t testing.TB, _, _ netip.AddrPort) map[string]int {
	t.Helper()
	t.Skip("the options of a socket can be read only on Linux")
	return nil
}
