// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dop251/goja"
	"github.com/tetratelabs/wazero"
)

// A wasmModule is a module that was compiled.
type wasmModule struct {
	binary *wasmBinary
	code   []byte            // for the engine
	sum    [sha256.Size]byte // of code
	first  wazero.CompiledModule
	used   bool // first has an instance
}

func (w *webAssembly) bindModules(set func(string, func([]goja.Value) goja.Value)) {
	vm := w.r.vm
	set("compile", func(args []goja.Value) goja.Value {
		module, err := w.compile(bytesOf(args))
		if err != nil {
			w.throw("CompileError", "%s: %v", args[3], err)
		}
		return vm.ToValue(module)
	})
	set("compileLater", func(args []goja.Value) goja.Value {
		code, method, done := slices.Clone(bytesOf(args)), args[3], args[4]
		w.start()
		w.users.Add(1)
		var module *wasmModule
		var err error
		w.r.background(func() {
			defer w.leave()
			module, err = w.compile(code)
		}, func() {
			if err != nil {
				w.r.enter(done, goja.Undefined(), goja.Undefined(), vm.ToValue(fmt.Sprintf("%s: %v", method, err)))
				return
			}
			w.r.enter(done, goja.Undefined(), vm.ToValue(module))
		})
		return nil
	})
	set("validate", func(args []goja.Value) goja.Value {
		_, err := w.compile(bytesOf(args))
		return vm.ToValue(err == nil)
	})
	set("imports", func(args []goja.Value) goja.Value {
		var list []any
		for _, one := range args[0].Export().(*wasmModule).binary.imports {
			entry := vm.NewObject()
			entry.Set("module", one.module)
			entry.Set("name", one.name)
			entry.Set("kind", wasmKinds[one.kind])
			list = append(list, entry)
		}
		return vm.NewArray(list...)
	})
	set("exports", func(args []goja.Value) goja.Value {
		var list []any
		for _, one := range args[0].Export().(*wasmModule).binary.exports {
			entry := vm.NewObject()
			entry.Set("name", one.name)
			entry.Set("kind", wasmKinds[one.kind])
			list = append(list, entry)
		}
		return vm.NewArray(list...)
	})
	set("customSections", func(args []goja.Value) goja.Value {
		var list []any
		for _, data := range args[0].Export().(*wasmModule).binary.customs(args[1].String()) {
			list = append(list, vm.NewArrayBuffer(data))
		}
		return vm.NewArray(list...)
	})
	set("instantiate", func(args []goja.Value) goja.Value {
		return w.instantiate(args[0].Export().(*wasmModule), args[1], args[2].String())
	})
}

// bytesOf returns the bytes of an ArrayBuffer, from an offset, of a length. What a script
// says of these is not trusted.
func bytesOf(args []goja.Value) []byte {
	buffer, ok := args[0].Export().(goja.ArrayBuffer)
	if !ok {
		return nil
	}
	all, from := buffer.Bytes(), args[1].ToInteger()
	if goja.IsUndefined(args[2]) {
		return all
	}
	n, size := args[2].ToInteger(), int64(len(all))
	if from < 0 || n < 0 || from > size || n > size-from {
		return nil
	}
	return all[from : from+n]
}

// compile compiles a module. Any goroutine may call it once the engine is started. What
// a module makes panic is an error: a binary comes from anywhere, and must not end the host.
func (w *webAssembly) compile(code []byte) (module *wasmModule, err error) {
	defer func() {
		if p := recover(); p != nil {
			module, err = nil, fmt.Errorf("the module cannot be compiled: %v", p)
		}
	}()
	if len(code) == 0 {
		return nil, fmt.Errorf("BufferSource argument is empty")
	}
	// The parts that are kept must not change with the script's bytes.
	binary, err := parseWasm(bytes.Clone(code))
	if err != nil {
		return nil, err
	}
	module = &wasmModule{binary: binary, code: binary.rewrite()}
	module.sum = sha256.Sum256(module.code)
	module.first, err = w.start().CompileModule(w.ctx, module.code)
	if err != nil {
		return nil, errors.New(strings.Join(strings.Fields(err.Error()), " ")) // one line
	}
	return module, nil
}

// compiled returns the module for one instance more. The functions of two instances are
// told apart by their definitions, so each instance has a module of its own.
func (w *webAssembly) compiled(m *wasmModule) wazero.CompiledModule {
	w.made[m.sum]++
	if n := w.made[m.sum]; n == 1 || !m.used && w.distinguishes() {
		m.used = true
		return m.first
	}
	code := m.code
	if !w.distinguishes() {
		code = append(slices.Clip(code), wasmNote(w.made[m.sum])...)
	}
	again, err := w.start().CompileModule(w.ctx, code)
	if err != nil {
		panic(fmt.Sprintf("script: WebAssembly: %v", err))
	}
	return again
}

// distinguishes reports whether the engine's definitions differ if the same bytes are
// compiled twice. Its compiler's do, and it keeps one code for both; its interpreter has
// one definition for all equal bytes.
func (w *webAssembly) distinguishes() bool {
	if !w.probed {
		w.probed = true
		module := newWasmWriter()
		module.list(1, 1, []byte{0x60, 0, 0})
		module.list(3, 1, []byte{0})
		module.list(7, 1, wasmExportOf("f", wasmFunctionKind))
		module.list(10, 1, []byte{2, 0, 0x0b})
		_, one := w.make(w.ctx, module)
		_, two := w.make(w.ctx, module)
		w.distinct = one.ExportedFunction("f").Definition() != two.ExportedFunction("f").Definition()
	}
	return w.distinct
}

// wasmNote is a custom section that makes a module differ from others.
func wasmNote(n int) []byte {
	var body, section wasmWriter
	body.text(strconv.Itoa(n))
	section.section(0, body)
	return section
}
