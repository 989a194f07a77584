// Copyright 2026 The duplex authors. MIT license.

package script

import "github.com/dop251/goja"

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
	call      goja.Callable // (f, this, ...args): calls f, and then all ticks
	tick      goja.Callable // all ticks
	rejection goja.Callable // (promise, reason, handled): keeps it for rejected
	rejected  goja.Callable // tells of promises rejected and not handled; reports whether there were any
	failed    goja.Callable // (err, origin): uncaughtException; reports whether somebody handled it
	before    goja.Callable // emits beforeExit
	last      goja.Callable // (code or undefined): emits exit, returns the final code
	pending   *goja.Object  // .ticks is how many wait
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
		if t.pending.Get("ticks").ToInteger() > 0 {
			t.depth++
			_, err := t.tick(goja.Undefined())
			t.depth--
			t.r.caught(err)
			continue
		}
		t.depth++
		more, err := t.rejected(goja.Undefined())
		t.depth--
		t.r.caught(err)
		if err == nil && !more.ToBoolean() {
			return
		}
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
	handled, again := t.failed(goja.Undefined(), r.thrown(err), r.vm.ToValue("uncaughtException"))
	t.depth--
	switch {
	case again != nil:
		r.report(again)
		t.exit(7)
	case !handled.ToBoolean():
		r.report(err)
		t.exit(1)
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
	if err != nil {
		t.r.report(err)
		t.r.stop(7)
		return
	}
	t.r.stop(int(final.ToInteger()))
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
// of those that get one afterwards.
func (r *Runtime) rejection(p *goja.Promise, op goja.PromiseRejectionOperation) {
	handled := op == goja.PromiseRejectionHandle
	if _, err := r.turns.rejection(goja.Undefined(), r.vm.ToValue(p), p.Result(), r.vm.ToValue(handled)); err != nil {
		r.caught(err)
	}
}
