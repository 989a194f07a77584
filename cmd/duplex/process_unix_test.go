// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
)

// sendSignal sends INT or TERM.
func sendSignal(p *os.Process, name string) error {
	switch name {
	case "INT":
		return p.Signal(syscall.SIGINT)
	case "TERM":
		return p.Signal(syscall.SIGTERM)
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
