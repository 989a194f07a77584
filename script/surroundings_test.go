// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/duplex-go/duplex/script"
)

// The scripts of testdata/surroundings print the same here and under node; what
// node printed is recorded beside them. Node's own is compared where it is at hand.
func TestSurroundingsPrintAsNode(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the recorded paths and errors are Linux's")
	}
	files, err := filepath.Glob("testdata/surroundings/*.js")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Log("NODE IS MISSING: compared only with what it printed once")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".js"), func(t *testing.T) {
			want, err := os.ReadFile(strings.TrimSuffix(file, ".js") + ".out")
			if err != nil {
				t.Fatal(err)
			}
			if node != "" && !recorded {
				live, err := exec.Command(node, file).Output()
				if err != nil {
					t.Fatal(err)
				}
				sameLines(t, "node now, compared with its record", live, want)
			}
			var out, failures bytes.Buffer
			r := &script.Runtime{
				Env: os.Environ(), Stdout: &out, Stderr: &failures, Files: script.Allow, Network: script.AllowNetwork, Process: true,
			}
			if code, err := r.RunFile(context.Background(), file); err != nil || code != 0 {
				t.Fatalf("code %d, %v\n%s", code, err, failures.String())
			}
			sameLines(t, "script", out.Bytes(), want)
		})
	}
}

func sameLines(t *testing.T, who string, got, want []byte) {
	t.Helper()
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		var a, b string
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			t.Errorf("%s: line %d\n got  %s\n want %s", who, i+1, a, b)
			return
		}
	}
}

func TestFilesAreTheHostsToGrant(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "open"), []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	var asked []string
	var out bytes.Buffer
	r := &script.Runtime{Stdout: &out, Stderr: &out, Env: []string{"DIR=" + dir}, Files: func(op, path string) error {
		asked = append(asked, op+" "+filepath.Base(path))
		if filepath.Base(path) == "open" && op == "read" {
			return nil
		}
		return errors.New("not this one")
	}}
	code, err := r.RunString(context.Background(), "a.js", `
		const fs = require('fs');
		const dir = process.env.DIR;
		console.log(fs.readFileSync(dir + '/open', 'utf8'));
		for (const f of [() => fs.writeFileSync(dir + '/open', ''), () => fs.readdirSync(dir), () => fs.symlinkSync('/etc/passwd', dir + '/l')]) {
			try { f(); console.log('done'); } catch (e) { console.log(e.code, e.message); }
		}
		fs.promises.unlink(dir + '/open').catch((e) => console.log(e.code, e.permission));
	`)
	if err != nil || code != 0 {
		t.Fatalf("code %d, %v\n%s", code, err, out.String())
	}
	want := "text\n" + strings.Repeat("ERR_ACCESS_DENIED not this one\n", 3) + "ERR_ACCESS_DENIED FileSystemWrite\n"
	if out.String() != want {
		t.Errorf("got %s want %s (asked %q)", out.String(), want, asked)
	}
}
