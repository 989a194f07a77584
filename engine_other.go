// Copyright 2026 The duplex authors. MIT license.

//go:build !linux

package duplex

// native are the drivers that only this platform has.
var native = map[string]maker{}

// fastest is portable: kqueue waits for a machine to test it on.
func fastest() (string, maker, error) { return "portable", newPortable, nil }
