// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/duplex-go/duplex/examples/internal/program"
)

// parse parses a command line of the program, and returns the flags that it sets.
func parse(t *testing.T, args []string) map[string]string {
	t.Helper()
	set := flag.NewFlagSet("lobby", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	flag.VisitAll(func(f *flag.Flag) {
		if !strings.HasPrefix(f.Name, "test.") {
			set.String(f.Name, f.DefValue, f.Usage)
		}
	})
	if err := set.Parse(args); err != nil || set.NArg() > 0 {
		t.Fatalf("%q: %v, and %q is left", args, err, set.Args())
	}
	given := make(map[string]string)
	set.Visit(func(f *flag.Flag) { given[f.Name] = f.Value.String() })
	return given
}

// The file is YAML, and starts three nodes with flags that the program has, each of which is
// a peer of all. There is no container in this test.
func TestTheComposeFile(t *testing.T) {
	var file struct {
		Services map[string]struct {
			Build       struct{ Context, Dockerfile string }
			Command     []string
			Environment map[string]string
		}
	}
	if err := yaml.Unmarshal([]byte(program.Read(t, "deploy/docker-compose.yml")), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Services) != 3 {
		t.Errorf("%d services, want 3", len(file.Services))
	}
	for name, service := range file.Services {
		flags := parse(t, service.Command)
		if flags["name"] != name || !strings.Contains(flags["peers"], flags["advertise"]) || !strings.HasPrefix(flags["advertise"], name+":") {
			t.Errorf("%s has the flags %v", name, flags)
		}
		if service.Environment["LOBBY_SECRET"] == "" {
			t.Errorf("%s has no secret", name)
		}
		if _, err := os.Stat(filepath.Join("deploy", service.Build.Context, service.Build.Dockerfile)); err != nil {
			t.Error(err)
		}
	}
}

// The unit starts a node with flags that the program has, and with variables that the
// file of its environment has.
func TestTheUnit(t *testing.T) {
	unit, env := program.Read(t, "deploy/lobby.service"), program.Read(t, "deploy/lobby.env")
	m := regexp.MustCompile(`(?m)^ExecStart=\S+ (.*)$`).FindStringSubmatch(unit)
	if m == nil {
		t.Fatal("it starts nothing")
	}
	for name, value := range parse(t, strings.Fields(m[1])) {
		if v, ok := strings.CutPrefix(value, "${"); ok && !strings.Contains(env, "\n"+strings.TrimSuffix(v, "}")+"=") {
			t.Errorf("-%s is %s, which lobby.env does not have", name, value)
		}
	}
}

// systemd accepts the unit. The program is this test, which is there.
func TestSystemdAcceptsTheUnit(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("there is no systemd-analyze")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	unit := strings.ReplaceAll(program.Read(t, "deploy/lobby.service"), "ExecStart=/usr/local/bin/lobby", "ExecStart="+self)
	verify := func(unit string) (string, error) {
		file := filepath.Join(t.TempDir(), "lobby.service")
		if err := os.WriteFile(file, []byte(unit), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(analyze, "verify", "--man=no", file).CombinedOutput()
		return string(out), err
	}
	out, err := verify(unit)
	if err != nil || strings.Contains(out, "lobby.service") {
		t.Errorf("%v: %s", err, out)
	}
	if out, _ := verify(unit + "Restrat=always\n"); !strings.Contains(out, "lobby.service") {
		t.Errorf("it accepts a word that there is not: %s", out)
	}
}
