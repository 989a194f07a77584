// Copyright 2026 The duplex authors. MIT license.

//go:build !unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// become runs the program at path as a child, and ends with its exit code. The child
// shares the console with this process, so it gets Ctrl-C itself. This process receives
// the signal, too, and leaves the decision to the child.
func become(path string, args []string) error {
	signal.Notify(make(chan os.Signal, 1), os.Interrupt, syscall.SIGTERM)
	child := exec.Command(path)
	child.Args, child.Stdin, child.Stdout, child.Stderr = args, os.Stdin, os.Stdout, os.Stderr
	err := child.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return &failure{code: exit.ExitCode()}
	}
	if err != nil {
		return fail(err)
	}
	return nil
}
