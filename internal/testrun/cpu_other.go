// Copyright 2026 The duplex authors. MIT license.

//go:build !unix

package testrun

import "time"

// CPU reports false: this system does not show the CPU time by a portable call.
func CPU() (time.Duration, bool) { return 0, false }
