// Copyright 2026 The duplex authors. MIT license.

package mutants

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// root is the folder of the module.
const root = "../.."

// areas are the parts of the project that have mutants, with the fewest that each has. Each
// is a file of testdata.
var areas = map[string]int{
	"admission": 5,  // the gate
	"budget":    5,  // Budget, WriteRate
	"buf":       3,  // internal/buf
	"deadlines": 5,  // time limits, ReadRate
	"delivery":  5,  // input on its way
	"epoll":     8,  // internal/driver/epoll
	"loop":      5,  // internal/loop
	"memory":    3,  // internal/driver/memory
	"outbox":    5,  // the way out, posted functions
	"groups":    10, // messages of groups among the verbs
	"pipe":      5,  // pipes and copies
	"portable":  5,  // internal/driver/portable
	"preface":   3,  // PROXY headers
	"pump":      5,  // phases, the pump, Blocking
	"rooms":     10, // numbers, silence and logins of package room
	"server":    5,  // lives of a server, the engine
	"timer":     2,  // internal/timer
	"tls":       5,  // sessions, the wire, the handshake
}

// fewest is how many mutants the list has at least.
const fewest = 40

// A mutant is a change of one place.
type mutant struct {
	area, name string
	file       string // from root
	old, new   string // whole lines
	by         []tests
}

// A tests is some tests of the package in a folder.
type tests struct {
	folder string
	names  []string
}

// list reads the list, and the faults of its form.
func list() (mutants []*mutant, faults []string) {
	for _, area := range slices.Sorted(maps.Keys(areas)) {
		text, err := os.ReadFile(filepath.Join("testdata", area+".txt"))
		if err != nil {
			faults = append(faults, err.Error())
			continue
		}
		found, wrong := parse(area, string(text))
		mutants, faults = append(mutants, found...), append(faults, wrong...)
	}
	return mutants, faults
}

// parse reads the mutants of an area.
func parse(area, text string) (mutants []*mutant, faults []string) {
	var m *mutant
	for i, line := range strings.Split(text, "\n") {
		word, rest, _ := strings.Cut(line, " ")
		switch {
		case word == "=":
			m = &mutant{area: area, name: rest}
			mutants = append(mutants, m)
		case line == "" || m == nil:
		case word == "in":
			m.file = rest
		case word == "by":
			fields := strings.Fields(rest)
			if len(fields) < 2 {
				faults = append(faults, fmt.Sprintf("%s.txt:%d: no tests", area, i+1))
				continue
			}
			m.by = append(m.by, tests{fields[0], fields[1:]})
		case line[0] == ' ':
			m.old += line[1:] + "\n"
			m.new += line[1:] + "\n"
		case line[0] == '-':
			m.old += line[1:] + "\n"
		case line[0] == '+':
			m.new += line[1:] + "\n"
		default:
			faults = append(faults, fmt.Sprintf("%s.txt:%d: %q is no line of a mutant", area, i+1, line))
		}
	}
	return mutants, faults
}

// change returns the file with the change.
func (m *mutant) change() (string, error) {
	code, err := os.ReadFile(filepath.Join(root, m.file))
	if err != nil {
		return "", err
	}
	text := "\n" + string(code)
	switch n := strings.Count(text, "\n"+m.old); {
	case m.old == "" || m.old == m.new:
		return "", fmt.Errorf("nothing is changed")
	case n != 1:
		return "", fmt.Errorf("the text is %d times in %s, want once:\n%s", n, m.file, m.old)
	}
	return strings.Replace(text, "\n"+m.old, "\n"+m.new, 1)[1:], nil
}

func TestMutantsFitTheCode(t *testing.T) {
	mutants, faults := list()
	for _, fault := range faults {
		t.Error(fault)
	}
	if len(mutants) < fewest {
		t.Errorf("there are %d mutants, want at least %d", len(mutants), fewest)
	}
	names, count := make(map[string]bool), make(map[string]int)
	exists := make(map[string]map[string]bool) // the tests of each folder
	for _, m := range mutants {
		count[m.area]++
		at := m.area + ".txt: " + m.name
		if names[m.name] || m.name == "" {
			t.Errorf("%s: the name is not unique", at)
		}
		names[m.name] = true
		changed, err := m.change()
		if err != nil {
			t.Errorf("%s: %v", at, err)
			continue
		}
		if _, err := parser.ParseFile(token.NewFileSet(), m.file, changed, parser.SkipObjectResolution); err != nil {
			t.Errorf("%s: after the change: %v", at, err)
		}
		if len(m.by) == 0 {
			t.Errorf("%s: no test has to notice", at)
		}
		for _, by := range m.by {
			if exists[by.folder] == nil {
				exists[by.folder] = testsIn(t, by.folder)
			}
			for _, name := range by.names {
				top, _, _ := strings.Cut(name, "/")
				if !exists[by.folder][top] {
					t.Errorf("%s: %s has no test %s", at, by.folder, top)
				}
			}
		}
	}
	for area, n := range areas {
		if count[area] < n {
			t.Errorf("the area %s has %d mutants, want at least %d", area, count[area], n)
		}
	}
}

// testsIn returns the names of the tests in a folder.
func testsIn(t *testing.T, folder string) map[string]bool {
	files, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Errorf("no tests in %s (%v)", folder, err)
	}
	names := make(map[string]bool)
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, d := range tree.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				names[f.Name.Name] = true
			}
		}
	}
	return names
}

// A list that is read wrongly would be an empty promise.
func TestAMutantIsReadAsItIsWritten(t *testing.T) {
	got, faults := parse("area", `Words about the area.

= one
in go.mod
by . TestA TestB/c
by x TestC
-old
+new
 kept

= two
in go.mod
by x
?
`)
	if len(got) != 2 || len(faults) != 2 {
		t.Fatalf("got %d mutants and the faults %q, want 2 and 2", len(got), faults)
	}
	m := got[0]
	if m.area != "area" || m.name != "one" || m.file != "go.mod" || m.old != "old\nkept\n" || m.new != "new\nkept\n" {
		t.Errorf("got %+v", *m)
	}
	if len(m.by) != 2 || m.by[0].folder != "." || strings.Join(m.by[0].names, " ") != "TestA TestB/c" || m.by[1].folder != "x" {
		t.Errorf("got the tests %v", m.by)
	}
	for old, want := range map[string]string{
		"module github.com/duplex-go/duplex\n": "",
		"module github.com/duplex-go\n":        "0 times", // whole lines alone
		"":                                     "nothing",
	} {
		m := mutant{file: "go.mod", old: old, new: "x\n"}
		if _, err := m.change(); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("the change of %q: got the error %v, want %q", old, err, want)
		}
	}
}
