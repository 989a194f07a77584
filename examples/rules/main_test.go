// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex/examples/internal/program"
)

// TestMain is the example itself where a test has started it as one.
func TestMain(m *testing.M) { program.Main(m, main) }

func TestTheScriptGetsWhatItIsGranted(t *testing.T) {
	p := program.Start(t)
	p.Skip(t, 3)
	_, port, _ := strings.Cut(p.Printed[2], "listening ")
	conn, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatalf("%v; it has printed %q", err, p.Printed)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(program.Patience))
	if heard, err := io.ReadAll(conn); string(heard) != "goodbye!!!" || err != nil {
		t.Errorf("got %q, %v; want goodbye!!! and the end", heard, err)
	}
	conn.Close()
	p.Exits(t, 0)
}

// The page has what counts of this program, and what the program prints.
func TestScriptsShowsThisProgram(t *testing.T) {
	const page = "../../docs/scripts.md"
	block := regexp.MustCompile("(?s)```go\n(.*?)```").FindStringSubmatch(program.Read(t, page))
	if block == nil || !strings.Contains(program.Code(program.Read(t, "main.go")), program.Code(block[1])) {
		t.Errorf("%s shows another program than main.go", page)
	}
	p := program.Start(t)
	p.Skip(t, 3)
	program.Shown(t, []string{page}, program.Session("go run ./examples/rules", p.Printed))
}
