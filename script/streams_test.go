// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/duplex-go/duplex/script"
)

// TestStreams runs the cases of testdata/streams, each a few lines of JavaScript
// below a line with its name, one after the other: what they print, and in which
// order, must be what node prints. NAME.js.txt is what it said when recorded.
func TestStreams(t *testing.T) {
	node := findNode(t)
	prelude, err := os.ReadFile(filepath.Join("testdata", "streams", "prelude.js"))
	if err != nil {
		t.Fatal(err)
	}
	for name, least := range map[string]int{"writable": 58, "readable": 58, "duplex": 36, "together": 54} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join("testdata", "streams", name+".js")
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			whole := casesOf(string(prelude), string(source))
			want := printed(recording(t, node, file+".txt", func() string {
				cmd := exec.Command(node.line[0], "-")
				cmd.Stdin = strings.NewReader(whole)
				out, err := cmd.CombinedOutput()
				if err != nil {
					t.Fatalf("node: %v\n%s", err, out)
				}
				return string(out)
			}))
			if len(want) < least {
				t.Errorf("%d cases; there were %d and more", len(want), least)
			}

			var out bytes.Buffer
			r := &script.Runtime{Stdout: &out, Stderr: &out}
			if code, err := r.RunString(context.Background(), name+".js", whole); err != nil || code != 0 {
				t.Errorf("code %d, %v", code, err)
			}
			got := printed(out.String())
			for title, text := range want {
				t.Run(title, func(t *testing.T) {
					if got[title] != text {
						t.Errorf("got:\n%s\nwant, as node:\n%s", got[title], text)
					}
				})
			}
		})
	}
}

var caseTitle = regexp.MustCompile(`(?m)^//// (.*)\n`)

// casesOf makes one script of all cases: each begins when the loop has turned some
// times without the one before.
func casesOf(prelude, source string) string {
	var b strings.Builder
	b.WriteString("'use strict';\nconst Stream_ = require('stream');\n" + prelude + "const cases = [];\n")
	at := caseTitle.FindAllStringSubmatchIndex(source, -1)
	for i, m := range at {
		end := len(source)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		fmt.Fprintf(&b, "cases.push([%s, () => {\n%s}]);\n", strconv.Quote(source[m[2]:m[3]]), source[m[1]:end])
	}
	b.WriteString(`
const next = () => {
  const [title, run] = cases.shift() ?? [];
  if (!run) return;
  log('== ' + title);
  try { run(); } catch (error) { log('threw', error.name, error.message); }
  let turns = 0;
  const wait = () => (++turns < 30 ? setImmediate(wait) : next());
  wait();
};
next();
`)
	return b.String()
}

// printed returns what each case printed, by its title.
func printed(out string) map[string]string {
	cases := map[string]string{}
	for _, part := range strings.Split("\n"+out, "\n== ")[1:] {
		title, text, _ := strings.Cut(part, "\n")
		cases[title] = text
	}
	return cases
}

// TestStreamsLooks compares what console.log makes of streams, flags included.
func TestStreamsLooks(t *testing.T) {
	node := findNode(t)
	const source = `
		const { Readable, Writable, Duplex, Transform } = require('stream');
		console.log(new Duplex());
		const r = new Readable({ read() {}, encoding: 'utf8', emitClose: false });
		r.on('data', () => {});
		r.push('x');
		console.log(r);
		const w = new Writable({ objectMode: true, write() {} });
		w.write({});
		w.write('waits');
		w.end();
		console.log(w);
		console.log(new Readable({ objectMode: true, read() {} })[Symbol.asyncIterator]());
	`
	want := recording(t, node, filepath.Join("testdata", "streams", "looks.txt"), func() string {
		out, err := exec.Command(node.line[0], "-e", source).CombinedOutput()
		if err != nil {
			t.Fatalf("node: %v\n%s", err, out)
		}
		return string(out)
	})
	var out bytes.Buffer
	r := &script.Runtime{Stdout: &out, Stderr: &out}
	if code, err := r.RunString(context.Background(), "looks.js", source); err != nil || code != 0 {
		t.Errorf("code %d, %v", code, err)
	}
	if out.String() != want {
		t.Errorf("duplex and node differ:\n%s", differences("node", want, "duplex", out.String()))
	}
}

// BenchmarkStream measures the two paths that every message of a socket takes.
func BenchmarkStream(b *testing.B) {
	for _, path := range []struct{ name, turn string }{
		{"push+data", "d.push(chunk)"},
		{"write+callback", "d.write(chunk, callback); const done = held; held = null; done()"},
		{"write", "e.write(chunk)"},
	} {
		b.Run(path.name, func(b *testing.B) {
			var out bytes.Buffer
			r := &script.Runtime{Stdout: &out, Stderr: &out}
			code, err := r.RunString(context.Background(), "bench.js", fmt.Sprintf(`
				const { Duplex } = require('stream');
				const chunk = Buffer.alloc(64);
				let held = null, heard = 0;
				const callback = () => { heard++; };
				const d = new Duplex({ read() {}, write(chunk, encoding, done) { held = done; } });
				const e = new Duplex({ read() {}, write(chunk, encoding, done) { done(); } });
				d.on('data', callback);
				setImmediate(() => { for (let i = 0; i < %d; i++) { %s; } });
			`, b.N, path.turn))
			if err != nil || code != 0 {
				b.Fatalf("code %d, %v: %s", code, err, out.String())
			}
		})
	}
}
