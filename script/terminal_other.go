// Copyright 2026 The duplex authors. MIT license.

//go:build !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package script

// keepNewlines has nothing to do: a console processes its output in any mode.
func keepNewlines(int) {}
