// Copyright 2026 The duplex authors. MIT license.

package main

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

var epollServer = server{
	name:    "epoll",
	title:   "the limit: a plain loop around epoll, in C: epoll/server.c",
	command: func() ([]string, error) { path, err := compiled(); return []string{path}, err },
	plain:   true,
	version: func() string { return compilerVersion() },
}

//go:embed epoll/server.c
var epollSource string

// workshop returns the folder for programs that are made here; clean removes it.
var workshop = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "duplex-bench-") })

// compiled returns the path of the server in C, made with the compiler of this
// machine.
var compiled = sync.OnceValues(func() (path string, err error) {
	if runtime.GOOS != "linux" {
		return "", errors.New("only Linux has epoll")
	}
	cc, err := compiler()
	if err != nil {
		return "", err
	}
	dir, err := workshop()
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, "server")
	cmd := exec.Command(cc, "-x", "c", "-O2", "-Wall", "-Wextra", "-pthread", "-o", path, "-")
	cmd.Stdin = strings.NewReader(epollSource)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		return "", fmt.Errorf("%s epoll/server.c: %v\n%s", cc, err, out)
	}
	return path, nil
})

// clean removes what was made.
func clean() {
	if dir, err := workshop(); err == nil {
		_ = os.RemoveAll(dir)
	}
}

func compiler() (string, error) {
	for _, name := range []string{os.Getenv("CC"), "gcc", "cc", "clang"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no C compiler; hint: install gcc or clang, or set CC")
}

var compilerVersion = sync.OnceValue(func() string {
	cc, err := compiler()
	if err != nil {
		return ""
	}
	out, err := exec.Command(cc, "--version").Output()
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return strings.TrimSpace(line)
})
