// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"io"
	"runtime"
	"testing"

	"github.com/duplex-go/duplex/examples/internal/program"
)

// TestMain is the example itself where a test has started it as one.
func TestMain(m *testing.M) { program.Main(m, main) }

// start starts the server with a client that has sent a line.
func start(t *testing.T, args ...string) (*program.Program, program.Conn) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot send Ctrl-C to another one on Windows")
	}
	p := program.Start(t, append(args, "-addr", "127.0.0.1:0")...)
	c := program.Dial(t, p.Address(t, "serving on "))
	io.WriteString(c, "first\n")
	if got := make([]byte, len("done first\n")); true {
		if _, err := io.ReadFull(c, got); err != nil || string(got) != "done first\n" {
			t.Fatalf("got %q, %v", got, err)
		}
	}
	return p, c
}

func TestWorkThatHasBegunIsAnswered(t *testing.T) {
	p, c := start(t, "-work", "300ms", "-window", "10ms")
	io.WriteString(c, "second\nthird\n")
	if _, err := io.ReadFull(c, make([]byte, len("done second\n"))); err != nil {
		t.Fatal(err)
	}
	p.Interrupt(t) // while it works on the third line
	if got, err := io.ReadAll(c); string(got) != "done third\n" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	c.Close()
	p.Prints(t, "ending 1 clients", "ended")
	p.Exits(t, 0)
}

func TestClientsThatStayAreEndedInTheEnd(t *testing.T) {
	program.NeedProcess(t, "it exits with 1")
	p, c := start(t, "-work", "1ms", "-window", "1ms", "-most", "200ms")
	p.Interrupt(t)
	if _, err := io.ReadAll(c); err != nil {
		t.Error(err)
	}
	// The client does not end its side.
	p.Prints(t, "ending 1 clients", "ended 1 clients at once: context deadline exceeded")
	p.Exits(t, 1)
}

func TestASecondSignalEndsAtOnce(t *testing.T) {
	program.NeedProcess(t, "it exits with 1")
	p, c := start(t, "-work", "1ms", "-window", "1ms", "-most", "1h")
	p.Interrupt(t)
	if _, err := io.ReadAll(c); err != nil {
		t.Error(err)
	}
	p.Interrupt(t)
	p.Prints(t, "ending 1 clients", "ended 1 clients at once: context canceled")
	p.Exits(t, 1)
}
