// Copyright 2026 The duplex authors. MIT license.

package script

import "github.com/dop251/goja"

// bindLanguage is binding('language'): what only the engine can do.
//
//	detach(buffer): an ArrayBuffer loses its bytes, as one does that is transferred
//	expand(pattern) → the regular expression without \p{…}; throws if there is no
//	  such property
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
	exports.Set("track", func(call goja.FunctionCall) goja.Value {
		r.turns.contexts = call.Argument(0).ToObject(r.vm)
		r.vm.SetAsyncContextTracker(&contexts{ids: r.turns.contexts})
		return goja.Undefined()
	})
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
