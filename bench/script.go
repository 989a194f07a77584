// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"
)

// scriptServer is a program of its own: a server that had it inside, as it has the
// others, would have memory for it, too.
var scriptServer = server{
	name:   "script",
	title:  "server.js again, as duplex-run plays it",
	single: true,
	only:   "echo-64x50",
	command: func() ([]string, error) {
		path, err := built()
		return []string{path, "server.js"}, err
	},
	version: func() string { return "" },
}

// built returns the path of the command duplex-run.
var built = sync.OnceValues(func() (path string, err error) {
	dir, err := workshop()
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, "duplex-run.exe")
	if out, err := exec.Command("go", "build", "-C", "../script", "-o", path, "./cmd/duplex-run").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build ./cmd/duplex-run: %v\n%s", err, out)
	}
	return path, nil
})
