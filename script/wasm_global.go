// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"encoding/binary"
	"math/big"

	"github.com/dop251/goja"
	"github.com/tetratelabs/wazero/api"
)

// wasmTypes are the types of values by the names that scripts have for them.
var wasmTypes = map[string]byte{
	"i32": wasmI32, "i64": wasmI64, "f32": wasmF32, "f64": wasmF64, "externref": wasmExternref, "anyfunc": wasmFuncref,
}

// A wasmGlobal is a global. One that a script has made is known to the engine once it is
// imported.
type wasmGlobal struct {
	w       *webAssembly
	place   wasmPlace
	value   byte // its type
	mutable bool
	kept    uint64     // the value, while global is nil
	global  api.Global // once the engine has it
	object  *goja.Object
}

// shown returns the object of JavaScript, always the same one.
func (g *wasmGlobal) shown() *goja.Object {
	if g.object == nil {
		g.object = g.w.object("global", g)
		g.w.isObject[g.object] = g
	}
	return g.object
}

func (g *wasmGlobal) get() goja.Value {
	if g.global == nil {
		return g.w.lift(g.value, g.kept)
	}
	return g.w.lift(g.value, g.global.Get())
}

func (g *wasmGlobal) set(value goja.Value) {
	bits := g.w.lower(g.value, value)
	if g.global == nil {
		g.kept = bits
		return
	}
	g.global.(api.MutableGlobal).Set(bits)
}

// placed gives the global to the engine, and reports whether that can have it.
func (g *wasmGlobal) placed() bool {
	if g.place.name != "" {
		return true
	}
	reference := g.value == wasmExternref || g.value == wasmFuncref
	if reference && !g.mutable && g.kept != 0 {
		return false
	}
	var globals wasmWriter
	globals.raw(g.value, 0)
	if g.mutable {
		globals[1] = 1
	}
	switch g.value {
	case wasmI32:
		globals.raw(0x41)
		globals.signed(int64(int32(g.kept)))
	case wasmI64:
		globals.raw(0x42)
		globals.signed(int64(g.kept))
	case wasmF32:
		globals.raw(0x43)
		globals = binary.LittleEndian.AppendUint32(globals, uint32(g.kept))
	case wasmF64:
		globals.raw(0x44)
		globals = binary.LittleEndian.AppendUint64(globals, g.kept)
	default:
		globals.raw(0xd0, g.value)
	}
	globals.raw(0x0b)
	module := newWasmWriter()
	module.list(6, 1, globals)
	module.list(7, 1, wasmExportOf("g", wasmGlobalKind))
	name, instance := g.w.make(g.w.ctx, module)
	g.place = wasmPlace{name, "g"}
	g.global = instance.ExportedGlobal("g")
	if reference && g.mutable {
		g.global.(api.MutableGlobal).Set(g.kept)
	}
	return true
}

// signed writes a signed number.
func (w *wasmWriter) signed(n int64) {
	for {
		low := byte(n & 0x7f)
		n >>= 7
		if n == 0 && low&0x40 == 0 || n == -1 && low&0x40 != 0 {
			w.raw(low)
			return
		}
		w.raw(low | 0x80)
	}
}

func (w *webAssembly) bindGlobals(set func(string, func([]goja.Value) goja.Value)) {
	vm := w.r.vm
	set("global", func(args []goja.Value) goja.Value {
		t := wasmTypes[args[1].String()]
		g := &wasmGlobal{w: w, value: t, mutable: args[2].ToBoolean(), kept: w.lower(t, args[3]), object: args[0].ToObject(vm)}
		w.isObject[g.object] = g
		return vm.ToValue(g)
	})
	set("read", func(args []goja.Value) goja.Value { return args[0].Export().(*wasmGlobal).get() })
	set("isMutable", func(args []goja.Value) goja.Value {
		return vm.ToValue(args[0].Export().(*wasmGlobal).mutable)
	})
	set("write", func(args []goja.Value) goja.Value {
		args[0].Export().(*wasmGlobal).set(args[1])
		return nil
	})
	set("isVector", func(args []goja.Value) goja.Value {
		return vm.ToValue(args[0].Export().(*wasmGlobal).value == wasmV128)
	})
	set("wantsFunction", func(args []goja.Value) goja.Value {
		return vm.ToValue(args[0].Export().(*wasmGlobal).value == wasmFuncref)
	})
}

// isBigInt reports whether a value of JavaScript is a BigInt.
func isBigInt(value goja.Value) bool {
	if _, object := value.(*goja.Object); object {
		return false // Export would call its getters
	}
	_, is := value.Export().(*big.Int)
	return is
}

// isNumeric reports whether a value of JavaScript is a number.
func isNumeric(value goja.Value) bool {
	if _, object := value.(*goja.Object); object {
		return false
	}
	switch value.Export().(type) {
	case int64, float64:
		return true
	}
	return false
}
