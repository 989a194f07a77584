// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"os/exec"
	"strings"
	"sync"
)

var nodeServer = server{
	name:    "node",
	title:   "Node.js, its net module: server.js",
	single:  true,
	command: nodeCommand,
	version: func() string { return nodeVersion() },
}

func nodeCommand() ([]string, error) {
	path, err := exec.LookPath("node")
	if err != nil {
		return nil, errors.New("there is no node command; hint: https://nodejs.org")
	}
	return []string{path, "server.js"}, nil
}

var nodeVersion = sync.OnceValue(func() string {
	out, err := exec.Command("node", "--version").Output()
	if err != nil {
		return ""
	}
	return "node " + strings.TrimSpace(string(out))
})
