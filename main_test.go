// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"flag"
	"os"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/testrun"
)

// TestMain fails if goroutines or descriptors are left behind.
func TestMain(m *testing.M) {
	flag.Parse()
	if os.Getenv("DUPLEX_TEST_FEW_DESCRIPTORS") != "" {
		serveFewDescriptors(os.Getenv("DUPLEX_DRIVER"))
		return
	}
	if os.Getenv("DUPLEX_TEST_INHERITED") != "" {
		serveInherited(os.Getenv("DUPLEX_TEST_INHERITED"))
		return
	}
	if os.Getenv("DUPLEX_TEST_GENERATION") != "" {
		serveGeneration()
		return
	}
	if os.Getenv("DUPLEX_TEST_CROWD") != "" {
		serveCrowd()
		return
	}
	if os.Getenv("DUPLEX_TEST_ENDS") != "" {
		serveEnds()
		return
	}
	duplex.Wait() // starts the engine that examples share, and that never stops
	testrun.Main(m)
}
