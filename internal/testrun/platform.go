// Copyright 2026 The duplex authors. MIT license.

package testrun

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
)

// Faults of Wine 8, for NotUnderWine. Programs that use package net alone show them, too.
const (
	// A poll of Wine's server takes the error away from the connection, and leaves an end.
	LostResets = "unless a read waits for it, a reset is reported as an end"

	// A read or a send is some messages to Wine's server.
	SlowSockets = "tens of megabytes may take longer than a test waits"

	NoKeepAliveTimes = "the times of keep-alive cannot be set"
)

// NotUnderWine skips the test under Wine because of a fault that is Wine's.
func NotUnderWine(t testing.TB, fault string) {
	t.Helper()
	if Wine() {
		t.Skip("NOT TESTED: under Wine " + fault)
	}
}

// NeedUnixSockets skips the test if the system has no Unix sockets, as Windows before
// 2018 and Wine 8.
func NeedUnixSockets(t testing.TB) {
	t.Helper()
	if !UnixSockets() {
		t.Skip("NOT TESTED: this system has no Unix sockets (AF_UNIX)")
	}
}

// UnixSockets reports whether the system has Unix sockets.
func UnixSockets() bool {
	dir, err := os.MkdirTemp("", "duplex")
	if err != nil {
		return true
	}
	defer os.RemoveAll(dir)
	ln, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err == nil {
		ln.Close()
	}
	return !errors.Is(err, noFamily)
}
