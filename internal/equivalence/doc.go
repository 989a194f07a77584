// Copyright 2026 The duplex authors. MIT license.

// Package equivalence holds a test that plays random plans on every driver, and
// compares what each reports with a model of TCP and of the laws.
package equivalence
