// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// fakeRunner is a duplex-run that shows how it was started.
func fakeRunner() {
	stdin, _ := io.ReadAll(os.Stdin)
	fmt.Printf("%q %s\n", os.Args[1:], stdin)
	os.Exit(7)
}

// place copies this program to a folder, as a command.
func place(t *testing.T, dir, name string) (path string) {
	t.Helper()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, name)
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	if err := os.WriteFile(path, text, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// runVerb runs duplex run, with PATH as the only folder of commands.
func runVerb(t *testing.T, duplex, dir, search string) *process {
	t.Helper()
	p := command("run", "-p", "1 + 1", "--help")
	p.Path, p.Err, p.Dir, p.Stdin = duplex, nil, dir, strings.NewReader("typed")
	p.Env = append(p.Env, "PATH="+search)
	return launch(t, p)
}

func TestRunStartsTheRunnerBesideItOrOnPath(t *testing.T) {
	both, alone, found := t.TempDir(), t.TempDir(), t.TempDir()
	place(t, both, "duplex-run")
	place(t, found, "duplex-run")
	for _, p := range []*process{
		runVerb(t, place(t, both, "duplex"), both, t.TempDir()),
		runVerb(t, place(t, alone, "duplex"), alone, found),
	} {
		p.exits(t, 7)
		if got, want := p.out.String(), `["-p" "1 + 1" "--help"] typed`+"\n"; got != want {
			t.Errorf("the runner printed %q, want %q", got, want)
		}
	}
}

// A program of the current folder is not started for having the name.
func TestRunSaysHowToGetTheRunner(t *testing.T) {
	alone, checkout := t.TempDir(), t.TempDir()
	duplex := place(t, alone, "duplex")
	deep := filepath.Join(checkout, "script", "cmd", "duplex-run")
	if err := os.MkdirAll(deep, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(deep, "main.go"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	here := t.TempDir()
	place(t, here, "duplex-run")
	for dir, want := range map[string]string{
		here:     "go install github.com/duplex-go/duplex/script/cmd/duplex-run@latest",
		checkout: "in this checkout: go run ./script/cmd/duplex-run FILE.js",
		deep:     "in this checkout: go run github.com/duplex-go/duplex/script/cmd/duplex-run FILE.js",
	} {
		for _, search := range []string{"", "."} {
			p := runVerb(t, duplex, dir, search)
			p.exits(t, exitOther)
			if got := p.errOut.String(); got != "error      duplex-run is not installed\nhint       "+want+"\n" {
				t.Errorf("stderr is %q, want %q", got, want)
			}
		}
	}
}
