// Copyright 2026 The duplex authors. MIT license.

// Package limits holds the tests of what a server limits: which clients it admits, how
// long a socket may be silent or slow, at which rates it reads and writes, and how much
// memory all sockets may hold.
package limits
