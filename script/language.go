// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"
)

// bindLanguage is binding('language'): what only the engine can do.
//
//	detach(buffer): an ArrayBuffer loses its bytes, as one does that is transferred
//	expand(pattern) → the regular expression without \p{…}; throws if there is no
//	  such property
//	apart(pattern, unicode) → the same with classes that goja tells apart, see halves.go
//	construct(kind, parameters, body) → a function of text
//	isExpression(text): whether it can be parsed as one
//	nullable(pattern, flags): whether it needs an exec of its own (see nullable.go)
//	guarded(handler, get, refuses, hasInstance) → the handler for a Proxy of a function
//	markHalves(text) → [mark, text without halves of surrogates], see json.go
//	parseInt(text, radix) → what that is
//	sleep(ms): waits, unless the script is interrupted
//	zone(name, time) → [seconds east of UTC, short name] at a time of a Date in a time
//	  zone, or the local one for ''; undefined if the system does not know it
//	track(ids): the jobs of promises find ids.context as it was when they were made
func bindLanguage(r *Runtime, exports *goja.Object) {
	exports.Set("detach", func(call goja.FunctionCall) goja.Value {
		if buffer, ok := call.Argument(0).Export().(goja.ArrayBuffer); ok {
			buffer.Detach()
		}
		return goja.Undefined()
	})
	exports.Set("expand", func(pattern string) string {
		expanded, err := expand(pattern)
		if err != nil {
			panic(r.vm.NewGoError(err))
		}
		return expanded
	})
	exports.Set("apart", apart)
	exports.Set("construct", func(call goja.FunctionCall) goja.Value {
		return r.modules.construct(call.Argument(0).String(), call.Argument(1).String(), call.Argument(2).String())
	})
	exports.Set("isExpression", func(text string) bool {
		_, err := goja.Parse("", "("+text+"\n)", parser.WithDisableSourceMaps)
		return err == nil
	})
	exports.Set("nullable", isNullable)
	exports.Set("markHalves", r.markHalves)
	exports.Set("parseInt", r.parseInt)
	exports.Set("guarded", func(handler *goja.Object, get, refuses, hasInstance goja.Value) goja.Value {
		return r.guarded(handler, get, refuses, hasInstance)
	})
	exports.Set("sleep", func(ms float64) {
		var end <-chan time.Time
		if wait := ms * float64(time.Millisecond); wait < math.MaxInt64 {
			end = time.After(time.Duration(wait))
		}
		select {
		case <-end:
		case <-r.interrupted:
		}
	})
	exports.Set("zone", func(name string, ms float64) goja.Value {
		place := time.Local
		if name != "" {
			found, err := time.LoadLocation(name)
			if err != nil || name == "Local" {
				return goja.Undefined()
			}
			place = found
		}
		short, offset := time.UnixMilli(int64(ms)).In(place).Zone()
		return r.vm.NewArray(offset, short)
	})
	exports.Set("track", func(call goja.FunctionCall) goja.Value {
		r.turns.contexts = call.Argument(0).ToObject(r.vm)
		r.vm.SetAsyncContextTracker(&contexts{ids: r.turns.contexts})
		return goja.Undefined()
	})
}

// guarded returns a handler that asks another one. goja gives the traps of a call an
// array on its own stack, which later calls overwrite; here they get a copy. And goja's
// instanceof refuses a Proxy: hasInstance takes its place. Get is Reflect.get, for a
// handler without such a trap.
func (r *Runtime) guarded(handler *goja.Object, get, refuses, hasInstance goja.Value) goja.Value {
	vm := r.vm
	getProperty, _ := goja.AssertFunction(get)
	find := func(handler *goja.Object, name string, _ goja.Value) goja.Value {
		value := handler.Get(name)
		trap, ok := goja.AssertFunction(value)
		if name == "get" && !ok && (value == nil || goja.IsUndefined(value) || goja.IsNull(value)) {
			trap, ok = getProperty, true
		}
		if !ok {
			if value == nil {
				value = goja.Undefined()
			}
			return value
		}
		return vm.ToValue(func(call goja.FunctionCall) goja.Value {
			at := slices.Index([]string{"construct", "apply"}, name) + 1 // of the array
			args := slices.Clone(call.Arguments)
			if at > 0 {
				array := args[at].ToObject(vm)
				list := make([]any, array.Get("length").ToInteger())
				for i := range list {
					list[i] = array.Get(strconv.Itoa(i))
				}
				args[at] = vm.NewArray(list...)
			}
			result, err := trap(handler, args...)
			if err != nil {
				panic(err)
			}
			if name == "get" && args[1] == goja.SymHasInstance && result == refuses {
				return hasInstance
			}
			return result
		})
	}
	return vm.ToValue(vm.NewProxy(handler, &goja.ProxyTrapConfig{Get: find}))
}

// contexts carries ids.context from where a promise is waited for to where that
// goes on. Jobs do not nest.
type contexts struct {
	ids    *goja.Object
	before goja.Value
}

// Grab is called where somebody begins to wait.
func (c *contexts) Grab() any { return c.ids.Get("context") }

// Resumed is called before the job.
func (c *contexts) Resumed(context any) {
	c.before = c.ids.Get("context")
	if value, ok := context.(goja.Value); ok {
		c.ids.Set("context", value)
	}
}

// Exited is called after the job.
func (c *contexts) Exited() { c.ids.Set("context", c.before) }
