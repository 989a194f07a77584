// Copyright 2026 The duplex authors. MIT license.

package script

import "github.com/dop251/goja/ast"

// children calls visit for each node that node consists of, in the order of the
// text. Declarations that a function has twice, in its body and in its
// DeclarationList, are visited once.
func children(node ast.Node, visit func(ast.Node)) {
	one := func(e ast.Expression) {
		if e != nil {
			visit(e)
		}
	}
	expressions := func(list []ast.Expression) {
		for _, e := range list {
			one(e)
		}
	}
	statement := func(s ast.Statement) {
		if s != nil {
			visit(s)
		}
	}
	statements := func(list []ast.Statement) {
		for _, s := range list {
			statement(s)
		}
	}
	bindings := func(list []*ast.Binding) {
		for _, b := range list {
			visit(b)
		}
	}
	parameters := func(list *ast.ParameterList) {
		bindings(list.List)
		one(list.Rest)
	}
	properties := func(list []ast.Property) {
		for _, p := range list {
			visit(p)
		}
	}
	switch n := node.(type) {
	case *ast.YieldExpression:
		one(n.Argument)
	case *ast.AwaitExpression:
		one(n.Argument)
	case *ast.ArrayLiteral:
		expressions(n.Value)
	case *ast.ArrayPattern:
		expressions(n.Elements)
		one(n.Rest)
	case *ast.AssignExpression:
		one(n.Left)
		one(n.Right)
	case *ast.BinaryExpression:
		one(n.Left)
		one(n.Right)
	case *ast.BracketExpression:
		one(n.Left)
		one(n.Member)
	case *ast.CallExpression:
		one(n.Callee)
		expressions(n.ArgumentList)
	case *ast.ConditionalExpression:
		one(n.Test)
		one(n.Consequent)
		one(n.Alternate)
	case *ast.DotExpression:
		one(n.Left)
	case *ast.PrivateDotExpression:
		one(n.Left)
	case *ast.OptionalChain:
		one(n.Expression)
	case *ast.Optional:
		one(n.Expression)
	case *ast.FunctionLiteral:
		parameters(n.ParameterList)
		visit(n.Body)
	case *ast.ArrowFunctionLiteral:
		parameters(n.ParameterList)
		visit(n.Body)
	case *ast.ExpressionBody:
		one(n.Expression)
	case *ast.ClassLiteral:
		one(n.SuperClass)
		for _, e := range n.Body {
			visit(e)
		}
	case *ast.FieldDefinition:
		one(n.Key)
		one(n.Initializer)
	case *ast.MethodDefinition:
		one(n.Key)
		visit(n.Body)
	case *ast.ClassStaticBlock:
		visit(n.Block)
	case *ast.NewExpression:
		one(n.Callee)
		expressions(n.ArgumentList)
	case *ast.ObjectLiteral:
		properties(n.Value)
	case *ast.ObjectPattern:
		properties(n.Properties)
		one(n.Rest)
	case *ast.PropertyShort:
		visit(&n.Name)
		one(n.Initializer)
	case *ast.PropertyKeyed:
		one(n.Key)
		one(n.Value)
	case *ast.SpreadElement:
		one(n.Expression)
	case *ast.SequenceExpression:
		expressions(n.Sequence)
	case *ast.TemplateLiteral:
		one(n.Tag)
		expressions(n.Expressions)
	case *ast.UnaryExpression:
		one(n.Operand)
	case *ast.Binding:
		one(n.Target)
		one(n.Initializer)

	case *ast.BlockStatement:
		statements(n.List)
	case *ast.CaseStatement:
		one(n.Test)
		statements(n.Consequent)
	case *ast.CatchStatement:
		if n.Parameter != nil {
			visit(n.Parameter)
		}
		visit(n.Body)
	case *ast.DoWhileStatement:
		statement(n.Body)
		one(n.Test)
	case *ast.ExpressionStatement:
		one(n.Expression)
	case *ast.ForInStatement:
		visit(n.Into)
		one(n.Source)
		statement(n.Body)
	case *ast.ForOfStatement:
		visit(n.Into)
		one(n.Source)
		statement(n.Body)
	case *ast.ForStatement:
		if n.Initializer != nil {
			visit(n.Initializer)
		}
		one(n.Test)
		one(n.Update)
		statement(n.Body)
	case *ast.ForLoopInitializerExpression:
		one(n.Expression)
	case *ast.ForLoopInitializerVarDeclList:
		bindings(n.List)
	case *ast.ForLoopInitializerLexicalDecl:
		bindings(n.LexicalDeclaration.List)
	case *ast.ForIntoVar:
		visit(n.Binding)
	case *ast.ForDeclaration:
		visit(n.Target)
	case *ast.ForIntoExpression:
		one(n.Expression)
	case *ast.IfStatement:
		one(n.Test)
		statement(n.Consequent)
		statement(n.Alternate)
	case *ast.LabelledStatement:
		statement(n.Statement)
	case *ast.ReturnStatement:
		one(n.Argument)
	case *ast.SwitchStatement:
		one(n.Discriminant)
		for _, c := range n.Body {
			visit(c)
		}
	case *ast.ThrowStatement:
		one(n.Argument)
	case *ast.TryStatement:
		visit(n.Body)
		if n.Catch != nil {
			visit(n.Catch)
		}
		if n.Finally != nil {
			visit(n.Finally)
		}
	case *ast.VariableStatement:
		bindings(n.List)
	case *ast.LexicalDeclaration:
		bindings(n.List)
	case *ast.WhileStatement:
		one(n.Test)
		statement(n.Body)
	case *ast.WithStatement:
		one(n.Object)
		statement(n.Body)
	case *ast.FunctionDeclaration:
		visit(n.Function)
	case *ast.ClassDeclaration:
		visit(n.Class)
	}
}
