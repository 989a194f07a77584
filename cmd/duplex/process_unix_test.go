// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
)

// A process inherits which signals are ignored, as SIGHUP is under nohup. One that is
// caught here is not ignored in the processes that tests start.
func init() {
	if signal.Ignored(syscall.SIGHUP) && !inCommand() {
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
}

// inCommand reports whether this process is the command, and not the test of it.
func inCommand() bool { return len(os.Args) > 0 && filepath.Base(os.Args[0]) == "duplex" }

// sendSignal sends INT, TERM, HUP or KILL.
func sendSignal(p *os.Process, name string) error {
	switch name {
	case "INT":
		return p.Signal(syscall.SIGINT)
	case "TERM":
		return p.Signal(syscall.SIGTERM)
	case "HUP":
		return p.Signal(syscall.SIGHUP)
	case "KILL":
		return p.Signal(syscall.SIGKILL)
	}
	return fmt.Errorf("no signal %s here", name)
}

// killedBy returns 128 and the number of the signal that ended a process.
func killedBy(state *os.ProcessState) int {
	return 128 + int(state.Sys().(syscall.WaitStatus).Signal())
}

// peakMemory returns the most bytes of memory that a process had.
func peakMemory(state *os.ProcessState) int64 {
	most := int64(state.SysUsage().(*syscall.Rusage).Maxrss)
	if runtime.GOOS == "darwin" {
		return most
	}
	return most << 10
}
