// Copyright 2026 The duplex authors. MIT license.

package laws_test

import (
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/testrun"
)

func TestMain(m *testing.M) {
	duplex.Wait() // starts the engine that programs share, and that never stops
	testrun.Main(m)
}
