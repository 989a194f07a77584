// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/duplex-go/duplex/script"
)

var record = flag.Bool("record", false, "record in testdata/buffer what node says")

// evaluate prints what each of the expressions is, in words of its own: those of
// util.inspect have other tests.
const evaluate = `
'use strict';
globalThis.buffer = require('buffer');
globalThis.B = Buffer;
globalThis.SD = require('string_decoder').StringDecoder;
function show(v) {
  if (typeof v === 'string') {
    return '"' + v.replace(/[^ -~]|["\\]/g, (c) => '\\u' + c.charCodeAt(0).toString(16)) + '"';
  }
  if (typeof v === 'bigint') return v + 'n';
  if (typeof v === 'function') return 'function ' + v.name + '/' + v.length;
  if (Object.is(v, -0)) return '-0';
  if (typeof v !== 'object' || v === null) return String(v);
  if (Array.isArray(v)) return '[' + v.map(show).join(', ') + ']';
  if (ArrayBuffer.isView(v)) {
    const bytes = new Uint8Array(v.buffer, v.byteOffset, v.byteLength);
    return v.constructor.name + ' ' + Array.prototype.map.call(bytes, (c) => (c < 16 ? '0' : '') + c.toString(16)).join(' ');
  }
  if (v instanceof ArrayBuffer) return 'ArrayBuffer ' + v.byteLength;
  return '{' + Object.keys(v).map((k) => k + ': ' + show(v[k])).join(', ') + '}';
}
// The same bytes and strings for the same seed, anywhere; many of them are wrong UTF-8.
function random(seed) {
  return (n) => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff, (seed >> 8) % n);
}
globalThis.someBytes = (seed) => {
  const next = random(seed);
  const kinds = [() => next(128), () => 0x80 + next(64), () => 0xc0 + next(32), () => 0xe0 + next(16), () => 0xf0 + next(16)];
  return B.from(Array.from({ length: next(12) }, () => kinds[next(5)]()));
};
globalThis.someText = (seed) => {
  const next = random(seed);
  const kinds = [() => 32 + next(96), () => 0x80 + next(0x800), () => 0xd7f0 + next(0x820), () => 0xd800 + next(0x400), () => next(65536)];
  return String.fromCharCode(...Array.from({ length: next(10) }, () => kinds[next(5)]()));
};
globalThis.someDigits = (seed) => {
  const next = random(seed);
  const letters = 'ABCDwxyz0189+/-_==\n *\u20ac';
  return Array.from({ length: next(14) }, () => letters[next(letters.length)]).join('');
};
// What f makes of some seeds, joined.
globalThis.fuzz = (f) => Array.from({ length: 24 }, (_, seed) => show(f(seed * 7919 + 1))).join();
globalThis.pieces = (d, bytes, n) => {
  const parts = [];
  for (let i = 0; i < bytes.length; i += n) parts.push(d.write(bytes.subarray(i, i + n)), d.lastNeed, d.lastTotal);
  return [...parts, d.end(), d.lastNeed];
};
const results = [];
for (const expression of expressions) {
  let result;
  try {
    result = show((0, eval)(expression));
  } catch (e) {
    result = '!' + e.name + ' ' + e.code + ': ' + e.message;
  }
  results.push(result);
}
console.log(results.join('\n'));
`

func TestBufferAsNodes(t *testing.T) {
	names, _ := filepath.Glob("testdata/buffer/*.txt")
	node, err := exec.LookPath("node")
	if err != nil {
		t.Log("node is missing: comparing with what it said when the tests were written")
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			expressions := strings.Split(strings.TrimSpace(string(text)), "\n")
			list, _ := json.Marshal(expressions)
			source := "const expressions = " + string(list) + ";" + evaluate

			recorded := strings.TrimSuffix(name, ".txt") + ".out"
			if *record {
				out, err := exec.Command(node, "-e", source).Output()
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(recorded, out, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(recorded)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, expressions, evaluated(t, source), string(want))
			if node != "" && !*record {
				out, err := exec.Command(node, "-e", source).Output()
				if err != nil {
					t.Fatal(err)
				}
				compare(t, expressions, string(out), string(want))
			}
		})
	}
}

func evaluated(t *testing.T, source string) string {
	t.Helper()
	var out, errs bytes.Buffer
	r := &script.Runtime{Stdout: &out, Stderr: &errs}
	if code, err := r.RunString(context.Background(), "a.js", source); err != nil || code != 0 {
		t.Fatalf("code %d, %v: %s", code, err, errs.String())
	}
	return out.String()
}

func compare(t *testing.T, expressions []string, got, want string) {
	t.Helper()
	gots, wants := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i, expression := range expressions {
		if i >= len(gots) || i >= len(wants) {
			t.Fatalf("%d and %d results of %d expressions", len(gots), len(wants), len(expressions))
		}
		if gots[i] != wants[i] {
			t.Errorf("%s\n got %s\nwant %s", expression, gots[i], wants[i])
		}
	}
}
