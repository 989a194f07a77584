// Copyright 2026 The duplex authors. MIT license.

// Package laws holds the tests of the laws that the documentation of duplex.Handler
// states: the order of events, what a callback may do, and what its socket keeps.
package laws
