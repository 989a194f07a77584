// Copyright 2026 The duplex authors. MIT license.

package policy_test

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strings"
)

// exportedNamesAreShown holds that every exported name of the packages in shown is used by
// an example, or stands as code in a document for users: a name that no page shows is found by
// no one, and a word of its prose, such as All, shows no name. Methods and fields count under
// their own name, those of interfaces, too.
func (p policy) exportedNamesAreShown(t tree) (offences []string) {
	used := map[string]bool{}
	for _, f := range t.files {
		switch {
		case path.Ext(f.path) == ".md" && f.path != "CHANGELOG.md" && f.path != "ARCHITECTURE.md":
			for _, code := range append(fenced.FindAllString(f.text, -1), span.FindAllString(f.text, -1)...) {
				for _, word := range words(code) {
					used[word] = true
				}
			}
		case f.ast != nil && strings.HasPrefix(f.path, "examples/") && !f.isTest():
			f.uses(f.ast, used)
		case f.ast != nil && f.isTest():
			for _, d := range f.ast.Decls {
				if d, ok := d.(*ast.FuncDecl); ok && strings.HasPrefix(d.Name.Name, "Example") {
					f.uses(d, used)
				}
			}
		}
	}
	for _, f := range t.code() {
		if f.isTest() || !slices.Contains(strings.Fields(p.shown), path.Dir(f.path)) {
			continue
		}
		for _, name := range f.exported() {
			if _, last, method := cutLast(name); !used[last] && !(method && last == "Error") { // every error has that
				offences = append(offences, fmt.Sprintf("%s: no example and no page shows %s", f.path, name))
			}
		}
	}
	return offences
}

// words returns the words of a text that could be names of Go.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return !(r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z')
	})
}

// cutLast cuts a name at its last point.
func cutLast(name string) (before, last string, found bool) {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[:i], name[i+1:], true
	}
	return "", name, false
}

// uses adds the identifiers of n to used.
func (file) uses(n ast.Node, used map[string]bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			used[id.Name] = true
		}
		return true
	})
}

// exported returns the exported names that f declares: a method or a field as Type.Name.
func (f file) exported() (names []string) {
	add := func(prefix string, ids ...*ast.Ident) {
		for _, id := range ids {
			if id.IsExported() {
				names = append(names, prefix+id.Name)
			}
		}
	}
	for _, d := range f.ast.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			prefix := ""
			if d.Recv != nil {
				base := receiver(d.Recv.List[0].Type)
				if !ast.IsExported(base) {
					continue
				}
				prefix = base + "."
			}
			add(prefix, d.Name)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.ValueSpec:
					add("", s.Names...)
				case *ast.TypeSpec:
					add("", s.Name)
					if !s.Name.IsExported() {
						continue
					}
					var members *ast.FieldList
					switch t := s.Type.(type) {
					case *ast.StructType:
						members = t.Fields
					case *ast.InterfaceType:
						members = t.Methods
					default:
						continue
					}
					for _, m := range members.List {
						add(s.Name.Name+".", m.Names...)
					}
				}
			}
		}
	}
	return names
}

// receiver returns the name of the type of a receiver.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}
