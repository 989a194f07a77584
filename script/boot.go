// Copyright 2026 The duplex authors. MIT license.

package script

import "github.com/dop251/goja"

// boot makes the world that the script finds.
func (r *Runtime) boot() {
	r.turns.r = r
	r.clock.start(r)
	r.modules = modules{
		r:       r,
		bound:   make(map[string]*goja.Object),
		known:   make(map[string]*goja.Object),
		texts:   make(map[string]original),
		process: r.vm.NewObject(),
	}
	r.vm.SetMaxCallStackSize(10000)

	exports, _ := r.modules.builtin("internal/bootstrap")
	boot := exports.ToObject(r.vm)
	callable := func(name string) goja.Callable {
		f, ok := goja.AssertFunction(boot.Get(name))
		if !ok {
			panic("script: bootstrap.js has no function " + name)
		}
		return f
	}
	r.turns.state = boot.Get("state").ToObject(r.vm)
	r.turns.call = callable("call")
	r.turns.tick = callable("tick")
	r.turns.rejected = callable("rejected")
	r.turns.failed = callable("failed")
	r.turns.before = callable("before")
	r.turns.last = callable("last")
	start := callable("start") // defines the globals, process among them
	if _, err := start(goja.Undefined()); err != nil {
		panic(err)
	}
	r.vm.SetPromiseRejectionTracker(r.rejection)
}
