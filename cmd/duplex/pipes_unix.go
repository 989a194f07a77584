// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// ignoreBrokenPipes makes what is written to a pipe without a reader an error, as
// it is in Node, where it would end the process otherwise.
func ignoreBrokenPipes() { signal.Ignore(syscall.SIGPIPE) }
