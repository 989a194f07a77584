// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/duplex-go/duplex/script"
)

// The scripts of testdata/looks print what inspect, format, console, assert and
// util make of some hundred expressions; -record keeps what node prints.
func TestLooksAsNodes(t *testing.T) {
	names, _ := filepath.Glob("testdata/looks/*.js")
	node, err := exec.LookPath("node")
	if err != nil {
		t.Log("node is missing: comparing with what it said when the tests were written")
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".js"), func(t *testing.T) {
			file := strings.TrimSuffix(name, ".js") + ".out"
			if *record {
				if err := os.WriteFile(file, saidByNode(t, node, name), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if node != "" && !recorded && !*record {
				sameLooks(t, "node", string(saidByNode(t, node, name)), string(want))
			}
			var out, errs bytes.Buffer
			path, err := filepath.Abs(name) // assert reads it
			if err != nil {
				t.Fatal(err)
			}
			r := &script.Runtime{Stdout: &out, Stderr: &errs, Files: script.Allow}
			if code, err := r.RunFile(context.Background(), path); err != nil || code != 0 {
				t.Fatalf("code %d, %v: %s", code, err, errs.String())
			}
			sameLooks(t, "we", out.String(), string(want))
		})
	}
}

func saidByNode(t *testing.T, node, name string) []byte {
	t.Helper()
	out, err := exec.Command(node, name).Output()
	if err != nil {
		t.Fatalf("node %s: %v", name, err)
	}
	return out
}

// sameLooks tells the first line in which got is not want.
func sameLooks(t *testing.T, who, got, want string) {
	t.Helper()
	gots, wants := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range wants {
		if i >= len(gots) || gots[i] != wants[i] {
			had := "nothing more"
			if i < len(gots) {
				had = gots[i]
			}
			t.Errorf("line %d: %s said\n%s\nwant\n%s", i+1, who, had, wants[i])
			return
		}
	}
	if len(gots) > len(wants) {
		t.Errorf("%s said more: %s", who, gots[len(wants)])
	}
}
