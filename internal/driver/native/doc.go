// Copyright 2026 The duplex authors. MIT license.

// Package native names the drivers of this system's kernel.
package native

import "github.com/duplex-go/duplex/internal/driver"

// A Maker makes the driver of one loop.
type Maker func() (driver.Driver, error)
