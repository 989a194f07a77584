// Copyright 2026 The duplex authors. MIT license.

//go:build !linux

package sys

import "time"

// UserTimeout does nothing: only Linux has the option.
func UserTimeout(fd uintptr, d time.Duration) error { return nil }
