// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"maps"
	"slices"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
	"github.com/dop251/goja/unistring"
)

// goja begins a function whose arguments a closure can see by copying all of them to
// where the captured variables are, those beyond the parameters too. So a captured
// var begins as an argument that it has nothing to do with, and a let has a value
// before its declaration. And an `arguments` that is first mentioned in an arrow
// function is looked for in the wrong place.
//
// beginScopes rewrites the functions that this can happen to:
//
//	function f(a) { var x; return () => [a, x]; }
//	function f(a) { x = undefined; var x; return () => [a, x]; }
//
//	function f(a) { g(() => x); let x = a; }
//	function f(a) { { g(() => x); let x = a; } }    the block's variables are its own
//
//	function f() { return () => arguments; }
//	function f() { arguments; return () => arguments; }
//
// Only functions with simple parameters need the first two: for others goja keeps
// what the body declares apart.
func beginScopes(tree *ast.Program) {
	s := &scopeWalker{}
	top := s.enter(&function{})
	for _, statement := range tree.Body {
		s.visit(statement)
	}
	s.function = top
}

// places are the first places where names occur.
type places map[unistring.String]file.Idx

// add keeps the earlier of two places.
func (m places) add(name unistring.String, at file.Idx) {
	if before, ok := m[name]; !ok || at < before {
		m[name] = at
	}
}

// A function is one whose text is being walked.
type function struct {
	outer     *function
	arrow     bool
	own       places     // of its own code
	inner     places     // of functions in it
	declared  []declared // functions that it declares
	arguments bool       // an arrow function in it mentions arguments
	eval      bool       // it calls eval, or a function in it does
}

// A declared function can be called before its declaration: its mentions count
// where its name is first mentioned.
type declared struct {
	name     unistring.String
	mentions places
}

type scopeWalker struct {
	function *function
}

func (s *scopeWalker) enter(f *function) (outer *function) {
	outer = s.function
	f.outer, f.own, f.inner = outer, places{}, places{}
	s.function = f
	return outer
}

func (s *scopeWalker) visit(node ast.Node) {
	switch n := node.(type) {
	case *ast.Identifier:
		s.function.own.add(n.Name, n.Idx)
		if n.Name == "arguments" {
			s.sawArguments()
		}
	case *ast.PropertyKeyed:
		if n.Computed {
			s.visit(n.Key)
		}
		s.visit(n.Value)
	case *ast.CallExpression:
		if callee, ok := n.Callee.(*ast.Identifier); ok && callee.Name == "eval" {
			for f := s.function; f != nil; f = f.outer {
				f.eval = true
			}
		}
		children(n, s.visit)
	case *ast.FunctionDeclaration:
		s.walk(n.Function, &function{}, n.Function.ParameterList, n.Function.Body, n.Function.DeclarationList, n.Function.Name)
	case *ast.FunctionLiteral:
		s.walk(n, &function{}, n.ParameterList, n.Body, n.DeclarationList, nil)
	case *ast.ArrowFunctionLiteral:
		body, _ := n.Body.(*ast.BlockStatement)
		s.walk(n, &function{arrow: true}, n.ParameterList, body, n.DeclarationList, nil)
	case *ast.FieldDefinition:
		if n.Computed {
			s.visit(n.Key)
		}
		if n.Initializer != nil {
			s.walk(n.Initializer, &function{}, nil, nil, nil, nil)
		}
	case *ast.MethodDefinition:
		if n.Computed {
			s.visit(n.Key)
		}
		s.visit(n.Body)
	case *ast.ClassStaticBlock:
		s.walk(n, &function{}, nil, nil, nil, nil)
	default:
		children(node, s.visit)
	}
}

// sawArguments tells the function that has the arguments of an arrow function.
func (s *scopeWalker) sawArguments() {
	f := s.function
	if !f.arrow {
		return
	}
	for f != nil && f.arrow {
		f = f.outer
	}
	if f != nil {
		f.arguments = true
	}
}

// walk visits the body of a function, then mends the start of that function. parameters is
// nil for the parts of a class that are no functions. name is set for a declaration.
func (s *scopeWalker) walk(node ast.Node, f *function, parameters *ast.ParameterList, body *ast.BlockStatement, vars []*ast.VariableDeclaration, name *ast.Identifier) {
	outer := s.enter(f)
	if field, ok := node.(ast.Expression); ok && parameters == nil {
		s.visit(field)
	} else {
		children(node, s.visit)
	}
	s.function = outer
	for _, d := range f.declared {
		at, called := f.own[d.name]
		if inner, ok := f.inner[d.name]; ok && (!called || inner < at) {
			at, called = inner, true
		}
		for _, other := range f.declared {
			if _, ok := other.mentions[d.name]; ok && other.name != d.name {
				at, called = 0, true // as early as that may be called
			}
		}
		if !called {
			at = node.Idx1()
		}
		for name := range d.mentions {
			f.inner.add(name, at)
		}
	}
	var names []unistring.String
	if parameters != nil {
		names = f.begin(parameters, body, vars)
	}
	all := f.inner
	if len(f.own) > len(all) {
		all, f.own = f.own, all
	}
	for name, at := range f.own {
		all.add(name, at)
	}
	for _, name := range names {
		delete(all, name)
	}
	if !f.arrow {
		delete(all, "arguments")
	}
	if name != nil {
		outer.declared = append(outer.declared, declared{name.Name, all})
		return
	}
	if len(outer.inner) == 0 {
		outer.inner = all
		return
	}
	for name, at := range all {
		outer.inner.add(name, at)
	}
}

// begin mends how a function begins, if that is needed. It returns the names that
// the function declares.
func (f *function) begin(parameters *ast.ParameterList, body *ast.BlockStatement, vars []*ast.VariableDeclaration) []unistring.String {
	simple := parameters.Rest == nil
	params, lexical, functions, variables := map[unistring.String]bool{}, places{}, map[unistring.String]bool{}, map[unistring.String]bool{}
	for _, p := range parameters.List {
		_, isName := p.Target.(*ast.Identifier)
		simple = simple && isName && p.Initializer == nil
		boundNames(p.Target, func(name unistring.String) { params[name] = true })
	}
	for _, v := range vars {
		for _, b := range v.List {
			boundNames(b.Target, func(name unistring.String) { variables[name] = true })
		}
	}
	var list []ast.Statement
	if body != nil {
		list = body.List
	}
	for _, statement := range list {
		switch n := unlabelled(statement).(type) {
		case *ast.FunctionDeclaration:
			functions[n.Function.Name.Name] = true
		case *ast.LexicalDeclaration:
			for _, b := range n.List {
				boundNames(b.Target, func(name unistring.String) { lexical[name] = b.Idx1() })
			}
		case *ast.ClassDeclaration:
			lexical[n.Class.Name.Name] = n.Idx1()
		}
	}
	names := make([]unistring.String, 0, len(params)+len(variables)+len(functions)+len(lexical))
	for _, set := range []map[unistring.String]bool{params, variables, functions} {
		names = append(names, sorted(set)...)
	}
	for name := range lexical {
		names = append(names, name)
	}

	_, redeclared := lexical["arguments"]
	mention := f.arguments && !f.arrow && !redeclared && !params["arguments"]
	if mention {
		guardParameters(parameters)
	}
	if body == nil {
		return names
	}
	_, own := f.own["arguments"]
	captured := f.eval || mention || own && !f.arrow
	for name := range params {
		if _, ok := f.inner[name]; ok {
			captured = true
		}
	}
	var first []ast.Statement
	at := body.LeftBrace
	if mention {
		first = append(first, &ast.ExpressionStatement{Expression: &ast.Identifier{Name: "arguments", Idx: at}})
	}
	if captured && simple {
		for _, name := range sorted(variables) {
			if _, inner := f.inner[name]; (inner || f.eval) && !params[name] && !functions[name] && name != "arguments" {
				first = append(first, &ast.ExpressionStatement{Expression: &ast.AssignExpression{
					Operator: token.ASSIGN,
					Left:     &ast.Identifier{Name: name, Idx: at},
					Right:    voidNode(at),
				}})
			}
		}
	}
	prologue := 0
	for prologue < len(list) && isDirective(list[prologue]) {
		prologue++
	}
	rest := list[prologue:]
	if captured && simple && f.early(lexical, params, variables, functions) {
		rest = []ast.Statement{&ast.BlockStatement{LeftBrace: at, List: lastDeclared(rest), RightBrace: body.RightBrace}}
	} else if len(first) == 0 {
		return names
	}
	body.List = append(append(append([]ast.Statement{}, list[:prologue]...), first...), rest...)
	return names
}

// early reports whether a closure may use a variable before its declaration, and a
// block can help: it may not declare a function that is a var as well, and would hide
// that a name is declared twice.
func (f *function) early(lexical places, params, variables, functions map[unistring.String]bool) bool {
	found := false
	for name := range functions {
		if variables[name] {
			return false
		}
	}
	for name, end := range lexical {
		if params[name] || variables[name] || functions[name] {
			return false
		}
		if at, ok := f.inner[name]; f.eval || ok && at < end {
			found = true
		}
	}
	return found
}

// guardParameters makes goja meet `arguments` outside of the arrow functions that
// parameters begin with.
func guardParameters(parameters *ast.ParameterList) {
	for _, p := range parameters.List {
		p.Initializer = guarded(p.Initializer)
		guardPattern(p.Target)
	}
	if parameters.Rest != nil {
		guardPattern(parameters.Rest)
	}
}

func guardPattern(target ast.Expression) {
	switch n := target.(type) {
	case *ast.AssignExpression:
		n.Right = guarded(n.Right)
		guardPattern(n.Left)
	case *ast.ObjectPattern:
		for _, p := range n.Properties {
			switch p := p.(type) {
			case *ast.PropertyShort:
				p.Initializer = guarded(p.Initializer)
			case *ast.PropertyKeyed:
				guardPattern(p.Value)
			}
		}
	case *ast.ArrayPattern:
		for _, e := range n.Elements {
			guardPattern(e)
		}
	}
}

func guarded(e ast.Expression) ast.Expression {
	if e == nil || !arrowArguments(e, false) {
		return e
	}
	return &ast.SequenceExpression{Sequence: []ast.Expression{&ast.Identifier{Name: "arguments", Idx: e.Idx0()}, e}}
}

// arrowArguments reports whether an arrow function in node mentions arguments.
func arrowArguments(node ast.Node, inArrow bool) (found bool) {
	switch n := node.(type) {
	case *ast.Identifier:
		return inArrow && n.Name == "arguments"
	case *ast.FunctionLiteral:
		return false
	case *ast.ArrowFunctionLiteral:
		inArrow = true
	}
	children(node, func(child ast.Node) { found = found || arrowArguments(child, inArrow) })
	return found
}

// lastDeclared drops functions that another declaration of the same name replaces,
// which a block may not have in strict mode.
func lastDeclared(list []ast.Statement) []ast.Statement {
	last := map[unistring.String]ast.Statement{}
	for _, statement := range list {
		if n, ok := statement.(*ast.FunctionDeclaration); ok {
			last[n.Function.Name.Name] = n
		}
	}
	kept := make([]ast.Statement, 0, len(list))
	for _, statement := range list {
		if n, ok := statement.(*ast.FunctionDeclaration); ok && last[n.Function.Name.Name] != n {
			continue
		}
		kept = append(kept, statement)
	}
	return kept
}

// boundNames calls add for each name that a declaration binds.
func boundNames(target ast.Expression, add func(unistring.String)) {
	switch n := target.(type) {
	case *ast.Identifier:
		add(n.Name)
	case *ast.AssignExpression:
		boundNames(n.Left, add)
	case *ast.ObjectPattern:
		for _, p := range n.Properties {
			switch p := p.(type) {
			case *ast.PropertyShort:
				add(p.Name.Name)
			case *ast.PropertyKeyed:
				boundNames(p.Value, add)
			}
		}
		boundNames(n.Rest, add)
	case *ast.ArrayPattern:
		for _, e := range n.Elements {
			boundNames(e, add)
		}
		boundNames(n.Rest, add)
	}
}

func unlabelled(statement ast.Statement) ast.Statement {
	for {
		labelled, ok := statement.(*ast.LabelledStatement)
		if !ok {
			return statement
		}
		statement = labelled.Statement
	}
}

func isDirective(statement ast.Statement) bool {
	n, ok := statement.(*ast.ExpressionStatement)
	if !ok {
		return false
	}
	_, ok = n.Expression.(*ast.StringLiteral)
	return ok
}

func sorted(set map[unistring.String]bool) []unistring.String {
	return slices.Sorted(maps.Keys(set))
}
