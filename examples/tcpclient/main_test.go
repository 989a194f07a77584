// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"io"
	"strings"
	"testing"

	"github.com/duplex-go/duplex/examples/internal/program"
)

// TestMain runs the example itself if a test has started the binary as the example.
func TestMain(m *testing.M) { program.Main(m, main) }

func TestClientStaysUntilTheServerEnds(t *testing.T) {
	ln := program.Listen(t)
	p := program.Start(t, "-addr", ln.Addr().String())
	c := accept(t, ln)
	p.Prints(t, "connected to "+c.LocalAddr().String(), "connect from "+c.RemoteAddr().String())

	io.WriteString(c, "goodbye!!!")
	p.Prints(t, "data 67 6f 6f 64 62 79 65 21 21 21", "text goodbye!!!")
	documented(t, p.Printed)

	c.CloseWrite()
	p.Prints(t, "end", "close")
	p.Exits(t, 0)
	documented(t, p.Printed)
	if rest, err := io.ReadAll(c); len(rest) > 0 || err != nil {
		t.Errorf("the server heard %q, %v; want the client's end", rest, err)
	}
}

func TestResetIsAnError(t *testing.T) {
	ln := program.Listen(t)
	p := program.Start(t, "-addr", ln.Addr().String())
	c := accept(t, ln)
	p.Prints(t, "connected", "connect")
	c.Reset()
	p.Prints(t, "error read tcp", "close")
	p.Exits(t, 0)
}

func TestRefusedIsAnError(t *testing.T) {
	ln := program.Listen(t)
	ln.Close()
	p := program.Start(t, "-addr", ln.Addr().String())
	p.Prints(t, "error connect tcp "+ln.Addr().String(), "close")
	p.Exits(t, 0)
	if strings.HasSuffix(p.Printed[0], ": connection refused") { // other systems have other words
		documented(t, p.Printed)
	}
}

// accept returns the server's end, after the client's text has arrived.
func accept(t *testing.T, ln program.Listener) program.Conn {
	t.Helper()
	c := ln.Accept(t)
	got := make([]byte, len("HelloWorld!!!"))
	if _, err := io.ReadFull(c, got); string(got) != "HelloWorld!!!" {
		t.Fatalf("the client said %q, %v", got, err)
	}
	return c
}

// documented checks that the tutorial shows the program with the lines it printed.
func documented(t *testing.T, lines []string) {
	t.Helper()
	program.Shown(t, program.Tutorials, program.Session("go run ./examples/tcpclient", lines))
}
