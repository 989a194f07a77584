// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/duplex-go/duplex/script"
)

// TestFailures runs the scripts of testdata/failures, which end in errors or look at
// some, in this process; NAME.js.txt is what node said when it was recorded.
func TestFailures(t *testing.T) {
	node := findNode(t)
	files, err := filepath.Glob(filepath.Join("testdata", "failures", "*.js"))
	if err != nil || len(files) < 50 {
		t.Fatalf("testdata/failures has %d scripts, %v; it had 50 and more", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".js"), func(t *testing.T) {
			want := recording(t, node, file+".txt", func() string { return node.play(t, file) })
			full, err := filepath.Abs(file)
			if err != nil {
				t.Fatal(err)
			}
			if got := playHere(t, full); got != want {
				t.Error(differences("node", want, "here", got))
			}
		})
	}
}

// playHere is command.play in this process.
func playHere(t *testing.T, name string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	r := &script.Runtime{Stdout: &stdout, Stderr: &stderr, Files: script.Allow}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	code, err := r.RunFile(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Dir(name)
	return fmt.Sprintf("code %d\n%s%s", code,
		section("stdout", unplaced(stdout.String(), folder)), section("stderr", unplaced(stderr.String(), folder)))
}
