// Copyright 2026 The duplex authors. MIT license.

package mutants

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A script is a file of tests, as far as others need it.
type script struct {
	names map[string]bool // what it declares, without methods
	types map[string]bool // the receivers of its methods
	uses  map[string]bool // every identifier in it
	main  bool            // it has TestMain, or an init function
}

// scripts reads the files of tests in a folder, by their paths.
func scripts(t *testing.T, folder string) map[string]*script {
	paths, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
	if err != nil || len(paths) == 0 {
		t.Errorf("no tests in %s (%v)", folder, err)
	}
	all := make(map[string]*script)
	for _, path := range paths {
		tree, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Error(err)
			continue
		}
		s := &script{names: make(map[string]bool), types: make(map[string]bool), uses: make(map[string]bool)}
		for _, d := range tree.Decls {
			s.declare(d)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				s.uses[id.Name] = true
			}
			return true
		})
		all[path] = s
	}
	return all
}

// declare notes what d declares.
func (s *script) declare(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		switch name := d.Name.Name; {
		case d.Recv != nil:
			ast.Inspect(d.Recv, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					s.types[id.Name] = true
				}
				return true
			})
		case name == "TestMain" || name == "init":
			s.main = true
		default:
			s.names[name] = true
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				s.names[spec.Name.Name] = true
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					s.names[name.Name] = true
				}
			}
		}
	}
}

// spare returns the files of all that some tests do not need, so that they need not be
// compiled. It goes by names alone, so it may keep a file too many.
func spare(all map[string]*script, tests []string) (paths []string) {
	wanted := make(map[string]bool)
	for _, name := range tests {
		top, _, _ := strings.Cut(name, "/")
		wanted[top] = true
	}
	needed := make(map[string]bool)
	for grown := true; grown; {
		grown = false
		for path, s := range all {
			if needed[path] || !s.main && !meet(s.names, wanted) && !meet(s.types, wanted) {
				continue
			}
			needed[path], grown = true, true
			for name := range s.uses {
				wanted[name] = true
			}
		}
	}
	for path := range all {
		if !needed[path] {
			paths = append(paths, path)
		}
	}
	return paths
}

// meet reports whether a and b have an element in common.
func meet(a, b map[string]bool) bool {
	for name := range a {
		if b[name] {
			return true
		}
	}
	return false
}

func TestOnlyFilesThatTestsNeedAreKept(t *testing.T) {
	all := map[string]*script{
		"main":   {main: true, uses: map[string]bool{"helper": true}},
		"helper": {names: map[string]bool{"helper": true, "thing": true}, uses: map[string]bool{"thing": true}},
		"method": {types: map[string]bool{"thing": true}},
		"test":   {names: map[string]bool{"TestA": true}},
		"other":  {names: map[string]bool{"TestB": true}, uses: map[string]bool{"helper": true}},
	}
	if got := spare(all, []string{"TestA/b"}); !slices.Equal(got, []string{"other"}) {
		t.Errorf("got %q, want other alone", got)
	}
}
