// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/spf13/cobra"
)

// runner is the command that runs scripts. It is a module of its own, because the
// interpreter is larger than all of duplex.
const runner = "duplex-run"

// newRun makes the verb that starts duplex-run in the place of this process. All
// words after run are those of duplex-run.
func newRun() *cobra.Command {
	return &cobra.Command{
		Use:                "run FILE.js [ARGS...]",
		DisableFlagParsing: true,
		RunE: func(_ *cobra.Command, args []string) error {
			path, err := findRunner()
			if err != nil {
				return &failure{exitOther, runner + " is not installed", installRunner()}
			}
			return become(path, append([]string{runner}, args...))
		},
	}
}

// findRunner returns the path of duplex-run: beside this executable, where a release
// has it, or else on PATH.
func findRunner() (path string, err error) {
	if own, err := os.Executable(); err == nil {
		if own, err = filepath.EvalSymlinks(own); err == nil {
			beside, err := exec.LookPath(filepath.Join(filepath.Dir(own), runner))
			if err == nil {
				return beside, nil
			}
		}
	}
	path, err = exec.LookPath(runner)
	if errors.Is(err, exec.ErrDot) {
		return "", fs.ErrNotExist // a program of the current folder that merely has the name
	}
	return path, err
}

// installRunner returns how to get duplex-run: in a checkout of duplex by the go
// command alone.
func installRunner() string {
	const source = "script/cmd/duplex-run"
	here, err := os.Getwd()
	for dir := here; err == nil; {
		if _, err := os.Stat(filepath.Join(dir, source, "main.go")); err == nil {
			name := "./" + source
			if dir != here {
				name = "github.com/duplex-go/duplex/" + source
			}
			return "in this checkout: go run " + name + " FILE.js"
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return "go install github.com/duplex-go/duplex/" + source + "@latest"
}
