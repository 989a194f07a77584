// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"io"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex/script/internal/program"
)

// TestMain runs the example itself if a test has started the binary as the example.
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

var port = regexp.MustCompile(`([ :])\d{4,5}\b`)

// The page shows the code of this program, and the lines that the program prints.
func TestScriptsShowsThisProgram(t *testing.T) {
	const page = "../../../docs/scripts.md"
	text := read(t, page)
	block := regexp.MustCompile("(?s)```go\n(.*?)```").FindStringSubmatch(text)
	if block == nil || !strings.Contains(code(read(t, "main.go")), code(block[1])) {
		t.Errorf("%s shows another program than main.go", page)
	}
	p := program.Start(t)
	p.Skip(t, 3)
	session := "$ go run ./script/examples/rules\n" + strings.Join(p.Printed, "\n") + "\n"
	session = port.ReplaceAllString(session, "${1}PORT")
	if !strings.Contains(port.ReplaceAllString(text, "${1}PORT"), session) {
		t.Errorf("%s does not show\n%s", page, session)
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

// code returns a Go text without comments, indentation and empty lines.
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
