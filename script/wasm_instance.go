// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"math"
	"regexp"

	"github.com/dop251/goja"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// A wasmInstance is an instance of a module. Each list has what is imported first, then
// what is the instance's own.
type wasmInstance struct {
	w         *webAssembly
	place     string // its name in the engine
	module    api.Module
	all       int // number of the table that holds every function
	imported  int // functions that are not its own
	functions []*wasmFunction
	tables    []*wasmTable
	memories  []*wasmMemory
	globals   []*wasmGlobal
	every     *wasmTable // the table of that number, once it is asked for
}

// instantiate makes an instance, and returns its exports.
func (w *webAssembly) instantiate(m *wasmModule, imports goja.Value, method string) goja.Value {
	b := m.binary
	i := &wasmInstance{w: w, place: w.name(), all: len(b.spaces[wasmTableKind]), imported: b.local[wasmFunctionKind]}
	ctx := w.ctx
	if len(b.imports) > 0 {
		links := w.link(i, b, imports, method)
		ctx = experimental.WithImportResolver(ctx, func(string) api.Module { return links })
	}
	for kind, space := range b.spaces {
		for n := b.local[kind]; n < len(space); n++ {
			e, place := space[n], wasmPlace{i.place, wasmLabel(byte(kind), n)}
			switch kind {
			case wasmFunctionKind:
				i.functions = append(i.functions, &wasmFunction{instance: i, index: n, signature: e.signature})
				w.know(e.signature)
			case wasmTableKind:
				i.tables = append(i.tables, &wasmTable{w: w, place: place, element: e.value, max: e.max, bounded: e.bounded})
			case wasmMemoryKind:
				if e.min<<16 > math.MaxInt {
					w.throw("RangeError", "%s: Out of memory: Cannot allocate Wasm memory for new instance", method)
				}
				memory := &wasmMemory{w: w, place: place, max: wasmMemoryPages, bounded: e.bounded}
				if e.bounded {
					memory.max = e.max
				}
				i.memories = append(i.memories, memory)
				ctx = experimental.WithMemoryAllocator(ctx, memory)
			case wasmGlobalKind:
				i.globals = append(i.globals, &wasmGlobal{w: w, place: place, value: e.value, mutable: e.mutable})
			}
		}
	}
	compiled := w.compiled(m)
	var err error
	i.module, err = w.start().InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithName(i.place).WithStartFunctions())
	if err != nil {
		w.unmade(err, method)
	}
	for n, memory := range i.memories {
		if n >= b.local[wasmMemoryKind] {
			memory.memory = i.module.ExportedMemory(memory.place.name)
		}
	}
	for n, global := range i.globals {
		if n >= b.local[wasmGlobalKind] {
			global.global = i.module.ExportedGlobal(global.place.name)
		}
	}
	i.filled(b, method)
	w.instances = append(w.instances, i)
	if b.start >= 0 {
		if err := i.functions[b.start].run(make([]uint64, 8)); err != nil {
			w.failed(err)
		}
	}
	return i.exports(b)
}

// know remembers the type of a function.
func (w *webAssembly) know(s wasmSignature) {
	for _, known := range w.signatures {
		if known.equal(s) {
			return
		}
	}
	w.signatures = append(w.signatures, s)
}

var outOfBounds = regexp.MustCompile(`^data\[\d+\]: out of bounds memory access$`)

// unmade throws why an instance could not be made.
func (w *webAssembly) unmade(err error, method string) {
	w.stopped(err)
	if outOfBounds.MatchString(err.Error()) {
		w.throw("RuntimeError", "%s: data segment is out of bounds", method)
	}
	w.throw("LinkError", "%s: %v", method, err)
}

// filled throws if a segment does not fit into its table. The engine leaves the rest of
// the tables empty then, and the table of all functions is the last one.
func (i *wasmInstance) filled(b *wasmBinary, method string) {
	if last := len(i.functions) - 1; last >= 0 && b.refers && i.reference(last) == 0 {
		i.w.throw("RuntimeError", "%s: table index is out of bounds", method)
	}
}

// exports returns the object that a script sees.
func (i *wasmInstance) exports(b *wasmBinary) goja.Value {
	object := i.w.r.vm.CreateObject(nil)
	for _, one := range b.exports {
		object.DefineDataProperty(one.name, i.export(one), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_TRUE)
	}
	return object
}

func (i *wasmInstance) export(one wasmExport) goja.Value {
	switch one.kind {
	case wasmFunctionKind:
		return i.functions[one.index].value()
	case wasmTableKind:
		return i.tables[one.index].value()
	case wasmMemoryKind:
		return i.memories[one.index].value()
	}
	return i.globals[one.index].shown()
}

// definition returns what tells a function of the instance's own from all others.
func (i *wasmInstance) definition(index int) api.FunctionDefinition {
	return i.functions[index].callee().Definition()
}

// owner returns the function that a definition is of.
func (w *webAssembly) owner(d api.FunctionDefinition) *wasmFunction {
	index := int(d.Index())
	for _, i := range w.instances {
		if w.owners[d] != nil {
			break
		}
		if index < len(i.functions) && index >= i.imported && i.definition(index) == d {
			w.owners[d] = i.functions[index]
		}
	}
	return w.owners[d]
}
