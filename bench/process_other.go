// Copyright 2026 The duplex authors. MIT license.

//go:build !linux

package main

import (
	"errors"
	"math"
	"os/exec"
	"time"
)

// hasProc says that /proc tells of other processes.
const hasProc = false

// cpu returns the time that the process has spent on CPUs, and whether the
// platform can tell.
func (p *process) cpu() (time.Duration, bool) { return 0, false }

// threadCPU is cpu for the thread that calls it.
func threadCPU() (time.Duration, bool) { return 0, false }

// ownCPU is cpu for this process.
func ownCPU() (time.Duration, bool) { return 0, false }

// resident returns how much memory the process has.
func (p *process) resident() (int64, error) {
	return 0, errors.ErrUnsupported
}

// affordable returns for how many idle connections there is memory: no limit is
// known here.
func affordable() int { return math.MaxInt }

// descriptors returns how many files a process may have open: no limit is known
// here.
func descriptors() int { return math.MaxInt }

// cpus returns those that this program may choose among.
func cpus() []int { return nil }

// stay keeps this program on some CPUs.
func stay([]int) {}

// A strain is CPU time up to some moment.
type strain struct{ ours, all, most time.Duration }

// strained reads the strain, and reports whether the platform can tell.
func strained() (strain, bool) { return strain{}, false }

// startOn starts cmd on some CPUs.
func startOn(_ []int, cmd *exec.Cmd) error { return cmd.Start() }
