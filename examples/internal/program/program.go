// Copyright 2026 The duplex authors. MIT license.

// Package program runs an example for its test, and compares its output with the
// documents. The example is a process of its own. On the driver "memory", whose network
// ends with the process, it runs in that of its test, which is then a process of its own.
package program

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// Patience is how long a test waits for a line, or for the end.
const Patience = 20 * time.Second

// role is the environment variable that makes a test binary run the example.
const role = "EXAMPLE"

// Main is the TestMain of an example: it is the example's own main where a test has
// started it as a Program.
func Main(m *testing.M, main func()) {
	example = main
	switch {
	case os.Getenv(role) != "":
		main()
	case onMemory() && os.Getenv(alone) == "":
		os.Exit(runEachAlone())
	default:
		os.Exit(m.Run())
	}
}

// A Program is the example at work.
type Program struct {
	Printed []string // the lines so far

	cmd   *exec.Cmd   // nil if it runs in this process
	lines chan string // closed at the end of its output
}

// Start starts the example. It ends with the test.
func Start(t *testing.T, args ...string) *Program {
	t.Helper()
	p := &Program{lines: make(chan string, 100)}
	out := p.startHere
	if !onMemory() {
		out = p.startProcess
	}
	stdout := out(t, args)
	go func() { // until the program ends
		defer close(p.lines)
		for scan := bufio.NewScanner(stdout); scan.Scan(); {
			p.lines <- scan.Text()
		}
	}()
	return p
}

// startProcess starts the example as a process, which is killed when the test ends.
func (p *Program) startProcess(t *testing.T, args []string) (stdout io.Reader) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd = exec.CommandContext(t.Context(), self, args...)
	p.cmd.Env = append(os.Environ(), role+"=1")
	p.cmd.Stderr = os.Stderr
	stdout, err = p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range p.lines {
		}
		p.cmd.Wait()
	})
	return stdout
}

// Line returns the next line of output; ok is false at its end.
func (p *Program) Line(t *testing.T) (line string, ok bool) {
	t.Helper()
	select {
	case line, ok = <-p.lines:
		if ok {
			p.Printed = append(p.Printed, line)
		}
		return line, ok
	case <-time.After(Patience):
		t.Fatalf("printed %q and no more in %v", p.Printed, Patience)
		return "", false
	}
}

// Address returns the address that the next line has after the words.
func (p *Program) Address(t *testing.T, words string) string {
	t.Helper()
	line, _ := p.Line(t)
	address, ok := strings.CutPrefix(line, words)
	if !ok {
		t.Fatal(line)
	}
	return address
}

// Prints expects lines that begin with those of want.
func (p *Program) Prints(t *testing.T, want ...string) {
	t.Helper()
	for _, w := range want {
		if got, ok := p.Line(t); !ok || !strings.HasPrefix(got, w) {
			t.Fatalf("printed %q; want %q next to last", p.Printed, w)
		}
	}
}

// Skip expects n lines with any text.
func (p *Program) Skip(t *testing.T, n int) {
	t.Helper()
	p.Prints(t, slices.Repeat([]string{""}, n)...)
}

// Interrupt sends the process Ctrl-C. Windows has no such signal.
func (p *Program) Interrupt(t *testing.T) {
	t.Helper()
	process, err := os.FindProcess(os.Getpid())
	if p.cmd != nil {
		process = p.cmd.Process
	}
	if err == nil {
		err = process.Signal(os.Interrupt)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Exits expects the process to end by itself, without further output. If the code is
// not 0, the test needs NeedProcess.
func (p *Program) Exits(t *testing.T, code int) {
	t.Helper()
	if line, ok := p.Line(t); ok {
		t.Fatalf("printed %q after its last event", line)
	}
	got := 0 // main has returned
	if p.cmd != nil {
		p.cmd.Wait()
		got = p.cmd.ProcessState.ExitCode()
	}
	if got != code {
		t.Fatalf("printed %q and exited with %d; want %d", p.Printed, got, code)
	}
}
