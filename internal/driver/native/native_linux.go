// Copyright 2026 The duplex authors. MIT license.

package native

import (
	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/epoll"
)

// Drivers are the drivers that only this system has, by name.
var Drivers = map[string]Maker{Fastest: newEpoll}

// Fastest names the driver to prefer. epoll works on every Linux that Go runs on.
const Fastest = "epoll"

func newEpoll() (driver.Driver, error) { return epoll.New() }
