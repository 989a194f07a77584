// Copyright 2026 The duplex authors. MIT license.

// Package storm holds tests in which many goroutines call the verbs of sockets at random.
// TestStorm connects, writes, resets and closes, and checks every event and every byte.
// TestMedley calls all verbs, under all limits, and checks the laws and that all ends.
package storm
