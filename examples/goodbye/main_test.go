// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/duplex-go/duplex/examples/internal/program"
)

// TestMain runs the example itself if a test has started the binary as the example.
func TestMain(m *testing.M) { program.Main(m, main) }

// The comments are each README's own.
func TestReadmeShowsThisProgram(t *testing.T) {
	_, ours, _ := strings.Cut(program.Read(t, "main.go"), "package main\n")
	for _, name := range program.Readmes {
		block := regexp.MustCompile("(?s)```go\npackage main\n(.*?)```").FindStringSubmatch(program.Read(t, name))
		if block == nil || program.Code(block[1]) != program.Code(ours) {
			t.Errorf("%s shows another program than main.go", name)
		}
	}
}

// What the demo prints, its own test holds. Under go run it says so in its hints.
func TestReadmeShowsTheDemo(t *testing.T) {
	demo := program.Read(t, "../../cmd/duplex/testdata/demo.golden")
	demo = strings.ReplaceAll(demo, "\n  duplex ", "\n  go run ./cmd/duplex ")
	program.Shown(t, program.Readmes, "$ go run ./cmd/duplex demo\n"+demo+"```")
}

func TestReadmeShowsTheOutput(t *testing.T) {
	p := program.Start(t)
	p.Skip(t, 4)
	program.Shown(t, program.Readmes, program.Session("go run ./examples/goodbye", p.Printed))
}
