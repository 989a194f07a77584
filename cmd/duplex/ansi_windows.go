// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// understandsANSI asks the console to take ANSI sequences, and reports whether it
// does.
func understandsANSI(f *os.File) bool {
	console := windows.Handle(f.Fd())
	var mode uint32
	if err := windows.GetConsoleMode(console, &mode); err != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
