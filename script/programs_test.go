// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var (
	programs     = flag.Int("programs", 200, "how many programs of chance TestProgramsOfChance runs")
	programsSeed = flag.Uint64("seed", 1, "the first of their seeds; each program has its own, in a row")
)

// together is how many programs run in one process.
const together = 100

// stage is what goes before the programs: log(f) prints what f returns, or the name of
// what it throws. A product of 0 and a negative integer has no sign in goja, which
// docs/scripts.md knows, so that 0 and -0 print alike.
const stage = `
const { inspect } = require('util');
const said = {};
function stage(seed, program) {
  const lines = said[seed] = [];
  const show = (v) => inspect(v, { depth: 4, breakLength: Infinity }).replace(/(?<![\w.])-0(?![\w.])/g, '0');
  const log = (f) => {
    try {
      lines.push(show(typeof f === 'function' ? f() : f));
    } catch (e) {
      lines.push('! ' + (e instanceof Error ? e.name : show(e)));
    }
  };
  try {
    program(log);
  } catch (e) {
    lines.push('ended by ' + (e instanceof Error ? e.name : show(e)));
  }
}
process.on('unhandledRejection', () => {});
process.on('exit', () => console.log(JSON.stringify(said)));
`

// TestProgramsOfChance runs programs of chance by node and by duplex. By hand:
//
//	go test ./script -run TestProgramsOfChance -programs 10000 -seed 5000
func TestProgramsOfChance(t *testing.T) {
	node := findNode(t)
	if !node.there() {
		t.Skip("THERE IS NO NODE TO COMPARE WITH: programs of chance are not recorded")
	}
	duplex := command{"duplex", []string{buildRunner(t)}}
	folder := t.TempDir()
	differ := 0
	for first := range (*programs + together - 1) / together {
		seed := *programsSeed + uint64(first*together)
		count := min(together, *programs-first*together)
		wants, gots := node.perform(t, folder, seed, count), duplex.perform(t, folder, seed, count)
		for i := range count {
			key := fmt.Sprint(seed + uint64(i))
			want, got := wants[key], gots[key]
			if want == got {
				continue
			}
			if differ++; differ <= 5 {
				t.Errorf("program %s differs:\n%s\n%s", key, newProgrammer(seed+uint64(i)).program(), differences("node", want, "duplex", got))
			}
		}
	}
	if differ > 5 {
		t.Errorf("%d programs of %d differ; five of them are shown", differ, *programs)
	}
}

// perform runs programs in one process and returns what each printed. If that ends
// early it runs them one by one.
func (c command) perform(t *testing.T, folder string, seed uint64, count int) map[string]string {
	t.Helper()
	var text strings.Builder
	text.WriteString(stage)
	for i := range uint64(count) {
		fmt.Fprintf(&text, "stage(%d, function (log) {\n%s});\n", seed+i, newProgrammer(seed+i).program())
	}
	file := filepath.Join(folder, "programs.js")
	if err := os.WriteFile(file, []byte(text.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.line[0], append(c.line[1:len(c.line):len(c.line)], file)...)
	cmd.Env = environment()
	cmd.WaitDelay = time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	said := make(map[string][]string)
	if err == nil {
		err = json.Unmarshal(stdout.Bytes(), &said)
	}
	all := make(map[string]string)
	switch {
	case err == nil:
		for key, lines := range said {
			all[key] = strings.Join(lines, "\n") + "\n"
		}
	case count > 1:
		for i := range uint64(count) {
			for key, one := range c.perform(t, folder, seed+i, 1) {
				all[key] = one
			}
		}
	default:
		all[fmt.Sprint(seed)] = fmt.Sprintf("%v\n%s", err, &stderr)
	}
	return all
}
