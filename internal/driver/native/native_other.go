// Copyright 2026 The duplex authors. MIT license.

//go:build !linux

package native

// Drivers are the drivers that only this system has, by name.
var Drivers = map[string]Maker{}

// Fastest names the driver to prefer. A kqueue driver needs a machine to test it on.
const Fastest = "portable"
