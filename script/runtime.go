// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/dop251/goja"

	"github.com/duplex-go/duplex"
)

// A Runtime runs one script, with Node's modules around it, on one loop of an
// Engine. The zero Runtime is ready: its script can compute, and reach nothing
// outside. Fields must not change once it runs.
type Runtime struct {
	// Args is what process.argv holds behind the name of the script.
	Args []string

	// Options is process.execArgv: options of node's. Those are followed that are about
	// what a script sees, such as --no-warnings and --expose-gc; the others only stand
	// there.
	Options []string

	// Env is process.env, each entry NAME=value.
	Env []string

	// Stdin, Stdout and Stderr are the script's standard streams. Nil is empty, and
	// nowhere.
	Stdin          io.Reader
	Stdout, Stderr io.Writer

	// Files says whether the script may do op ("read", "write", "list", or "run" for a
	// program) with a path, which is absolute: nil is yes, an error is thrown in the
	// script. Where links lead elsewhere it is asked again, about the file's own path;
	// a link that others change meanwhile can still mislead it. Without the function
	// there are no files, and modules only those of Modules and Node's.
	Files func(op, path string) error

	// Network says whether the script may do op ("listen", "connect" or "lookup")
	// with an address. Without the function there is no network.
	Network func(op, network, address string) error

	// Process says that the process is the script's: process.kill, chdir, umask and
	// abort act on it, signals are told to those who listen (a signal that ends Node
	// ends the process where none does), process.send sends to the parent if Env says
	// that there is a channel, and a child can be given any descriptor. Otherwise these
	// throw, no signal is told and there is no channel.
	Process bool

	// Modules are the host's own: require(name) calls the function once, to fill
	// exports. They come before Node's.
	Modules map[string]func(vm *goja.Runtime, exports *goja.Object)

	// Engine is where the script's sockets live. It must have one loop. Nil is an
	// engine of the Runtime's own, which ends with it.
	Engine *duplex.Engine

	vm      *goja.Runtime
	engine  *duplex.Engine
	modules modules
	clock   clock
	turns   turns
	emitter emitter // once somebody has asked for events
	buffers buffers
	net     *network // once somebody has asked for it
	files   *files   // the same

	interrupted <-chan struct{} // closed when the context of run ends

	// Owned by the loop.
	refs   int // what keeps the script alive: timers, sockets, servers, requests
	exited bool
	code   int
	fault  error // of ours, not the script's
	done   chan struct{}
	ending []func() // undo what outlives the script otherwise, last first
}

// ErrUsed is the error of a Runtime that has run a script before.
var ErrUsed = errors.New("script: a Runtime runs one script")

// RunFile runs the script of a file and returns its exit code, once nothing keeps
// it alive any more, it has called process.exit, or it has failed (which it has
// told on Stderr by then). When ctx ends the script is interrupted, wherever it
// is, and the error is that of ctx. It must not be called on a loop.
func (r *Runtime) RunFile(ctx context.Context, name string) (code int, err error) {
	return r.run(ctx, func() { r.modules.runMain(name) })
}

// RunString is RunFile with the script's text at hand; name is for messages, and
// its folder is where modules are looked for.
func (r *Runtime) RunString(ctx context.Context, name, source string) (code int, err error) {
	return r.run(ctx, func() { r.modules.runMainSource(name, source) })
}

func (r *Runtime) run(ctx context.Context, main func()) (int, error) {
	if r.done != nil {
		return 0, ErrUsed
	}
	r.done = make(chan struct{})
	r.interrupted = ctx.Done()
	r.vm = goja.New()
	r.engine = r.Engine
	switch {
	case r.engine == nil:
		r.engine = &duplex.Engine{Loops: 1}
		defer r.engine.Close()
	case r.engine.Loops != 1:
		return 0, fmt.Errorf("script: the Engine has %d loops, not 1", r.engine.Loops)
	}
	if err := r.engine.Post(func() { r.guard(func() { r.start(main) }) }); err != nil {
		return 0, fmt.Errorf("script: %w", err)
	}
	select {
	case <-r.done:
		return r.code, r.fault
	case <-ctx.Done():
		r.engine.Post(func() { r.stop(1) })
		r.vm.Interrupt(ctx.Err())
		<-r.done
		return r.code, ctx.Err()
	}
}

// start runs on the loop.
func (r *Runtime) start(main func()) {
	r.refs++
	r.boot()
	r.clock.apart = true
	r.turns.within(main)
	r.clock.answer()
	r.clock.apart = false
	r.unref()
}

// Post lets f run on the script's loop, where it may use vm. Any goroutine may
// call it while the script runs.
func (r *Runtime) Post(f func(vm *goja.Runtime)) error {
	return r.engine.Post(func() {
		r.guard(func() {
			r.turns.within(func() { f(r.vm) })
			r.check()
		})
	})
}

// post is Post for this package: what it runs enters JavaScript by itself.
func (r *Runtime) post(f func()) {
	r.engine.Post(func() {
		r.guard(func() {
			f()
			r.check()
		})
	})
}

// guard runs f on the loop unless the script has ended. What f panics with is a
// fault of this package or of a module of the host's, and ends the script.
func (r *Runtime) guard(f func()) {
	if r.exited {
		return
	}
	defer func() {
		if v := recover(); v != nil {
			r.fault = fmt.Errorf("script: %v\n%s", v, debug.Stack())
			r.stop(70)
		}
	}()
	f()
}

// background runs work on a goroutine of its own and then done on the loop. The
// script stays alive until then.
func (r *Runtime) background(work func(), done func()) {
	r.refs++
	go func() {
		work()
		r.post(func() {
			done()
			r.unref()
		})
	}()
}

// ref keeps the script alive until unref.
func (r *Runtime) ref() { r.refs++ }

func (r *Runtime) unref() {
	r.refs--
	r.check()
}

// check ends a script that nothing keeps alive.
func (r *Runtime) check() {
	if r.refs > 0 || r.exited || r.turns.depth > 0 {
		return
	}
	r.turns.beforeExit()
	if r.refs == 0 {
		r.turns.exit(-1)
	}
}
