// Copyright 2026 The duplex authors. MIT license.

package policy_test

import (
	"fmt"
	"go/ast"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// rules are the rules of the repository. Each name is a sentence that says the rule.
var rules = []struct {
	name     string
	offences func(policy, tree) []string
}{
	{"ImportsRunDownward", policy.importsRunDownward},
	{"OnePackageIsUnsafe", policy.onePackageIsUnsafe},
	{"PackagesAreNamedForWhatTheyHold", policy.packagesAreNamedForWhatTheyHold},
	{"TestedProgramIsShippedProgram", policy.testedProgramIsShippedProgram},
	{"SystemsHaveTwins", policy.systemsHaveTwins},
	{"CodeStartsWithCopyright", policy.codeStartsWithCopyright},
	{"NoMachineIsNamed", policy.noMachineIsNamed},
	{"ExamplesAreShort", policy.examplesAreShort},
	{"RootShowsTheArchitecture", policy.rootShowsTheArchitecture},
	{"FilesAreShort", policy.filesAreShort},
	{"DocumentsPointToFiles", policy.documentsPointToFiles},
	{"RowsNameTheirProof", policy.rowsNameTheirProof},
	{"GuidesQuoteExamples", policy.guidesQuoteExamples},
	{"TestCommandsRun", policy.testCommandsRun},
	{"TestCommandsFindTests", policy.testCommandsFindTests},
	{"ExportedNamesAreShown", policy.exportedNamesAreShown},
	{"ExamplesRunWhereTheyAre", policy.examplesRunWhereTheyAre},
}

func TestPolicy(t *testing.T) {
	repository, err := readTree(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) {
			for _, offence := range rule.offences(house, repository) {
				t.Error(offence)
			}
		})
	}
}

func (policy) packagesAreNamedForWhatTheyHold(t tree) (offences []string) {
	empty := []string{"util", "utils", "common", "types", "pkg", "core"}
	for _, f := range t.code() {
		for _, name := range append(strings.Split(path.Dir(f.path), "/"), f.ast.Name.Name) {
			if slices.Contains(empty, name) {
				offences = append(offences, fmt.Sprintf("%s: a package named %s says nothing; name what it holds", f.path, name))
				break
			}
		}
	}
	return offences
}

func (policy) testedProgramIsShippedProgram(t tree) (offences []string) {
	for _, f := range t.code() {
		if slices.Contains(f.tags(), "race") {
			offences = append(offences, fmt.Sprintf("%s: built differently under the race detector", f.path))
		}
		for _, group := range f.ast.Comments {
			for _, c := range group.List {
				word, _, _ := strings.Cut(c.Text, " ")
				if word == "//go:norace" || word == "//go:linkname" {
					offences = append(offences, fmt.Sprintf("%s: %s", f.path, word))
				}
			}
		}
	}
	return offences
}

// systems are the words for systems in file names and build constraints. The Go tool
// knows unix in constraints only, so a file named for unix needs a constraint too.
var systems = strings.Fields(`aix android darwin dragonfly freebsd illumos ios js linux
	netbsd openbsd plan9 solaris wasip1 windows unix`)

// systemsHaveTwins holds that a file named for a system, as NAME_linux.go is, has a
// twin NAME_other.go for all other systems, and that a file with a constraint for a
// system is named for it. In the packages that p lists, a file may break both rules if
// one system alone needs it; another file must build everywhere, so that the package
// exists everywhere. Test files are free.
func (p policy) systemsHaveTwins(t tree) (offences []string) {
	everywhere := make(map[string]bool) // packages with such a file
	var narrow []string                 // packages with a file for some systems
	for _, f := range t.code() {
		if f.isTest() {
			continue
		}
		dir := path.Dir(f.path)
		stem, system := f.system()
		named := slices.ContainsFunc(f.tags(), func(tag string) bool { return slices.Contains(systems, tag) })
		if system == "" && !named {
			everywhere[dir] = true
			continue
		}
		narrow = append(narrow, dir)
		switch {
		case system == "other":
			if !slices.ContainsFunc(systems, func(s string) bool { return t.paths[stem+"_"+s+".go"] }) {
				offences = append(offences, fmt.Sprintf("%s: other than which? There is no %s_linux.go or its like", f.path, stem))
			}
		case system != "":
			if !t.paths[stem+"_other.go"] {
				offences = append(offences, fmt.Sprintf("%s: has no twin %s_other.go", f.path, stem))
			}
		case !slices.Contains(strings.Fields(p.oneSystem), dir):
			offences = append(offences, fmt.Sprintf("%s: is for some systems only and its name does not say so", f.path))
		}
	}
	for _, dir := range slices.Compact(narrow) {
		if !everywhere[dir] {
			offences = append(offences, fmt.Sprintf("%s: has no file that builds everywhere; a doc.go will do", dir))
		}
	}
	return offences
}

func (policy) codeStartsWithCopyright(t tree) (offences []string) {
	// The empty line keeps it out of the package's documentation.
	const line = "// Copyright 2026 The duplex authors. MIT license.\n\n"
	for _, f := range t.code() {
		if !strings.HasPrefix(f.text, line) && !ast.IsGenerated(f.ast) {
			offences = append(offences, fmt.Sprintf("%s: does not start with %q", f.path, line))
		}
	}
	return offences
}

// machine matches the names of places that exist on one machine only. (The brackets
// keep it from matching itself.)
var machine = regexp.MustCompile(`/[w]ork/|[p]roxy\.golang|[.][l]ibrary\b|\b[f]arm-`)

func (policy) noMachineIsNamed(t tree) (offences []string) {
	for _, f := range t.files {
		for i, line := range strings.Split(f.text, "\n") {
			if place := machine.FindString(line); place != "" {
				offences = append(offences, fmt.Sprintf("%s:%d: names a machine's own %s", f.path, i+1, place))
			}
		}
	}
	return offences
}

func (policy) examplesAreShort(t tree) (offences []string) {
	const most = 80
	for _, f := range t.files {
		name := strings.TrimPrefix(f.path, f.module+"/")
		if ok, _ := path.Match("examples/*/main.go", name); !ok {
			continue
		}
		if n := strings.Count(f.text, "\n"); n > most {
			offences = append(offences, fmt.Sprintf("%s: has %d lines; an example has at most %d", f.path, n, most))
		}
	}
	return offences
}

// examplesRunWhereTheyAre holds that an example which is a module has a go.work: with that
// of the root, which leaves it out, "go run ." fails in its folder.
func (policy) examplesRunWhereTheyAre(t tree) (offences []string) {
	for name := range t.paths {
		if ok, _ := path.Match("examples/*/go.mod", name); ok && !t.paths[path.Join(path.Dir(name), "go.work")] {
			offences = append(offences, fmt.Sprintf("%s: has no go.work beside it", name))
		}
	}
	return offences
}

// rootShowsTheArchitecture holds that a reader finds what he looks for in a listing of the
// root: it is not long, and ARCHITECTURE.md says what each file of code holds.
func (p policy) rootShowsTheArchitecture(t tree) (offences []string) {
	var entries, tests []string
	for name := range t.paths {
		switch {
		case name == "." || name[0] == '.' || strings.Contains(name, "/"):
		case strings.HasSuffix(name, "_test.go"):
			tests = append(tests, name)
		default:
			entries = append(entries, name)
		}
	}
	if n := len(entries); n > p.rootEntries {
		offences = append(offences, fmt.Sprintf("the root has %d files and folders beside tests, and at most %d; move or join some", n, p.rootEntries))
	}
	if n := len(tests); n > p.rootTests {
		offences = append(offences, fmt.Sprintf("the root has %d files of tests, and at most %d; a subject has a folder", n, p.rootTests))
	}
	for _, f := range t.files {
		if f.path != "ARCHITECTURE.md" {
			continue
		}
		slices.Sort(entries)
		for _, name := range entries {
			if path.Ext(name) == ".go" && !strings.Contains(f.text, "`"+name+"`") {
				offences = append(offences, fmt.Sprintf("ARCHITECTURE.md: does not say what %s holds", name))
			}
		}
	}
	return offences
}

func (p policy) filesAreShort(t tree) (offences []string) {
	for _, f := range t.code() {
		if n := strings.Count(f.text, "\n"); n > p.lines && !ast.IsGenerated(f.ast) {
			offences = append(offences, fmt.Sprintf("%s: has %d lines; a file has at most %d", f.path, n, p.lines))
		}
	}
	return offences
}

var (
	fenced   = regexp.MustCompile("(?ms)^[ \t]*```.*?^[ \t]*```[ \t]*$")
	span     = regexp.MustCompile("`[^`\n]+`")
	linked   = regexp.MustCompile(`\]\(([^)\s]+)[^)]*\)|(?m)^\[[^\]\n]+\]:[ \t]*(\S+)`)
	fileName = regexp.MustCompile(`^([a-z0-9_.-]+/)*([a-z0-9_-]+\.(go|txtar)|[A-Za-z0-9_-]+\.md)$`)
)

// documentsPointToFiles holds that relative links in the *.md files of the root, of docs/
// and of docs/guide/ lead to files or folders. If a span of code has the form of a Go,
// Markdown or testscript file's name, that file exists: relative to the document, or as the
// end of a path.
func (policy) documentsPointToFiles(t tree) (offences []string) {
	for _, f := range t.files {
		dir := path.Dir(f.path)
		if path.Ext(f.path) != ".md" || dir != "." && dir != "docs" && dir != "docs/guide" {
			continue
		}
		prose := fenced.ReplaceAllString(f.text, "")
		for _, m := range span.FindAllString(prose, -1) {
			name := strings.Trim(m, "`")
			if fileName.MatchString(name) && !t.paths[path.Join(dir, name)] && !t.hasEnding(name) {
				offences = append(offences, fmt.Sprintf("%s: speaks of %s, which does not exist", f.path, name))
			}
		}
		for _, m := range linked.FindAllStringSubmatch(span.ReplaceAllString(prose, ""), -1) {
			target, _, _ := strings.Cut(m[1]+m[2], "#")
			if target != "" && !strings.Contains(target, ":") && !t.paths[path.Join(dir, target)] {
				offences = append(offences, fmt.Sprintf("%s: links to %s, which does not exist", f.path, target))
			}
		}
	}
	return offences
}

var (
	testName = regexp.MustCompile(`(?m)^func ((?:Test|Example|Fuzz)\w*)\(`)
	proofs   = regexp.MustCompile("`([^`]+)`")
)

// rowsNameTheirProof holds that each row of a table with a column that is headed proof names
// tests there, or scenarios as order/NAME. Only a row that is not applicable may have none,
// and no row puts anything off. Where the proof is not the last column, it may have words
// beside the tests.
func (p policy) rowsNameTheirProof(t tree) (offences []string) {
	tests := make(map[string]bool)
	for _, f := range t.code() {
		if f.isTest() {
			for _, m := range testName.FindAllStringSubmatch(f.text, -1) {
				tests[m[1]], tests[path.Base(path.Dir(f.path))+"."+m[1]] = true, true
			}
		}
	}
	for _, f := range t.files {
		column, only := -1, false // of the proof, and whether that is the last
		for i, line := range strings.Split(f.text, "\n") {
			row := strings.Split(strings.Trim(line, "| "), "|")
			head := slices.IndexFunc(row, func(cell string) bool { return strings.TrimSpace(cell) == "proof" })
			switch {
			case path.Ext(f.path) != ".md" || !strings.HasPrefix(line, "|"):
				column = -1
			case head >= 0:
				column, only = head, head == len(row)-1
			case column >= 0 && !strings.HasPrefix(line, "|--"):
				cell := row[len(row)-1]
				if !only {
					cell = row[min(column, len(row)-1)]
				}
				names := proofs.FindAllStringSubmatch(cell, -1)
				if !only {
					names = slices.DeleteFunc(names, func(m []string) bool { return !testName.MatchString("func " + m[1] + "(") })
				}
				if len(names) == 0 && !strings.Contains(line, "not applicable") {
					offences = append(offences, fmt.Sprintf("%s:%d: a row without proof", f.path, i+1))
				}
				for _, name := range names {
					if !tests[name[1]] && !t.paths[path.Join(p.scenarios, name[1]+".txt")] {
						offences = append(offences, fmt.Sprintf("%s:%d: names %s, which does not exist", f.path, i+1, name[1]))
					}
				}
				if strings.Contains(line, "| not yet") || strings.Contains(line, "| later") {
					offences = append(offences, fmt.Sprintf("%s:%d: puts something off", f.path, i+1))
				}
			}
		}
	}
	return offences
}

func TestPolicyFindsOffences(t *testing.T) {
	const (
		head = "// Copyright 2026 The duplex authors. MIT license.\n\n"
		low  = head + "package low\n"
		top  = head + "package top\n"
	)
	toy := policy{
		module: "example.org/top",
		imports: map[string]string{
			".":          "low example.org/else",
			"low":        "",
			"examples/*": ".",
			"inner":      ".",
		},
		tests:     map[string]string{".": "low/lowtest", "inner": ""},
		unsafe:    "low",
		oneSystem: "low examples/epoll",
		scenarios: "low/testdata",
		shown:     "low",

		rootEntries: 9,
		rootTests:   2,
		lines:       90,
	}
	clean := map[string]string{
		"go.mod":                  "module example.org/top\n",
		"top.go":                  top + "import (\n\t\"example.org/else/part\"\n\t\"example.org/top/low\"\n\t\"net\"\n)\n",
		"top_test.go":             head + "package top_test\n\nimport (\n\t\"example.org/top\"\n\t\"unsafe\"\n)\n",
		"low/low.go":              low + "import \"unsafe\"\n",
		"low/poll.go":             head + "//go:build linux\n\npackage low\n",
		"low/tcp_linux.go":        low,
		"low/tcp_other.go":        head + "//go:build !linux\n\npackage low\n",
		"low/a_test.go":           low + "import \"example.org/top/low/lowtest\"\n",
		"examples/epoll/epoll.go": head + "//go:build linux\n\npackage epoll\n",
		"examples/epoll/doc.go":   head + "package epoll\n",
		"low/made.go":             "// Code generated by hand. DO NOT EDIT.\n\npackage low\n",
		"examples/echo/main.go":   head + "package main\n\nimport \"example.org/top\"\n",
		"inner/go.mod":            "module example.org/top/inner\n",
		"inner/inner.go":          head + "package inner\n\nimport \"example.org/top\"\n",
		"tools/go.mod":            "module example.org/top/tools\n",
		"tools/tools.go":          head + "package tools\n\nimport \"example.net/lint\"\n",
		"low/testdata/x.go":       "package broken\n",
		"low/testdata/o/a.txt":    "> client connect\n",
		"docs/a.md":               "[b](b.md#part) [top](../README.md) [web](https://example.org/x) `low.go` `NAME_linux.go`\n",
		"docs/b.md":               "`Top`\n```\n[x](nowhere)\n```\n`[x](nowhere)` `../top.go` [Back]\n\n[Back]: a.md\n",
		"docs/guide/a.md":         "```go\n// examples/echo/main.go\npackage main\n```\n\n```go\nf()\n```\n",
		"README.md":               "[docs](docs) [part](#part) `low/tcp_other.go` [data](low/testdata)\n",
	}

	for _, c := range []struct {
		path, text string
		want       string // beginning of the only offence; "": none
	}{
		{"LICENSE", "MIT\n", ""},
		{"extras/more/LICENSE", "MIT\n", ""},
		{"ARCHITECTURE.md", "`top.go`\n", ""},
		{"ARCHITECTURE.md", "top\n", "ARCHITECTURE.md: does not say what top.go holds"},
		{"low/long.go", low + strings.Repeat("// x\n", 88), "low/long.go: has 91 lines"},
		{"low/made.go", "// Code generated by hand. DO NOT EDIT.\n\npackage low\n" + strings.Repeat("// x\n", 88), ""},

		{"low/up.go", low + "import \"example.org/top\"\n", "low/up.go: imports ., which the row of low"},
		{"side.go", top + "import \"example.org/top/low/lowtest\"\n", "side.go: imports low/lowtest"},
		{"far.go", top + "import \"example.org/elsewhere\"\n", "far.go: imports example.org/elsewhere"},
		{"far_test.go", top + "import \"example.net/mock\"\n", "far_test.go: imports example.net/mock"},
		{"inner/in_test.go", head + "package inner\n\nimport \"example.org/top/low/lowtest\"\n", "inner/in_test.go: imports low/lowtest, which the row of inner"},
		{"examples/chat/main.go", head + "package main\n\nimport \"example.org/top/low\"\n", "examples/chat/main.go: imports low, which the row of examples/*"},
		{"new/new.go", head + "package new\n", "new: a package that the import policy does not know"},

		{"fast.go", top + "import \"unsafe\"\n", "fast.go: imports unsafe"},
		{"fast.go", top + "import \"C\"\n", "fast.go: imports C"},
		{"odds.go", head + "package util\n", "odds.go: a package named util"},

		{"race.go", head + "//go:build !race\n\npackage top\n", "race.go: built differently"},
		{"quiet.go", top + "//go:norace\nfunc f() {}\n", "quiet.go: //go:norace"},
		{"link.go", top + "//go:linkname now time.now\n", "link.go: //go:linkname"},

		{"wait_windows.go", top, "wait_windows.go: has no twin wait_other.go"},
		{"wait_unix.go", head + "//go:build unix\n\npackage top\n", "wait_unix.go: has no twin wait_other.go"},
		{"wait_linux_arm64.go", top, "wait_linux_arm64.go: has no twin wait_other.go"},
		{"wait_other.go", head + "//go:build !linux\n\npackage top\n", "wait_other.go: other than which?"},
		{"wait.go", head + "//go:build unix || windows\n\npackage top\n", "wait.go: is for some systems only"},
		{"wait_linux_test.go", top, ""},
		{"examples/epoll/doc.go", head + "//go:build linux\n\npackage epoll\n", "examples/epoll: has no file that builds everywhere"},

		{"bare.go", "package top\n", "bare.go: does not start with"},
		{"glued.go", head[:len(head)-1] + "package top\n", "glued.go: does not start with"},
		{"notes.txt", "see /" + "work/main\n", "notes.txt:1: names a machine's own"},
		{"examples/long/main.go", head + "package main\n" + strings.Repeat("\n", 80), "examples/long/main.go: has 83 lines"},

		{"examples/apart/go.mod", "module example.org/top/examples/apart\n", "examples/apart/go.mod: has no go.work"},

		{"docs/guide/b.md", "```go\n// examples/echo/main.go\nfunc main() {}\n```\n", "docs/guide/b.md: examples/echo/main.go does not have"},
		{"docs/guide/b.md", "```go\n// examples/chat/main.go\nfunc main() {}\n```\n", "docs/guide/b.md: quotes examples/chat/main.go, which"},
		{"docs/guide/b.md", "```go\n" + strings.Repeat("f()\n", 9) + "```\n", "docs/guide/b.md: 9 lines of Go"},
		{"low/name.go", low + "func Named() {}\n", "low/name.go: no example and no page shows Named"},
		{"low/name.go", low + "type low struct{}\n\nfunc (*low) Named() {}\n\ntype Top struct{ Of *low }\n", "low/name.go: no example and no page shows Top.Of"},
		{"low/name.go", low + "type Top interface{ Of() }\n", "low/name.go: no example and no page shows Top.Of"},
		{"low/name.go", low + "func Back() {}\n", "low/name.go: no example and no page shows Back"}, // a link's text is prose
		{"low/name.go", low + "type none struct{ Field int }\n\nfunc (none) Named() {}\n", ""},
		{"low/name_test.go", low + "func ExampleNamed() { Named() }\n\nfunc Named() {}\n", ""},

		{"docs/guide/b.md", "[a](c.md)\n", "docs/guide/b.md: links to c.md"},

		{"NOTES.md", "See [the plan](docs/plan.md).\n", "NOTES.md: links to docs/plan.md"},
		{"NOTES.md", "See [the plan].\n\n[the plan]: docs/plan.md\n", "NOTES.md: links to docs/plan.md"},
		{"NOTES.md", "It is in `high.go`.\n", "NOTES.md: speaks of high.go"},
		{"NOTES.md", "| a | proof |\n|---|---|\n| b | `order/c` |\n", "NOTES.md:3: names order/c, which"},
		{"NOTES.md", "| a | proof |\n|---|---|\n| b | `o/a` |\n", ""},
		{"NOTES.md", "| a | proof |\n|---|---|\n| b | — |\n", "NOTES.md:3: a row without proof"},
		{"NOTES.md", "| a | proof |\n|---|---|\n| not applicable | — |\n", ""},
		{"NOTES.md", "| a | proof | c |\n|---|---|---|\n| b | `-d` | `TestE` |\n", "NOTES.md:3: a row without proof"},
		{"NOTES.md", "| a | proof | c |\n|---|---|---|\n| b | `TestE`, `-d` | |\n", "NOTES.md:3: names TestE, which"},
		{"NOTES.md", "Run `go" + " test -v -run TestNone ./low`.\n", "NOTES.md: \"go" + " test -v -run TestNone ./low\" finds no test in ./low"},
		{"NOTES.md", "Run `cd low && go" + " test -fuzz FuzzNone`.\n", "NOTES.md: \"go" + " test -fuzz FuzzNone\" finds no test in ."},
		{"NOTES.md", "Run `go test . -bench '^$'` or `go test ./low -run NAME`.\n", ""},
		{"top_test.go", head + "package top\n\nvar _ = flag.Bool(\"far\", false, \"\")\n// go test -far ./low\n", "top_test.go: \"go test -far ./low\" does not run ./low"},
		{"top_test.go", head + "package top\n\nvar _ = flag.Bool(\"far\", false, \"\")\n// go test -race ./low -far\n", ""},
	} {
		t.Run(c.path, func(t *testing.T) {
			files := make(fstest.MapFS)
			for name, text := range clean {
				files[name] = &fstest.MapFile{Data: []byte(text)}
			}
			files[c.path] = &fstest.MapFile{Data: []byte(c.text)}
			repository, err := readTree(files)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, rule := range rules {
				got = append(got, rule.offences(toy, repository)...)
			}
			switch {
			case c.want == "" && len(got) > 0:
				t.Errorf("got %q, want no offence", got)
			case c.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], c.want)):
				t.Errorf("got %q, want one: %s…", got, c.want)
			}
		})
	}
}

func TestPolicyCountsTheRoot(t *testing.T) {
	const head = "// Copyright 2026 The duplex authors. MIT license.\n\npackage top\n"
	repository, err := readTree(fstest.MapFS{
		"go.mod": {}, "top.go": {Data: []byte(head)}, "low/low.go": {Data: []byte(head)}, ".hidden": {},
		"a_test.go": {Data: []byte(head)}, "b_test.go": {Data: []byte(head)}, "low/c_test.go": {Data: []byte(head)},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		p    policy
		want int // offences
	}{
		{policy{rootEntries: 3, rootTests: 2}, 0},
		{policy{rootEntries: 2, rootTests: 2}, 1},
		{policy{rootEntries: 3, rootTests: 1}, 1},
	} {
		if got := c.p.rootShowsTheArchitecture(repository); len(got) != c.want {
			t.Errorf("got %q, want %d offences", got, c.want)
		}
	}
}
