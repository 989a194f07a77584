// Copyright 2026 The duplex authors. MIT license.

//go:build !unix

package main

// A mode is that of a terminal before an editor had it.
type mode struct{ fd int }

// editingMode returns nil: the console edits lines itself.
func editingMode() *mode { return nil }

func (*mode) restore() {}

func (*mode) watch(func()) {}

// inForeground returns true: no system but Unix has a background.
func inForeground(int) bool { return true }
