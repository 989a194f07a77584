// Copyright 2026 The duplex authors. MIT license.

package mutants

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"
)

// kill selects the long form.
var kill = flag.Bool("kill", false, "make the changes of the list, and run the tests that have to notice")

// patience is how long the tests of a mutant may take. A test that waits in vain fails
// after 20 s.
const patience = 60 * time.Second

// TestMutants makes the changes of the list, one at a time, and fails for each that no test
// notices.
func TestMutants(t *testing.T) {
	if !*kill {
		t.Skip("the long form alone, with -kill; TestMutantsFitTheCode checks the list")
	}
	if runtime.GOOS != "linux" {
		t.Skip("NOT TESTED: the mutants of epoll are those of Linux")
	}
	mutants, _ := list()
	y := newYard(t, mutants)
	for _, area := range areasOf(mutants) {
		t.Run(area, func(t *testing.T) {
			y.rows = nil
			t.Cleanup(func() { y.report(t) })
			for _, m := range mutants {
				if m.area == area {
					t.Run(m.name, func(t *testing.T) { y.try(t, m) })
				}
			}
		})
	}
}

func areasOf(mutants []*mutant) (areas []string) {
	for _, m := range mutants {
		if !slices.Contains(areas, m.area) {
			areas = append(areas, m.area)
		}
	}
	return areas
}

// A yard is where the mutants are made.
type yard struct {
	folder  string
	numbers map[*mutant]int   // of those that are compiled together
	overlay string            // the file of that name for them
	whole   map[string]string // the tests of each folder with them, compiled; none is made unless it is chosen
	sound   map[string]bool   // tests that pass without a change, by folder and name

	mu   sync.Mutex
	rows []row // of an area
}

// A row is the result of a mutant.
type row struct {
	name, by string
	took     time.Duration
}

func newYard(t *testing.T, mutants []*mutant) *yard {
	y := &yard{folder: t.TempDir(), whole: make(map[string]string), sound: make(map[string]bool)}
	files, numbers, err := together(mutants)
	if err != nil {
		t.Fatal(err)
	}
	y.numbers, y.overlay = numbers, y.spread(t, files)
	return y
}

// spread writes files beside the tree, and returns the file for the option -overlay.
func (y *yard) spread(t *testing.T, files map[string]string) string {
	replace := make(map[string]string)
	for file, text := range files {
		name := filepath.Join(y.folder, fmt.Sprintf("together%d.go", len(replace)))
		replace[absolute(t, filepath.Join(root, file))] = name
		write(t, name, []byte(text))
	}
	return writeOverlay(t, y.folder, replace)
}

// writeOverlay writes the file for the option -overlay.
func writeOverlay(t *testing.T, folder string, replace map[string]string) string {
	text, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(folder, "overlay.json")
	write(t, name, text)
	return name
}

func write(t *testing.T, name string, text []byte) {
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// try makes the change of m, and runs the tests that have to notice it. Tests that wait in
// vain take most of the time, so they wait at the same time.
func (y *yard) try(t *testing.T, m *mutant) {
	for _, by := range m.by {
		y.check(t, by)
	}
	t.Parallel()
	began, by := time.Now(), ""
	for _, tests := range m.by {
		binary, number := y.whole[tests.folder], y.numbers[m]
		if number == 0 {
			binary = filepath.Join(t.TempDir(), "mutant.test")
			y.compile(t, tests.folder, y.alone(t, m, tests), binary)
		}
		if by = y.run(t, tests, binary, number).failed; by == "" {
			continue
		}
		if again := y.run(t, tests, y.whole[tests.folder], 0); again.failed != "" {
			t.Fatalf("%s has failed, but so has %s without the change, this time:\n%s", by, again.failed, again.output)
		}
		break
	}
	y.mu.Lock()
	y.rows = append(y.rows, row{m.name, by, time.Since(began)})
	y.mu.Unlock()
	if by == "" {
		t.Errorf("no test has noticed it; tried %v", m.by)
		return
	}
	t.Logf("killed by %s in %.1f s", by, time.Since(began).Seconds())
}

// check runs tests without a change. A test that fails, or is skipped, proves nothing.
func (y *yard) check(t *testing.T, by tests) {
	var names []string
	for _, name := range by.names {
		if !y.sound[by.folder+" "+name] {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return
	}
	if y.whole[by.folder] == "" {
		binary := filepath.Join(y.folder, fmt.Sprintf("whole%d.test", len(y.whole)))
		y.compile(t, by.folder, y.overlay, binary)
		y.whole[by.folder] = binary
	}
	got := y.run(t, tests{by.folder, names}, y.whole[by.folder], 0)
	if got.failed != "" {
		t.Fatalf("%s fails without a change:\n%s", got.failed, got.output)
	}
	for _, name := range names {
		if !strings.Contains(got.output, "--- PASS: "+name+" (") {
			t.Fatalf("%s does not run in %s:\n%s", name, by.folder, got.output)
		}
		y.sound[by.folder+" "+name] = true
	}
}

// alone writes the change of m beside the tree, and returns the file for the option
// -overlay. It leaves out the files of tests that some do not need.
func (y *yard) alone(t *testing.T, m *mutant, some tests) string {
	changed, err := m.change()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	code := filepath.Join(folder, "mutant.go")
	write(t, code, []byte(changed))
	replace := map[string]string{absolute(t, filepath.Join(root, m.file)): code}
	for _, path := range spare(scripts(t, some.folder), some.names) {
		replace[absolute(t, path)] = ""
	}
	return writeOverlay(t, folder, replace)
}

func absolute(t *testing.T, path string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// A result is how a run of tests ended.
type result struct {
	failed string // the test that failed; empty for none
	output string
}

// compile compiles the tests of a package.
func (y *yard) compile(t *testing.T, folder, overlay, binary string) {
	build := exec.Command("go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", overlay, "-o", binary, ".")
	build.Dir = filepath.Join(root, folder)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("it does not compile: %v\n%s", err, out)
	}
}

// run runs some tests, with the mutant of that number, until one fails.
func (y *yard) run(t *testing.T, some tests, binary string, number int) result {
	ctx, cancel := context.WithTimeout(t.Context(), patience+10*time.Second) // also if the binary hangs outside its tests
	defer cancel()
	test := exec.CommandContext(ctx, binary, "-test.v", "-test.failfast", "-test.timeout", patience.String(), "-test.run", some.pattern())
	test.Dir = filepath.Join(root, some.folder)
	test.Env = append(os.Environ(), fmt.Sprintf("%s=%d", chosen, number))
	var out bytes.Buffer
	test.Stdout, test.Stderr = &out, &out
	err := test.Run()
	if err == nil {
		return result{output: out.String()}
	}
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{failed: culprit(out.String()), output: out.String()}
}

// pattern returns the expression that selects the tests.
func (some tests) pattern() string {
	var patterns []string
	for _, name := range some.names {
		parts := strings.Split(name, "/")
		for i, part := range parts {
			parts[i] = "^" + regexp.QuoteMeta(part) + "$"
		}
		patterns = append(patterns, strings.Join(parts, "/"))
	}
	return strings.Join(patterns, "|")
}

var (
	failure = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	start   = regexp.MustCompile(`(?m)^=== RUN +(\S+)`)
)

// culprit returns the test that has failed: the innermost, or the last that began if the
// process has ended with it.
func culprit(output string) string {
	if strings.Contains(output, "LEAK:") {
		return "the count of what is left"
	}
	if all := failure.FindAllStringSubmatch(output, -1); all != nil {
		return all[len(all)-1][1]
	}
	all := start.FindAllStringSubmatch(output, -1)
	switch {
	case all == nil:
		return "a crash before the tests"
	case strings.Contains(output, "panic: test timed out"):
		return all[len(all)-1][1] + " (time ran out)"
	}
	return all[len(all)-1][1] + " (crash)"
}

// report prints the results.
func (y *yard) report(t *testing.T) {
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	killed := 0
	for _, r := range y.rows {
		if r.by != "" {
			killed++
		} else {
			r.by = "SURVIVED"
		}
		fmt.Fprintf(w, "%s\t%s\t%.1f s\n", r.name, r.by, r.took.Seconds())
	}
	w.Flush()
	t.Logf("%d of %d mutants killed\n%s", killed, len(y.rows), table.String())
}
