// Copyright 2026 The duplex authors. MIT license.

// Package servers holds the tests of the lives of a Server: how it listens, inherits
// its listeners, hands them over to its successor, and shuts down. Some of its tests
// start this program again in another role.
package servers
