// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"maps"
	"slices"
	"strconv"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
	"github.com/dop251/goja/unistring"
)

// Two rules of scripts that are not strict, which goja lacks. A function that is
// declared in a block is a var of the function around it as well, from where the
// declaration stands:
//
//	{ function f() {} } f();
//	const %outer0 = (value) => { f = value; }; var f; { function f() {} %outer0(f); } f();
//
// And a clause may declare what it catches as a var, which is the same as not to:
//
//	catch (e) { var e = 1; }
//	catch (e) { var %same = e = 1; }
func keepSloppy(tree *ast.Program) {
	if !isStrict(tree.Body) {
		s := sloppyWalker{list: &tree.Body, vars: &tree.DeclarationList}
		s.walkAll(nil)
	}
}

// A sloppyWalker walks one function that is not strict.
type sloppyWalker struct {
	list *[]ast.Statement
	vars *[]*ast.VariableDeclaration

	scopes []map[unistring.String]bool // what is declared around the place, but for vars; the function's first
	caught []unistring.String          // by catch clauses around the place
	outer  []*ast.Identifier           // names of functions in blocks that are vars, too
}

// walkFunction walks the text of a function in what s walks.
func (s *sloppyWalker) walkFunction(parameters *ast.ParameterList, body *ast.BlockStatement, vars *[]*ast.VariableDeclaration) {
	for _, p := range parameters.List {
		s.walk(p)
	}
	if body == nil || isStrict(body.List) {
		return
	}
	inner := sloppyWalker{list: &body.List, vars: vars}
	inner.walkAll(parameters)
}

// walkAll walks all statements of a function, and declares what has to be declared
// there.
func (s *sloppyWalker) walkAll(parameters *ast.ParameterList) {
	names := lexicalNames(*s.list)
	if parameters != nil {
		for _, p := range parameters.List {
			boundNames(p.Target, func(name unistring.String) { names[name] = true })
		}
		boundNames(parameters.Rest, func(name unistring.String) { names[name] = true })
	}
	s.scopes = append(s.scopes, names)
	for _, statement := range *s.list {
		if n, ok := unlabelled(statement).(*ast.FunctionDeclaration); ok {
			s.walkFunction(n.Function.ParameterList, n.Function.Body, &n.Function.DeclarationList)
			continue
		}
		s.walk(statement)
	}
	if len(s.outer) == 0 {
		return
	}
	prologue := 0
	for prologue < len(*s.list) && isDirective((*s.list)[prologue]) {
		prologue++
	}
	all := append([]ast.Statement{}, (*s.list)[:prologue]...)
	for i, name := range s.outer {
		*s.vars = append(*s.vars, &ast.VariableDeclaration{Var: name.Idx, List: []*ast.Binding{{Target: name}}})
		value := func() *ast.Identifier { return &ast.Identifier{Name: "%value", Idx: name.Idx} }
		setter := &ast.ArrowFunctionLiteral{
			Start:         name.Idx,
			ParameterList: &ast.ParameterList{Opening: name.Idx, List: []*ast.Binding{{Target: value()}}, Closing: name.Idx},
			Body: &ast.BlockStatement{LeftBrace: name.Idx, RightBrace: name.Idx, List: []ast.Statement{&ast.ExpressionStatement{
				Expression: &ast.AssignExpression{Operator: token.ASSIGN, Left: name, Right: value()},
			}}},
		}
		all = append(all, &ast.LexicalDeclaration{Idx: name.Idx, Token: token.CONST, List: []*ast.Binding{{
			Target: outerSetter(i, name.Idx), Initializer: setter,
		}}})
	}
	*s.list = append(all, (*s.list)[prologue:]...)
}

func outerSetter(number int, at file.Idx) *ast.Identifier {
	return &ast.Identifier{Name: unistring.String("%outer" + strconv.Itoa(number)), Idx: at}
}

func (s *sloppyWalker) walk(node ast.Node) {
	switch n := node.(type) {
	case *ast.FunctionLiteral:
		s.walkFunction(n.ParameterList, n.Body, &n.DeclarationList)
	case *ast.ArrowFunctionLiteral:
		if e, ok := n.Body.(*ast.ExpressionBody); ok {
			s.walk(e.Expression)
		}
		body, _ := n.Body.(*ast.BlockStatement)
		s.walkFunction(n.ParameterList, body, &n.DeclarationList)
	case *ast.ClassLiteral:
		// It is strict.
	case *ast.IfStatement:
		for _, branch := range []*ast.Statement{&n.Consequent, &n.Alternate} {
			if f, ok := (*branch).(*ast.FunctionDeclaration); ok {
				*branch = &ast.BlockStatement{LeftBrace: f.Idx0(), List: []ast.Statement{f}, RightBrace: f.Idx1()}
			}
		}
		children(n, s.walk)
	case *ast.BlockStatement:
		s.walkBlock(&n.List)
	case *ast.SwitchStatement:
		s.walk(n.Discriminant)
		lists := make([]*[]ast.Statement, len(n.Body))
		for i, c := range n.Body {
			if c.Test != nil {
				s.walk(c.Test)
			}
			lists[i] = &c.Consequent
		}
		s.walkBlock(lists...)
	case *ast.ForStatement:
		names := map[unistring.String]bool{}
		if n, ok := n.Initializer.(*ast.ForLoopInitializerLexicalDecl); ok {
			for _, b := range n.LexicalDeclaration.List {
				boundNames(b.Target, func(name unistring.String) { names[name] = true })
			}
		}
		s.within(names, func() { children(n, s.walk) })
	case *ast.ForInStatement:
		s.within(loopNames(n.Into), func() { children(n, s.walk) })
	case *ast.ForOfStatement:
		s.within(loopNames(n.Into), func() { children(n, s.walk) })
	case *ast.CatchStatement:
		names := map[unistring.String]bool{}
		caught := unistring.String("")
		switch p := n.Parameter.(type) {
		case *ast.Identifier:
			caught = p.Name
		case nil:
		default:
			boundNames(p, func(name unistring.String) { names[name] = true })
		}
		s.caught = append(s.caught, caught)
		s.within(names, func() { s.walkBlock(&n.Body.List) })
		s.caught = s.caught[:len(s.caught)-1]
	case *ast.VariableStatement:
		s.declare(n.List)
		children(n, s.walk)
	case *ast.ForLoopInitializerVarDeclList:
		s.declare(n.List)
		children(n, s.walk)
	default:
		children(node, s.walk)
	}
}

func (s *sloppyWalker) within(names map[unistring.String]bool, walk func()) {
	s.scopes = append(s.scopes, names)
	walk()
	s.scopes = s.scopes[:len(s.scopes)-1]
}

// declare makes assignments of vars that have the name of what is caught.
func (s *sloppyWalker) declare(list []*ast.Binding) {
	for _, b := range list {
		name, ok := b.Target.(*ast.Identifier)
		if !ok || !slices.Contains(s.caught, name.Name) {
			continue
		}
		*s.vars = append(*s.vars, &ast.VariableDeclaration{Var: name.Idx, List: []*ast.Binding{{Target: name}}})
		b.Target = &ast.Identifier{Name: "%same", Idx: name.Idx}
		if b.Initializer != nil {
			b.Initializer = &ast.AssignExpression{Operator: token.ASSIGN, Left: name, Right: b.Initializer}
		}
	}
}

// walkBlock walks the statements of a block, or of the cases of a switch.
func (s *sloppyWalker) walkBlock(lists ...*[]ast.Statement) {
	names := map[unistring.String]bool{}
	for _, list := range lists {
		maps.Copy(names, lexicalNames(*list))
		for _, statement := range *list {
			if n, ok := unlabelled(statement).(*ast.FunctionDeclaration); ok {
				names[n.Function.Name.Name] = true
			}
		}
	}
	s.within(names, func() {
		for _, list := range lists {
			var all []ast.Statement
			for _, statement := range *list {
				all = append(all, statement)
				n, ok := unlabelled(statement).(*ast.FunctionDeclaration)
				if !ok {
					s.walk(statement)
					continue
				}
				f := n.Function
				s.walkFunction(f.ParameterList, f.Body, &f.DeclarationList)
				if f.Async || f.Generator || s.shadowed(f.Name.Name) {
					continue
				}
				at := f.Idx0()
				set := invoke("", at, &ast.Identifier{Name: f.Name.Name, Idx: at})
				set.Callee = outerSetter(len(s.outer), at)
				s.outer = append(s.outer, &ast.Identifier{Name: f.Name.Name, Idx: at})
				all = append(all, &ast.ExpressionStatement{Expression: set})
			}
			*list = all
		}
	})
}

// shadowed reports whether a name means something else between the innermost block
// and the function, so that its function stays in the block.
func (s *sloppyWalker) shadowed(name unistring.String) bool {
	for _, names := range s.scopes[:len(s.scopes)-1] {
		if names[name] {
			return true
		}
	}
	return false
}

// lexicalNames returns the names of the let, const and class declarations of a list.
func lexicalNames(list []ast.Statement) map[unistring.String]bool {
	names := map[unistring.String]bool{}
	for _, statement := range list {
		switch n := statement.(type) {
		case *ast.LexicalDeclaration:
			for _, b := range n.List {
				boundNames(b.Target, func(name unistring.String) { names[name] = true })
			}
		case *ast.ClassDeclaration:
			names[n.Class.Name.Name] = true
		}
	}
	return names
}

func loopNames(into ast.ForInto) map[unistring.String]bool {
	names := map[unistring.String]bool{}
	if n, ok := into.(*ast.ForDeclaration); ok {
		boundNames(n.Target, func(name unistring.String) { names[name] = true })
	}
	return names
}

// isStrict reports whether statements begin with "use strict".
func isStrict(list []ast.Statement) bool {
	for _, statement := range list {
		if !isDirective(statement) {
			return false
		}
		text := statement.(*ast.ExpressionStatement).Expression.(*ast.StringLiteral).Literal
		if text == `"use strict"` || text == `'use strict'` {
			return true
		}
	}
	return false
}
