// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"reflect"
	"slices"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/parser"
	"github.com/dop251/goja/token"
	"github.com/evanw/esbuild/pkg/api"
)

// named is what the text of a module of CommonJS says of its exports: their names, and
// the modules whose names are among them. Node reads it to list what an ES module can
// import, without running the module; it sees a few forms of code, and so do we.
type named struct {
	source    string
	base      int               // Idx of the source's first character
	required  map[string]string // what variables were required from
	names     []string
	unsafe    []string // names whose descriptor may do anything: they are not told
	reexports []string
}

// namedBy reads a script, which has no names if it is wrong.
func (m *modules) namedBy(name, source string) *named {
	source = clean(source)
	n := &named{required: make(map[string]string)}
	for _, text := range []func() string{
		func() string { return source },
		func() string {
			code, _ := transform(m.sourceID(name), source, api.FormatDefault, form{})
			return code
		},
	} {
		n.source = wrapped.head + text() + wrapped.foot
		tree, err := parser.ParseFile(nil, name, n.source, 0, parser.WithDisableSourceMaps)
		if err == nil {
			n.base = tree.File.Base()
			n.walk(reflect.ValueOf(tree.Body))
			break
		}
	}
	n.names = slices.DeleteFunc(n.names, func(name string) bool { return slices.Contains(n.unsafe, name) })
	return n
}

func (n *named) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return
		}
		if v.Kind() == reflect.Pointer {
			switch node := v.Interface().(type) {
			case *ast.AssignExpression:
				n.assign(node)
			case *ast.CallExpression:
				n.call(node)
			case *ast.Binding:
				n.bind(node)
			case *file.File, *ast.Identifier, *ast.StringLiteral, *ast.NumberLiteral:
				return
			}
		}
		n.walk(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name == "DeclarationList" {
				continue
			}
			switch f := v.Field(i); f.Kind() {
			case reflect.Interface, reflect.Pointer, reflect.Slice, reflect.Struct:
				n.walk(f)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			n.walk(v.Index(i))
		}
	}
}

func (n *named) add(name string) {
	if !slices.Contains(n.names, name) {
		n.names = append(n.names, name)
	}
}

func isIdentifier(e ast.Expression, name string) bool {
	id, ok := e.(*ast.Identifier)
	return ok && id.Name.String() == name
}

func isModuleExports(e ast.Expression) bool {
	dot, ok := e.(*ast.DotExpression)
	return ok && dot.Identifier.Name.String() == "exports" && isIdentifier(dot.Left, "module")
}

func isExports(e ast.Expression) bool { return isIdentifier(e, "exports") || isModuleExports(e) }

// requiredBy returns what a call of require asks for.
func requiredBy(e ast.Expression) (string, bool) {
	call, ok := e.(*ast.CallExpression)
	if !ok || !isIdentifier(call.Callee, "require") || len(call.ArgumentList) != 1 {
		return "", false
	}
	text, ok := call.ArgumentList[0].(*ast.StringLiteral)
	if !ok {
		return "", false
	}
	return text.Value.String(), true
}

// assign reads exports.name = … and module.exports = ….
func (n *named) assign(node *ast.AssignExpression) {
	if node.Operator != token.ASSIGN {
		return
	}
	switch left := node.Left.(type) {
	case *ast.DotExpression:
		if isModuleExports(left) {
			n.reexports = nil
			if from, ok := requiredBy(node.Right); ok {
				n.reexports = append(n.reexports, from)
			} else if object, ok := node.Right.(*ast.ObjectLiteral); ok {
				n.literal(object)
			}
		} else if isExports(left.Left) {
			n.add(left.Identifier.Name.String())
		}
	case *ast.BracketExpression:
		if text, ok := left.Member.(*ast.StringLiteral); ok && isExports(left.Left) {
			n.add(text.Value.String())
		}
	}
}

// literal reads the properties of an object up to the first whose value is more than a
// word.
func (n *named) literal(object *ast.ObjectLiteral) {
	for _, property := range object.Value {
		switch p := property.(type) {
		case *ast.PropertyShort:
			n.add(p.Name.Name.String())
		case *ast.SpreadElement:
			if from, ok := requiredBy(p.Expression); ok {
				n.reexports = append(n.reexports, from)
			} else if _, ok := p.Expression.(*ast.Identifier); !ok {
				return
			}
		case *ast.PropertyKeyed:
			key, ok := p.Key.(*ast.StringLiteral)
			if !ok || p.Computed || p.Kind == ast.PropertyKindGet || p.Kind == ast.PropertyKindSet {
				return
			}
			if p.Kind == ast.PropertyKindMethod {
				n.add(key.Value.String())
				return
			}
			if !n.beginsWithWord(p.Value) {
				return
			}
			n.add(key.Value.String())
			switch p.Value.(type) {
			case *ast.Identifier, *ast.BooleanLiteral, *ast.NullLiteral, *ast.ThisExpression:
			default:
				return
			}
		}
	}
}

func (n *named) beginsWithWord(e ast.Expression) bool {
	at := int(e.Idx0()) - n.base
	if at < 0 || at >= len(n.source) {
		return false
	}
	c := rune(n.source[at])
	return partOfName(c) && (c < '0' || c > '9')
}

// call reads Object.defineProperty(exports, …), and what compilers make of export *.
func (n *named) call(node *ast.CallExpression) {
	args := node.ArgumentList
	name := ""
	switch callee := node.Callee.(type) {
	case *ast.Identifier:
		name = callee.Name.String()
	case *ast.DotExpression:
		name = callee.Identifier.Name.String()
		if isIdentifier(callee.Left, "Object") && name == "defineProperty" && len(args) == 3 && isExports(args[0]) {
			if key, ok := args[1].(*ast.StringLiteral); ok && isPlain(args[2]) {
				n.add(key.Value.String())
			} else if ok {
				n.unsafe = append(n.unsafe, key.Value.String())
			}
			return
		}
		if name == "forEach" && len(args) == 1 {
			n.each(callee.Left, args[0])
			return
		}
	}
	if (name == "__export" || name == "__exportStar") && len(args) > 0 {
		if from, ok := requiredBy(args[0]); ok {
			n.reexports = append(n.reexports, from)
		}
	}
}

// isPlain reports whether a descriptor is one of those that compilers write: a value, or
// a getter that returns a variable or its property.
func isPlain(e ast.Expression) bool {
	object, ok := e.(*ast.ObjectLiteral)
	if !ok {
		return false
	}
	properties := object.Value
	key := func(i int) (string, *ast.PropertyKeyed) {
		if i < len(properties) {
			if p, ok := properties[i].(*ast.PropertyKeyed); ok {
				if text, ok := p.Key.(*ast.StringLiteral); ok && !p.Computed {
					return text.Value.String(), p
				}
			}
		}
		return "", nil
	}
	at := 0
	if name, p := key(0); name == "enumerable" {
		if yes, ok := p.Value.(*ast.BooleanLiteral); !ok || !yes.Value {
			return false
		}
		at = 1
	}
	name, p := key(at)
	if name == "value" {
		return true
	}
	if name != "get" || at != len(properties)-1 {
		return false
	}
	f, ok := p.Value.(*ast.FunctionLiteral)
	if !ok || len(f.Body.List) != 1 {
		return false
	}
	answer, ok := f.Body.List[0].(*ast.ReturnStatement)
	if !ok {
		return false
	}
	switch e := answer.Argument.(type) {
	case *ast.Identifier:
		return true
	case *ast.DotExpression:
		_, ok := e.Left.(*ast.Identifier)
		return ok
	case *ast.BracketExpression:
		_, left := e.Left.(*ast.Identifier)
		_, member := e.Member.(*ast.StringLiteral)
		return left && member
	}
	return false
}

// each reads Object.keys(variable).forEach(function (key) { if … }), which is how
// compilers copy what a variable was required from.
func (n *named) each(keys, f ast.Expression) {
	call, ok := keys.(*ast.CallExpression)
	if !ok || len(call.ArgumentList) != 1 {
		return
	}
	dot, ok := call.Callee.(*ast.DotExpression)
	if !ok || !isIdentifier(dot.Left, "Object") || dot.Identifier.Name.String() != "keys" {
		return
	}
	variable, ok := call.ArgumentList[0].(*ast.Identifier)
	if !ok {
		return
	}
	body, ok := f.(*ast.FunctionLiteral)
	if !ok || len(body.Body.List) == 0 {
		return
	}
	if _, ok := body.Body.List[0].(*ast.IfStatement); !ok {
		return
	}
	if from, ok := n.required[variable.Name.String()]; ok {
		n.reexports = append(n.reexports, from)
	}
}

// bind remembers what a variable is required from.
func (n *named) bind(node *ast.Binding) {
	variable, ok := node.Target.(*ast.Identifier)
	if !ok || node.Initializer == nil {
		return
	}
	from, ok := requiredBy(node.Initializer)
	if call, is := node.Initializer.(*ast.CallExpression); !ok && is && len(call.ArgumentList) == 1 {
		if callee, is := call.Callee.(*ast.Identifier); is && strings.HasPrefix(callee.Name.String(), "_interopRequire") {
			from, ok = requiredBy(call.ArgumentList[0])
		}
	}
	if ok {
		n.required[variable.Name.String()] = from
	}
}
