// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"math"
	"math/big"
	"strconv"

	"github.com/dop251/goja"
)

// defineNumbers gives Buffer.prototype what reads and writes numbers, in Node's
// order, which for…in shows.
func (b *buffers) defineNumbers() {
	for _, do := range []string{"read", "write"} {
		for _, order := range []string{"LE", "BE"} {
			b.method(do+"BigUInt64"+order, b.big(do, true, order == "BE"), do)
		}
		for _, order := range []string{"LE", "BE"} {
			b.alias(do+"BigUint64"+order, do+"BigUInt64"+order)
		}
		for _, order := range []string{"LE", "BE"} {
			b.method(do+"BigInt64"+order, b.big(do, false, order == "BE"), do)
		}
	}
	for _, do := range []string{"read", "write"} {
		var names []string
		for _, order := range []string{"LE", "BE"} {
			for _, bits := range []string{"", "32", "16", "8"} {
				if bits == "8" && order == "BE" {
					continue
				}
				name := do + "UInt" + bits
				if bits != "8" {
					name += order
				}
				names = append(names, name)
				b.method(name, b.int(do, bits, true, order == "BE"), do, bits)
			}
		}
		for _, name := range names {
			b.alias(do+"Uint"+name[len(do)+len("UInt"):], name)
		}
		for _, order := range []string{"LE", "BE"} {
			for _, bits := range []string{"", "32", "16", "8"} {
				if bits == "8" {
					if order == "LE" {
						b.method(do+"Int8", b.int(do, bits, false, false), do, bits)
					}
					continue
				}
				b.method(do+"Int"+bits+order, b.int(do, bits, false, order == "BE"), do, bits)
			}
		}
	}
	for _, do := range []string{"read", "write"} {
		for _, kind := range []string{"Float", "Double"} {
			size := 4
			if kind == "Double" {
				size = 8
			}
			for _, backwards := range []bool{false, true} {
				order, way, f := "LE", "Forwards", b.readFloat(size, backwards)
				if backwards {
					order, way = "BE", "Backwards"
				}
				if do == "write" {
					f = b.writeFloat(size, backwards)
				}
				b.prototype.Set(do+kind+order, b.r.named(do+kind+way, len(do)-len("read"), f))
			}
		}
	}
}

// method defines a method whose number of arguments is Node's for such names.
func (b *buffers) method(name string, f func(goja.FunctionCall) goja.Value, kind ...string) {
	length := 0
	if kind[0] == "write" {
		length = 1
	}
	if len(kind) > 1 && kind[1] == "" { // of a variable number of bytes
		length += 2
	}
	b.define(b.prototype, name, length, f)
}

func (b *buffers) alias(name, method string) { b.prototype.Set(name, b.prototype.Get(method)) }

// place returns size bytes of p at the offset that v says, of which undefined is 0.
func (b *buffers) place(p []byte, v goja.Value, size int) []byte {
	if v.ExportType() == intType {
		if at := v.ToInteger(); at >= 0 && at <= int64(len(p)-size) {
			return p[at : int(at)+size]
		}
	} else if goja.IsUndefined(v) {
		if size <= len(p) {
			return p[:size]
		}
	} else if !goja.IsNumber(v) {
		b.fail("ERR_INVALID_ARG_TYPE", "offset", "number", v)
	} else if f := v.ToFloat(); f == 0 && size <= len(p) { // -0
		return p[:size]
	} else if math.Floor(f) != f {
		b.fail("ERR_OUT_OF_RANGE", "offset", "an integer", v)
	}
	if len(p) < size {
		b.fail("ERR_BUFFER_OUT_OF_BOUNDS")
	}
	b.fail("ERR_OUT_OF_RANGE", "offset", ">= 0 and <= "+strconv.Itoa(len(p)-size), v)
	return nil
}

// checkOffset throws if v can be no offset at all.
func (b *buffers) checkOffset(v goja.Value) {
	if !goja.IsUndefined(v) && !goja.IsNumber(v) {
		b.fail("ERR_INVALID_ARG_TYPE", "offset", "number", v)
	}
}

// width returns the argument byteLength.
func (b *buffers) width(v goja.Value) int {
	if !goja.IsNumber(v) {
		b.fail("ERR_INVALID_ARG_TYPE", "byteLength", "number", v)
	}
	f := v.ToFloat()
	if math.Floor(f) != f {
		b.fail("ERR_OUT_OF_RANGE", "byteLength", "an integer", v)
	}
	if f < 1 || f > 6 {
		b.fail("ERR_OUT_OF_RANGE", "byteLength", ">= 1 and <= 6", v)
	}
	return int(f)
}

func loadInt(p []byte, backwards bool) (n uint64) {
	if backwards {
		for _, c := range p {
			n = n<<8 | uint64(c)
		}
		return n
	}
	for i := len(p) - 1; i >= 0; i-- {
		n = n<<8 | uint64(p[i])
	}
	return n
}

func storeInt(p []byte, n uint64, backwards bool) {
	if backwards {
		for i := len(p) - 1; i >= 0; i-- {
			p[i] = byte(n)
			n >>= 8
		}
		return
	}
	for i := range p {
		p[i] = byte(n)
		n >>= 8
	}
}

// int returns the method that reads or writes an integer of so many bits, or, if
// bits is empty, of as many bytes as its argument says.
func (b *buffers) int(do, bits string, unsigned, backwards bool) func(goja.FunctionCall) goja.Value {
	fixed, _ := strconv.Atoi(bits)
	fixed /= 8
	vm := b.r.vm
	if do == "read" {
		return func(call goja.FunctionCall) goja.Value {
			p, size, at := b.this(call), fixed, call.Argument(0)
			if size == 0 {
				if goja.IsUndefined(at) {
					b.fail("ERR_INVALID_ARG_TYPE", "offset", "number", at)
				}
				size = b.width(call.Argument(1))
			}
			n := loadInt(b.place(p, at, size), backwards)
			if unsigned {
				return vm.ToValue(int64(n))
			}
			return vm.ToValue(int64(n<<(64-8*size)) >> (64 - 8*size))
		}
	}
	return func(call goja.FunctionCall) goja.Value {
		p, size, at := b.this(call), fixed, call.Argument(1)
		v := call.Argument(0)
		if size == 0 {
			size = b.width(call.Argument(2))
		}
		value := toNumber(v)
		if fixed != 0 {
			b.checkOffset(at)
		}
		low, high := 0.0, math.Ldexp(1, 8*size)-1
		if !unsigned {
			low, high = -math.Ldexp(1, 8*size-1), math.Ldexp(1, 8*size-1)-1
		}
		if value < low || value > high {
			b.fail("ERR_OUT_OF_RANGE", "value", intRange(size, low, high), value)
		}
		if fixed == 0 && goja.IsUndefined(at) {
			b.fail("ERR_INVALID_ARG_TYPE", "offset", "number", at)
		}
		place := b.place(p, at, size)
		if value != value {
			value = 0
		}
		storeInt(place, uint64(int64(value)), backwards)
		return nextOffset(vm, at, size)
	}
}

// intRange says which integers fit in size bytes.
func intRange(size int, low, high float64) string {
	if size <= 4 {
		return ">= " + strconv.FormatFloat(low, 'f', 0, 64) + " and <= " + strconv.FormatFloat(high, 'f', 0, 64)
	}
	if low == 0 {
		return ">= 0 and < 2 ** " + strconv.Itoa(8*size)
	}
	bits := strconv.Itoa(8*size - 1)
	return ">= -(2 ** " + bits + ") and < 2 ** " + bits
}

// nextOffset is what a method that writes returns: where the next may write.
func nextOffset(vm *goja.Runtime, at goja.Value, size int) goja.Value {
	if goja.IsUndefined(at) {
		return vm.ToValue(size)
	}
	return vm.ToValue(at.ToInteger() + int64(size))
}

var (
	bigLow   = new(big.Int).Neg(new(big.Int).Lsh(big.NewInt(1), 63))
	bigHigh  = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 63), big.NewInt(1))
	ubigHigh = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 64), big.NewInt(1))
)

// big returns the method that reads or writes a BigInt.
func (b *buffers) big(do string, unsigned, backwards bool) func(goja.FunctionCall) goja.Value {
	vm := b.r.vm
	if do == "read" {
		return func(call goja.FunctionCall) goja.Value {
			n := loadInt(b.place(b.this(call), call.Argument(0), 8), backwards)
			if unsigned {
				return vm.ToValue(new(big.Int).SetUint64(n))
			}
			return vm.ToValue(big.NewInt(int64(n)))
		}
	}
	low, high, rule := bigLow, bigHigh, ">= -(2n ** 63n) and < 2n ** 63n"
	if unsigned {
		low, high, rule = new(big.Int), ubigHigh, ">= 0n and < 2n ** 64n"
	}
	return func(call goja.FunctionCall) goja.Value {
		v, at := call.Argument(0), call.Argument(1)
		if !goja.IsBigInt(v) {
			b.place(b.this(call), at, 8) // an offset that is wrong too is told of first
			panic(vm.NewTypeError("Cannot mix BigInt and other types, use explicit conversions"))
		}
		n := v.Export().(*big.Int)
		if n.Cmp(low) < 0 || n.Cmp(high) > 0 {
			b.fail("ERR_OUT_OF_RANGE", "value", rule, v)
		}
		bits := n.Uint64()
		if n.Sign() < 0 {
			bits = uint64(n.Int64())
		}
		storeInt(b.place(b.this(call), at, 8), bits, backwards)
		return nextOffset(vm, at, 8)
	}
}

func (b *buffers) readFloat(size int, backwards bool) func(goja.FunctionCall) goja.Value {
	return func(call goja.FunctionCall) goja.Value {
		n := loadInt(b.place(b.this(call), call.Argument(0), size), backwards)
		if size == 4 {
			return b.r.vm.ToValue(float64(math.Float32frombits(uint32(n))))
		}
		return b.r.vm.ToValue(math.Float64frombits(n))
	}
}

func (b *buffers) writeFloat(size int, backwards bool) func(goja.FunctionCall) goja.Value {
	return func(call goja.FunctionCall) goja.Value {
		value, at := toNumber(call.Argument(0)), call.Argument(1)
		place := b.place(b.this(call), at, size)
		n := math.Float64bits(value)
		if value != value {
			n = 0x7ff8 << 48 // whichever NaN it was
		}
		if size == 4 {
			n = uint64(math.Float32bits(float32(value)))
			if value != value {
				n = 0x7fc0 << 16
			}
		}
		storeInt(place, n, backwards)
		return nextOffset(b.r.vm, at, size)
	}
}
