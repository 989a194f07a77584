// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// A machine is where a run was made.
type machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	System string `json:"system"`
	Places string `json:"places"` // who ran on which CPU
}

func thisMachine() machine {
	m := machine{CPU: runtime.GOARCH, Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH}
	for line := range strings.Lines(read("/proc/cpuinfo")) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			m.CPU = strings.TrimSpace(value)
			break
		}
	}
	if release := read("/proc/sys/kernel/osrelease"); release != "" {
		m.System += ", kernel " + strings.TrimSpace(release)
	}
	m.Places = "not pinned"
	if at := place(workload{}); len(at.server) > 0 {
		m.Places = fmt.Sprintf("server on CPU %d, load on CPU %d", at.server[0], at.generator[0])
	}
	return m
}

// read returns what a file says, or "" where there is none.
func read(name string) string {
	data, _ := os.ReadFile(name)
	return string(data)
}

func (m machine) text(w io.Writer) {
	fmt.Fprintf(w, "machine   %s, %d cores, %s\n", m.CPU, m.Cores, m.System)
	fmt.Fprintf(w, "pinned    %s; 127.0.0.1\n", m.Places)
}

// commit returns the short name of the commit, and whether more has changed in the
// library since.
func commit() string {
	head, err := exec.Command("git", "rev-parse", "--short", "HEAD").Output()
	if err != nil {
		return "unknown"
	}
	name := strings.TrimSpace(string(head))
	changes, err := exec.Command("git", "status", "--porcelain", "--", ":/*.go", ":/go.mod", ":!/bench").Output()
	if err != nil || len(changes) > 0 {
		name += "-changed"
	}
	return name
}
