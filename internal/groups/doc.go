// Copyright 2026 The duplex authors. MIT license.

// Package groups holds the tests of duplex.Group and duplex.Cast: random histories of many
// goroutines, compared with a model of the order that the documentation promises, and what
// a member pays and is told.
package groups
