// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"reflect"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
)

// What esbuild calls to make an async generator of a generator, and what is called
// around it for the prototypes that it has in V8; see lib/internal/functions.js.
const (
	asyncHelper        = "__asyncGenerator"
	asyncGeneratorHook = "%asyncGenerator" // (function, name): gives it its prototypes, and a name if it has none
	asyncIteratorHook  = "%asyncIterator"  // (iterator, function): what the script has of it
)

// markAsyncGenerators gives async generators, which esbuild has lowered, their
// prototypes. Those that are methods stay functions; what they return is right.
func markAsyncGenerators(tree *ast.Program) { markAsync(reflect.ValueOf(tree).Elem()) }

func markAsync(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return
		}
		markAsync(v.Elem())
		if f, ok := v.Interface().(*ast.FunctionLiteral); ok && isAsyncGenerator(f) && v.CanSet() && v.Type() == expressionType {
			v.Set(reflect.ValueOf(invoke(asyncGeneratorHook, f.Function, f)))
		}
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		switch node := v.Interface().(type) {
		case *file.File, *ast.Identifier, *ast.StringLiteral, *ast.NumberLiteral:
			return
		case *ast.Binding:
			markNamed(&node.Initializer, node.Target)
		case *ast.AssignExpression:
			markNamed(&node.Right, node.Left)
		case *ast.FunctionLiteral:
			if isAsyncGenerator(node) && node.Name != nil {
				call := node.Body.List[len(node.Body.List)-1].(*ast.ReturnStatement)
				markAsync(reflect.ValueOf(node.Body))
				call.Argument.(*ast.CallExpression).ArgumentList = append(call.Argument.(*ast.CallExpression).ArgumentList, &ast.Identifier{Name: node.Name.Name, Idx: call.Return})
				return
			}
		case *ast.PropertyKeyed:
			if !node.Computed && node.Kind == ast.PropertyKindValue {
				markNamed(&node.Value, node.Key)
			}
			if node.Kind != ast.PropertyKindValue {
				markAsync(reflect.ValueOf(&node.Key).Elem())
				markAsync(reflect.ValueOf(node.Value).Elem())
				return
			}
		case *ast.ReturnStatement:
			if isAsyncCall(node) {
				markAsync(reflect.ValueOf(node.Argument).Elem())
				node.Argument = invoke(asyncIteratorHook, node.Return, node.Argument)
				return
			}
		}
		markAsync(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "DeclarationList" {
				markAsync(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			markAsync(v.Index(i))
		}
		if list, ok := v.Interface().([]ast.Statement); ok && v.CanSet() {
			v.Set(reflect.ValueOf(markDeclared(list)))
		}
	}
}

// markNamed marks a function that has no name but that of what it is assigned to.
func markNamed(value *ast.Expression, target ast.Expression) {
	f, ok := (*value).(*ast.FunctionLiteral)
	if !ok || f.Name != nil || !isAsyncGenerator(f) {
		return
	}
	name := &ast.StringLiteral{Idx: f.Function}
	switch n := target.(type) {
	case *ast.Identifier:
		name.Value = n.Name
	case *ast.StringLiteral:
		name.Value = n.Value
	}
	markAsync(reflect.ValueOf(f))
	*value = invoke(asyncGeneratorHook, f.Function, f, name)
}

var expressionType = reflect.TypeFor[ast.Expression]()

// markDeclared marks what a list declares, before all else of it.
func markDeclared(list []ast.Statement) []ast.Statement {
	prologue := 0
	for prologue < len(list) && isDirective(list[prologue]) {
		prologue++
	}
	all := list[:prologue:prologue]
	for _, statement := range list {
		if n, ok := statement.(*ast.FunctionDeclaration); ok && isAsyncGenerator(n.Function) {
			name := &ast.Identifier{Name: n.Function.Name.Name, Idx: n.Function.Function}
			all = append(all, &ast.ExpressionStatement{Expression: invoke(asyncGeneratorHook, name.Idx, name)})
		}
	}
	return append(all, list[prologue:]...)
}

// isAsyncGenerator reports whether f is what esbuild makes of an async generator. Its
// only statement, apart from directives and marks, returns what the helper makes.
func isAsyncGenerator(f *ast.FunctionLiteral) bool {
	if len(f.Body.List) == 0 {
		return false
	}
	last, ok := f.Body.List[len(f.Body.List)-1].(*ast.ReturnStatement)
	if !ok {
		return false
	}
	if call, ok := last.Argument.(*ast.CallExpression); ok && isNamed(call.Callee, asyncIteratorHook) {
		return true
	}
	return isAsyncCall(last)
}

func isAsyncCall(n *ast.ReturnStatement) bool {
	call, ok := n.Argument.(*ast.CallExpression)
	return ok && isNamed(call.Callee, asyncHelper)
}

func isNamed(e ast.Expression, name string) bool {
	n, ok := e.(*ast.Identifier)
	return ok && n.Name.String() == name
}
