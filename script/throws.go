// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"fmt"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
	"github.com/dop251/goja/unistring"
)

// What scripts call without knowing: names that no source can have.
const (
	catchHook    = "%caught"   // (error): mends what a catch clause has caught, and returns it
	rememberHook = "%remember" // (regexp): its matches are those of RegExp.$1, see last_match.js
	throwHook    = "%thrown"   // (value, file, place): returns value, which a throw statement throws
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
// clauses mend what they catch. It names constructors, expands regular expressions and
// levels comparisons. Nothing else of the script changes, nor any line or column. It
// fails if a regular expression names a property that there is not.
func (m *modules) watch(tree *ast.Program) error {
	w := watcher{file: len(m.files), text: tree.File}
	for _, statement := range tree.Body {
		w.walk(statement)
	}
	if w.remembers {
		if remember, ok := goja.AssertFunction(m.r.vm.Get(rememberHook)); ok {
			remember(goja.Undefined()) // RegExp.$1 is there before the first match
		}
	}
	if w.nullable || w.remembers {
		stepNullables(tree, w.remembers)
	}
	if w.throws {
		m.files = append(m.files, tree.File)
	}
	return w.fault
}

type watcher struct {
	file   int // the number of the script's file
	text   *file.File
	throws bool

	nullable  bool  // one of its regular expressions is, see nullable.go
	fault     error // of the first that is wrong
	remembers bool  // it speaks of RegExp.$1 or its kin
}

func (w *watcher) walk(node ast.Node) {
	switch node := node.(type) {
	case *ast.ThrowStatement:
		w.throws = true
		node.Argument = invoke(throwHook, node.Throw, node.Argument, numberNode(w.file), numberNode(int(node.Throw)))
	case *ast.CatchStatement:
		w.catch(node)
	case *ast.DotExpression:
		w.remembers = w.remembers || isRegExp(node.Left) && ofMatch[node.Identifier.Name.String()]
	case *ast.BracketExpression:
		name, ok := node.Member.(*ast.StringLiteral)
		w.remembers = w.remembers || ok && isRegExp(node.Left) && ofMatch[name.Value.String()]
	case *ast.ClassLiteral:
		nameConstructor(node, node.Name)
	case *ast.Binding:
		if class, ok := node.Initializer.(*ast.ClassLiteral); ok && class.Name == nil {
			name, _ := node.Target.(*ast.Identifier)
			nameConstructor(class, name)
		}
	case *ast.BinaryExpression:
		associate(node, w.text)
		children(node, w.walk)
		level(node)
		return
	case *ast.Optional:
		// (a?.b)?.() is a?.b?.(), but goja loses a value of the first if a is null.
		if chain, ok := node.Expression.(*ast.OptionalChain); ok {
			node.Expression = chain.Expression
		}
	case *ast.RegExpLiteral:
		w.nullable = w.nullable || isNullable(node.Pattern, node.Flags)
		unicode := strings.Contains(node.Flags, "u")
		if unicode {
			pattern, err := expand(node.Pattern)
			if err != nil && w.fault == nil {
				fault := &goja.CompilerSyntaxError{}
				fault.File, fault.Offset = w.text, int(node.Idx)-1
				fault.Message = fmt.Sprintf("Invalid regular expression: /%s/%s: %s", node.Pattern, node.Flags, err)
				w.fault = fault
			}
			node.Pattern = pattern
		}
		node.Pattern = apart(node.Pattern, unicode)
	}
	children(node, w.walk)
}

func isRegExp(node ast.Expression) bool {
	name, ok := node.(*ast.Identifier)
	return ok && name.Name == "RegExp"
}

// ofMatch are the properties of RegExp that tell of the newest match.
var ofMatch = map[string]bool{
	"$1": true, "$2": true, "$3": true, "$4": true, "$5": true, "$6": true, "$7": true, "$8": true, "$9": true,
	"input": true, "$_": true, "lastMatch": true, "$&": true, "lastParen": true, "$+": true,
	"leftContext": true, "$`": true, "rightContext": true, "$'": true,
}

// What stacks call the constructor of a class.
const (
	constructorPrefix = "new "
	anonymousClass    = "<anonymous>"
)

// nameConstructor names a constructor for stacks, as V8 does.
func nameConstructor(class *ast.ClassLiteral, name *ast.Identifier) {
	for _, element := range class.Body {
		m, ok := element.(*ast.MethodDefinition)
		if !ok || m.Static || m.Computed {
			continue
		}
		if key, ok := m.Key.(*ast.StringLiteral); !ok || key.Value != "constructor" || m.Body.Name != nil {
			continue
		}
		text := unistring.String(anonymousClass)
		if name != nil {
			text = name.Name
		}
		m.Body.Name = &ast.Identifier{Name: constructorPrefix + text, Idx: m.Body.Function}
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
