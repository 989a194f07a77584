// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"fmt"

	"github.com/dop251/goja"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental/table"
)

// A wasmTable is a table. The engine shows none to Go: a small module that imports it
// reads it and writes to it.
type wasmTable struct {
	w       *webAssembly
	place   wasmPlace
	element byte
	max     uint64
	bounded bool // it was declared with a max
	module  api.Module
	object  *goja.Object
}

// value returns the object of JavaScript, always the same one.
func (t *wasmTable) value() *goja.Object {
	if t.object == nil {
		t.object = t.w.object("table", t)
		t.w.isObject[t.object] = t
	}
	return t.object
}

// access returns the module that has functions for the table: n() its length, g(index)
// an element, s(index, element), r(element, delta) grows it.
func (t *wasmTable) access() api.Module {
	if t.module != nil {
		return t.module
	}
	var types, imports, functions, exports, code wasmWriter
	for _, s := range []wasmSignature{
		{nil, []byte{wasmI32}},
		{[]byte{wasmI32}, []byte{t.element}},
		{[]byte{wasmI32, t.element}, nil},
		{[]byte{t.element, wasmI32}, []byte{wasmI32}},
	} {
		types.signature(s)
	}
	imports.text(t.place.module)
	imports.text(t.place.name)
	imports.raw(wasmTableKind, t.element, 0, 0)
	for i, name := range []string{"n", "g", "s", "r"} {
		functions.number(i)
		exports.text(name)
		exports.raw(wasmFunctionKind, byte(i))
	}
	exports.text("t")
	exports.raw(wasmTableKind, 0)
	for _, body := range [][]byte{
		{0, 0xfc, 0x10, 0, 0x0b},                   // table.size
		{0, 0x20, 0, 0x25, 0, 0x0b},                // table.get
		{0, 0x20, 0, 0x20, 1, 0x26, 0, 0x0b},       // table.set
		{0, 0x20, 0, 0x20, 1, 0xfc, 0x0f, 0, 0x0b}, // table.grow
	} {
		code.block(body)
	}
	binary := newWasmWriter()
	binary.list(1, 4, types)
	binary.list(2, 1, imports)
	binary.list(3, 4, functions)
	binary.list(7, 5, exports)
	binary.list(10, 4, code)
	_, t.module = t.w.make(t.w.ctx, binary)
	return t.module
}

// do calls one of the functions of access.
func (t *wasmTable) do(name string, args ...uint64) uint64 {
	results, err := t.access().ExportedFunction(name).Call(t.w.ctx, args...)
	if err != nil {
		t.w.stopped(err)
		panic(fmt.Sprintf("script: WebAssembly: %v", err))
	}
	if len(results) == 0 {
		return 0
	}
	return results[0]
}

func (t *wasmTable) length() int { return int(uint32(t.do("n"))) }

// newTable makes a table of the host's.
func (w *webAssembly) newTable(element byte, size int, most int64) *wasmTable {
	t := &wasmTable{w: w, element: element}
	if most >= 0 {
		t.max, t.bounded = uint64(most), true
	}
	var tables wasmWriter
	tables.raw(element, 1)
	tables.number(size)
	tables.size(wasmExtern{max: t.max, bounded: t.bounded}.room())
	binary := newWasmWriter()
	binary.list(4, 1, tables)
	binary.list(7, 1, wasmExportOf("t", wasmTableKind))
	name, _ := w.make(w.ctx, binary)
	t.place = wasmPlace{name, "t"}
	return t
}

// at returns the element of an index that the table has.
func (t *wasmTable) at(index int) goja.Value {
	if t.element == wasmExternref {
		return t.w.lift(t.element, t.do("g", uint64(index)))
	}
	if t.do("g", uint64(index)) == 0 {
		return goja.Null()
	}
	// The engine gives a function only to those who know its type.
	for _, s := range t.w.signatures {
		if d := definitionAt(t.access(), index, s); d != nil {
			if f := t.w.owner(d); f != nil {
				return f.value()
			}
		}
	}
	t.w.throw("RuntimeError", "duplex does not know a function of a module that could not be instantiated")
	return nil
}

// definitionAt returns the function of type s at an index of a module's first table, nil
// if it is of another type.
func definitionAt(module api.Module, index int, s wasmSignature) (d api.FunctionDefinition) {
	defer func() {
		if recover() != nil {
			d = nil
		}
	}()
	return table.LookupFunction(module, 0, uint32(index), s.params, s.results).Definition()
}

// reference returns the funcref of a function of an instance.
func (i *wasmInstance) reference(index int) uint64 {
	if i.every == nil {
		i.every = &wasmTable{w: i.w, place: wasmPlace{i.place, wasmAll}, element: wasmFuncref}
	}
	return i.every.do("g", uint64(index))
}

// functionAt returns the function of a funcref.
func (w *webAssembly) functionAt(reference uint64) goja.Value {
	if reference == 0 {
		return goja.Null()
	}
	if w.scratch == nil {
		w.scratch = w.newTable(wasmFuncref, 1, 1)
	}
	w.scratch.do("s", 0, reference)
	return w.scratch.at(0)
}

func (w *webAssembly) bindTables(set func(string, func([]goja.Value) goja.Value)) {
	vm := w.r.vm
	set("table", func(args []goja.Value) goja.Value {
		element := wasmTypes[args[1].String()]
		t := w.newTable(element, int(args[2].ToInteger()), args[3].ToInteger())
		t.object = args[0].ToObject(vm)
		w.isObject[t.object] = t
		if bits := w.lower(element, args[4]); bits != 0 {
			for i := range t.length() {
				t.do("s", uint64(i), bits)
			}
		}
		return vm.ToValue(t)
	})
	set("length", func(args []goja.Value) goja.Value {
		return vm.ToValue(args[0].Export().(*wasmTable).length())
	})
	set("holdsFunctions", func(args []goja.Value) goja.Value {
		return vm.ToValue(args[0].Export().(*wasmTable).element == wasmFuncref)
	})
	set("at", func(args []goja.Value) goja.Value {
		return args[0].Export().(*wasmTable).at(int(args[1].ToInteger()))
	})
	set("put", func(args []goja.Value) goja.Value {
		t := args[0].Export().(*wasmTable)
		t.do("s", uint64(args[1].ToInteger()), w.lower(t.element, args[2]))
		return nil
	})
	set("extend", func(args []goja.Value) goja.Value {
		t := args[0].Export().(*wasmTable)
		delta := args[1].ToInteger()
		if int64(t.length())+delta > wasmTableSize {
			return vm.ToValue(-1)
		}
		return vm.ToValue(int64(int32(t.do("r", w.lower(t.element, args[2]), uint64(delta)))))
	})
}

// wasmTableSize is how many elements a table can have, as in V8.
const wasmTableSize = 10000000
