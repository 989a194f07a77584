// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"reflect"
	"slices"

	"github.com/dop251/goja"
)

// streams is the part of module stream that is in Go: the state of both sides of a stream, and the
// way of a chunk through them. A chunk passes some forty fields; each costs a tenth of a
// microsecond in goja, and nothing here. Rare cases are in
// JavaScript (lib/internal/streams).
type streams struct {
	r    *Runtime
	nop  *goja.Object // the callback of a write that was given none
	held *goja.Symbol // kCallback of a Transform

	zero, bytes goja.Value // 0 and 'buffer'

	// Functions that a stream may have replaced. While it has not, Go calls Go.
	emit, push, read, transformWrite, transformRead, passThrough *goja.Object

	// JavaScript's.
	unusualWrite goja.Callable // as a method of the stream: (chunk, encoding, callback)
	hold         goja.Callable // (state, chunk, encoding, callback)
	clear        goja.Callable // (stream, state)
	failed       goja.Callable // (stream, state, sync, error, callback)
	drop         goja.Callable // (state)
	settle       goja.Callable // (stream, state, sync)
	enqueue      goja.Callable // (stream, state, chunk, encoding)
	unusualRead  goja.Callable // as a method of the stream: (n)
	errored      goja.Callable // (stream, error)
}

// Bits of the flags of a side. Those above ready differ by the side.
const (
	objectMode = 1 << iota
	errorEmitted
	autoDestroy
	emitClose
	destroyed
	closed
	closeEmitted
	errored
	ready
)

// side is the state of one side of a stream: _writableState or _readableState. Scripts
// see its fields as properties of an object, and those that only JavaScript needs are
// in rest.
type side struct {
	s      *streams
	stream goja.Value
	object *goja.Object

	flags  int64
	length int64   // what waits, and what is with the implementor
	mark   float64 // highWaterMark

	names []string // of rest, in the order in which they came
	rest  map[string]goja.Value
}

var (
	writableType = reflect.TypeFor[*writable]()
	readableType = reflect.TypeFor[*readable]()
)

// bindStreams is binding('streams'):
//
//	bits, writableBits, readableBits: of flags, by name
//	writable(stream, prototype), readable(stream, prototype) → a state
//	tickInfo(state) → of the callbacks of chunks that were written at once, or null
//	write, push, read, transformWrite, transformRead, passThrough: methods
//	accept(stream, state, chunk, encoding, callback, length) → what write returns
//	readMoreSoon(stream, state): has the buffer filled up from the next tick on
//	readable.js, writable.js and transform.js give theirs by useWritable(nop, unusualWrite, …),
//	useReadable(emit, enqueue, …) and useTransform(kCallback)
func bindStreams(r *Runtime, exports *goja.Object) {
	s := &streams{r: r, zero: r.vm.ToValue(0), bytes: r.vm.ToValue("buffer")}
	set := func(name string, bits map[string]int64) {
		object := r.vm.NewObject()
		for name, bit := range bits {
			object.Set(name, bit)
		}
		exports.Set(name, object)
	}
	set("bits", map[string]int64{
		"OBJECT": objectMode, "ERROR_EMITTED": errorEmitted, "AUTO_DESTROY": autoDestroy, "EMIT_CLOSE": emitClose,
		"DESTROYED": destroyed, "CLOSED": closed, "CLOSE_EMITTED": closeEmitted, "ERRORED": errored, "CONSTRUCTED": ready,
	})
	set("writableBits", writableBits)
	set("readableBits", readableBits)
	method := func(name, label string, length int, f func(goja.FunctionCall) goja.Value) *goja.Object {
		object := r.named(label, length, f)
		exports.Set(name, object)
		return object
	}
	s.bindWritable(exports, method)
	s.bindReadable(exports, method)
	s.bindTransform(exports, method)
}

// functions returns the callables of a call's arguments from index on.
func functions(call goja.FunctionCall, from int, into ...*goja.Callable) {
	for i, f := range into {
		*f, _ = goja.AssertFunction(call.Argument(from + i))
	}
}

// sideOf returns what stands for a state, nil if v is none of ours.
func sideOf[T any](stream *goja.Object, name string, kind reflect.Type) *T {
	object, ok := stream.Get(name).(*goja.Object)
	if !ok || object.ExportType() != kind {
		return nil
	}
	state, _ := object.Export().(*T)
	return state
}

func writableOf(stream *goja.Object) *writable {
	return sideOf[writable](stream, "_writableState", writableType)
}

func readableOf(stream *goja.Object) *readable {
	return sideOf[readable](stream, "_readableState", readableType)
}

// any reports whether a side has one of bits.
func (s *side) any(bits int64) bool { return s.flags&bits != 0 }

// owner returns the stream, which a state that a script made itself need not have.
func (s *side) owner() *goja.Object { return s.stream.ToObject(s.s.r.vm) }

func (s *side) number(n int64) goja.Value { return s.s.r.vm.ToValue(n) }

// sideNames are the fields that both sides have.
var sideNames = []string{"flags", "highWaterMark", "length"}

func (s *side) get(key string) goja.Value {
	switch key {
	case "flags":
		return s.number(s.flags)
	case "length":
		return s.number(s.length)
	case "highWaterMark":
		return s.s.r.vm.ToValue(s.mark)
	}
	return s.rest[key]
}

func (s *side) put(key string, value goja.Value) {
	switch key {
	case "flags":
		s.flags = value.ToInteger()
	case "length":
		s.length = value.ToInteger()
	case "highWaterMark":
		s.mark = value.ToFloat()
	default:
		if _, ok := s.rest[key]; !ok {
			s.names = append(s.names, key)
		}
		s.rest[key] = value
	}
}

// Delete is a DynamicObject's. The fields of the struct stay.
func (s *side) Delete(key string) bool {
	if _, ok := s.rest[key]; !ok {
		return false
	}
	delete(s.rest, key)
	s.names = slices.DeleteFunc(s.names, func(name string) bool { return name == key })
	return true
}

// call calls a function with nil for undefined, and throws what it throws.
func (s *streams) call(f, this goja.Value, args ...goja.Value) goja.Value {
	callable, ok := goja.AssertFunction(f)
	if !ok {
		panic(s.r.vm.NewTypeError("%s is not a function", f))
	}
	return must(callable(this, args...))
}

// tell has a stream emit an event.
func (s *streams) tell(stream *goja.Object, name string, args ...goja.Value) {
	f := stream.Get("emit")
	if f == s.emit {
		s.r.emitter.emitName(stream, name, args)
		return
	}
	s.call(f, stream, append([]goja.Value{s.r.vm.ToValue(name)}, args...)...)
}

// chunkLength returns the length of a Buffer as it was made, and whether v is one.
// JavaScript looks at all others.
func (s *streams) chunkLength(v goja.Value) (int64, bool) {
	o, ok := v.(*goja.Object)
	if !ok || o.ExportType() != bytesType || o.Prototype() != s.r.allBuffers().prototype {
		return 0, false
	}
	return int64(len(exported(o))), true
}
