// Copyright 2026 The duplex authors. MIT license.

package memory_test

import (
	"syscall"
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/drivertest"
	"github.com/duplex-go/duplex/internal/driver/memory"
)

func TestMemoryIsADriver(t *testing.T) {
	n := memory.NewNetwork()
	drivertest.Run(t, drivertest.Config{
		New:         func(testing.TB) driver.Driver { return n.Driver() },
		TriesAtOnce: true,
		Unix:        true,
		Exhaust: func(testing.TB) func() {
			n.SetFaults(memory.Faults{Accept: memory.Times(-1, syscall.EMFILE)})
			return func() { n.SetFaults(memory.Faults{}) }
		},
	})
}
