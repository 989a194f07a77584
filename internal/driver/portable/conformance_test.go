// Copyright 2026 The duplex authors. MIT license.

package portable_test

import (
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/drivertest"
	"github.com/duplex-go/duplex/internal/driver/portable"
	"github.com/duplex-go/duplex/internal/testrun"
)

func TestThePortableDriverKeepsTheContract(t *testing.T) {
	drivertest.Run(t, drivertest.Config{
		New:     func(testing.TB) driver.Driver { return portable.New() },
		Sockets: true,
		Unix:    testrun.UnixSockets(),
	})
}
