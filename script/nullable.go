// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"reflect"
	"regexp"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
)

// Where a regular expression matches a text and nothing right after it, goja, which
// looks for all matches at once, forgets the second: 'baac'.replace(/a*/g, '-') is
// -b-c-, not -b--c-. With an exec of its own an expression is asked for one match
// after the other, which is slower and right. The same goes for expressions with the
// flag y, which goja's replace forgets.
const nullableHook = "%nullable" // (regexp): gives it that exec

// isNullable reports whether a pattern may match nothing, and may match all at once, or
// has the flag y, or the flag u in goja's second engine, which replaces all there is.
func isNullable(pattern, flags string) bool {
	if strings.Contains(flags, "y") {
		return true
	}
	if strings.Contains(flags, "u") && !strings.Contains(flags, "g") && secondEngine.MatchString(pattern) {
		return true
	}
	if !strings.Contains(flags, "g") || !strings.ContainsAny(pattern, "*?{|^$(") && !strings.Contains(pattern, `\b`) && !strings.Contains(pattern, `\B`) {
		return false
	}
	p := &patternReader{text: pattern}
	return p.choice()
}

// secondEngine matches in a pattern what goja's first engine does not have.
var secondEngine = regexp.MustCompile(`\(\?[=!<]|\\[1-9k]`)

// A patternReader reads the pattern of a regular expression.
type patternReader struct {
	text string
	at   int
}

// choice reads alternatives up to the end of the group, and reports whether one of
// them may match nothing.
func (p *patternReader) choice() bool {
	any, all := false, true
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ')':
			return any || all
		case '|':
			p.at++
			any, all = any || all, true
		default:
			if !p.item() {
				all = false
			}
		}
	}
	return any || all
}

// item reads one part of a sequence with what says how often it comes.
func (p *patternReader) item() (nullable bool) {
	c := p.text[p.at]
	p.at++
	switch c {
	case '^', '$':
		return true
	case '\\':
		if p.at < len(p.text) {
			nullable = p.text[p.at] == 'b' || p.text[p.at] == 'B' || p.text[p.at] >= '1' && p.text[p.at] <= '9' || p.text[p.at] == 'k'
			p.at++
		}
	case '[':
		for p.at < len(p.text) && p.text[p.at] != ']' {
			if p.text[p.at] == '\\' {
				p.at++
			}
			p.at++
		}
		p.at++
	case '(':
		rest := p.text[p.at:]
		around := strings.HasPrefix(rest, "?=") || strings.HasPrefix(rest, "?!") || strings.HasPrefix(rest, "?<=") || strings.HasPrefix(rest, "?<!")
		if strings.HasPrefix(rest, "?") {
			p.at += strings.IndexAny(rest+":", ":=!>") + 1
		}
		nullable = p.choice() || around
		p.at++
	}
	if p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '*', c == '?':
			nullable = true
			p.at++
		case c == '+':
			p.at++
		case c == '{':
			if end := strings.IndexByte(p.text[p.at:], '}'); end > 0 {
				low, _, _ := strings.Cut(p.text[p.at+1:p.at+end], ",")
				nullable = nullable || strings.Trim(low, "0") == "" && low != ""
				p.at += end + 1
			}
		}
		if p.at < len(p.text) && p.text[p.at] == '?' {
			p.at++
		}
	}
	return nullable
}

// replaceExpressions puts what replace returns in place of each expression of a tree,
// from the inside out, but for functions that are methods.
func replaceExpressions(v reflect.Value, replace func(ast.Expression) ast.Expression) {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return
		}
		replaceExpressions(v.Elem(), replace)
		if v.CanSet() && v.Type() == expressionType {
			v.Set(reflect.ValueOf(replace(v.Interface().(ast.Expression))))
		}
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		switch v.Interface().(type) {
		case *file.File, *ast.Identifier, *ast.StringLiteral, *ast.NumberLiteral:
			return
		}
		replaceExpressions(v.Elem(), replace)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "DeclarationList" {
				replaceExpressions(v.Field(i), replace)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			replaceExpressions(v.Index(i), replace)
		}
	}
}

// stepNullables gives the literals of a tree that need it an exec of their own: all of
// them, if the tree speaks of RegExp.$1 or its kin.
func stepNullables(tree *ast.Program, remembers bool) {
	replaceExpressions(reflect.ValueOf(&tree.Body).Elem(), func(e ast.Expression) ast.Expression {
		if n, ok := e.(*ast.RegExpLiteral); ok && remembers {
			return invoke(rememberHook, n.Idx, n)
		} else if ok && isNullable(n.Pattern, n.Flags) {
			return invoke(nullableHook, n.Idx, n)
		}
		return e
	})
}
