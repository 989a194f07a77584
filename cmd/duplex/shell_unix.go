// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package main

import (
	"os"
	"os/exec"
	"syscall"
)

// shell returns a command of the shell. It has a process group of its own, so that a
// signal of the terminal leaves it to serve.
func shell(line string) *exec.Cmd {
	cmd := exec.Command("/bin/sh", "-c", line)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// kill ends a process that shell has started, and its children.
func kill(p *os.Process) { syscall.Kill(-p.Pid, syscall.SIGKILL) }
