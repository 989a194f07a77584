// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// ignoreBrokenPipes makes a write to a pipe without a reader an error, as in Node.
// Otherwise it would end the process.
func ignoreBrokenPipes() { signal.Ignore(syscall.SIGPIPE) }
