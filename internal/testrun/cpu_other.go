// Copyright 2026 The duplex authors. MIT license.

//go:build !unix

package testrun

import (
	"testing"
	"time"
)

// CPUTime skips the test: this system does not tell by a portable call.
func CPUTime(t testing.TB) time.Duration {
	t.Helper()
	t.Skip("no CPU time of the process on this system")
	return 0
}
