// Copyright 2026 The duplex authors. MIT license.

//go:build !linux

package sys

import (
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// Fatal are the signals that Die can end the process by. The Go runtime sees to the
// others.
var Fatal []os.Signal

// Die ends the process by s where there are signals, once the Go runtime has shown its
// goroutines, and with exit code 134 elsewhere.
func Die(s syscall.Signal) {
	signal.Reset(s)
	debug.SetTraceback("crash")
	if p, err := os.FindProcess(os.Getpid()); err != nil || p.Signal(s) != nil {
		os.Exit(134)
	}
	select {} // the signal is on its way
}
