// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"

	"github.com/duplex-go/duplex/examples/internal/program"
)

// TestMain runs the example itself if a test has started the binary as the example.
func TestMain(m *testing.M) { program.Main(m, main) }

// listens returns the process and the address that the next line of output names.
func listens(t *testing.T, p *program.Program) (process *os.Process, addr string) {
	t.Helper()
	var pid int
	line, _ := p.Line(t)
	if _, err := fmt.Sscanf(line, "process %d listens on %s", &pid, &addr); err != nil {
		t.Fatalf("printed %q, want where it listens", line)
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	return process, addr
}

// ask says a word, and expects it back.
func ask(t *testing.T, c net.Conn) {
	t.Helper()
	got := make([]byte, 5)
	if _, err := io.WriteString(c, "hello"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, got); err != nil || string(got) != "hello" {
		t.Fatalf("got %q, %v; want hello", got, err)
	}
}

func TestASuccessorTakesTheListenerOver(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGHUP, and a process does not pass its sockets on")
	}
	program.NeedProcess(t, "and this one hands its listener to another process")
	p := program.Start(t, "-addr", "127.0.0.1:0", "-window", "50ms")
	first, addr := listens(t, p)
	old := program.Dial(t, addr)
	ask(t, old)

	if err := first.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	second, at := listens(t, p)
	t.Cleanup(func() { second.Kill() })
	if at != addr || second.Pid == first.Pid {
		t.Fatalf("process %d listens on %s, after process %d on %s", second.Pid, at, first.Pid, addr)
	}
	if n, err := old.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("the old client received %d bytes and %v, want the end", n, err)
	}
	old.Close()
	p.Prints(t, fmt.Sprint("process ", first.Pid, " ends"))
	c := program.Dial(t, addr)
	ask(t, c)
	c.Close()

	if err := second.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.Prints(t, fmt.Sprint("process ", second.Pid, " ends"))
	p.Exits(t, 0)
}
