// Copyright 2026 The duplex authors. MIT license.

//go:build !linux

package sys

// Unacked returns 0: only Linux is asked what the peer has acknowledged.
func Unacked(fd uintptr) int { return 0 }
