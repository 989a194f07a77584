// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"context"
	_ "embed"
	"os"
	"runtime/debug"

	"github.com/duplex-go/duplex/script"
)

// nodeProgram is what node and script run, the same text.
//
//go:embed server.js
var nodeProgram string

var scriptServer = server{
	name:   "script",
	title:  "server.js, Node's, as duplex run plays it",
	single: true,
	only:   "echo-64x50",
	command: func() ([]string, error) {
		exe, err := os.Executable()
		return []string{exe, "script"}, err
	},
	version: func() string { return "" },
}

// playScript runs server.js: MODE SIZE.
func playScript(args []string) error {
	stop, err := profile("script")
	if err != nil {
		return err
	}
	defer stop()
	debug.SetGCPercent(400) // as duplex run does
	r := &script.Runtime{
		Args:    args,
		Stdin:   os.Stdin,
		Stdout:  os.Stdout,
		Stderr:  os.Stderr,
		Network: script.AllowNetwork,
	}
	_, err = r.RunString(context.Background(), "server.js", nodeProgram)
	return err
}
