// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"embed"
	"fmt"
	"os"
	"path"
	"strings"
	"sync"

	"github.com/dop251/goja"
)

// library is what of Node's modules is written in JavaScript: lib/NAME.js is
// require('NAME'), and what is in lib/internal only the others can require.
// Each is the body of
//
//	function (exports, require, module, process, binding)
//
// where binding(name) is what bindings has.
//
//go:embed lib
var library embed.FS

// programs are the library's modules, compiled once for all Runtimes.
var programs sync.Map // name → *goja.Program

// modules are what a script can require.
type modules struct {
	r     *Runtime
	bound map[string]*goja.Object // bindings
	known map[string]*goja.Object // modules of the library: objects with exports
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
	if _, err := call(exports, exports, vm.ToValue(m.require), module, m.process(), vm.ToValue(m.binding)); err != nil {
		panic(err)
	}
	return module.Get("exports"), true
}

// process is the global object of that name, undefined while it is being made.
func (m *modules) process() goja.Value {
	if m.r.turns.pending == nil {
		return goja.Undefined()
	}
	return m.r.vm.Get("process")
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

// runMain runs the script of a file.
func (m *modules) runMain(name string) {
	if m.r.Files == nil {
		panic(m.r.vm.NewGoError(fmt.Errorf("no access to %s", name)))
	}
	text, err := os.ReadFile(name)
	if err != nil {
		panic(m.r.vm.NewGoError(err))
	}
	m.runMainSource(name, string(text))
}

func (m *modules) runMainSource(name, source string) {
	vm := m.r.vm
	program, err := goja.Compile(name, "(function (exports, require, module, __filename, __dirname) {"+source+"\n})", false)
	if err != nil {
		panic(vm.NewGoError(err))
	}
	f, err := vm.RunProgram(program)
	if err != nil {
		panic(err)
	}
	call, _ := goja.AssertFunction(f)
	module, exports := vm.NewObject(), vm.NewObject()
	module.Set("exports", exports)
	if _, err := call(exports, exports, vm.ToValue(m.require), module); err != nil {
		panic(err)
	}
}
