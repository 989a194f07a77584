// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// ignoreBrokenPipes makes a write to a pipe without a reader an error, as in Node.
// Otherwise it would end the process. The signal is caught rather than ignored, since
// programs that serve --exec starts would inherit that.
func ignoreBrokenPipes() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }
