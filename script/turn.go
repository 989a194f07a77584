// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"errors"
	"slices"

	"github.com/dop251/goja"
)

// turns is how Go enters JavaScript. Whatever calls back into the script does it
// by enter: the callback, then everything it has left to process.nextTick, then
// the jobs of promises, until there are none of either. (Node: the same after
// each callback of the event loop.)
//
// goja runs the jobs of promises by itself whenever the outermost call returns;
// so that ticks come first, the outermost call is always one of bootstrap.js's,
// which runs the ticks before it returns.
type turns struct {
	r     *Runtime
	depth int // of calls from Go into JavaScript

	// From bootstrap.js.
	call     goja.Callable // (f, this, ...args): calls f, and then all ticks
	tick     goja.Callable // all ticks
	rejected goja.Callable // (rejections): tells of those that are not handled
	failed   goja.Callable // (err): uncaughtException; reports whether somebody handled it
	before   goja.Callable // emits beforeExit
	last     goja.Callable // (code or undefined): emits exit, returns the final code
	state    *goja.Object  // see there

	contexts *goja.Object // internal/async_ids' ids, once a script tracks contexts

	ticks []tick // what process.nextTick has been given
	head  int    // of ticks, the next to run

	// For rejected: [promise, reason, handled] of each that was rejected without a
	// handler, or got one afterwards; and whether telling of some has failed before
	// all were told of.
	rejections []any
	untold     bool
}

// A tick is one call that process.nextTick was asked for.
type tick struct {
	f       goja.Callable
	args    []goja.Value
	context goja.Value // in which it was asked for; nil if nobody tracks them
}

// bindTurns is binding('turns'):
//
//	nextTick(f, ...args) is process.nextTick
//	run() runs the ticks, until one throws
//	end(error, code) ends the script for an error, at once
func bindTurns(r *Runtime, exports *goja.Object) {
	t := &r.turns
	exports.Set("nextTick", r.named("nextTick", 1, func(call goja.FunctionCall) goja.Value {
		f, ok := goja.AssertFunction(call.Argument(0))
		if !ok {
			r.fail("ERR_INVALID_ARG_TYPE", "callback", "Function", call.Argument(0))
		}
		var args []goja.Value
		if len(call.Arguments) > 1 {
			args = slices.Clone(call.Arguments[1:]) // goja's own
		}
		t.soon(f, args...)
		return goja.Undefined()
	}))
	exports.Set("end", func(call goja.FunctionCall) goja.Value {
		err := r.vm.Try(func() { panic(call.Argument(0)) })
		t.fail(err, int(call.Argument(1).ToInteger()))
		r.vm.Interrupt("exit") // or goja would run the jobs that wait
		return goja.Undefined()
	})
	exports.Set("run", func(goja.FunctionCall) goja.Value {
		for t.head < len(t.ticks) {
			k := t.ticks[t.head]
			t.ticks[t.head] = tick{}
			t.head++
			if t.head == len(t.ticks) { // what it adds begins anew
				t.ticks, t.head = t.ticks[:0], 0
			}
			if k.context == nil {
				must(k.f(goja.Undefined(), k.args...))
				continue
			}
			before := t.contexts.Get("context")
			t.contexts.Set("context", k.context)
			_, err := k.f(goja.Undefined(), k.args...)
			t.contexts.Set("context", before)
			if err != nil {
				t.remember(r.vm, err, k.context)
				panic(err)
			}
		}
		return goja.Undefined()
	})
}

// remember keeps the context in which a tick has failed, see domain.js.
func (t *turns) remember(vm *goja.Runtime, err error, context goja.Value) {
	if thrown := new(goja.Exception); errors.As(err, &thrown) {
		failing := vm.NewObject()
		failing.Set("error", thrown.Value())
		failing.Set("context", context)
		t.contexts.Set("failing", failing)
	}
}

// soon is process.nextTick. Go may give it a function of its own, which throws by
// panicking.
func (t *turns) soon(f goja.Callable, args ...goja.Value) {
	k := tick{f: f, args: args}
	if t.contexts != nil {
		k.context = t.contexts.Get("context")
	}
	t.ticks = append(t.ticks, k)
}

// enter calls a function of the script from the loop.
func (r *Runtime) enter(f, this goja.Value, args ...goja.Value) {
	t := &r.turns
	if r.exited {
		return
	}
	t.depth++
	_, err := t.call(f, append([]goja.Value{this}, args...)...)
	t.depth--
	r.caught(err)
	t.drain()
}

// within is enter for Go code that runs JavaScript.
func (t *turns) within(f func()) {
	t.r.enter(t.r.vm.ToValue(func(goja.FunctionCall) goja.Value {
		f()
		return goja.Undefined()
	}), goja.Undefined())
}

// drain runs ticks and the jobs of promises until none is left.
func (t *turns) drain() {
	if t.depth > 0 {
		return
	}
	for !t.r.exited {
		if t.head < len(t.ticks) {
			t.depth++
			_, err := t.tick(goja.Undefined())
			t.depth--
			t.r.caught(err)
			continue
		}
		if len(t.rejections) == 0 && !t.untold {
			return
		}
		rejections := t.r.vm.NewArray(t.rejections...)
		t.rejections = nil
		t.depth++
		_, err := t.rejected(goja.Undefined(), rejections)
		t.depth--
		t.untold = err != nil
		t.r.caught(err)
	}
}

// caught deals with what a callback threw: the script's own handler, or its end.
func (r *Runtime) caught(err error) {
	if err == nil || r.exited {
		return
	}
	if _, interrupted := err.(*goja.InterruptedError); interrupted {
		r.stop(1)
		return
	}
	t := &r.turns
	t.depth++
	handled, again := t.failed(goja.Undefined(), r.thrown(err))
	t.depth--
	switch {
	case r.exited:
	case again != nil:
		t.fail(again, 7)
	case !handled.ToBoolean():
		t.fail(err, 1)
	}
}

// beforeExit gives the script the chance to begin something new.
func (t *turns) beforeExit() {
	t.depth++
	_, err := t.before(goja.Undefined())
	t.depth--
	t.r.caught(err)
	t.drain()
}

// exit tells the script that it ends, and ends it: with code, or with
// process.exitCode if that is negative.
func (t *turns) exit(code int) {
	if t.r.exited {
		return
	}
	arg := goja.Undefined()
	if code >= 0 {
		arg = t.r.vm.ToValue(code)
	}
	t.depth++
	final, err := t.last(goja.Undefined(), arg)
	t.depth--
	switch {
	case t.r.exited:
	case err != nil:
		t.r.caught(err)
		t.r.stop(1)
	default:
		t.r.stop(int(final.ToInteger()))
	}
}

// fail is exit for an error: the script is told first, and then people. Of an error
// in what deals with errors, code 7, the script is not told.
func (t *turns) fail(err error, code int) {
	r := t.r
	if code == 7 {
		r.report(err)
		r.stop(code)
		return
	}
	t.depth++
	final, again := t.last(goja.Undefined(), r.vm.ToValue(code))
	t.depth--
	if r.exited {
		return
	}
	r.report(err)
	if again == nil {
		code = int(final.ToInteger())
	}
	r.stop(code)
}

// stop ends the script: nothing of it runs from now on.
func (r *Runtime) stop(code int) {
	if r.exited {
		return
	}
	r.code, r.exited = code, true
	for i := len(r.ending) - 1; i >= 0; i-- {
		r.ending[i]()
	}
	close(r.done)
}

// rejection is told by goja of promises that are rejected without a handler, and
// of those that get one afterwards. It must not call into JavaScript: from within
// a job, goja would take the end of that call for the end of all, and run the jobs
// that were made last before those that wait.
func (r *Runtime) rejection(p *goja.Promise, op goja.PromiseRejectionOperation) {
	handled := op == goja.PromiseRejectionHandle
	if !handled {
		r.vm.Try(func() { r.mend(p.Result()) }) // its stack may throw
	}
	t := &r.turns
	context := goja.Undefined()
	if t.contexts != nil {
		context = t.contexts.Get("context")
	}
	t.rejections = append(t.rejections, r.vm.NewArray(p, p.Result(), handled, context))
}
