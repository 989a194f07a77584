// Copyright 2026 The duplex authors. MIT license.

//go:build !linux

package duplex_test

import (
	"testing"

	"github.com/duplex-go/duplex"
)

// socketOptions skips the test: only Linux lets a process look at its descriptors.
func socketOptions(t *testing.T, _ *duplex.Socket) map[string]int {
	t.Helper()
	t.Skip("the options of a socket can be read only on Linux")
	return nil
}
