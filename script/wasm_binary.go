// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// Kinds of what a module of WebAssembly imports and exports, by their number in its
// binary.
const (
	wasmFunctionKind = iota
	wasmTableKind
	wasmMemoryKind
	wasmGlobalKind
)

var wasmKinds = []string{"function", "table", "memory", "global"}

// Types of values.
const (
	wasmI32       = 0x7f
	wasmI64       = 0x7e
	wasmF32       = 0x7d
	wasmF64       = 0x7c
	wasmV128      = 0x7b
	wasmFuncref   = 0x70
	wasmExternref = 0x6f
)

// A wasmSignature is the type of a function.
type wasmSignature struct{ params, results []byte }

func (s wasmSignature) equal(other wasmSignature) bool {
	return bytes.Equal(s.params, other.params) && bytes.Equal(s.results, other.results)
}

// A wasmExtern is the type of what can be imported or exported.
type wasmExtern struct {
	kind      byte
	signature wasmSignature // of a function
	value     byte          // type of a global's value or a table's elements
	mutable   bool          // of a global
	min, max  uint64        // of a table or a memory
	bounded   bool          // it has a max
	raw       []byte        // the type in the binary
}

// room is how many elements a table may have for the engine.
func (e wasmExtern) room() uint64 {
	if e.bounded {
		return min(e.max, wasmTableSize)
	}
	return wasmTableSize
}

type wasmImport struct {
	module, name string
	wasmExtern
}

type wasmExport struct {
	name  string
	kind  byte
	index int
}

type wasmSection struct {
	id   byte
	name string // of a custom section
	data []byte
}

// A wasmBinary is what a module's binary declares. What is in functions is left to the
// engine.
type wasmBinary struct {
	sections []wasmSection
	types    []wasmSignature
	imports  []wasmImport
	exports  []wasmExport
	start    int  // index of a function; -1 for none
	refers   bool // it may refer to functions that it imports

	spaces [4][]wasmExtern // by kind: what is imported, then what is defined
	local  [4]int          // by kind: how many are imported
}

var wasmSectionNames = []string{"", "Type", "Import", "Function", "Table", "Memory", "Global", "Export", "Start", "Element",
	"Code", "Data", "DataCount", "Tag"}

var wasmCounts = []string{"", "types", "imports", "functions", "table", "memory", "globals", "exports"}

// parseWasm reads the declarations of a module.
func parseWasm(module []byte) (b *wasmBinary, err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case wasmFault:
			b, err = nil, p
		default:
			panic(p)
		}
	}()
	r := &wasmReader{data: module}
	if magic := r.bytes(4); string(magic) != "\x00asm" {
		r.fail(0, "expected magic word 00 61 73 6d, found % x", magic)
	}
	if version := r.bytes(4); string(version) != "\x01\x00\x00\x00" {
		r.fail(4, "expected version 01 00 00 00, found % x", version)
	}
	b = &wasmBinary{start: -1}
	order, functions, codes := 0, 0, 0
	for len(r.data) > 0 {
		at := r.at
		id := r.byte()
		if int(id) >= len(wasmSectionNames) {
			r.fail(at, "unknown section code #0x%02x", id)
		}
		size := r.number("section length")
		if size > len(r.data) {
			r.fail(at, "section (code %d, %q) extends past end of the module (length %d, remaining bytes %d)",
				id, wasmSectionNames[id], size, len(r.data))
		}
		section := &wasmReader{at: r.at}
		section.data = r.bytes(size)
		if id == 0 {
			name := section.name()
			b.sections = append(b.sections, wasmSection{0, name, section.data})
			continue
		}
		if id == 13 { // Tag
			r.fail(at, "exceptions are not supported")
		}
		if wasmRank(id) <= order {
			r.fail(at, "unexpected section <%s>", wasmSectionNames[id])
		}
		order = wasmRank(id)
		b.sections = append(b.sections, wasmSection{id: id, data: section.data})
		switch id {
		case 3:
			functions = b.section(id, section)
		case 9:
			b.refers = true
			section.elements()
		case 10:
			codes = section.number("functions count")
			b.bodies(section, codes)
		case 11:
			section.segments()
		default:
			b.section(id, section)
		}
		if id <= 8 && id != 6 && len(section.data) > 0 {
			section.fail(section.at, "section was shorter than expected size (%d bytes expected, %d decoded)", size, size-len(section.data))
		}
	}
	if functions != codes {
		if codes == 0 {
			r.fail(r.at, "function count is %d, but code section is absent", functions)
		}
		r.fail(r.at, "function body count %d mismatch (%d expected)", codes, functions)
	}
	return b, nil
}

// section reads one section, and returns its number of entries.
func (b *wasmBinary) section(id byte, r *wasmReader) int {
	if id == 8 {
		at := r.at
		b.start = r.number("index:")
		if b.start >= len(b.spaces[wasmFunctionKind]) {
			r.fail(at, "function index %d out of bounds (%d entries)", b.start, len(b.spaces[wasmFunctionKind]))
		}
		if s := b.spaces[wasmFunctionKind][b.start].signature; len(s.params)+len(s.results) > 0 {
			r.fail(at, "invalid start function: non-zero parameter or return count")
		}
		if b.start < b.local[wasmFunctionKind] {
			b.refers = true // Go calls it
		}
		return 1
	}
	if id > 8 {
		return 0
	}
	n := r.count(wasmCounts[id] + " count")
	names := make(map[string]wasmExport)
	for range n {
		switch id {
		case 1:
			at := r.at
			if form := r.byte(); form != 0x60 {
				r.fail(at, "unknown type form: %d, expected 0x60", form)
			}
			b.types = append(b.types, wasmSignature{r.values(), r.values()})
		case 2:
			one := wasmImport{module: r.name(), name: r.name()}
			at := r.at
			switch kind := r.byte(); kind {
			case wasmFunctionKind:
				one.wasmExtern = b.function(r)
			case wasmTableKind, wasmMemoryKind, wasmGlobalKind:
				one.wasmExtern = r.extern(kind)
			default:
				r.fail(at, "unknown import desc code 0x%02x", kind)
			}
			b.imports = append(b.imports, one)
			b.spaces[one.kind] = append(b.spaces[one.kind], one.wasmExtern)
			b.local[one.kind]++
		case 3:
			b.spaces[wasmFunctionKind] = append(b.spaces[wasmFunctionKind], b.function(r))
		case 4, 5, 6:
			e := r.extern(id - 3)
			if id == 6 && r.expression() {
				b.refers = true
			}
			b.spaces[e.kind] = append(b.spaces[e.kind], e)
		case 7:
			one := wasmExport{name: r.name()}
			named, at := r.at-len(one.name), r.at
			if one.kind = r.byte(); int(one.kind) >= len(wasmKinds) {
				r.fail(at, "invalid export kind 0x%02x", one.kind)
			}
			at = r.at
			if one.index = r.number("item index"); one.index >= len(b.spaces[one.kind]) {
				r.fail(at, "%s index %d out of bounds (%d entries)", wasmKinds[one.kind], one.index, len(b.spaces[one.kind]))
			}
			if other, ok := names[one.name]; ok {
				name := one.name
				if len(name) > 50 {
					name = name[:47] + "..."
				}
				r.fail(named, "Duplicate export name '%s' for %s %d and %s %d", name, wasmKinds[other.kind], other.index,
					wasmKinds[one.kind], one.index)
			}
			names[one.name] = one
			if one.kind == wasmFunctionKind && one.index < b.local[one.kind] {
				b.refers = true
			}
			b.exports = append(b.exports, one)
		}
	}
	return n
}

// function reads the index of a function's type.
func (b *wasmBinary) function(r *wasmReader) wasmExtern {
	at := r.at
	index := r.number("signature index")
	if index >= len(b.types) {
		r.fail(at, "no signature at index %d (%d types)", index, len(b.types))
	}
	return wasmExtern{kind: wasmFunctionKind, signature: b.types[index], raw: binary.AppendUvarint(nil, uint64(index))}
}

// wasmLocals is how many locals a function can have with its parameters, as in V8.
const wasmLocals = 50000

// bodies reads how many locals each of n functions has: the engine makes room for all.
func (b *wasmBinary) bodies(r *wasmReader, n int) {
	functions := b.spaces[wasmFunctionKind][b.local[wasmFunctionKind]:]
	if n > len(functions) {
		return // the caller refuses it
	}
	for index, function := range functions[:n] {
		size := r.number("body size")
		body := &wasmReader{at: r.at}
		body.data = r.bytes(size)
		total := len(function.signature.params)
		for range body.count("local decls count") {
			at := body.at
			if total += body.number("local count"); total > wasmLocals {
				body.fail(at, "Compiling function #%d failed: local count too large", index+b.local[wasmFunctionKind])
			}
			body.value()
		}
	}
}

// customs returns the data of the custom sections of a name.
func (b *wasmBinary) customs(name string) [][]byte {
	var found [][]byte
	for _, s := range b.sections {
		if s.id == 0 && s.name == name {
			found = append(found, slices.Clone(s.data))
		}
	}
	return found
}
