// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/sys"
)

// webAssembly is what is behind the global WebAssembly of a script. It is made when the
// script first looks at that, and starts the engine when the first module is compiled.
// What it makes lives until the script ends: the engine holds functions by addresses
// that Go's garbage collector does not see.
//
// lib/internal/wasm.js has the classes, and checks arguments. Here is what they stand for.
type webAssembly struct {
	r      *Runtime
	ctx    context.Context
	engine wazero.Runtime // once it is needed
	users  atomic.Int32   // of the engine: the script, and each goroutine that compiles
	names  int            // of modules of the engine that were given

	// From wasm.js.
	wrap      goja.Callable // (kind, handle) → the object that stands for it
	fault     goja.Callable // (class, message) → an error
	bigint    goja.Callable // (value) → a BigInt of 64 bits
	list      goja.Callable // (iterable) → an array
	primitive goja.Callable // (object) → what it is as a number, a BigInt or another primitive
	isObject  map[*goja.Object]any

	instances  []*wasmInstance
	signatures []wasmSignature // of all modules, each once
	owners     map[api.FunctionDefinition]*wasmFunction
	scratch    *wasmTable                // one element, by which a reference is looked up
	made       map[[sha256.Size]byte]int // instances, by the code of their module
	probed     bool
	distinct   bool // see distinguishes

	externs   []goja.Value // what an externref is the index of, plus 1
	externals map[*goja.Object]uint64
}

// bindWasm is binding('wasm'). A handle is a value of Go's that only wasm.js sees.
//
//	start(wrap, fault, bigint, list, primitive)
//	compile(buffer, offset, length, method) → handle of a module, or throws; without a
//	length, all of the buffer
//	compileLater(buffer, offset, length, method, done): on another goroutine;
//	done(handle, error)
//	validate(buffer, offset, length)
//	imports(module), exports(module), customSections(module, name)
//	instantiate(module, imports, method) → exports
//	memory(initial, maximum or -1), grow(memory, delta) → pages, -1 beyond its
//	maximum, or -2; buffer(memory)
//	table(element, initial, maximum or -1, value), length(table), at(table, index),
//	put(table, index, value), extend(table, delta, value) → length or -1
//	global(type, mutable, value), read(global), write(global, value)
//	isFunction(value): whether it is a function of a module's; isBuffer(value): whether it
//	is an ArrayBuffer
//	later(f): calls f after the events of this turn, as V8's tasks come
func bindWasm(r *Runtime, exports *goja.Object) {
	w := &webAssembly{
		r:         r,
		ctx:       interruption{r.interrupted},
		owners:    make(map[api.FunctionDefinition]*wasmFunction),
		externals: make(map[*goja.Object]uint64),
		isObject:  make(map[*goja.Object]any),
		made:      make(map[[sha256.Size]byte]int),
	}
	set := func(name string, f func(args []goja.Value) goja.Value) {
		exports.Set(name, func(call goja.FunctionCall) goja.Value {
			if value := f(call.Arguments); value != nil {
				return value
			}
			return goja.Undefined()
		})
	}
	set("start", func(args []goja.Value) goja.Value {
		for i, f := range []*goja.Callable{&w.wrap, &w.fault, &w.bigint, &w.list, &w.primitive} {
			*f, _ = goja.AssertFunction(args[i])
		}
		return nil
	})
	w.bindModules(set)
	w.bindMemory(set)
	w.bindTables(set)
	w.bindGlobals(set)
	set("isFunction", func(args []goja.Value) goja.Value {
		return r.vm.ToValue(w.functionOf(args[0]) != nil)
	})
	set("isBuffer", func(args []goja.Value) goja.Value {
		object, ok := args[0].(*goja.Object)
		return r.vm.ToValue(ok && object.ExportType() == arrayBufferType)
	})
	set("later", func(args []goja.Value) goja.Value {
		f := args[0] // args are goja's own
		r.ref()
		r.clock.pend(func() {
			r.enter(f, goja.Undefined())
			r.unref()
		})
		return nil
	})
}

// An interruption is a context that ends when the script is interrupted.
type interruption struct{ done <-chan struct{} }

func (i interruption) Deadline() (time.Time, bool) { return time.Time{}, false }
func (i interruption) Done() <-chan struct{}       { return i.done }
func (i interruption) Value(any) any               { return nil }
func (i interruption) Err() error {
	select {
	case <-i.done:
		return context.Canceled
	default:
		return nil
	}
}

// wasmMemoryPages is the limit of a memory, in pages of 64 KiB.
const wasmMemoryPages = 65536

// start starts the engine: wazero's compiler where the processor and the system are
// known to it, otherwise its interpreter.
func (w *webAssembly) start() wazero.Runtime {
	if w.engine == nil {
		w.engine = wazero.NewRuntimeWithConfig(w.ctx, wazero.NewRuntimeConfig().
			WithCoreFeatures(api.CoreFeaturesV2|experimental.CoreFeaturesTailCall).
			WithCloseOnContextDone(true).
			WithDebugInfoEnabled(false).
			WithMemoryLimitPages(wasmMemoryPages))
		w.users.Add(1)
		w.r.ending = append(w.r.ending, w.leave)
	}
	return w.engine
}

// leave ends the engine when its last user has left: a script may end while modules are
// compiled, and does not wait for them.
func (w *webAssembly) leave() {
	if w.users.Add(-1) == 0 {
		w.engine.Close(context.Background())
	}
}

// A wasmPlace is where the engine finds what can be imported.
type wasmPlace struct{ module, name string }

// name returns a name for a module of the engine's that no other has.
func (w *webAssembly) name() string {
	w.names++
	return strconv.Itoa(w.names)
}

// make instantiates a module of this package's own.
func (w *webAssembly) make(ctx context.Context, binary []byte) (name string, module api.Module) {
	name = w.name()
	module, err := w.start().InstantiateWithConfig(ctx, binary, wazero.NewModuleConfig().WithName(name).WithStartFunctions())
	if err != nil {
		w.stopped(err)
		panic(fmt.Sprintf("script: a module of WebAssembly is wrong: %v", err))
	}
	return name, module
}

// throw throws an error of a class of WebAssembly's, or one of JavaScript's.
func (w *webAssembly) throw(class, format string, args ...any) {
	vm := w.r.vm
	value, err := w.fault(goja.Undefined(), vm.ToValue(class), vm.ToValue(fmt.Sprintf(format, args...)))
	if err != nil {
		panic(err)
	}
	panic(value)
}

// wasmTraps are the faults of the engine's, as V8 says them.
var wasmTraps = map[string]string{
	"invalid conversion to integer": "float unrepresentable in integer range",
	"integer overflow":              "divide result unrepresentable",
	"integer divide by zero":        "divide by zero",
	"unreachable":                   "unreachable",
	"out of bounds memory access":   "memory access out of bounds",
	"invalid table access":          "table index is out of bounds",
	"indirect call type mismatch":   "null function or function signature mismatch",
	"null reference":                "dereferencing a null pointer",
}

// A wasmPassing is what a function of JavaScript threw, on its way through functions of
// a module.
type wasmPassing struct{ error }

// failed throws what a call of a module's function has failed with.
func (w *webAssembly) failed(err error) {
	var passing wasmPassing
	if errors.As(err, &passing) {
		panic(passing.error)
	}
	w.stopped(err)
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		text := inner.Error()
		if text == "stack overflow" {
			w.throw("RangeError", "Maximum call stack size exceeded")
		}
		if trap, ok := wasmTraps[text]; ok {
			w.throw("RuntimeError", "%s", trap)
		}
	}
	panic(fmt.Sprintf("script: WebAssembly: %v", err))
}

// stopped ends the script's turn if err says that the script was interrupted.
func (w *webAssembly) stopped(err error) {
	var exit *sys.ExitError
	if errors.As(err, &exit) || w.ctx.Err() != nil {
		w.r.vm.Interrupt(context.Canceled)
		if ex := w.r.vm.Try(func() { w.r.vm.RunString("0") }); ex != nil {
			panic(ex)
		}
	}
}

// object returns the object that stands for a handle, which keeps it.
func (w *webAssembly) object(kind string, handle any) *goja.Object {
	value, err := w.wrap(goja.Undefined(), w.r.vm.ToValue(kind), w.r.vm.ToValue(handle))
	if err != nil {
		panic(err)
	}
	return value.ToObject(w.r.vm)
}
