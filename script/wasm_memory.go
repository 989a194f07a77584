// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"math"

	"github.com/dop251/goja"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// A wasmMemory is a memory. It is its own allocator, so that a script's ArrayBuffer is
// the engine's memory, and is detached in the moment in which that grows.
type wasmMemory struct {
	w       *webAssembly
	place   wasmPlace
	memory  api.Memory
	max     uint64 // in pages
	bounded bool   // it was declared with a max
	bytes   []byte
	buffer  goja.Value // the ArrayBuffer; nil until it is asked for
	view    goja.ArrayBuffer
	object  *goja.Object
}

// Allocate implements experimental.MemoryAllocator.
func (m *wasmMemory) Allocate(uint64, uint64) experimental.LinearMemory { return m }

// Reallocate implements experimental.LinearMemory.
func (m *wasmMemory) Reallocate(size uint64) []byte {
	if size > math.MaxInt {
		return nil
	}
	m.detach()
	if size <= uint64(cap(m.bytes)) && m.bytes != nil {
		m.bytes = m.bytes[:size]
		return m.bytes
	}
	// A memory that grows page by page is copied seldom.
	room := size
	if m.bytes != nil {
		room = min(size+size/4, m.max<<16, math.MaxInt)
	}
	grown := make([]byte, size, room)
	copy(grown, m.bytes)
	m.bytes = grown
	return grown
}

// Free implements experimental.LinearMemory.
func (m *wasmMemory) Free() {}

func (m *wasmMemory) detach() {
	if m.buffer != nil {
		m.view.Detach()
		m.buffer = nil
	}
}

func (m *wasmMemory) pages() int { return len(m.bytes) >> 16 }

// value returns the object of JavaScript, always the same one.
func (m *wasmMemory) value() *goja.Object {
	if m.object == nil {
		m.object = m.w.object("memory", m)
		m.w.isObject[m.object] = m
	}
	return m.object
}

// handle returns what a memory, table, global or function of JavaScript stands for.
func (w *webAssembly) handle(value goja.Value) any {
	if object, ok := value.(*goja.Object); ok {
		return w.isObject[object]
	}
	return nil
}

func (w *webAssembly) bindMemory(set func(string, func([]goja.Value) goja.Value)) {
	vm := w.r.vm
	set("memory", func(args []goja.Value) goja.Value {
		m := &wasmMemory{w: w, max: wasmMemoryPages, object: args[0].ToObject(vm)}
		if uint64(args[1].ToInteger())<<16 > math.MaxInt {
			w.throw("RangeError", "WebAssembly.Memory(): could not allocate memory")
		}
		var limits wasmWriter
		limits.raw(0)
		limits.number(int(args[1].ToInteger()))
		if most := args[2].ToInteger(); most >= 0 {
			m.max, m.bounded = uint64(most), true
			limits[0] = 1
			limits.size(m.max)
		}
		binary := newWasmWriter()
		binary.list(5, 1, limits)
		binary.list(7, 1, wasmExportOf("m", wasmMemoryKind))
		name, module := w.make(experimental.WithMemoryAllocator(w.ctx, m), binary)
		m.place = wasmPlace{name, "m"}
		m.memory = module.ExportedMemory("m")
		w.isObject[m.object] = m
		return vm.ToValue(m)
	})
	set("grow", func(args []goja.Value) goja.Value {
		m := args[0].Export().(*wasmMemory)
		delta := args[1].ToInteger()
		if uint64(delta)+uint64(m.pages()) > m.max && m.bounded {
			return vm.ToValue(-1)
		}
		if delta == 0 {
			m.detach()
		}
		before, ok := m.memory.Grow(uint32(delta))
		if !ok {
			return vm.ToValue(-2)
		}
		return vm.ToValue(before)
	})
	set("buffer", func(args []goja.Value) goja.Value {
		m := args[0].Export().(*wasmMemory)
		if m.buffer == nil || m.view.Detached() {
			m.view = vm.NewArrayBuffer(m.bytes)
			m.buffer = vm.ToValue(m.view)
		}
		return m.buffer
	})
}
