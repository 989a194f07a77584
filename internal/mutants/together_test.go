// Copyright 2026 The duplex authors. MIT license.

package mutants

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// Mutants are compiled together: a file has its code without a change, and beside each
// function a copy for each mutant of it. The function calls the copy if its mutant is the
// one that the environment names. So one binary of each folder's tests is all of its
// mutants.

// chosen is the environment variable with the number of the mutant that a binary makes. It
// makes none without it.
const chosen = "DUPLEX_MUTANT"

// switchboard is a file for each package with mutants.
const switchboard = `package %s

import (
	"os"
	"strconv"
)

var mutantChosen, _ = strconv.Atoi(os.Getenv("` + chosen + `"))
`

// together returns the files that have all of some mutants, by their paths from root, and the
// numbers of those mutants. A mutant that is no change of one function has none: it has to be
// compiled alone.
func together(mutants []*mutant) (files map[string]string, numbers map[*mutant]int, err error) {
	files, numbers = make(map[string]string), make(map[*mutant]int)
	inFile := make(map[string][]*mutant)
	for i, m := range mutants {
		numbers[m] = i + 1
		inFile[m.file] = append(inFile[m.file], m)
	}
	for file, some := range inFile {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			return nil, nil, err
		}
		g := graft{text: string(text)}
		if err := g.parse(); err != nil {
			return nil, nil, err
		}
		for _, m := range some {
			changed, err := m.change()
			if err != nil {
				return nil, nil, err
			}
			if !g.add(m.name, changed, numbers[m]) {
				delete(numbers, m)
			}
		}
		files[file] = g.result()
		files[path.Join(path.Dir(file), "mutant_chosen.go")] = fmt.Sprintf(switchboard, g.tree.Name.Name)
	}
	return files, numbers, nil
}

// A graft is a file that copies of its functions are added to.
type graft struct {
	text   string
	tree   *ast.File
	calls  map[*ast.FuncDecl]string // of the copies, in front of the body
	copies strings.Builder
}

func (g *graft) parse() (err error) {
	g.calls = make(map[*ast.FuncDecl]string)
	g.tree, err = parser.ParseFile(token.NewFileSet(), "", g.text, parser.SkipObjectResolution)
	return err
}

// part returns the text of a node. A file that is parsed by itself begins at position 1.
func part(text string, from, to token.Pos) string { return text[from-1 : to-1] }

// add adds what differs in changed, and reports whether that is the body of one function
// that can be called by another name. The compiler calls the lines of the copy by the name of
// the mutant.
func (g *graft) add(name, changed string, number int) bool {
	tree, err := parser.ParseFile(token.NewFileSet(), "", changed, parser.SkipObjectResolution)
	if err != nil || len(tree.Decls) != len(g.tree.Decls) {
		return false
	}
	differs := -1
	for i, d := range g.tree.Decls {
		if other := tree.Decls[i]; part(g.text, d.Pos(), d.End()) != part(changed, other.Pos(), other.End()) {
			if differs >= 0 {
				return false
			}
			differs = i
		}
	}
	if differs < 0 {
		return false
	}
	f, ok := g.tree.Decls[differs].(*ast.FuncDecl)
	other, same := tree.Decls[differs].(*ast.FuncDecl)
	if !ok || !same || part(g.text, f.Pos(), f.Body.Lbrace) != part(changed, other.Pos(), other.Body.Lbrace) {
		return false
	}
	copied := fmt.Sprintf("%s_mutant%d", f.Name.Name, number)
	call, ok := g.call(f, copied)
	if !ok || recovers(f) || recovers(other) {
		return false
	}
	if f.Type.Results.NumFields() > 0 {
		call = "return " + call
	} else {
		call += "; return"
	}
	g.calls[f] += fmt.Sprintf(" if mutantChosen == %d { %s };", number, call)
	fmt.Fprintf(&g.copies, "\n//line %s:1\n%s%s%s\n", name, part(changed, other.Pos(), other.Name.Pos()), copied, part(changed, other.Name.End(), other.End()))
	return true
}

// call returns the call of a copy of f with the arguments of f.
func (g *graft) call(f *ast.FuncDecl, copied string) (text string, ok bool) {
	if f.Recv != nil {
		names := f.Recv.List[0].Names
		if len(names) == 0 || names[0].Name == "_" {
			return "", false
		}
		copied = names[0].Name + "." + copied
	}
	if f.Type.TypeParams != nil {
		var types []string
		for _, p := range f.Type.TypeParams.List {
			for _, name := range p.Names {
				types = append(types, name.Name)
			}
		}
		copied += "[" + strings.Join(types, ", ") + "]"
	}
	var arguments []string
	for _, p := range f.Type.Params.List {
		if len(p.Names) == 0 {
			return "", false
		}
		for _, name := range p.Names {
			if name.Name == "_" {
				return "", false
			}
			arguments = append(arguments, name.Name)
		}
		if _, variadic := p.Type.(*ast.Ellipsis); variadic {
			arguments[len(arguments)-1] += "..."
		}
	}
	return copied + "(" + strings.Join(arguments, ", ") + ")", true
}

// recovers reports whether f has a call of recover, which finds nothing in a function that a
// deferred one calls.
func recovers(f *ast.FuncDecl) (yes bool) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		yes = yes || ok && id.Name == "recover"
		return true
	})
	return yes
}

// result returns the file.
func (g *graft) result() string {
	var b strings.Builder
	done := token.Pos(1)
	for _, d := range g.tree.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && g.calls[f] != "" {
			b.WriteString(part(g.text, done, f.Body.Lbrace+1))
			b.WriteString(g.calls[f])
			done = f.Body.Lbrace + 1
		}
	}
	return b.String() + g.text[done-1:] + g.copies.String()
}

func TestMutantsOfOneFunctionAreCompiledTogether(t *testing.T) {
	const before = `package p

import "fmt"

func (l *list[T]) add(n int, more ...T) (err error) {
	return fmt.Errorf("%d", n)
}

func pick[A, B any](a A, b B) { fmt.Println(a, b) }

func nameless(int) { fmt.Println() }

func careful() { fmt.Println(recover()) }

var size = 1
`
	g := &graft{text: before}
	if err := g.parse(); err != nil {
		t.Fatal(err)
	}
	for i, test := range []struct {
		old, new string
		ok       bool
	}{
		{`"%d", n)`, `"%d", n+1)`, true},
		{"a, b)", "b, a)", true},
		{`"%d", n)`, `"%x", n)`, true},
		{"Println()", "Print()", false},
		{"Println(recover())", "Println()", false},
		{"size = 1", "size = 2", false},
		{"n int", "n int64", false},
		{"1", "1", false},
	} {
		if got := g.add(test.new, strings.Replace(before, test.old, test.new, 1), i+1); got != test.ok {
			t.Errorf("%s for %s: got %v, want %v", test.new, test.old, got, test.ok)
		}
	}
	want := strings.Replace(before, "(err error) {", "(err error) { if mutantChosen == 1 { return l.add_mutant1(n, more...) }; if mutantChosen == 3 { return l.add_mutant3(n, more...) };", 1)
	want = strings.Replace(want, "b B) {", "b B) { if mutantChosen == 2 { pick_mutant2[A, B](a, b); return };", 1)
	want += `
//line "%d", n+1):1
func (l *list[T]) add_mutant1(n int, more ...T) (err error) {
	return fmt.Errorf("%d", n+1)
}

//line b, a):1
func pick_mutant2[A, B any](a A, b B) { fmt.Println(b, a) }

//line "%x", n):1
func (l *list[T]) add_mutant3(n int, more ...T) (err error) {
	return fmt.Errorf("%x", n)
}
`
	if got := g.result(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestMutantsCompileTogether fails if a mutant does not compile, or if a change of the list,
// or of the code, has made the long form slow again.
func TestMutantsCompileTogether(t *testing.T) {
	mutants, _ := list()
	files, numbers, err := together(mutants)
	if err != nil {
		t.Fatal(err)
	}
	var folders []string
	for file := range files {
		if folder := "./" + path.Dir(file); !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
	}
	alone := slices.DeleteFunc(slices.Clone(mutants), func(m *mutant) bool { return numbers[m] > 0 })
	for _, m := range alone {
		t.Logf("compiled alone: %s", m.name)
	}
	if len(alone) > len(mutants)/10 {
		t.Errorf("%d of %d mutants have to be compiled alone, want a tenth at most", len(alone), len(mutants))
	}
	if runtime.GOOS != "linux" {
		t.Skip("NOT TESTED: the mutants of epoll compile on Linux alone")
	}
	y := &yard{folder: t.TempDir()}
	build := exec.Command("go", append([]string{"build", "-overlay", y.spread(t, files)}, folders...)...)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Errorf("they do not compile: %v\n%s", err, out)
	}
}
