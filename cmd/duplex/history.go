// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"os"
	"path/filepath"
	"strings"
)

// A history has the lines that were typed, of this process and of those before. It is the
// History of a Terminal. A line that begins with a space is not kept.
type history struct {
	lines []string
	path  string // "" if nothing is kept
}

// mostLines is how many lines a history has.
const mostLines = 1000

// newHistory reads the history. DUPLEX_HISTORY names its file; if that is empty, nothing
// is kept.
func newHistory() *history {
	h := &history{path: historyPath()}
	if h.path == "" {
		return h
	}
	content, err := os.ReadFile(h.path)
	if err != nil {
		return h // there is none yet
	}
	h.lines = strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
	if n := len(h.lines); n > 2*mostLines {
		h.lines = h.lines[n-mostLines:]
		fresh := h.path + ".new"
		if os.WriteFile(fresh, []byte(strings.Join(h.lines, "\n")+"\n"), 0o600) == nil {
			os.Rename(fresh, h.path)
		}
	}
	return h
}

func historyPath() string {
	if path, set := os.LookupEnv("DUPLEX_HISTORY"); set {
		return path
	}
	folder := os.Getenv("XDG_STATE_HOME")
	if folder == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		folder = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(folder, "duplex", "history")
}

// Add adds the latest line. A file that cannot be written is no reason to disturb a
// conversation: the line is in this process's history all the same.
func (h *history) Add(line string) {
	if line == "" || line[0] == ' ' || len(h.lines) > 0 && h.lines[len(h.lines)-1] == line {
		return
	}
	h.lines = append(h.lines, line)
	if h.path == "" {
		return
	}
	os.MkdirAll(filepath.Dir(h.path), 0o700)
	f, err := os.OpenFile(h.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer f.Close()
	f.WriteString(line + "\n")
}

func (h *history) Len() int { return len(h.lines) }

// At returns a line; 0 is the latest.
func (h *history) At(i int) string { return h.lines[len(h.lines)-1-i] }
