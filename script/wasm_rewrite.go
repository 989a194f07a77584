// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"encoding/binary"
	"strconv"
)

// Names by which modules find each other in the engine. A script never sees them.
const (
	wasmLinks = "links" // the module of all imports: see webAssembly.link
	wasmAll   = "all"   // the export of a table that holds every function
)

const wasmEnd = 0x7f // stands for what comes after the last section

// wasmRank orders sections: DataCount (12) stands before Code (10).
func wasmRank(id byte) int {
	if id == 12 {
		return 19
	}
	return 2 * int(id)
}

// wasmLabel is the name of an export in the engine: each kind has its own.
func wasmLabel(kind byte, index int) string {
	return wasmKinds[kind][:1] + strconv.Itoa(index)
}

// A wasmWriter makes a binary.
type wasmWriter []byte

func newWasmWriter() wasmWriter { return wasmWriter("\x00asm\x01\x00\x00\x00") }

func (w *wasmWriter) number(n int)   { w.size(uint64(n)) }
func (w *wasmWriter) size(n uint64)  { *w = binary.AppendUvarint(*w, n) }
func (w *wasmWriter) raw(b ...byte)  { *w = append(*w, b...) }
func (w *wasmWriter) text(s string)  { w.number(len(s)); *w = append(*w, s...) }
func (w *wasmWriter) block(b []byte) { w.number(len(b)); *w = append(*w, b...) }

func (w *wasmWriter) section(id byte, body []byte) {
	w.raw(id)
	w.block(body)
}

// list writes a section of n entries.
func (w *wasmWriter) list(id byte, n int, entries []byte) {
	var body wasmWriter
	body.number(n)
	w.section(id, append(body, entries...))
}

func (w *wasmWriter) signature(s wasmSignature) {
	w.raw(0x60)
	w.block(s.params)
	w.block(s.results)
}

// rewrite returns the binary that is given to the engine. Each import is one of
// wasmLinks, by its number. Tables, memories, globals and the functions that the module
// exports are exported by wasmLabel. One table more holds every function, so that Go can
// call each, and refer to it. The start function is left to Go, which calls it when the
// instance is known.
func (b *wasmBinary) rewrite() []byte {
	w := newWasmWriter()
	total := len(b.spaces[wasmFunctionKind])
	next := 0 // of the sections
	// before copies the sections that come before id, takes that of id, and returns its
	// entries.
	before := func(id byte) (int, []byte) {
		for ; next < len(b.sections); next++ {
			switch s := b.sections[next]; {
			case s.id == 0 || s.id == 8: // custom, start
			case s.id == id:
				next++
				n, size := binary.Uvarint(s.data)
				return int(n), s.data[size:]
			case wasmRank(s.id) > wasmRank(id):
				return 0, nil
			default:
				w.section(s.id, s.data)
			}
		}
		return 0, nil
	}
	before(2)
	if len(b.imports) > 0 {
		var imports wasmWriter
		for i, one := range b.imports {
			imports.text(wasmLinks)
			imports.text(strconv.Itoa(i))
			imports.raw(one.kind)
			imports.raw(one.raw...)
		}
		w.list(2, len(b.imports), imports)
	}
	tables := len(b.spaces[wasmTableKind])
	own := b.spaces[wasmTableKind][b.local[wasmTableKind]:]
	if n := len(own); n > 0 || total > 0 {
		before(4)
		var all wasmWriter
		for _, e := range own {
			all.raw(e.value, 1)
			all.size(e.min)
			all.size(e.room())
		}
		if total > 0 {
			n++
			all.raw(wasmFuncref, 1)
			all.number(total)
			all.number(total)
		}
		w.list(4, n, all)
	}
	before(7)
	var exports wasmWriter
	count := 0
	export := func(name string, kind byte, index int) {
		exports.text(name)
		exports.raw(kind)
		exports.number(index)
		count++
	}
	exported := make(map[int]bool)
	for _, one := range b.exports {
		if one.kind == wasmFunctionKind && !exported[one.index] {
			exported[one.index] = true
			export(wasmLabel(one.kind, one.index), one.kind, one.index)
		}
	}
	for _, kind := range []byte{wasmTableKind, wasmMemoryKind, wasmGlobalKind} {
		for i := range b.spaces[kind] {
			export(wasmLabel(kind, i), kind, i)
		}
	}
	if total > 0 {
		export(wasmAll, wasmTableKind, tables)
	}
	w.list(7, count, exports)
	if total > 0 {
		n, entries := before(9)
		var all wasmWriter
		all.raw(entries...)
		all.raw(2) // active, in a table that is named
		all.number(tables)
		all.raw(0x41, 0, 0x0b, 0) // from i32.const 0, functions
		all.number(total)
		for i := range total {
			all.number(i)
		}
		w.list(9, n+1, all)
	}
	before(wasmEnd)
	return w
}
