// Copyright 2026 The duplex authors. MIT license.

// Package storm holds a test in which many goroutines connect, write, reset and
// close at random. It checks every event and every byte.
package storm
