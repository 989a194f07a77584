// Copyright 2026 The duplex authors. MIT license.

//go:build !unix

package main

import (
	"errors"
	"os"
)

// sendSignal fails: there are no signals to send.
func sendSignal(*os.Process, string) error { return errors.New("no signals here") }

func killedBy(state *os.ProcessState) int { return state.ExitCode() }

// peakMemory returns 0: it is not known.
func peakMemory(*os.ProcessState) int64 { return 0 }
