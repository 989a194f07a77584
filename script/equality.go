// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"math/big"
	"regexp"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
)

// equalHook compares two values by == where the order of goja's own comparison could
// matter and its operands cannot be written twice.
const equalHook = "%equal" // (a, b)

// equal is what equalHook stands for. What goja says of a text and an integer
// depends on which of them comes first: '1.0' == 1 is false, 1 == '1.0' is true. The
// same goes for texts and booleans, and for a bigint and an object.
func (r *Runtime) equal(call goja.FunctionCall) goja.Value {
	a, b := call.Argument(0), call.Argument(1)
	return r.vm.ToValue(a.Equals(b) || b.Equals(a))
}

// level makes a == or != say what goja says to its operands in either order.
// Comparisons with null, typeof and most texts are left alone: they are right.
func level(n *ast.BinaryExpression) {
	if n.Operator != token.EQUAL && n.Operator != token.NOT_EQUAL || !uneven(n.Left) || !uneven(n.Right) {
		return
	}
	switch {
	case isNumber(n.Left), isBoolean(n.Right):
	case isNumber(n.Right), isBoolean(n.Left):
		n.Left, n.Right = n.Right, n.Left
	case repeatable(n.Left) && repeatable(n.Right):
		one := &ast.BinaryExpression{Operator: n.Operator, Left: n.Left, Right: n.Right, Comparison: true}
		other := &ast.BinaryExpression{Operator: n.Operator, Left: n.Right, Right: n.Left, Comparison: true}
		n.Operator, n.Comparison = token.LOGICAL_OR, false
		if one.Operator == token.NOT_EQUAL {
			n.Operator = token.LOGICAL_AND
		}
		n.Left, n.Right = one, other
	default:
		at := n.Idx0()
		call := invoke(equalHook, at, n.Left, n.Right)
		n.Right = &ast.BooleanLiteral{Idx: at, Literal: "true", Value: true}
		n.Left = call
		if n.Operator == token.EQUAL {
			n.Operator = token.STRICT_EQUAL
		} else {
			n.Operator = token.STRICT_NOT_EQUAL
		}
	}
}

// uneven reports whether an operand may be one that goja compares differently first
// and second.
func uneven(e ast.Expression) bool {
	switch n := e.(type) {
	case *ast.NullLiteral, *ast.FunctionLiteral, *ast.ArrowFunctionLiteral:
		return false
	case *ast.Identifier:
		return n.Name != "undefined"
	case *ast.UnaryExpression:
		return n.Operator != token.TYPEOF && n.Operator != token.VOID
	case *ast.StringLiteral:
		text := strings.TrimSpace(n.Value.String())
		return someNumber.MatchString(text) && !plainInteger.MatchString(text)
	}
	return true
}

// someNumber matches a text that is a number for ==, plainInteger one that goja
// compares rightly in any order.
var (
	someNumber   = regexp.MustCompile(`^(?:[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|Infinity)|0[xXoObB][0-9a-fA-F]+)$`)
	plainInteger = regexp.MustCompile(`^(?:\d|-[1-9])\d*$`)
)

// isNumber reports whether an operand is a number, which goes first.
func isNumber(e ast.Expression) bool {
	if n, ok := e.(*ast.UnaryExpression); ok && n.Operator == token.MINUS {
		e = n.Operand
	}
	n, ok := e.(*ast.NumberLiteral)
	if !ok {
		return false
	}
	_, big := n.Value.(*big.Int)
	return !big
}

// isBoolean reports whether an operand is a boolean, which goes last.
func isBoolean(e ast.Expression) bool {
	_, ok := e.(*ast.BooleanLiteral)
	return ok
}

// repeatable reports whether an expression can be evaluated twice.
func repeatable(e ast.Expression) bool {
	switch e.(type) {
	case *ast.Identifier, *ast.StringLiteral, *ast.ThisExpression, *ast.NumberLiteral, *ast.BooleanLiteral:
		return true
	}
	return false
}
