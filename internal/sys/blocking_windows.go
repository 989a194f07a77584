// Copyright 2026 The duplex authors. MIT license.

package sys

// Unblock does nothing: calls complete asynchronously on Windows.
func Unblock(fd uintptr) error { return nil }
