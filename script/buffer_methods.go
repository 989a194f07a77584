// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"bytes"
	"math"
	"slices"
	"strconv"

	"github.com/dop251/goja"
)

// defineMethods gives Buffer.prototype the rest of what it has.
func (b *buffers) defineMethods(slow *goja.Object) {
	vm, proto := b.r.vm, b.prototype
	for _, names := range [][2]string{{"parent", "buffer"}, {"offset", "byteOffset"}} {
		proto.DefineAccessorProperty(names[0], b.r.named("get", 0, func(call goja.FunctionCall) goja.Value {
			o, ok := call.This.(*goja.Object)
			if !ok || !vm.InstanceOf(o, b.buffer) {
				return goja.Undefined()
			}
			return o.Get(names[1])
		}), nil, goja.FLAG_FALSE, goja.FLAG_TRUE)
	}
	b.define(proto, "copy", 4, b.copy)
	toString := b.r.named("toString", 3, b.toString)
	proto.Set("toString", toString)
	b.define(proto, "equals", 1, func(call goja.FunctionCall) goja.Value {
		p := b.this(call)
		return vm.ToValue(bytes.Equal(p, b.uint8Argument(call.Argument(0), "otherBuffer")))
	})
	proto.Set("inspect", slow.Get("inspect"))
	b.define(proto, "compare", 5, b.compare)
	b.define(proto, "indexOf", 3, func(call goja.FunctionCall) goja.Value {
		return vm.ToValue(b.search(call, true))
	})
	b.define(proto, "lastIndexOf", 3, func(call goja.FunctionCall) goja.Value {
		return vm.ToValue(b.search(call, false))
	})
	b.define(proto, "includes", 3, func(call goja.FunctionCall) goja.Value {
		return vm.ToValue(b.search(call, true) >= 0)
	})
	b.define(proto, "fill", 4, func(call goja.FunctionCall) goja.Value {
		b.fill(b.this(call), call.Argument(0), call.Argument(1), call.Argument(2), call.Argument(3))
		return call.This
	})
	b.define(proto, "write", 4, b.write)
	b.define(proto, "toJSON", 0, func(call goja.FunctionCall) goja.Value {
		p := b.this(call)
		data := make([]any, len(p))
		for i, c := range p {
			data[i] = c
		}
		o := vm.NewObject()
		o.Set("type", "Buffer")
		o.Set("data", vm.NewArray(data...))
		return o
	})
	b.define(proto, "subarray", 2, b.subarray)
	proto.Set("slice", slow.Get("slice"))
	for _, bits := range []int{16, 32, 64} {
		size := bits / 8
		b.define(proto, "swap"+strconv.Itoa(bits), 0, func(call goja.FunctionCall) goja.Value {
			p := b.this(call)
			if len(p)%size != 0 {
				b.fail("ERR_INVALID_BUFFER_SIZE", strconv.Itoa(bits)+"-bits")
			}
			for ; len(p) > 0; p = p[size:] {
				slices.Reverse(p[:size])
			}
			return call.This
		})
	}
	proto.Set("toLocaleString", toString)
}

func (b *buffers) copy(call goja.FunctionCall) goja.Value {
	source, ok := b.uint8(call.This)
	if !ok {
		b.fail("ERR_INVALID_ARG_TYPE", "source", []any{"Buffer", "Uint8Array"}, call.This)
	}
	target := b.uint8Argument(call.Argument(0), "target")
	position := func(i int, name string, high, undefined int) int {
		v := call.Argument(i)
		if goja.IsUndefined(v) {
			return undefined
		}
		f := toNumber(v)
		if math.Abs(f) > maxSafe || f != f {
			return 0
		}
		n := int(math.Floor(f))
		if n < 0 || n > high {
			rule := ">= 0"
			if high < maxSafe {
				rule += " && <= " + strconv.Itoa(high)
			}
			b.fail("ERR_OUT_OF_RANGE", name, rule, f)
		}
		return n
	}
	at := position(1, "targetStart", maxSafe, 0)
	start := position(2, "sourceStart", len(source), 0)
	end := position(3, "sourceEnd", maxSafe, len(source))
	if at >= len(target) || start >= end {
		return b.r.vm.ToValue(0)
	}
	return b.r.vm.ToValue(copy(target[at:], source[start:min(end, len(source))]))
}

func compareBytes(p, q []byte) int { return bytes.Compare(p, q) }

func (b *buffers) compare(call goja.FunctionCall) goja.Value {
	source := b.this(call)
	target := b.uint8Argument(call.Argument(0), "target")
	vm := b.r.vm
	if len(call.Arguments) < 2 {
		return vm.ToValue(bytes.Compare(source, target))
	}
	targetStart := b.integer(call.Argument(1), "targetStart", 0, maxBuffer, 0)
	targetEnd := b.integer(call.Argument(2), "targetEnd", 0, len(target), len(target))
	sourceStart := b.integer(call.Argument(3), "sourceStart", 0, maxBuffer, 0)
	sourceEnd := b.integer(call.Argument(4), "sourceEnd", 0, len(source), len(source))
	switch {
	case sourceStart >= sourceEnd && targetStart >= targetEnd:
		return vm.ToValue(0)
	case sourceStart >= sourceEnd:
		return vm.ToValue(-1)
	case targetStart >= targetEnd:
		return vm.ToValue(1)
	}
	return vm.ToValue(bytes.Compare(source[sourceStart:sourceEnd], target[targetStart:targetEnd]))
}

// search is indexOf, or lastIndexOf.
func (b *buffers) search(call goja.FunctionCall, forwards bool) int {
	p, ok := b.r.bytesOf(call.This)
	if !ok {
		b.fail("ERR_INVALID_ARG_TYPE", "buffer", []any{"Buffer", "TypedArray", "DataView"}, call.This)
	}
	value, offset, name := call.Argument(0), call.Argument(1), call.Argument(2)
	if goja.IsString(offset) {
		name, offset = offset, goja.Undefined()
	}
	at := len(p)
	if forwards {
		at = 0
	}
	if f := toNumber(offset); f == f {
		at = toWhole(offset, -len(p)-1, len(p)+1)
	}
	if at < 0 {
		at += len(p)
		if at < 0 && !forwards {
			at = -1
		}
	}
	unit := 1
	var q []byte
	if goja.IsNumber(value) {
		q = []byte{toByte(value)}
	} else if goja.IsString(value) {
		e := utf8Text
		if !goja.IsUndefined(name) {
			e = b.encodingArgument(name)
		}
		if e == utf16Text {
			unit = 2
		}
		q = e.bytes(textOf(value))
	} else {
		if q, ok = b.uint8(value); !ok {
			b.fail("ERR_INVALID_ARG_TYPE", "value", []any{"number", "string", "Buffer", "Uint8Array"}, value)
		}
		if goja.IsString(name) {
			if e, _ := encodingNamed(name.String()); e == utf16Text {
				unit = 2
			}
		}
	}
	if len(q) == 0 {
		return max(0, min(at, len(p)))
	}
	if forwards {
		return indexOf(p, q, max(0, at), unit)
	}
	return lastIndexOf(p, q, at, unit)
}

// indexOf returns where q is in p first, from at on, in whole units.
func indexOf(p, q []byte, at, unit int) int {
	for at = at / unit * unit; at < len(p); {
		i := bytes.Index(p[at:], q)
		if i < 0 {
			return -1
		}
		at += i
		if at%unit == 0 {
			return at
		}
		at++
	}
	return -1
}

// lastIndexOf returns where q is in p last, beginning at most at at.
func lastIndexOf(p, q []byte, at, unit int) int {
	for at >= 0 {
		i := bytes.LastIndex(p[:min(len(p), at+len(q))], q)
		if i%unit == 0 || i < 0 {
			return i
		}
		at = i - 1
	}
	return -1
}

// fill is Buffer.prototype.fill: (value, offset, end, encoding), where the encoding
// of a string may come earlier.
func (b *buffers) fill(p []byte, value, offset, end, name goja.Value) {
	if goja.IsString(value) {
		if goja.IsString(offset) {
			offset, end, name = goja.Undefined(), goja.Undefined(), offset
		} else if goja.IsString(end) {
			end, name = goja.Undefined(), end
		}
		if goja.IsUndefined(name) || goja.IsNull(name) {
			name = b.r.vm.ToValue("utf8")
		} else if !goja.IsString(name) {
			b.fail("ERR_INVALID_ARG_TYPE", "encoding", "string", name)
		}
	}
	e := utf8Text
	if goja.IsString(value) {
		e = b.optionalEncoding(name)
	}
	start := b.integer(offset, "offset", 0, maxBuffer, 0)
	stop := len(p)
	if !goja.IsUndefined(offset) {
		stop = b.integer(end, "end", 0, len(p), len(p))
	}
	if start >= stop {
		return
	}
	p = p[start:stop]
	var q []byte
	if goja.IsString(value) {
		t := textOf(value)
		if q = e.bytes(t); t.len() == 0 {
			q = []byte{0}
		}
	} else if shown, ok := b.r.bytesOf(value); ok {
		q = bytes.Clone(shown)
	} else if value.ToBoolean() {
		q = []byte{byte(int64(toInt64(toNumber(value))))}
		if o, ok := value.(*goja.Object); ok {
			q[0] = toByte(o.ToNumber())
		}
	} else {
		q = []byte{0}
	}
	if len(q) == 0 {
		b.fail("ERR_INVALID_ARG_VALUE", "value", value)
	}
	for n := copy(p, q); n < len(p); n *= 2 {
		copy(p[n:], p[:n])
	}
}

// subarray returns a Buffer of the same memory.
func (b *buffers) subarray(call goja.FunctionCall) goja.Value {
	p := b.this(call)
	position := func(v goja.Value, undefined int) int {
		if goja.IsUndefined(v) {
			return undefined
		}
		n := toWhole(v, -len(p)-1, len(p))
		if n < 0 {
			n = max(0, n+len(p))
		}
		return n
	}
	start := position(call.Argument(0), 0)
	end := max(start, position(call.Argument(1), len(p)))
	o, vm := call.This.(*goja.Object), b.r.vm
	at := int(o.Get("byteOffset").ToInteger()) + start
	return b.view(o.Get("buffer"), vm.ToValue(at), vm.ToValue(end-start))
}
