// Copyright 2026 The duplex authors. MIT license.

package proxies_test

import (
	"os"
	"testing"

	"github.com/duplex-go/duplex/internal/testrun"
)

func TestMain(m *testing.M) {
	if os.Getenv("DUPLEX_TEST_ENDS") != "" {
		serveEnds()
		return
	}
	testrun.Main(m)
}
