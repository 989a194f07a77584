// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"encoding/binary"
	"fmt"
	"math"
	"unicode/utf8"
)

// A wasmFault is what is wrong with a binary, as V8 says it.
type wasmFault struct{ message string }

func (f wasmFault) Error() string { return f.message }

// A wasmReader reads a binary. It panics with a wasmFault at its end.
type wasmReader struct {
	data []byte
	at   int // offset of data in the module
}

func (r *wasmReader) fail(at int, format string, args ...any) {
	panic(wasmFault{fmt.Sprintf(format, args...) + fmt.Sprintf(" @+%d", at)})
}

func (r *wasmReader) byte() byte { return r.bytes(1)[0] }

func (r *wasmReader) bytes(n int) []byte {
	if n > len(r.data) {
		plural := "s"
		if n == 1 {
			plural = ""
		}
		r.fail(r.at, "expected %d byte%s, fell off end", n, plural)
	}
	taken := r.data[:n:n]
	r.data = r.data[n:]
	r.at += n
	return taken
}

func (r *wasmReader) number(what string) int {
	value, n := binary.Uvarint(r.data)
	if n <= 0 || n > 5 {
		at := 0 // the byte that is wrong
		for at < min(4, len(r.data)) && r.data[at]&0x80 != 0 {
			at++
		}
		r.fail(r.at+at, "expected %s", what)
	}
	if value > 0xffffffff {
		r.fail(r.at+n-1, "extra bits in varint")
	}
	r.bytes(n)
	return int(min(value, math.MaxInt)) // no number that large is right where an int has 32 bits
}

func (r *wasmReader) name() string {
	at := r.at
	name := string(r.bytes(r.number("string length")))
	if !utf8.ValidString(name) {
		r.fail(at, "invalid UTF-8 string")
	}
	return name
}

func (r *wasmReader) value() byte {
	at := r.at
	switch t := r.byte(); t {
	case wasmI32, wasmI64, wasmF32, wasmF64, wasmV128, wasmFuncref, wasmExternref:
		return t
	default:
		r.fail(at, "invalid value type 0x%x", t)
		return 0
	}
}

func (r *wasmReader) values() []byte {
	list := make([]byte, r.count("type count"))
	for i := range list {
		list[i] = r.value()
	}
	return list
}

// count is the number of entries that follow, each of a byte or more.
func (r *wasmReader) count(what string) int {
	at := r.at
	n := r.number(what)
	if n > len(r.data) {
		r.fail(at, "%s of %d exceeds the section", what, n)
	}
	return n
}

func (r *wasmReader) limits(e *wasmExtern) {
	at := r.at
	flags := r.byte()
	if flags > 1 {
		r.fail(at, "invalid %s limits flags 0x%x (shared and 64-bit ones are not supported)", wasmKinds[e.kind], flags)
	}
	unit, most := "elements", uint64(wasmTableSize)
	if e.kind == wasmMemoryKind {
		unit, most = "pages", wasmMemoryPages
	}
	at = r.at
	if e.min = uint64(r.number("initial size")); e.min > most {
		r.fail(at, "initial %s size (%d %s) is larger than implementation limit (%d %s)", wasmKinds[e.kind], e.min, unit, most, unit)
	}
	if e.bounded = flags == 1; !e.bounded {
		return
	}
	at = r.at
	if e.max = uint64(r.number("maximum size")); e.kind == wasmMemoryKind && e.max > most {
		r.fail(at, "maximum memory size (%d pages) is larger than implementation limit (%d pages)", e.max, most)
	}
	if e.max < e.min {
		r.fail(at, "maximum %s size (%d %s) is less than initial (%d %s)", wasmKinds[e.kind], e.max, unit, e.min, unit)
	}
}

// extern reads the type of a table, a memory or a global.
func (r *wasmReader) extern(kind byte) wasmExtern {
	before := r.data
	e := wasmExtern{kind: kind}
	switch kind {
	case wasmTableKind:
		e.value = r.value()
		r.limits(&e)
	case wasmMemoryKind:
		r.limits(&e)
	case wasmGlobalKind:
		e.value = r.value()
		e.mutable = r.byte() == 1
	}
	e.raw = before[:len(before)-len(r.data)]
	return e
}

// expression skips a constant expression, and reports whether it refers to a function.
func (r *wasmReader) expression() (refers bool) {
	for {
		at := r.at
		switch op := r.byte(); op {
		case 0x0b:
			return refers
		case 0x41, 0x42: // i32.const, i64.const
			for r.byte()&0x80 != 0 {
			}
		case 0x43:
			r.bytes(4)
		case 0x44:
			r.bytes(8)
		case 0x23, 0xd2: // global.get, ref.func
			r.number("index")
			refers = refers || op == 0xd2
		case 0xd0: // ref.null
			r.byte()
		case 0xfd: // v128.const
			r.number("opcode")
			r.bytes(16)
		case 0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e: // arithmetic
		default:
			r.fail(at, "opcode 0x%x is not allowed in constant expressions", op)
		}
	}
}

// elements reads how long each segment of elements is: the engine makes room before it
// reads one.
func (r *wasmReader) elements() {
	for range r.count("segment count") {
		at := r.at
		flags := r.number("flag")
		if flags > 7 {
			r.fail(at, "illegal flag value %d", flags)
		}
		if flags&1 == 0 { // active
			if flags&2 != 0 {
				r.number("table index")
			}
			r.expression()
		}
		if flags&3 != 0 {
			r.byte() // kind, or type
		}
		for range r.count("number of elements") {
			if flags&4 != 0 {
				r.expression()
			} else {
				r.number("index:")
			}
		}
	}
}

// segments reads how long each segment of data is.
func (r *wasmReader) segments() {
	for range r.count("data segments count") {
		at := r.at
		flags := r.number("flag")
		if flags > 2 {
			r.fail(at, "illegal flag value %d", flags)
		}
		if flags == 2 {
			r.number("memory index")
		}
		if flags != 1 {
			r.expression()
		}
		r.bytes(r.number("source size"))
	}
}
