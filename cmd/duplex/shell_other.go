// Copyright 2026 The duplex authors. MIT license.

//go:build !unix

package main

import (
	"os"
	"os/exec"
)

// shell returns a command of the shell.
func shell(line string) *exec.Cmd { return exec.Command("cmd", "/C", line) }

// kill ends a process that shell has started.
func kill(p *os.Process) { p.Kill() }
