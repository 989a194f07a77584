// Copyright 2026 The duplex authors. MIT license.

//go:build !linux

package sys

// Unread returns 0: only Linux is asked.
func Unread(uintptr) int { return 0 }
