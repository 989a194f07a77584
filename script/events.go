// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"strconv"

	"github.com/dop251/goja"
)

// emitter is EventEmitter.prototype.emit, in Go because every event of every socket
// comes through it: a tenth of a microsecond here, one in JavaScript, where taking
// any number of arguments and calling with a this are both slow in goja.
type emitter struct {
	r       *Runtime
	capture *goja.Symbol  // of an emitter: it wants the rejections of its listeners
	failing goja.Callable // (emitter, events, args): an 'error'; throws if nobody listens
	watch   goja.Callable // (emitter, result, type, args): what a listener returned
	numbers [16]string    // names of the first elements of an array
}

// bindEvents is binding('events'): emitWith(capture, failing, watch) returns emit.
func bindEvents(r *Runtime, exports *goja.Object) {
	exports.Set("emitWith", func(call goja.FunctionCall) goja.Value {
		e := &r.emitter
		e.r, e.capture = r, call.Argument(0).(*goja.Symbol)
		e.failing, _ = goja.AssertFunction(call.Argument(1))
		e.watch, _ = goja.AssertFunction(call.Argument(2))
		for i := range e.numbers {
			e.numbers[i] = strconv.Itoa(i)
		}
		return r.named("emit", 1, e.emit)
	})
}

// named returns f with the name and length that a script can see.
func (r *Runtime) named(name string, length int, f func(goja.FunctionCall) goja.Value) *goja.Object {
	return r.shown(name, length, f)
}

// shown returns f, of one of the engine's types of functions, with a name and a length.
func (r *Runtime) shown(name string, length int, f any) *goja.Object {
	object := r.vm.ToValue(f).(*goja.Object)
	object.DefineDataProperty("name", r.vm.ToValue(name), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	object.DefineDataProperty("length", r.vm.ToValue(length), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	return object
}

func (e *emitter) emit(call goja.FunctionCall) goja.Value {
	this, ok := call.This.(*goja.Object)
	if !ok {
		panic(e.r.vm.NewTypeError("Cannot read properties of %s (reading '_events')", call.This))
	}
	kind := call.Argument(0)
	var args []goja.Value
	if len(call.Arguments) > 1 {
		args = call.Arguments[1:]
	}
	if symbol, ok := kind.(*goja.Symbol); ok {
		return e.r.vm.ToValue(e.tell(this, symbol, "", args))
	}
	return e.r.vm.ToValue(e.tell(this, nil, kind.String(), args))
}

// emitName is emit for Go.
func (e *emitter) emitName(this *goja.Object, name string, args []goja.Value) {
	e.tell(this, nil, name, args)
}

// tell calls the listeners of an event, which a symbol names or a string, and reports
// whether there are any.
func (e *emitter) tell(this *goja.Object, symbol *goja.Symbol, name string, args []goja.Value) bool {
	registered := this.Get("_events")
	if symbol == nil && name == "error" {
		known := goja.Undefined()
		if registered != nil {
			known = registered
		}
		must(e.failing(goja.Undefined(), this, known, e.r.vm.NewArray(values(args)...)))
	}
	events, ok := registered.(*goja.Object)
	if !ok {
		return false
	}
	var found goja.Value
	if symbol != nil {
		found = events.GetSymbol(symbol)
	} else {
		found = events.Get(name)
	}
	listeners, ok := found.(*goja.Object)
	if !ok {
		return false
	}
	if f, ok := goja.AssertFunction(listeners); ok {
		e.notify(f, this, symbol, name, args)
		return true
	}
	// A listener may add and remove others: those of now are called.
	count := int(listeners.Get("length").ToInteger())
	var few [4]goja.Value
	all := few[:0]
	for i := range count {
		if i < len(e.numbers) {
			all = append(all, listeners.Get(e.numbers[i]))
		} else {
			all = append(all, listeners.Get(strconv.Itoa(i)))
		}
	}
	for _, one := range all {
		if f, ok := goja.AssertFunction(one); ok {
			e.notify(f, this, symbol, name, args)
		}
	}
	return true
}

// notify calls a listener. What it returns is looked at only if it is something,
// which is rare.
func (e *emitter) notify(f goja.Callable, this *goja.Object, symbol *goja.Symbol, name string, args []goja.Value) {
	result := must(f(this, args...))
	if result == goja.Undefined() || result == goja.Null() {
		return
	}
	if wants := this.GetSymbol(e.capture); wants != nil && wants.ToBoolean() {
		var kind goja.Value = symbol
		if symbol == nil {
			kind = e.r.vm.ToValue(name)
		}
		must(e.watch(goja.Undefined(), this, result, kind, e.r.vm.NewArray(values(args)...)))
	}
}

// must throws in the script what a function of the script has thrown.
func must(result goja.Value, err error) goja.Value {
	if err != nil {
		panic(err)
	}
	return result
}

func values(args []goja.Value) []any {
	all := make([]any, len(args))
	for i, arg := range args {
		all[i] = arg
	}
	return all
}
