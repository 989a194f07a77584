// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/parser"
	"github.com/evanw/esbuild/pkg/api"
)

// A form is what goes around the text of a script.
type form struct{ head, foot string }

var (
	wrapped   = form{"(function (exports, require, module, __filename, __dirname) {", "\n})"}
	unwrapped = form{}

	// The same with import() for those that have been lowered.
	importing = form{"(function (__import) { return function (exports, require, module, __filename, __dirname) {", "\n}})"}

	// What esbuild makes of an ES module.
	lowered = form{"(function (require, module, __meta, __import, __exports, __run, __peek) {'use strict';", "\n})"}
)

// function compiles a script for goja, lowered if it has syntax that goja lacks. It
// returns undefined for an ES module, for unwrapped scripts what they end with.
func (m *modules) function(name, source string, f form, importer goja.Value) goja.Value {
	vm := m.r.vm
	source = clean(source)
	m.texts[name] = original{source: source, shift: len(f.head)}
	program, err := m.compile(name, f.head+source+f.foot, parser.WithDisableSourceMaps)
	lower := err != nil
	if lower {
		id := m.sourceID(name)
		code, fault := transform(id, source, api.FormatDefault, form{})
		if fault != nil {
			panic(m.syntaxError(name, err, fault))
		}
		if isModule.MatchString(code) {
			return m.isModule
		}
		around := f
		if around == wrapped {
			around = importing
		}
		m.texts[name] = original{source: source, mapped: true}
		code, _ = transform(id, source, api.FormatDefault, around)
		if program, err = m.compile(name, code); err != nil {
			if at, message := place(err); strings.Contains(message, "return") {
				panic(m.syntaxAt(name, at, 6, "Illegal return statement"))
			}
			return m.isModule // it waits at its top level
		}
	}
	if f == unwrapped && lower {
		global := vm.GlobalObject()
		global.DefineDataProperty("__import", importer, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	}
	value, err := vm.RunProgram(program)
	if err != nil {
		panic(err)
	}
	if f == wrapped && lower {
		outer, _ := goja.AssertFunction(value)
		if value, err = outer(goja.Undefined(), importer); err != nil {
			panic(err)
		}
	}
	return value
}

// ofText is the form of a function that a script makes of text.
var ofText = form{"(function () {", "\n})"}

// construct returns the function of a kind, such as async function, with these
// parameters and this body. Its text is no file's.
func (m *modules) construct(kind, parameters, body string) goja.Value {
	const name = "<anonymous>"
	source := "return (" + kind + " anonymous(" + parameters + "\n) {\n" + body + "\n})"
	m.texts[name] = original{source: source, shift: len(ofText.head)}
	program, err := m.compile(name, ofText.head+source+ofText.foot, parser.WithDisableSourceMaps)
	if err != nil {
		code, fault := transform(name, source, api.FormatDefault, ofText)
		if fault == nil {
			program, err = m.compile(name, code, parser.WithDisableSourceMaps)
		}
		if err != nil {
			panic(m.syntaxError(name, err, nil))
		}
	}
	value, err := m.r.vm.RunProgram(program)
	if err != nil {
		panic(err)
	}
	make, _ := goja.AssertFunction(value)
	if value, err = make(goja.Undefined()); err != nil {
		panic(err)
	}
	return value
}

// module compiles an ES module: run(require, module, meta, import, exports, run, peek)
// evaluates it, imports are what it asks for first. If it waits at its top level,
// async is true and it calls run with the rest of itself. It begins with peeking at
// what it imports, for its functions that a module in a circle calls earlier.
func (m *modules) module(name, source string) goja.Value {
	vm := m.r.vm
	source = clean(source)
	m.texts[name] = original{source: source, url: true, mapped: true}
	id := m.sourceID(name)
	// esbuild takes a text without an export for one of CommonJS, where this is exports.
	source += "\nexport {};"
	code, fault := transform(id, source, api.FormatCommonJS, lowered)
	async := fault != nil && strings.HasPrefix(fault.Text, "Top-level await")
	if async {
		if code, fault = transform(id, source, api.FormatESModule, form{}); fault == nil {
			code, fault = transform(id, postpone(code), api.FormatCommonJS, lowered)
		}
	}
	if fault != nil {
		panic(m.syntaxError(name, nil, fault))
	}
	imports := make([]any, 0)
	var peeks strings.Builder
	for _, found := range asksFor.FindAllStringSubmatch(code, -1) {
		if text, err := vm.RunString(found[2]); err == nil {
			imports = append(imports, text)
		}
		if found[1] != "" {
			peeks.WriteString(found[1] + " = __peek(" + found[2] + "); ")
		}
	}
	code = strings.Replace(code, lowered.head, lowered.head+peeks.String(), 1)
	program, err := m.compile(name, code)
	if err != nil {
		panic(m.syntaxError(name, err, nil))
	}
	run, err := vm.RunProgram(program)
	if err != nil {
		panic(err)
	}
	record := vm.NewObject()
	record.Set("run", run)
	record.Set("imports", vm.NewArray(imports...))
	record.Set("async", async)
	return record
}

var (
	// isModule matches the output of esbuild for a text that is an ES module.
	isModule = regexp.MustCompile(`(?m)^(import\b *["{*\w]|export\b *[{*\w])|\b__meta\b`)

	// asksFor matches what the imports of a module have become.
	asksFor = regexp.MustCompile(`(?m)^(?:(var \w+) = +\(?|__reExport\(\w+, )require\(("(?:[^"\\]|\\.)*")\)`)

	// topImport and topExport match what esbuild leaves of those in an ES module.
	topImport = regexp.MustCompile(`(?m)^(import\b *["{*\w].*|export \*.*);$`)
	topExport = regexp.MustCompile(`(?ms)^export \{\n(.*?)^\};$`)
)

// postpone puts all of an ES module but its imports and exports into an async
// function. No line moves.
func postpone(code string) string {
	var imports, exports strings.Builder
	code = topImport.ReplaceAllStringFunc(code, func(line string) string {
		imports.WriteString(line)
		return ""
	})
	code = topExport.ReplaceAllStringFunc(code, func(block string) string {
		lines := strings.Split(block, "\n")
		for _, line := range lines[1 : len(lines)-1] {
			here, there, renamed := strings.Cut(strings.Trim(line, " ,"), " as ")
			if !renamed {
				there = here
			}
			exports.WriteString(there + ": () => " + here + ", ")
		}
		return strings.Repeat("\n", len(lines)-1)
	})
	body, comment, _ := strings.Cut(code, "\n//# sourceMappingURL=")
	return imports.String() + "__run(async () => { __exports({ " + exports.String() + "}); " + body + "\n});\n//# sourceMappingURL=" + comment
}

// clean takes off what may come before a script: the mark of UTF-8, and the line
// for the shell.
func clean(source string) string {
	source = strings.TrimPrefix(source, "\uFEFF")
	if strings.HasPrefix(source, "#!") {
		source = "//" + source[2:]
	}
	return source
}

// lacking is the syntax that goja has not.
var lacking = map[string]bool{
	"async-generator":   false,
	"for-await":         false,
	"using":             false,
	"dynamic-import":    false,
	"decorators":        false,
	"import-attributes": false,
	"hashbang":          false,
}

// What names become: those of CommonJS, which an ES module has not, something that
// nobody has (see words.go).
var (
	meta  = map[string]string{"import.meta": "__meta"}
	scope = map[string]string{
		"import.meta": "__meta",
		"require":     "__no_require",
		"module":      "__no_module",
		"exports":     "__no_exports",
		"__filename":  "__no___filename",
		"__dirname":   "__no___dirname",
	}
)

// sourceID returns what the source map of a script calls it. goja escapes a path
// there, and an ending like .mjs would change for esbuild what default is.
func (m *modules) sourceID(name string) string {
	m.mapped = append(m.mapped, name)
	return idScheme + strconv.Itoa(len(m.mapped)-1)
}

const idScheme = "script:"

// defaultName matches what esbuild calls a default export that has no name.
var defaultName = regexp.MustCompile(`\bscript_\d+_default\b`)

// nameDefault gives it its name in ECMAScript.
func nameDefault(node ast.Node) {
	var name *ast.Identifier
	switch n := node.(type) {
	case *ast.Identifier:
		name = n
	case *ast.FunctionLiteral:
		name = n.Name
	case *ast.ClassLiteral:
		name = n.Name
	}
	if name != nil && defaultName.MatchString(name.Name.String()) {
		name.Name = "default"
	}
	children(node, nameDefault)
}

// sourceName returns the name of the script that a stack calls file.
func (m *modules) sourceName(file string) string {
	if number, ok := strings.CutPrefix(file, idScheme); ok {
		if i, err := strconv.Atoi(number); err == nil && i < len(m.mapped) {
			return m.mapped[i]
		}
	}
	return file
}

// transform lets esbuild rewrite a script.
func transform(id, source string, format api.Format, around form) (string, *api.Message) {
	options := api.TransformOptions{
		Format:         format,
		Target:         api.ESNext,
		Supported:      lacking,
		Sourcemap:      api.SourceMapInline,
		SourcesContent: api.SourcesContentExclude,
		Sourcefile:     id,
		Define:         meta,
		LogLevel:       api.LogLevelSilent,
		Banner:         around.head,
		Footer:         around.foot,
	}
	if format != api.FormatDefault {
		options.Define = scope
	}
	// Where eval can see names, esbuild renames others that are the same.
	options.KeepNames = strings.Contains(source, "eval")
	result := api.Transform(source, options)
	if len(result.Errors) > 0 {
		return "", &result.Errors[0]
	}
	code := string(result.Code)
	if strings.Contains(code, "__toESM") {
		// What is imported is a namespace already. The lengths stay for the source map.
		code = strings.ReplaceAll(code, "Promise.resolve().then(() => __toESM(require(", "Promise.resolve().then(() => __import(      (")
		code = strings.ReplaceAll(code, "__toESM(require(", "       (require(")
	}
	return forgetful(code), nil
}

var (
	rethrown  = regexp.MustCompile(`(\.call\(iter\d*\)\)*;\s+\} finally \{\s+if \(error\d*\)\s+throw )(error\d*)\[0\];`)
	disposals = regexp.MustCompile(`__callDispose\((_stack\d*), (_error\d*), (_hasError\d*)\)`)
)

// forgetful makes what esbuild has made of for await and using forget the error of an
// earlier round: its variables belong to the function, and it never resets them. All
// changes are at the ends of lines, so the source map stays right.
func forgetful(code string) string {
	code = rethrown.ReplaceAllString(code, "$1[$2, $2 = void 0][0][0];")
	for _, found := range disposals.FindAllStringSubmatch(code, -1) {
		begin := "var " + found[1] + " = [];"
		code = strings.ReplaceAll(code, begin, begin+" "+found[2]+" = void 0, "+found[3]+" = false;")
	}
	return code
}

// compile compiles a script for goja.
func (m *modules) compile(name, source string, options ...parser.Option) (*goja.Program, error) {
	tree, err := parser.ParseFile(nil, name, source, 0, options...)
	if err != nil && namedField.MatchString(source) {
		if whole := parseFields(name, source, options...); whole != nil {
			tree, err = whole, nil
		}
	}
	if err != nil {
		return nil, err
	}
	if strings.Contains(source, asyncHelper) {
		markAsyncGenerators(tree)
	}
	if defaultName.MatchString(source) {
		for _, statement := range tree.Body {
			nameDefault(statement)
		}
	}
	if err := m.watch(tree); err != nil {
		return nil, err
	}
	keepSloppy(tree)
	settleParameters(tree)
	beginScopes(tree)
	return goja.CompileAST(tree, false)
}

// place returns where a script is wrong, and how, as goja says.
func place(err error) (file.Position, string) {
	var list parser.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		return list[0].Position, list[0].Message
	}
	var one *parser.Error
	if errors.As(err, &one) {
		return one.Position, one.Message
	}
	var compiler *goja.CompilerSyntaxError
	if errors.As(err, &compiler) && compiler.File != nil {
		return compiler.File.Position(compiler.Offset), compiler.Message
	}
	return file.Position{Line: 1, Column: 1}, err.Error()
}

// syntaxError returns the SyntaxError for a script that neither goja nor esbuild
// takes; either may be nil.
func (m *modules) syntaxError(name string, ours error, theirs *api.Message) goja.Value {
	var at file.Position
	message := ""
	if ours != nil {
		at, message = place(ours)
	}
	if at.Line == 1 {
		at.Column -= m.texts[name].shift
	}
	if theirs != nil && theirs.Location != nil && (ours == nil || theirs.Location.Line != at.Line) {
		at.Line, at.Column = theirs.Location.Line, theirs.Location.Column+1
		message = theirs.Text
	}
	before, after := m.around(frame{file: name, line: at.Line, column: at.Column})
	word := sourceToken.FindString(after)
	width := utf8.RuneCountInString(word)
	switch lead := strings.TrimRight(before, " "); {
	case strings.HasSuffix(lead, "await") && message == "Unexpected identifier":
		message, at.Column, width = `"await" can only`, len(lead)-4, 5
	case strings.HasSuffix(lead, "function") && word == "(":
		message, at.Column, width = "Function statements require a function name", len(lead)-7, 8
	case theirs != nil && strings.HasPrefix(theirs.Text, `Expected ")" but found`) && after != "":
		message = "missing ) after argument list"
		if last := lastToken.FindString(lead); last != "" {
			at.Column, width = len(lead)-len(last)+1, utf8.RuneCountInString(last)
		}
	default:
		message = wrongSyntax(message, word)
		if message == "Invalid or unexpected token" && (strings.HasPrefix(after, `"`) || strings.HasPrefix(after, "'")) {
			width = utf8.RuneCountInString(after)
		}
	}
	if strings.HasPrefix(message, `"await"`) {
		message = wrongSyntax(message, word)
	}
	return m.syntaxAt(name, at, width, message)
}

// syntaxAt returns the SyntaxError for a place of a script.
func (m *modules) syntaxAt(name string, at file.Position, width int, message string) goja.Value {
	vm := m.r.vm
	value, err := vm.New(vm.Get("SyntaxError"), vm.ToValue(message))
	if err != nil {
		panic(err)
	}
	stack := m.pointed(name, at, width) + "\n" + value.Get("stack").String()
	value.DefineDataProperty("stack", vm.ToValue(stack), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	return value
}

// sourceToken matches what a script has at a place.
var sourceToken = regexp.MustCompile(`^(?:[\pL_$][\pL\pN_$]*|\d+|"[^"]*"|'[^']*'|=>|===?|!==?|&&|\|\||\?\?|.)`)

// lastToken matches what a script has before a place.
var lastToken = regexp.MustCompile(`(?:[\pL\pN_$]+|"[^"]*"|'[^']*'|.)$`)

// wrongSyntax returns how V8 says what goja or esbuild says of a script that has
// word where it is wrong.
func wrongSyntax(message, word string) string {
	isName := word != "" && (word[0] == '_' || word[0] == '$' || unicode.IsLetter(rune(word[0])))
	switch {
	case strings.HasPrefix(message, "Unexpected end of"):
		return "Unexpected end of input"
	case strings.HasPrefix(message, "Unexpected identifier"), strings.HasPrefix(message, "Expected ") && isName:
		return "Unexpected identifier '" + word + "'"
	case strings.HasPrefix(message, "Unexpected token ILLEGAL"), strings.HasPrefix(message, "Unterminated string"), strings.HasPrefix(message, "Syntax error"):
		return "Invalid or unexpected token"
	case strings.HasPrefix(message, "Unexpected token"), strings.HasPrefix(message, "Unexpected \""), strings.HasPrefix(message, "Expected "), message == "Unexpected reserved word":
		switch {
		case word == "":
			return "Unexpected end of input"
		case word[0] == '"' || word[0] == '\'':
			return "Unexpected string"
		case word[0] >= '0' && word[0] <= '9':
			return "Unexpected number"
		}
		return "Unexpected token '" + word + "'"
	case strings.Contains(message, "has already been declared"):
		if name := quotedName.FindStringSubmatch(message); name != nil {
			return "Identifier '" + name[1] + "' has already been declared"
		}
	case strings.HasPrefix(message, "The constant "), strings.HasPrefix(message, "Cannot assign to \""):
		return "Assignment to constant variable."
	case strings.Contains(message, "const\" must be initialized"), strings.HasPrefix(message, "The constant"):
		return "Missing initializer in const declaration"
	case strings.HasPrefix(message, "\"await\" can only"):
		return "await is only valid in async functions and the top level bodies of modules"
	}
	return message
}

// quotedName matches the name in a message.
var quotedName = regexp.MustCompile(`["']([^"']+)["']`)
