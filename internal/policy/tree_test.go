// Copyright 2026 The duplex authors. MIT license.

package policy_test

import (
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A tree is a repository, as the rules see it.
type tree struct {
	paths map[string]bool // every file and folder
	files []file          // those that hold text, by path
}

// A file is a file that holds text.
type file struct {
	path   string
	text   string
	ast    *ast.File // nil unless the go tool would see it as Go
	module string    // the folder of its module
}

func readTree(repository fs.FS) (tree, error) {
	t := tree{paths: map[string]bool{".": true}}
	err := fs.WalkDir(repository, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		if d.IsDir() && (d.Name()[0] == '.' && name != ".ci" && name != ".github" || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		if name == ".git" {
			return nil // a file, in a worktree: it names a folder of this machine
		}
		t.paths[name] = true
		if !d.Type().IsRegular() {
			return nil
		}
		data, err := fs.ReadFile(repository, name)
		if err != nil || !utf8.Valid(data) {
			return err
		}
		f := file{path: name, text: strings.ReplaceAll(string(data), "\r\n", "\n")}
		if path.Ext(name) == ".go" && !hidden(name) {
			f.ast, err = parser.ParseFile(token.NewFileSet(), name, data, parser.ParseComments|parser.SkipObjectResolution)
		}
		t.files = append(t.files, f)
		return err
	})
	for i, f := range t.files {
		dir := path.Dir(f.path)
		for dir != "." && !t.paths[dir+"/go.mod"] {
			dir = path.Dir(dir)
		}
		t.files[i].module = dir
	}
	return t, err
}

// hidden reports whether the go tool ignores a path.
func hidden(name string) bool {
	return slices.ContainsFunc(strings.Split(name, "/"), func(element string) bool {
		return element == "testdata" || element[0] == '.' || element[0] == '_'
	})
}

func (t tree) code() []file {
	return slices.DeleteFunc(slices.Clone(t.files), func(f file) bool { return f.ast == nil })
}

func (t tree) hasEnding(name string) bool {
	for p := range t.paths {
		if p == name || strings.HasSuffix(p, "/"+name) {
			return true
		}
	}
	return false
}

func (f file) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

func (f file) imports() (paths []string) {
	for _, spec := range f.ast.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		paths = append(paths, p)
	}
	return paths
}

// tags returns the words of f's build constraint.
func (f file) tags() (tags []string) {
	for _, group := range f.ast.Comments {
		for _, c := range group.List {
			if c.Pos() > f.ast.Package || !constraint.IsGoBuild(c.Text) {
				continue
			}
			if expr, err := constraint.Parse(c.Text); err == nil {
				expr.Eval(func(tag string) bool { tags = append(tags, tag); return true })
			}
		}
	}
	return tags
}

// system returns the system that f is named for, which may be "other", and the path
// before that word. Both are "" if f is not named for a system.
func (f file) system() (stem, system string) {
	words := strings.Split(strings.TrimSuffix(path.Base(f.path), ".go"), "_")
	for i, word := range words {
		if i > 0 && (word == "other" || slices.Contains(systems, word)) {
			return path.Join(path.Dir(f.path), strings.Join(words[:i], "_")), word
		}
	}
	return "", ""
}
