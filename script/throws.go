// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"reflect"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
	"github.com/dop251/goja/unistring"
)

// What scripts call without knowing: names that no source can have.
const (
	catchHook = "%caught" // (error): mends what a catch clause has caught, and returns it
	throwHook = "%thrown" // (value, file, place): returns value, which a throw statement throws
)

// A throwPlace is where the last throw statement was, for what is said if nobody
// catches what it throws.
type throwPlace struct {
	value goja.Value
	file  *file.File
	at    file.Idx
}

// throws is what throwHook stands for.
func (r *Runtime) throws(call goja.FunctionCall) goja.Value {
	m := &r.modules
	m.last = throwPlace{call.Argument(0), m.files[call.Argument(1).ToInteger()], file.Idx(call.Argument(2).ToInteger())}
	return m.last.value
}

// watch makes the throw statements of a script tell where they are, and its catch
// clauses mend what they catch, and expands its regular expressions. Nothing else of
// it changes, nor any line or column.
func (m *modules) watch(tree *ast.Program) {
	w := watcher{file: len(m.files)}
	w.walk(reflect.ValueOf(tree.Body))
	if w.throws {
		m.files = append(m.files, tree.File)
	}
}

type watcher struct {
	file   int // the number of the script's file
	throws bool
}

func (w *watcher) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return
		}
		if v.Kind() == reflect.Pointer {
			switch node := v.Interface().(type) {
			case *ast.ThrowStatement:
				w.throws = true
				node.Argument = invoke(throwHook, node.Throw, node.Argument, numberNode(w.file), numberNode(int(node.Throw)))
			case *ast.CatchStatement:
				w.catch(node)
			case *ast.RegExpLiteral:
				if pattern, err := expand(node.Pattern); err == nil && strings.Contains(node.Flags, "u") {
					node.Pattern = pattern
				}
				return
			case *file.File, *ast.Identifier, *ast.StringLiteral, *ast.NumberLiteral:
				return
			}
		}
		w.walk(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name == "DeclarationList" {
				continue // what the body has as well
			}
			switch f := v.Field(i); f.Kind() {
			case reflect.Interface, reflect.Pointer, reflect.Slice, reflect.Struct:
				w.walk(f)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			w.walk(v.Index(i))
		}
	}
}

// catch makes a clause begin with mending what it has caught.
func (w *watcher) catch(node *ast.CatchStatement) {
	at := node.Catch
	var first ast.Statement
	switch what := node.Parameter.(type) {
	case nil:
		return
	case *ast.Identifier:
		first = &ast.ExpressionStatement{Expression: invoke(catchHook, at, &ast.Identifier{Name: what.Name, Idx: at})}
	default: // a pattern: catch (%caught) { let {a, b} = mended(%caught); … }
		w.walk(reflect.ValueOf(what))
		node.Parameter = &ast.Identifier{Name: catchHook + "0", Idx: at}
		mended := invoke(catchHook, at, &ast.Identifier{Name: catchHook + "0", Idx: at})
		first = &ast.LexicalDeclaration{Idx: at, Token: token.LET, List: []*ast.Binding{{Target: what, Initializer: mended}}}
	}
	node.Body.List = append([]ast.Statement{first}, node.Body.List...)
}

func invoke(name unistring.String, at file.Idx, args ...ast.Expression) *ast.CallExpression {
	return &ast.CallExpression{
		Callee:           &ast.Identifier{Name: name, Idx: at},
		LeftParenthesis:  at,
		ArgumentList:     args,
		RightParenthesis: at,
	}
}

func numberNode(n int) ast.Expression { return &ast.NumberLiteral{Value: int64(n)} }
