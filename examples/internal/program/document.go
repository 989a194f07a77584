// Copyright 2026 The duplex authors. MIT license.

package program

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Documents of the project, seen from an example's folder.
var (
	Readmes   = []string{"../../README.md", "../../docs/README.zh-CN.md"}
	Tutorials = []string{"../../docs/tutorial.md", "../../docs/tutorial.zh-CN.md"}
)

var port = regexp.MustCompile(`([ :])\d{4,5}\b`)

// Shown checks that each document has the text, ports aside.
func Shown(t *testing.T, documents []string, text string) {
	t.Helper()
	want := port.ReplaceAllString(text, "${1}PORT")
	for _, name := range documents {
		if !strings.Contains(port.ReplaceAllString(Read(t, name), "${1}PORT"), want) {
			t.Errorf("%s does not show\n%s", name, want)
		}
	}
}

// Session returns a command with the lines that it printed, as documents show it.
func Session(command string, lines []string) string {
	return "$ " + command + "\n" + strings.Join(lines, "\n") + "\n"
}

// Read returns the text of a file.
func Read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// Code returns a Go text without comments, indentation and empty lines.
func Code(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "//")
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}
