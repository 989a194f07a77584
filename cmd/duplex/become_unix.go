// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package main

import (
	"os"
	"syscall"
)

// become makes this process the program at path. It returns only when that fails.
func become(path string, args []string) error {
	return fail(syscall.Exec(path, args, os.Environ()))
}
