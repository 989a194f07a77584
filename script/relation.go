// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"regexp"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
)

// associate makes a chain of relations, such as 3 > 2 > 1, begin at the left. goja's
// parser begins at the right: 3 > (2 > 1). Operands that the script has put in parentheses
// stay together. The tree does not have the parentheses, so associate looks in the text.
func associate(n *ast.BinaryExpression, text *file.File) {
	operands, operators := []ast.Expression{n.Left}, []token.Token{n.Operator}
	last := n
	for isRelation(last.Operator) {
		right, ok := last.Right.(*ast.BinaryExpression)
		if !ok || !isRelation(right.Operator) || !bare(last, right, text) {
			break
		}
		operands, operators = append(operands, right.Left), append(operators, right.Operator)
		last = right
	}
	if last == n {
		return
	}
	left := operands[0]
	for i, operator := range operators[:len(operators)-1] {
		left = &ast.BinaryExpression{Operator: operator, Left: left, Right: operands[i+1], Comparison: isComparison(operator)}
	}
	n.Operator, n.Comparison = operators[len(operators)-1], isComparison(operators[len(operators)-1])
	n.Left, n.Right = left, last.Right
}

// bare reports whether right, the right side of n, has no parentheses around it: as
// many are closed as opened between the two operators.
func bare(n, right *ast.BinaryExpression, text *file.File) bool {
	source := text.Source()
	from, to, end := int(n.Left.Idx1())-text.Base(), int(right.Left.Idx1())-text.Base(), int(right.Right.Idx0())-text.Base()
	if from < 0 || to < from || end < to || end > len(source) {
		return false
	}
	before, _, _ := strings.Cut(source[to:end], right.Operator.String())
	_, after, _ := strings.Cut(source[from:to], n.Operator.String())
	between := noCode.ReplaceAllString(after+before, "")
	return strings.Count(between, "(") == strings.Count(between, ")")
}

// noCode matches texts and comments, whose parentheses do not count.
var noCode = regexp.MustCompile("(?s)'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\"|`(?:[^`\\\\]|\\\\.)*`|/\\*.*?\\*/|//[^\n]*")

func isRelation(t token.Token) bool {
	return isComparison(t) || t == token.IN || t == token.INSTANCEOF
}

func isComparison(t token.Token) bool {
	return t == token.LESS || t == token.LESS_OR_EQUAL || t == token.GREATER || t == token.GREATER_OR_EQUAL
}
