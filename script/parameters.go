// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"slices"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
	"github.com/dop251/goja/unistring"
)

// goja goes wrong in functions whose parameters have defaults, patterns or a rest, and
// with direct calls of eval. settleParameters rewrites what it goes wrong in.
//
// A parameter that an earlier one's default mentions, or that eval could mention, is
// never given its argument. An array pattern says the same, and is right:
//
//	function f(a, b = () => b, c) {}
//	function f(a, ...[b = () => b, c]) {}
//
// The scope of the body is counted but not made if it declares nothing, and eval then
// finds all variables one scope too far:
//
//	function f(a = 1) { return () => eval('a'); }
//	function f(a = 1) { let %body; return () => eval('a'); }
//
// A var with the name of what a pattern binds is refused, though it is the same:
//
//	function f({ a }) { var a = 1; }
//	function f({ a }) { var %same = a = 1; }
//
// So is, in strict mode, a var with the name of what is caught. The scope of a class
// without a name is counted but not made, too, so it gets an empty name.
//
// And a switch that declares variables takes all memory if it calls eval. Its
// variables move to a block around it, where they have a value from the start:
//
//	switch (v) { case 1: let a = 1; eval('a'); }
//	switch (0) { default: let %of = v; { let a; switch (%of) { case 1: a = 1; eval('a'); } } }
func settleParameters(tree *ast.Program) {
	s := &settler{function: &settled{vars: &tree.DeclarationList}}
	for _, statement := range tree.Body {
		s.visit(statement)
	}
}

// A settler walks a script.
type settler struct {
	evals    int // calls of eval so far
	function *settled
}

// settled is what a settler knows of the function whose body it is in.
type settled struct {
	bound  map[unistring.String]bool // by the patterns of its parameters
	caught []unistring.String        // by catch clauses around the place
	vars   *[]*ast.VariableDeclaration
}

func (s *settler) visit(node ast.Node) {
	switch n := node.(type) {
	case *ast.CallExpression:
		if isIdentifier(n.Callee, "eval") {
			s.evals++
		}
	case *ast.FunctionLiteral:
		s.settle(n.ParameterList, &n.DeclarationList, func() { s.visit(n.Body) }, func(at file.Idx) *[]ast.Statement { return &n.Body.List })
		return
	case *ast.ArrowFunctionLiteral:
		s.settle(n.ParameterList, &n.DeclarationList, func() { s.visit(n.Body) }, func(at file.Idx) *[]ast.Statement {
			if e, ok := n.Body.(*ast.ExpressionBody); ok {
				result := &ast.ReturnStatement{Return: e.Expression.Idx0(), Argument: e.Expression}
				n.Body = &ast.BlockStatement{LeftBrace: at, List: []ast.Statement{result}, RightBrace: e.Expression.Idx1()}
			}
			return &n.Body.(*ast.BlockStatement).List
		})
		return
	case *ast.ClassStaticBlock:
		defer s.within(&settled{vars: &n.DeclarationList})()
	case *ast.ClassLiteral:
		before := s.evals
		children(n, s.visit)
		if s.evals > before && n.Name == nil {
			n.Name = &ast.Identifier{Idx: n.Class}
		}
		return
	case *ast.CatchStatement:
		if name, ok := n.Parameter.(*ast.Identifier); ok {
			f := s.function
			f.caught = append(f.caught, name.Name)
			defer func() { f.caught = f.caught[:len(f.caught)-1] }()
		}
	case *ast.Binding:
		defer keepName(n.Target, n.Initializer)()
	case *ast.AssignExpression:
		defer keepName(n.Left, n.Right)()
	case *ast.PropertyKeyed:
		if !n.Computed {
			defer keepName(n.Key, n.Value)()
		}
	case *ast.PropertyShort:
		defer keepName(&n.Name, n.Initializer)()
	case *ast.FieldDefinition:
		if !n.Computed {
			defer keepName(n.Key, n.Initializer)()
		}
	case *ast.VariableStatement:
		s.declare(n.List)
	case *ast.ForLoopInitializerVarDeclList:
		s.declare(n.List)
	case *ast.ForInStatement:
		s.intoVar(&n.Into)
	case *ast.ForOfStatement:
		s.intoVar(&n.Into)
	case *ast.SwitchStatement:
		before := s.evals
		children(n, s.visit)
		if s.evals > before {
			moveDeclarations(n)
		}
		return
	}
	children(node, s.visit)
}

// within enters a function, and returns how to leave it.
func (s *settler) within(f *settled) (leave func()) {
	outer := s.function
	s.function = f
	return func() { s.function = outer }
}

// settle walks a function and mends it. statements returns the list of its body.
func (s *settler) settle(parameters *ast.ParameterList, vars *[]*ast.VariableDeclaration, body func(), statements func(at file.Idx) *[]ast.Statement) {
	before := s.evals
	for _, p := range parameters.List {
		s.visit(p)
	}
	if parameters.Rest != nil {
		s.visit(parameters.Rest)
	}
	if s.evals > before || mentionedEarly(parameters) {
		gather(parameters)
	}
	simple := parameters.Rest == nil
	f := &settled{vars: vars}
	bind := func(target ast.Expression) {
		if _, isName := target.(*ast.Identifier); isName {
			return
		}
		simple = false
		boundNames(target, func(name unistring.String) {
			if f.bound == nil {
				f.bound = map[unistring.String]bool{}
			}
			f.bound[name] = true
		})
	}
	for _, p := range parameters.List {
		simple = simple && p.Initializer == nil
		bind(p.Target)
	}
	if parameters.Rest != nil {
		bind(&ast.ArrayPattern{Rest: parameters.Rest})
	}
	leave := s.within(f)
	body()
	leave()
	if s.evals == before || simple {
		return
	}
	at := parameters.Closing
	list := statements(at)
	prologue := 0
	for prologue < len(*list) && isDirective((*list)[prologue]) {
		prologue++
	}
	one := letStatement(at, &ast.Identifier{Name: "%body", Idx: at}, nil)
	all := append((*list)[:prologue:prologue], one)
	*list = append(all, (*list)[prologue:]...)
}

// mentionedEarly reports whether a default or a pattern mentions a parameter from
// which on goja does not copy arguments, while there are defaults there.
func mentionedEarly(parameters *ast.ParameterList) bool {
	last := -1
	for i, p := range parameters.List {
		if p.Initializer != nil {
			last = i
		}
	}
	if last < 0 {
		return false
	}
	mentioned := map[unistring.String]bool{}
	for _, p := range parameters.List[:last+1] {
		if _, isName := p.Target.(*ast.Identifier); !isName {
			mentions(p.Target, mentioned)
		}
		if p.Initializer != nil {
			mentions(p.Initializer, mentioned)
		}
		if name, ok := p.Target.(*ast.Identifier); ok && mentioned[name.Name] {
			return true
		}
	}
	return false
}

func mentions(node ast.Node, names map[unistring.String]bool) {
	if name, ok := node.(*ast.Identifier); ok {
		names[name.Name] = true
	}
	children(node, func(child ast.Node) { mentions(child, names) })
}

// gather puts the parameters from the first default on into a pattern. The length of
// the function stays.
func gather(parameters *ast.ParameterList) {
	first := 0
	for first < len(parameters.List) && parameters.List[first].Initializer == nil {
		first++
	}
	if first == len(parameters.List) {
		return
	}
	at := parameters.List[first].Target.Idx0()
	all := &ast.ArrayPattern{LeftBracket: at, Rest: parameters.Rest, RightBracket: parameters.Closing}
	for _, p := range parameters.List[first:] {
		element := ast.Expression(p.Target)
		if p.Initializer != nil {
			element = &ast.AssignExpression{Operator: token.ASSIGN, Left: element, Right: p.Initializer}
		}
		all.Elements = append(all.Elements, element)
	}
	parameters.List, parameters.Rest = parameters.List[:first], all
}

// declare makes assignments of vars that have the name of what a pattern binds.
func (s *settler) declare(list []*ast.Binding) {
	for _, b := range list {
		if !s.bindsAgain(b.Target) {
			continue
		}
		at, target := b.Target.Idx0(), b.Target
		*s.function.vars = append(*s.function.vars, &ast.VariableDeclaration{Var: at, List: []*ast.Binding{{Target: target}}})
		b.Target = &ast.Identifier{Name: "%same", Idx: at}
		if b.Initializer != nil {
			b.Initializer = &ast.AssignExpression{Operator: token.ASSIGN, Left: target, Right: b.Initializer}
		}
	}
}

// intoVar makes a loop assign to such vars.
func (s *settler) intoVar(into *ast.ForInto) {
	if n, ok := (*into).(*ast.ForIntoVar); ok && s.bindsAgain(n.Binding.Target) {
		*into = &ast.ForIntoExpression{Expression: n.Binding.Target}
	}
}

func (s *settler) bindsAgain(target ast.Expression) (again bool) {
	if s.function.bound == nil && len(s.function.caught) == 0 {
		return false
	}
	boundNames(target, func(name unistring.String) {
		again = again || s.function.bound[name] || slices.Contains(s.function.caught, name)
	})
	return again
}

// keepName gives a class that has got an empty name the one of what it is assigned to.
func keepName(target, value ast.Expression) func() {
	class, ok := value.(*ast.ClassLiteral)
	if !ok || class.Name != nil {
		return func() {}
	}
	return func() {
		if class.Name == nil {
			return
		}
		switch n := target.(type) {
		case *ast.Identifier:
			class.Name.Name = n.Name
		case *ast.StringLiteral:
			class.Name.Name = n.Value
		}
	}
}

// moveDeclarations moves what a switch declares to a block around it.
func moveDeclarations(n *ast.SwitchStatement) {
	at := n.Switch
	var first []ast.Statement
	declare := func(target ast.Expression) {
		boundNames(target, func(name unistring.String) {
			first = append(first, letStatement(at, &ast.Identifier{Name: name, Idx: at}, nil))
		})
	}
	cases := make([]*ast.CaseStatement, len(n.Body))
	for i, c := range n.Body {
		cases[i] = &ast.CaseStatement{Case: c.Case, Test: c.Test}
		for _, statement := range c.Consequent {
			switch d := statement.(type) {
			case *ast.FunctionDeclaration:
				first = append(first, d)
				continue
			case *ast.ClassDeclaration:
				declare(d.Class.Name)
				statement = assignStatement(d.Class.Name, d.Class)
			case *ast.LexicalDeclaration:
				for _, b := range d.List {
					declare(b.Target)
					value := b.Initializer
					if value == nil {
						value = voidNode(at)
					}
					cases[i].Consequent = append(cases[i].Consequent, assignStatement(b.Target, value))
				}
				continue
			}
			cases[i].Consequent = append(cases[i].Consequent, statement)
		}
	}
	if len(first) == 0 {
		return
	}
	name := func() *ast.Identifier { return &ast.Identifier{Name: "%of", Idx: at} }
	inner := &ast.SwitchStatement{Switch: at, Discriminant: name(), Default: n.Default, Body: cases, RightBrace: n.RightBrace}
	block := func(list ...ast.Statement) ast.Statement {
		return &ast.BlockStatement{LeftBrace: at, List: list, RightBrace: n.RightBrace}
	}
	around := block(letStatement(at, name(), n.Discriminant), block(append(first, inner)...))
	n.Discriminant, n.Default = numberNode(0), 0
	n.Body = []*ast.CaseStatement{{Case: at, Consequent: []ast.Statement{around}}}
}

func letStatement(at file.Idx, target ast.BindingTarget, value ast.Expression) ast.Statement {
	return &ast.LexicalDeclaration{Idx: at, Token: token.LET, List: []*ast.Binding{{Target: target, Initializer: value}}}
}

func assignStatement(target, value ast.Expression) ast.Statement {
	return &ast.ExpressionStatement{Expression: &ast.AssignExpression{Operator: token.ASSIGN, Left: target, Right: value}}
}

func voidNode(at file.Idx) ast.Expression {
	return &ast.UnaryExpression{Operator: token.VOID, Idx: at, Operand: &ast.NumberLiteral{Idx: at, Value: int64(0)}}
}
