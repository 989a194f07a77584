// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/dop251/goja"
	"github.com/dop251/goja/file"
)

// Names for [Runtime.RunString] under which a script runs in the global scope, as
// Node's do that come from the command line or from stdin.
const (
	Eval      = "[eval]"
	FromStdin = "[stdin]"
)

// NodeVersion is process.version: of the Node whose meaning scripts find.
const NodeVersion = "v20.20.2"

// library is what of Node's modules is written in JavaScript: lib/NAME.js is
// require('NAME'), and what is in lib/internal only the others can require.
// Each is the body of
//
//	function (exports, require, module, process, binding)
//
// where binding(name) is what bindings has.
//
//go:embed all:lib
var library embed.FS

// programs are the library's modules, compiled once for all Runtimes.
var programs sync.Map // name → *goja.Program

// modules are what a script can require.
type modules struct {
	r       *Runtime
	bound   map[string]*goja.Object // bindings
	known   map[string]*goja.Object // modules of the library: objects with exports
	hosts   map[string]goja.Value   // exports of the host's modules
	process *goja.Object            // the global of that name

	isModule goja.Value          // stands for a script that is an ES module
	texts    map[string]original // what was compiled, by file, for messages
	mapped   []string            // files that were compiled with a source map, by number
	files    []*file.File        // of scripts that have throw statements
	last     throwPlace
}

// An original is the source of a file, as its author sees it.
type original struct {
	source string
	shift  int  // of columns in its first line, by what goes before it
	url    bool // an ES module is named by its URL
	mapped bool // by a source map, whose columns begin with 0
}

// builtin returns the exports of a module of the library, and whether it has one of
// that name.
func (m *modules) builtin(name string) (goja.Value, bool) {
	if module, ok := m.known[name]; ok {
		return module.Get("exports"), true
	}
	program, ok := program(name)
	if !ok {
		return nil, false
	}
	vm := m.r.vm
	module, exports := vm.NewObject(), vm.NewObject()
	module.Set("exports", exports)
	m.known[name] = module
	f, err := vm.RunProgram(program)
	if err != nil {
		panic(fmt.Sprintf("script: module %s: %v", name, err))
	}
	call, _ := goja.AssertFunction(f)
	if _, err := call(exports, exports, vm.ToValue(m.require), module, m.process, vm.ToValue(m.binding)); err != nil {
		panic(err)
	}
	return module.Get("exports"), true
}

// require is what the library's own modules call.
func (m *modules) require(call goja.FunctionCall) goja.Value {
	name := strings.TrimPrefix(call.Argument(0).String(), "node:")
	exports, ok := m.builtin(name)
	if !ok {
		panic(fmt.Sprintf("script: the library has no module %s", name))
	}
	return exports
}

func (m *modules) binding(call goja.FunctionCall) goja.Value {
	name := call.Argument(0).String()
	if exports, ok := m.bound[name]; ok {
		return exports
	}
	bind, ok := bindings[name]
	if !ok {
		panic(fmt.Sprintf("script: no binding %s", name))
	}
	exports := m.r.vm.NewObject()
	m.bound[name] = exports
	bind(m.r, exports)
	return exports
}

// program returns the compiled module of the library.
func program(name string) (*goja.Program, bool) {
	if p, ok := programs.Load(name); ok {
		return p.(*goja.Program), true
	}
	text, err := library.ReadFile(path.Join("lib", name+".js"))
	if err != nil {
		return nil, false
	}
	p := goja.MustCompile("node:"+name, "(function (exports, require, module, process, binding) {"+string(text)+"\n})", false)
	programs.Store(name, p)
	return p, true
}

// publicNames returns the modules of the library that scripts can require, in the order
// of the alphabet.
var publicNames = sync.OnceValue(func() []string {
	var names []string
	fs.WalkDir(library, "lib", func(name string, d fs.DirEntry, err error) error {
		switch name := strings.TrimPrefix(name, "lib/"); {
		case err != nil:
			return err
		case d.IsDir() && name == "internal":
			return fs.SkipDir
		case !d.IsDir() && path.Ext(name) == ".js":
			names = append(names, strings.TrimSuffix(name, ".js"))
		}
		return nil
	})
	slices.Sort(names)
	return names
})

// loader calls a function of internal/loader.
func (m *modules) loader(name string, args ...any) {
	exports, _ := m.builtin("internal/loader")
	f, _ := goja.AssertFunction(exports.ToObject(m.r.vm).Get(name))
	values := make([]goja.Value, len(args))
	for i, arg := range args {
		values[i] = m.r.vm.ToValue(arg)
	}
	if _, err := f(goja.Undefined(), values...); err != nil {
		panic(err)
	}
}

// runMain runs the script of a file.
func (m *modules) runMain(name string) { m.loader("runMain", name) }

func (m *modules) runMainSource(name, source string) {
	if name == Eval || name == FromStdin {
		m.loader("runText", name, source)
		return
	}
	m.loader("runModule", name, source)
}

// bindModules is binding('modules'):
//
//	names: of the modules that scripts can require; builtin(name) → exports
//	isHost(name); host(name) → exports: modules of the host's
//	kind(path) → 0 for a file, 1 for a folder, -1 for nothing
//	read(path) → text; real(path) → path without links
//	compile(source, filename, import) → function of a module of CommonJS
//	lower(source, filename) → { run, imports, async } of an ES module
//	named(source, filename) → { names, reexports } of a module of CommonJS
//	evaluate(source, name, import): runs it in the global scope
//	isModule: what those two return for an ES module
//	dirname basename extname join resolve isAbsolute: of paths
func bindModules(r *Runtime, exports *goja.Object) {
	vm, m := r.vm, &r.modules
	exports.Set("names", publicNames())
	m.isModule = vm.NewObject()
	exports.Set("isModule", m.isModule)
	exports.Set("builtin", func(call goja.FunctionCall) goja.Value {
		value, _ := m.builtin(call.Argument(0).String())
		return value
	})
	exports.Set("isHost", func(name string) bool { return r.Modules[name] != nil })
	exports.Set("host", func(name string) goja.Value { return m.host(name) })
	exports.Set("kind", func(path string) int { return m.kind(path) })
	exports.Set("read", func(path string) string { return m.read(path) })
	exports.Set("real", func(path string) string {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return real
		}
		return path
	})
	exports.Set("compile", func(call goja.FunctionCall) goja.Value {
		source, name := call.Argument(0).String(), call.Argument(1).String()
		return m.function(name, source, wrapped, call.Argument(2))
	})
	exports.Set("evaluate", func(call goja.FunctionCall) goja.Value {
		source, name := call.Argument(0).String(), call.Argument(1).String()
		return m.function(name, source, unwrapped, call.Argument(2))
	})
	exports.Set("lower", func(call goja.FunctionCall) goja.Value {
		source, name := call.Argument(0).String(), call.Argument(1).String()
		return m.module(name, source)
	})
	exports.Set("named", func(source, filename string) goja.Value {
		found := m.namedBy(filename, source)
		result := vm.NewObject()
		result.Set("names", slices.Clone(found.names))
		result.Set("reexports", slices.Clone(found.reexports))
		return result
	})
	exports.Set("dirname", func(p string) string { return filepath.Dir(p) })
	exports.Set("basename", func(p string) string { return filepath.Base(p) })
	exports.Set("extname", func(p string) string {
		if base := filepath.Base(p); strings.LastIndexByte(base, '.') > 0 {
			return filepath.Ext(base)
		}
		return ""
	})
	exports.Set("isAbsolute", func(p string) bool { return filepath.IsAbs(p) })
	exports.Set("join", func(call goja.FunctionCall) goja.Value { return vm.ToValue(filepath.Join(texts(call)...)) })
	exports.Set("resolve", func(call goja.FunctionCall) goja.Value {
		parts := texts(call)
		for i, part := range slices.Backward(parts) {
			if filepath.IsAbs(part) {
				return vm.ToValue(filepath.Join(parts[i:]...))
			}
		}
		full, err := filepath.Abs(filepath.Join(parts...))
		if err != nil {
			panic(vm.NewGoError(err))
		}
		return vm.ToValue(full)
	})
}

func texts(call goja.FunctionCall) []string {
	texts := make([]string, len(call.Arguments))
	for i, arg := range call.Arguments {
		texts[i] = arg.String()
	}
	return texts
}

// host returns the exports of a module of the host's.
func (m *modules) host(name string) goja.Value {
	if exports, ok := m.hosts[name]; ok {
		return exports
	}
	if m.hosts == nil {
		m.hosts = make(map[string]goja.Value)
	}
	exports := m.r.vm.NewObject()
	m.hosts[name] = exports
	m.r.Modules[name](m.r.vm, exports)
	return exports
}

// readable returns why the script may not read a file, nil if it may.
func (m *modules) readable(path string) error {
	_, err := m.r.allowed("read", path)
	return err
}

func (m *modules) kind(path string) int {
	if m.readable(path) != nil {
		return -1
	}
	switch info, err := os.Stat(path); {
	case err != nil:
		return -1
	case info.IsDir():
		return 1
	}
	return 0
}

func (m *modules) read(path string) string {
	err := m.readable(path)
	if err == nil {
		var text []byte
		if text, err = os.ReadFile(path); err == nil {
			return string(text)
		}
	}
	panic(m.r.vm.NewGoError(err))
}
