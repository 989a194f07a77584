// Copyright 2026 The duplex authors. MIT license.

package load_test

import (
	"testing"

	"github.com/duplex-go/duplex/internal/testrun"
)

func TestMain(m *testing.M) { testrun.Main(m) }
