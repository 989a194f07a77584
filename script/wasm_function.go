// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"context"
	"math"
	"math/big"
	"slices"
	"strconv"

	"github.com/dop251/goja"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental/table"
)

// A wasmFunction is a function of an instance: one that JavaScript can call.
type wasmFunction struct {
	instance  *wasmInstance
	index     int
	signature wasmSignature
	object    *goja.Object // the function of JavaScript; nil until it is asked for
	wrapper   api.Module   // of one that is imported from JavaScript, see wrapFunctions
	idle      []api.Function
}

// wasmIdle is how many stacks of a function are kept for its next call.
const wasmIdle = 4

// functionOf returns the function of a module's that a value is, or nil.
func (w *webAssembly) functionOf(value goja.Value) *wasmFunction {
	object, ok := value.(*goja.Object)
	if !ok {
		return nil
	}
	f, _ := w.isObject[object].(*wasmFunction)
	return f
}

// value returns the function of JavaScript, always the same one.
func (f *wasmFunction) value() *goja.Object {
	if f.object == nil {
		w := f.instance.w
		f.object = w.r.named(strconv.Itoa(f.index), len(f.signature.params), f.call)
		w.isObject[f.object] = f
	}
	return f.object
}

// call is what JavaScript calls.
func (f *wasmFunction) call(call goja.FunctionCall) goja.Value {
	w := f.instance.w
	params, results := f.signature.params, f.signature.results
	if slices.Contains(params, wasmV128) || slices.Contains(results, wasmV128) {
		panic(w.r.vm.NewTypeError("type incompatibility when transforming from/to JS"))
	}
	var small [8]uint64
	stack := small[:]
	if n := max(len(params), len(results)); n > len(stack) {
		stack = make([]uint64, n)
	}
	for i, t := range params {
		stack[i] = w.lower(t, call.Argument(i))
	}
	if err := f.run(stack); err != nil {
		w.failed(err)
	}
	switch len(results) {
	case 0:
		return goja.Undefined()
	case 1:
		return w.lift(results[0], stack[0])
	}
	list := make([]any, len(results))
	for i, t := range results {
		list[i] = w.lift(t, stack[i])
	}
	return w.r.vm.NewArray(list...)
}

// run calls the function with its arguments, which its results replace.
func (f *wasmFunction) run(stack []uint64) error {
	var callee api.Function
	// An api.Function has one stack: a call within its call needs another one.
	if last := len(f.idle) - 1; last >= 0 {
		callee, f.idle = f.idle[last], f.idle[:last]
	} else {
		callee = f.callee()
	}
	err := callee.CallWithStack(f.instance.w.ctx, stack)
	if err == nil && len(f.idle) < wasmIdle {
		f.idle = append(f.idle, callee)
	}
	return err
}

func (f *wasmFunction) callee() api.Function {
	i := f.instance
	if f.wrapper != nil {
		return f.wrapper.ExportedFunction("f")
	}
	return table.LookupFunction(i.module, uint32(i.all), uint32(f.index), f.signature.params, f.signature.results)
}

// label is the name by which the engine exports the function, if the module does.
func (f *wasmFunction) label() string { return wasmLabel(wasmFunctionKind, f.index) }

// host returns what a module calls for an import that is a function of JavaScript.
func (w *webAssembly) host(callable goja.Callable, s wasmSignature) api.GoModuleFunction {
	refused := slices.Contains(s.params, wasmV128) || slices.Contains(s.results, wasmV128)
	return api.GoModuleFunc(func(_ context.Context, _ api.Module, stack []uint64) {
		err := w.r.vm.Try(func() {
			if refused {
				panic(w.r.vm.NewTypeError("type incompatibility when transforming from/to JS"))
			}
			args := make([]goja.Value, len(s.params))
			for i, t := range s.params {
				args[i] = w.lift(t, stack[i])
			}
			value, err := callable(goja.Undefined(), args...)
			if err != nil {
				panic(wasmPassing{err})
			}
			if len(s.results) == 1 {
				stack[0] = w.lower(s.results[0], value)
			} else if len(s.results) > 1 {
				w.lowerList(s.results, value, stack)
			}
		})
		if err != nil {
			panic(wasmPassing{err})
		}
	})
}

// lowerList reads several results from what a function of JavaScript returned.
func (w *webAssembly) lowerList(types []byte, value goja.Value, stack []uint64) {
	vm := w.r.vm
	array, err := w.list(goja.Undefined(), value)
	if err != nil {
		panic(err)
	}
	list := array.ToObject(vm)
	if int(list.Get("length").ToInteger()) != len(types) {
		panic(vm.NewTypeError("multi-return length mismatch"))
	}
	for i, t := range types {
		stack[i] = w.lower(t, list.Get(strconv.Itoa(i)))
	}
}

// lower returns the bits of a value of JavaScript as one of type t.
func (w *webAssembly) lower(t byte, value goja.Value) uint64 {
	switch t {
	case wasmI32:
		return uint64(uint32(w.toInt32(value)))
	case wasmI64:
		return w.toInt64(value)
	case wasmF32:
		return api.EncodeF32(float32(w.toNumber(value).ToFloat()))
	case wasmF64:
		n := w.toNumber(value).ToFloat()
		if math.IsNaN(n) {
			return 0x7ff8 << 48 // Go's has one bit more
		}
		return api.EncodeF64(n)
	case wasmFuncref:
		if goja.IsNull(value) {
			return 0
		}
		f := w.functionOf(value)
		if f == nil {
			panic(w.r.vm.NewTypeError("type incompatibility when transforming from/to JS"))
		}
		return f.instance.reference(f.index)
	}
	return w.extern(value)
}

// lift returns the value of JavaScript for the bits of one of type t.
func (w *webAssembly) lift(t byte, bits uint64) goja.Value {
	vm := w.r.vm
	switch t {
	case wasmI32:
		return vm.ToValue(int64(int32(bits)))
	case wasmI64:
		return vm.ToValue(big.NewInt(int64(bits)))
	case wasmF32:
		return vm.ToValue(float64(api.DecodeF32(bits)))
	case wasmF64:
		return vm.ToValue(api.DecodeF64(bits))
	case wasmFuncref:
		return w.functionAt(bits)
	}
	if bits == 0 {
		return goja.Null()
	}
	return w.externs[bits-1]
}

func (w *webAssembly) toNumber(value goja.Value) goja.Value {
	if _, object := value.(*goja.Object); object {
		var err error
		if value, err = w.primitive(goja.Undefined(), value); err != nil {
			panic(err)
		}
	}
	if isBigInt(value) {
		panic(w.r.vm.NewTypeError("Cannot convert a BigInt value to a number"))
	}
	return value.ToNumber()
}

func (w *webAssembly) toInt32(value goja.Value) int32 {
	switch n := w.toNumber(value).Export().(type) {
	case int64:
		return int32(n)
	case float64:
		if math.IsNaN(n) || math.IsInf(n, 0) {
			return 0
		}
		return int32(int64(math.Mod(math.Trunc(n), 1<<32)))
	}
	return 0
}

func (w *webAssembly) toInt64(value goja.Value) uint64 {
	if isBigInt(value) {
		if n := value.Export().(*big.Int); n.IsInt64() {
			return uint64(n.Int64())
		}
	}
	value, err := w.bigint(goja.Undefined(), value)
	if err != nil {
		panic(err)
	}
	n, _ := value.Export().(*big.Int)
	return uint64(n.Int64())
}

// extern returns the externref of a value.
func (w *webAssembly) extern(value goja.Value) uint64 {
	if value == nil {
		value = goja.Undefined()
	}
	if goja.IsNull(value) {
		return 0
	}
	object, isObject := value.(*goja.Object)
	if isObject {
		if bits, ok := w.externals[object]; ok {
			return bits
		}
	}
	w.externs = append(w.externs, value)
	bits := uint64(len(w.externs))
	if isObject {
		w.externals[object] = bits
	}
	return bits
}
