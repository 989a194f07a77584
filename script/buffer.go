// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"math"
	"reflect"
	"strconv"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

const (
	maxBuffer = 1 << 32    // bytes in a Buffer
	maxString = 1<<29 - 24 // UTF-16 code units in a string
	maxSafe   = 1<<53 - 1  // Number.MAX_SAFE_INTEGER
	poolAlign = 8          // where a Buffer in the pool may begin
)

// buffers are the script's Buffers: Uint8Arrays of goja with the prototype of
// buffer.js's class. All is made when something needs the module buffer.
type buffers struct {
	r          *Runtime
	buffer     *goja.Object     // the function Buffer
	class      *goja.Object     // what a Buffer is made as
	prototype  *goja.Object     // Buffer.prototype
	uint8Array goja.Constructor // Uint8Array itself
	isView     goja.Callable    // ArrayBuffer.isView
	kind       goja.Callable    // what a TypedArray says it is
	plain      goja.Callable    // (Base, code, message) → an error

	// The memory that small Buffers share unless they must be zero.
	pool      goja.Value // an ArrayBuffer
	poolBytes []byte
	poolUsed  int
}

var (
	bytesType       = reflect.TypeFor[[]byte]()
	arrayBufferType = reflect.TypeFor[goja.ArrayBuffer]()
	mapType         = reflect.TypeFor[map[string]any]()
	intType         = reflect.TypeFor[int64]()
)

// newBuffer returns a Buffer that owns p.
func (r *Runtime) newBuffer(p []byte) goja.Value {
	return r.allBuffers().view(r.vm.ToValue(r.vm.NewArrayBuffer(p)))
}

// bytesOf returns the memory behind a Buffer, any other view of an ArrayBuffer, or
// an ArrayBuffer, and whether v is one of these.
func (r *Runtime) bytesOf(v goja.Value) (p []byte, ok bool) {
	o, ok := v.(*goja.Object)
	if !ok {
		return nil, false
	}
	switch t := o.ExportType(); {
	case t == bytesType:
		return exported(o), true
	case t == arrayBufferType:
		return o.Export().(goja.ArrayBuffer).Bytes(), true
	case t == nil || t.Kind() != reflect.Slice && t != mapType:
		return nil, false
	}
	if !r.allBuffers().views(v) {
		return nil, false
	}
	err := r.vm.ExportTo(v, &p)
	return p, err == nil
}

// exported returns what a Uint8Array shows: nothing if its memory was given away.
func exported(o *goja.Object) (p []byte) {
	defer func() { _ = recover() }()
	return o.Export().([]byte)
}

// encode returns a string's bytes, and whether text is a string and encoding one
// that Node knows.
func (r *Runtime) encode(text goja.Value, encoding string) ([]byte, bool) {
	e, ok := encodingNamed(encoding)
	if !ok || !goja.IsString(text) {
		return nil, false
	}
	return e.bytes(textOf(text)), true
}

// allBuffers returns the Runtime's buffers, made.
func (r *Runtime) allBuffers() *buffers {
	if r.buffers.class == nil {
		r.modules.builtin("buffer")
	}
	return &r.buffers
}

// bindBuffer is binding('buffer'):
//
//	start(Buffer, FastBuffer, plain, slow, kind): gives Buffer and its prototype
//	what they have; plain(Base, code, message) makes errors; slow are functions in JavaScript, of which from is for what is no string
//	and no Uint8Array; kind is the getter of a TypedArray's toStringTag;
//	isUtf8(bytes), isAscii(bytes), transcode(bytes, from, to), look(bytes, max) as in
//	<Buffer …>, names(object) that are no indexes, bytes(string, encoding)
func bindBuffer(r *Runtime, exports *goja.Object) {
	b := &r.buffers
	exports.Set("start", func(call goja.FunctionCall) goja.Value {
		vm := r.vm
		b.r = r
		b.buffer, b.class = call.Argument(0).ToObject(vm), call.Argument(1).ToObject(vm)
		b.prototype = b.class.Get("prototype").ToObject(vm)
		b.plain, _ = goja.AssertFunction(call.Argument(2))
		b.uint8Array, _ = goja.AssertConstructor(vm.Get("Uint8Array"))
		b.isView, _ = goja.AssertFunction(vm.Get("ArrayBuffer").ToObject(vm).Get("isView"))
		b.kind, _ = goja.AssertFunction(call.Argument(4))
		b.defineNumbers()
		b.defineText()
		slow := call.Argument(3).ToObject(vm)
		b.defineMethods(slow)
		b.defineStatics(slow)
		return goja.Undefined()
	})
	exports.Set("names", func(call goja.FunctionCall) goja.Value {
		return r.vm.ToValue(ownNames(call.Argument(0).ToObject(r.vm)))
	})
	bindText(r, exports)
}

// define gives o a method as Node has it, with the same name and length.
func (b *buffers) define(o *goja.Object, name string, length int, f func(goja.FunctionCall) goja.Value) {
	o.Set(name, b.r.named(name, length, f))
}

// fail throws the error of code.
func (b *buffers) fail(code string, args ...any) { b.r.fail(code, args...) }

// failPlain throws an error whose message is not that of its code.
func (b *buffers) failPlain(base, code, message string) {
	vm := b.r.vm
	err, failure := b.plain(goja.Undefined(), vm.Get(base), vm.ToValue(code), vm.ToValue(message))
	if failure != nil {
		panic(b.r.thrown(failure))
	}
	panic(err)
}

// view returns a Buffer of an ArrayBuffer's memory: all of it, or that at an offset
// and of a length.
func (b *buffers) view(arrayBuffer ...goja.Value) goja.Value {
	o, err := b.uint8Array(b.class, arrayBuffer...)
	if err != nil {
		panic(b.r.thrown(err))
	}
	return o
}

// allocate returns a Buffer of n bytes in the pool, or outside it if it is not
// small, and what it shows.
func (b *buffers) allocate(n int) (goja.Value, []byte) {
	size := int(b.buffer.Get("poolSize").ToInteger())
	if n <= 0 || n >= size/2 {
		p := make([]byte, n)
		return b.r.newBuffer(p), p
	}
	if b.poolUsed+n > len(b.poolBytes) {
		b.poolBytes, b.poolUsed = make([]byte, size), 0
		b.pool = b.r.vm.ToValue(b.r.vm.NewArrayBuffer(b.poolBytes))
	}
	at := b.poolUsed
	b.poolUsed = (at + n + poolAlign - 1) &^ (poolAlign - 1)
	return b.view(b.pool, b.r.vm.ToValue(at), b.r.vm.ToValue(n)), b.poolBytes[at : at+n]
}

// fromText is Buffer.from of a string.
func (b *buffers) fromText(e textEncoding, t text) goja.Value {
	n := e.size(t)
	if e == utf8Text || e == latin1Text || e == asciiText || e == utf16Text {
		v, p := b.allocate(n)
		e.put(p, t)
		return v
	}
	p := e.bytes(t) // size was a guess
	v, q := b.allocate(len(p))
	copy(q, p)
	return v
}

// views reports whether v is a view of an ArrayBuffer.
func (b *buffers) views(v goja.Value) bool {
	view, err := b.isView(goja.Undefined(), v)
	return err == nil && view.ToBoolean()
}

// uint8 returns the memory behind a Buffer or another Uint8Array, and whether v is
// one.
func (b *buffers) uint8(v goja.Value) ([]byte, bool) {
	o, ok := v.(*goja.Object)
	if !ok || o.ExportType() != bytesType {
		return nil, false
	}
	if o.Prototype() != b.prototype {
		kind, err := b.kind(o)
		if err != nil || kind.String() != "Uint8Array" {
			return nil, false
		}
	}
	return b.r.bytesOf(o)
}

// uint8Argument is uint8 that throws.
func (b *buffers) uint8Argument(v goja.Value, name string) []byte {
	p, ok := b.uint8(v)
	if !ok {
		b.fail("ERR_INVALID_ARG_TYPE", name, []any{"Buffer", "Uint8Array"}, v)
	}
	return p
}

// this returns the bytes of the Buffer that a method was called on.
func (b *buffers) this(call goja.FunctionCall) []byte {
	p, ok := b.r.bytesOf(call.This)
	if !ok {
		b.failPlain("TypeError", "ERR_INVALID_ARG_TYPE", "argument must be a buffer")
	}
	return p
}

// toNumber is v as JavaScript makes a number of it, which may throw.
func toNumber(v goja.Value) float64 {
	if v.ExportType() == intType {
		return float64(v.ToInteger())
	}
	return v.ToNumber().ToFloat()
}

// toWhole returns v cut to an int within the limits; NaN is 0.
func toWhole(v goja.Value, low, high int) int {
	f := toNumber(v)
	switch {
	case f != f:
		return max(low, min(0, high))
	case f <= float64(low):
		return low
	case f >= float64(high):
		return high
	}
	return int(f)
}

// integer returns an argument that must be a whole number within limits, and
// undefined's.
func (b *buffers) integer(v goja.Value, name string, low, high, undefined int) int {
	if v.ExportType() == intType {
		if n := v.ToInteger(); n >= int64(low) && n <= int64(high) {
			return int(n)
		}
	} else if goja.IsUndefined(v) {
		return undefined
	} else if !goja.IsNumber(v) {
		b.fail("ERR_INVALID_ARG_TYPE", name, "number", v)
	} else if f := v.ToFloat(); f != math.Trunc(f) || math.IsInf(f, 0) {
		b.fail("ERR_OUT_OF_RANGE", name, "an integer", v)
	} else if f == 0 && low <= 0 { // -0
		return 0
	}
	b.fail("ERR_OUT_OF_RANGE", name, ">= "+strconv.Itoa(low)+" && <= "+strconv.Itoa(high), v)
	return 0
}

// size returns the argument of Buffer.alloc and its like.
func (b *buffers) size(v goja.Value) int {
	if !goja.IsNumber(v) {
		b.fail("ERR_INVALID_ARG_TYPE", "size", "number", v)
	}
	f := v.ToFloat()
	if !(f >= 0 && f <= maxBuffer) {
		b.fail("ERR_OUT_OF_RANGE", "size", ">= 0 && <= "+strconv.Itoa(maxBuffer), v)
	}
	return int(f)
}

// encodingArgument returns the encoding of that name, and throws if there is none.
func (b *buffers) encodingArgument(v goja.Value) textEncoding {
	e, ok := utf8Text, false
	if goja.IsString(v) {
		e, ok = encodingNamed(v.String())
	}
	if !ok {
		b.fail("ERR_UNKNOWN_ENCODING", v)
	}
	return e
}

// optionalEncoding is utf8 for what is no string, or an empty one.
func (b *buffers) optionalEncoding(v goja.Value) textEncoding {
	if !goja.IsString(v) || v.String() == "" {
		return utf8Text
	}
	return b.encodingArgument(v)
}

// defineStatics gives Buffer its functions.
func (b *buffers) defineStatics(slow *goja.Object) {
	vm := b.r.vm
	from, _ := goja.AssertFunction(slow.Get("from"))
	static := func(name string, length int, f func(goja.FunctionCall) goja.Value) {
		b.define(b.buffer, name, length, f)
	}
	// What makes a Buffer does so after new, too.
	maker := func(name string, length int, f func(goja.FunctionCall) goja.Value) {
		b.buffer.Set(name, b.r.shown(name, length, func(call goja.ConstructorCall) *goja.Object {
			return f(goja.FunctionCall{This: call.This, Arguments: call.Arguments}).(*goja.Object)
		}))
	}
	b.buffer.Set("poolSize", 8192)
	maker("from", 3, func(call goja.FunctionCall) goja.Value {
		v := call.Argument(0)
		if goja.IsString(v) {
			return b.fromText(b.optionalEncoding(call.Argument(1)), textOf(v))
		}
		if p, ok := b.uint8(v); ok {
			copied, q := b.allocate(len(p))
			copy(q, p)
			return copied
		}
		made, err := from(call.This, call.Arguments...)
		if err != nil {
			panic(b.r.thrown(err))
		}
		return made
	})
	b.buffer.Set("copyBytesFrom", slow.Get("copyBytesFrom"))
	static("of", 0, func(call goja.FunctionCall) goja.Value {
		v, p := b.allocate(len(call.Arguments))
		for i, arg := range call.Arguments {
			p[i] = toByte(arg)
		}
		return v
	})
	maker("alloc", 3, func(call goja.FunctionCall) goja.Value {
		p := make([]byte, b.size(call.Argument(0)))
		if fill := call.Argument(1); !goja.IsUndefined(fill) && len(p) > 0 {
			b.fill(p, fill, goja.Undefined(), goja.Undefined(), call.Argument(2))
		}
		return b.r.newBuffer(p)
	})
	maker("allocUnsafe", 1, func(call goja.FunctionCall) goja.Value {
		v, _ := b.allocate(b.size(call.Argument(0)))
		return v
	})
	maker("allocUnsafeSlow", 1, func(call goja.FunctionCall) goja.Value {
		return b.r.newBuffer(make([]byte, b.size(call.Argument(0))))
	})
	static("isBuffer", 1, func(call goja.FunctionCall) goja.Value {
		o, ok := call.Argument(0).(*goja.Object)
		return vm.ToValue(ok && (o.Prototype() == b.prototype || vm.InstanceOf(o, b.buffer)))
	})
	static("compare", 2, func(call goja.FunctionCall) goja.Value {
		p := b.uint8Argument(call.Argument(0), "buf1")
		return vm.ToValue(compareBytes(p, b.uint8Argument(call.Argument(1), "buf2")))
	})
	static("isEncoding", 1, func(call goja.FunctionCall) goja.Value {
		v, ok := call.Argument(0), false
		if goja.IsString(v) {
			_, ok = encodingNamed(v.String())
		}
		return vm.ToValue(ok)
	})
	maker("concat", 2, b.concat)
	static("byteLength", 2, func(call goja.FunctionCall) goja.Value {
		v := call.Argument(0)
		if !goja.IsString(v) {
			p, ok := b.r.bytesOf(v)
			if !ok {
				b.fail("ERR_INVALID_ARG_TYPE", "string", []any{"string", "Buffer", "ArrayBuffer"}, v)
			}
			return vm.ToValue(len(p))
		}
		e := utf8Text
		if name := call.Argument(1); goja.IsString(name) {
			e, _ = encodingNamed(name.String())
		}
		return vm.ToValue(e.size(textOf(v)))
	})
}

func (b *buffers) concat(call goja.FunctionCall) goja.Value {
	list, ok := call.Argument(0).(*goja.Object)
	if !ok || list.ClassName() != "Array" {
		b.fail("ERR_INVALID_ARG_TYPE", "list", "Array", call.Argument(0))
	}
	count := int(list.Get("length").ToInteger())
	if count == 0 {
		return b.r.newBuffer(nil)
	}
	length := b.integer(call.Argument(1), "length", 0, maxBuffer, -1)
	chunks, sum := make([][]byte, count), 0
	for i := range chunks {
		name := strconv.Itoa(i)
		v := list.Get(name)
		if v == nil {
			v = goja.Undefined()
		}
		chunks[i] = b.uint8Argument(v, "list["+name+"]")
		sum += len(chunks[i])
	}
	if length < 0 {
		length = sum
	}
	v, p := b.allocate(length)
	n := 0
	for _, chunk := range chunks {
		n += copy(p[n:], chunk)
	}
	clear(p[n:])
	return v
}

// toByte is what a Uint8Array stores for v.
func toByte(v goja.Value) byte {
	if v.ExportType() == intType {
		return byte(v.ToInteger())
	}
	return byte(toInt64(toNumber(v)))
}

// toInt64 returns the low bits of a number without its fraction.
func toInt64(f float64) int64 {
	if math.Abs(f) < 1<<63 {
		return int64(f)
	}
	if f != f || math.IsInf(f, 0) {
		return 0
	}
	return int64(uint64(math.Mod(math.Abs(f), 1<<64))) * int64(math.Copysign(1, f))
}

// ownNames returns the names of an object's own properties that are not indexes,
// without counting the indexes of large ones.
func ownNames(o *goja.Object) []string {
	self := reflect.ValueOf(o).Elem().FieldByName("self").Elem().Elem()
	names := self.FieldByName("propNames")
	if !names.IsValid() {
		return o.GetOwnPropertyNames()
	}
	list := make([]string, names.Len())
	for i := range list {
		list[i] = unistring.String(names.Index(i).String()).String()
	}
	return list
}
