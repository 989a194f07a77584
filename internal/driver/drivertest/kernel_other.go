// Copyright 2026 The duplex authors. MIT license.

//go:build !linux

package drivertest

import (
	"net/netip"
	"syscall"
	"testing"
	"time"
)

// exhaust skips the test: only Linux has a way to do so here.
func exhaust(t testing.TB) (restore func()) {
	t.Skip("descriptors can be made to run out only on Linux")
	return nil
}

// block skips the test: only Linux lets a process look at its descriptors.
func block(t testing.TB, _, _ netip.AddrPort) (restore func()) {
	t.Helper()
	t.Skip("a descriptor can be found by its address only on Linux")
	return nil
}

// unfit skips the test: only on Linux package net treats every such descriptor alike.
func unfit(t testing.TB) map[string]unfitSocket {
	t.Helper()
	t.Skip("sockets that are nothing to take are made only on Linux")
	return nil
}

// alter skips the test: the options of a socket can be read only on Linux.
func alter(t testing.TB, _ syscall.Conn) {
	t.Helper()
	t.Skip("the options of a socket can be read only on Linux")
}

// linger is not called: only the driver of Linux shows descriptors.
func linger(t testing.TB, _ uintptr, _ time.Duration) { t.Helper() }

// busyTime returns 0, so that only returns of Wait are counted.
func busyTime() time.Duration { return 0 }

// Inspect skips the test: only Linux lets a process look at its descriptors.
func Inspect(t testing.TB, _, _ netip.AddrPort) map[string]int {
	t.Helper()
	t.Skip("the options of a socket can be read only on Linux")
	return nil
}
