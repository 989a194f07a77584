// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestAScriptWhoseReaderHasGone runs testdata/closed-pipe/NAME.js with a stdout that
// has lost its reader. The script's stderr and exit code are compared with those of node,
// as in TestScripts.
func TestAScriptWhoseReaderHasGone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the error of a pipe without a reader has another name on Windows")
	}
	node := findNode(t)
	duplex := command{"duplex", []string{buildRunner(t)}}
	scripts, err := filepath.Glob(filepath.Join("testdata", "closed-pipe", "*.js"))
	if err != nil || len(scripts) < 7 {
		t.Fatalf("there are %d scripts (%v); there were 7", len(scripts), err)
	}
	for _, file := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".js"), func(t *testing.T) {
			t.Parallel()
			want := recording(t, node, file+".txt", func() string { return node.playUnread(t, file) })
			if got := duplex.playUnread(t, file); got != want {
				t.Errorf("duplex and node differ:\n%s", differences("node", want, "duplex", got))
			}
		})
	}
}

// playUnread is play with a stdout that has no reader.
func (c command) playUnread(t *testing.T, file string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	reader, stdout, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	reader.Close()
	defer stdout.Close()
	cmd := exec.CommandContext(ctx, c.line[0], append(c.line[1:len(c.line):len(c.line)], filepath.Base(file))...)
	cmd.Dir = filepath.Dir(file)
	cmd.Env = environment()
	cmd.WaitDelay = time.Second
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = stdout, &stderr
	err = cmd.Run()
	if exit := new(exec.ExitError); ctx.Err() != nil || err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v\n%s", c.name, err, &stderr)
	}
	folder, err := filepath.Abs(cmd.Dir)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("code %d\n%s", cmd.ProcessState.ExitCode(), section("stderr", unplaced(stderr.String(), folder)))
}
