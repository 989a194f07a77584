// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"math"
	"strconv"

	"github.com/dop251/goja"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// A wasmLinker finds the imports of an instance. The engine takes imports from modules by
// their names, so it makes one module that imports each from where it is, and exports it
// by its number.
type wasmLinker struct {
	w        *webAssembly
	instance *wasmInstance
	method   string
	host     string // the module of functions of JavaScript
	builder  wazero.HostModuleBuilder
	links    []wasmLink
}

// A wasmLink is one import, and where it is.
type wasmLink struct {
	wasmImport
	number   int
	from     wasmPlace
	function *wasmFunction
}

// link reads the imports of an instance, and returns the module that has them.
func (w *webAssembly) link(i *wasmInstance, b *wasmBinary, imports goja.Value, method string) api.Module {
	l := &wasmLinker{w: w, instance: i, method: method, host: w.name()}
	object, ok := imports.(*goja.Object)
	if !ok {
		w.throw("TypeError", "%s: Imports argument must be present and must be an object", method)
	}
	values := make([]goja.Value, len(b.imports))
	for n, one := range b.imports {
		from, ok := object.Get(one.module).(*goja.Object)
		if !ok {
			w.throw("TypeError", "%s: Import #%d module=\"%s\" error: module is not an object or function", method, n, one.module)
		}
		if values[n] = from.Get(one.name); values[n] == nil {
			values[n] = goja.Undefined()
		}
	}
	for n, one := range b.imports {
		l.add(&wasmLink{wasmImport: one, number: n}, values[n])
	}
	if l.builder != nil {
		if _, err := l.builder.Instantiate(w.ctx); err != nil {
			w.unmade(err, method)
		}
	}
	if b.refers {
		l.wrapFunctions()
	}
	return l.module()
}

// refuse throws that a value is none that can be imported.
func (l *wasmLinker) refuse(link *wasmLink, message string) {
	// V8 calls all of them functions.
	l.w.throw("LinkError", "%s: Import #%d module=\"%s\" function=\"%s\" error: %s", l.method, link.number, link.module, link.name, message)
}

// unfit throws that a value has a size that the module does not accept.
func (l *wasmLinker) unfit(link *wasmLink, format string, args ...any) {
	l.w.throw("LinkError", "%s: %s import %d "+format, append([]any{l.method, wasmKinds[link.kind], link.number}, args...)...)
}

// add links one import.
func (l *wasmLinker) add(link *wasmLink, value goja.Value) {
	i := l.instance
	handle := l.w.handle(value)
	switch link.kind {
	case wasmFunctionKind:
		l.function(link, value)
	case wasmTableKind:
		t, ok := handle.(*wasmTable)
		if !ok {
			l.refuse(link, "table import requires a WebAssembly.Table")
		}
		switch size := uint64(t.length()); {
		case size < link.min:
			l.unfit(link, "is smaller than initial %d, got %d", link.min, size)
		case link.bounded && !t.bounded:
			l.unfit(link, "has no maximum length, expected %d", link.max)
		case link.bounded && t.max > link.max:
			l.unfit(link, "has a larger maximum size %x than the module's declared maximum %d", t.max, link.max)
		case t.element != link.value:
			l.refuse(link, "imported table does not match the expected type")
		}
		i.tables = append(i.tables, t)
		link.from = t.place
	case wasmMemoryKind:
		m, ok := handle.(*wasmMemory)
		if !ok {
			l.refuse(link, "memory import must be a WebAssembly.Memory object")
		}
		switch pages := uint64(m.pages()); {
		case pages < link.min:
			l.unfit(link, "is smaller than initial %d, got %d", link.min, pages)
		case link.bounded && !m.bounded:
			l.unfit(link, "has no maximum limit, expected at most %d", uint32(math.MaxUint32)) // as V8 says it
		case link.bounded && m.max > link.max:
			l.unfit(link, "has a larger maximum size %d than the module's declared maximum %d", m.max, link.max)
		}
		i.memories = append(i.memories, m)
		link.from = m.place
	case wasmGlobalKind:
		g := l.global(link, value, handle)
		i.globals = append(i.globals, g)
		link.from = g.place
	}
	l.links = append(l.links, *link)
}

// function links a function of a module, or of JavaScript.
func (l *wasmLinker) function(link *wasmLink, value goja.Value) {
	w, i := l.w, l.instance
	callable, ok := goja.AssertFunction(value)
	if !ok {
		l.refuse(link, "function import requires a callable")
	}
	s := link.signature
	w.know(s)
	f := w.functionOf(value)
	if f != nil && !f.signature.equal(s) {
		l.refuse(link, "imported function does not match the expected type")
	}
	if f != nil && f.instance.module.ExportedFunction(f.label()) != nil {
		link.from = wasmPlace{f.instance.place, f.label()}
	} else {
		if l.builder == nil {
			l.builder = w.start().NewHostModuleBuilder(l.host)
		}
		link.from = wasmPlace{l.host, strconv.Itoa(link.number)}
		l.builder = l.builder.NewFunctionBuilder().
			WithGoModuleFunction(w.host(callable, s), s.params, s.results).Export(link.from.name)
	}
	if f == nil {
		f = &wasmFunction{instance: i, index: len(i.functions), signature: s}
	}
	link.function = f
	i.functions = append(i.functions, f)
}

// global returns the global that an import is given.
func (l *wasmLinker) global(link *wasmLink, value goja.Value, handle any) *wasmGlobal {
	t := link.value
	g, ok := handle.(*wasmGlobal)
	switch reference := t == wasmExternref || t == wasmFuncref; {
	case ok && g.mutable != link.mutable:
		l.refuse(link, "imported global does not match the expected mutability")
	case ok && g.value != t:
		l.refuse(link, "imported global does not match the expected type")
	case ok:
	case link.mutable:
		l.refuse(link, "imported mutable global must be a WebAssembly.Global object")
	case t == wasmV128:
		l.refuse(link, "global import of type v128 must be a WebAssembly.Global")
	case t == wasmI64 && !isBigInt(value), t != wasmI64 && !reference && !isNumeric(value):
		l.refuse(link, "global import must be a number, valid Wasm reference, or WebAssembly.Global object")
	case t == wasmFuncref && !goja.IsNull(value) && l.w.functionOf(value) == nil:
		l.refuse(link, "imported funcref global must be null or WebAssembly function ('function') object")
	default:
		g = &wasmGlobal{w: l.w, value: t, kept: l.w.lower(t, value)}
	}
	if !g.placed() {
		l.refuse(link, "duplex has no immutable globals with references of the script's; make it mutable")
	}
	return g
}

// wrapFunctions gives each function that is imported a module around it, of which it is
// function 0, and which calls it by a table. The engine knows a function that it finds in
// a table of this instance by its number in the module where it is from, and of one that
// is imported it does not keep that number.
func (l *wasmLinker) wrapFunctions() {
	var holder wasmWriter // of types
	var imports, elements wasmWriter
	n := 0
	for _, link := range l.links {
		if link.kind != wasmFunctionKind {
			continue
		}
		holder.signature(link.signature)
		imports.text(link.from.module)
		imports.text(link.from.name)
		imports.raw(wasmFunctionKind)
		imports.number(n)
		elements.number(n)
		n++
	}
	if n == 0 {
		return
	}
	binary := newWasmWriter()
	binary.list(1, n, holder)
	binary.list(2, n, imports)
	size := wasmWriter{wasmFuncref, 0}
	size.number(n)
	binary.list(4, 1, size)
	binary.list(7, 1, wasmExportOf("t", wasmTableKind))
	segment := wasmWriter{0, 0x41, 0, 0x0b}
	segment.number(n)
	binary.list(9, 1, append(segment, elements...))
	table, _ := l.w.make(l.w.ctx, binary)
	n = 0
	for at := range l.links {
		if link := &l.links[at]; link.kind == wasmFunctionKind {
			l.wrapFunction(link, table, n)
			n++
		}
	}
}

func (l *wasmLinker) wrapFunction(link *wasmLink, table string, index int) {
	var types, imports, code wasmWriter
	types.signature(link.signature)
	imports.text(table)
	imports.text("t")
	imports.raw(wasmTableKind, wasmFuncref, 0, 0)
	code.raw(0)
	for p := range link.signature.params {
		code.raw(0x20)
		code.number(p)
	}
	code.raw(0x41)
	code.signed(int64(index))
	code.raw(0x11, 0, 0, 0x0b) // call_indirect
	var body wasmWriter
	body.block(code)
	binary := newWasmWriter()
	binary.list(1, 1, types)
	binary.list(2, 1, imports)
	binary.list(3, 1, []byte{0})
	binary.list(7, 1, wasmExportOf("f", wasmFunctionKind))
	binary.list(10, 1, body)
	name, module := l.w.make(l.w.ctx, binary)
	link.from = wasmPlace{name, "f"}
	wrapper := module.ExportedFunction("f")
	l.w.owners[wrapper.Definition()] = link.function
	if link.function.instance == l.instance {
		link.function.wrapper = module
	}
}

// wasmExportOf is the export of the first of a kind.
func wasmExportOf(name string, kind byte) []byte {
	var w wasmWriter
	w.text(name)
	w.raw(kind, 0)
	return w
}

// module makes the module that has all imports.
func (l *wasmLinker) module() api.Module {
	var types, imports, exports wasmWriter
	var counts [4]int
	for _, link := range l.links {
		imports.text(link.from.module)
		imports.text(link.from.name)
		imports.raw(link.kind)
		if link.kind == wasmFunctionKind {
			types.signature(link.signature)
			imports.number(counts[link.kind])
		} else {
			imports.raw(link.raw...)
		}
		exports.text(strconv.Itoa(link.number))
		exports.raw(link.kind)
		exports.number(counts[link.kind])
		counts[link.kind]++
	}
	module := newWasmWriter()
	module.list(1, counts[wasmFunctionKind], types)
	module.list(2, len(l.links), imports)
	module.list(7, len(l.links), exports)
	_, made := l.w.make(l.w.ctx, module)
	return made
}
