// Copyright 2026 The duplex authors. MIT license.

package servers_test

import (
	"os"
	"testing"

	"github.com/duplex-go/duplex/internal/testrun"
)

func TestMain(m *testing.M) {
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
	testrun.Main(m)
}
