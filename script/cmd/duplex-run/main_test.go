// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// In tests the command is this program under another name.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"duplex-run": main})
}

// TestScripts runs testdata/*.txtar. Beside testscript's own, there is one command:
//
//	code N ARGS...    runs duplex-run without stdin; its exit code must be N, and
//	                  out and err are files with what it printed then
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata",
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			// The race detector would sleep for a second at each exit.
			env.Vars = append(env.Vars, "GORACE=atexit_sleep_ms=0", "DUPLEX_DRIVER="+os.Getenv("DUPLEX_DRIVER"))
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"code": code},
	})
}

func code(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: code N ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec("duplex-run", args[1:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	for _, name := range []string{"stdout", "stderr"} {
		ts.Check(os.WriteFile(ts.MkAbs(name[3:]), []byte(ts.ReadFile(name)), 0o666))
	}
	if got != want {
		ts.Fatalf("exit code is %d, want %d; stdout:\n%s\nstderr:\n%s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}
