// Copyright 2026 The duplex authors. MIT license.

// Package policy holds the tests that read the repository itself: which package
// imports which, how files are named, and whether documents point to what exists.
package policy
