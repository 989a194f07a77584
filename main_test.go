// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/testrun"
)

// TestMain fails if goroutines or descriptors are left behind.
func TestMain(m *testing.M) {
	duplex.Wait() // starts the engine that examples share, and that never stops
	testrun.Main(m)
}
