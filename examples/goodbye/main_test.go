// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bufio"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestMain is the example itself where a test has started it as one.
func TestMain(m *testing.M) {
	if os.Getenv("EXAMPLE") == "goodbye" {
		main()
		return
	}
	os.Exit(m.Run())
}

var readmes = []string{"../../README.md", "../../README.zh-CN.md"}

// The comments are each README's own.
func TestReadmeShowsThisProgram(t *testing.T) {
	_, program, _ := strings.Cut(read(t, "main.go"), "package main\n")
	for _, name := range readmes {
		block := regexp.MustCompile("(?s)```go\npackage main\n(.*?)```").FindStringSubmatch(read(t, name))
		if block == nil || code(block[1]) != code(program) {
			t.Errorf("%s shows another program than main.go", name)
		}
	}
}

// What the demo prints, its own test holds. Under go run it says so in its hints.
func TestReadmeShowsTheDemo(t *testing.T) {
	demo := read(t, "../../cmd/duplex/testdata/demo.golden")
	demo = strings.ReplaceAll(demo, "\n  duplex ", "\n  go run ./cmd/duplex ")
	shown(t, "$ go run ./cmd/duplex demo\n"+demo+"```")
}

func TestReadmeShowsTheOutput(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self) // killed when the test ends
	cmd.Env = append(os.Environ(), "EXAMPLE=goodbye")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 100)
	go func() { // until the process ends
		defer close(lines)
		for scan := bufio.NewScanner(out); scan.Scan(); {
			lines <- scan.Text()
		}
	}()
	t.Cleanup(func() {
		for range lines {
		}
		cmd.Wait()
	})

	printed := "$ go run ./examples/goodbye\n"
	for range 4 {
		select {
		case line := <-lines:
			printed += line + "\n"
		case <-time.After(20 * time.Second):
			t.Fatalf("printed %q and no more", printed)
		}
	}
	shown(t, printed)
}

// shown checks that each README has the text, ports aside.
func shown(t *testing.T, text string) {
	t.Helper()
	port := regexp.MustCompile(`([ :])\d{4,5}\b`)
	want := port.ReplaceAllString(text, "${1}PORT")
	for _, name := range readmes {
		if !strings.Contains(port.ReplaceAllString(read(t, name), "${1}PORT"), want) {
			t.Errorf("%s does not show\n%s", name, want)
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// code returns what of a Go text is not comment, indentation or empty line.
func code(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "//")
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}
