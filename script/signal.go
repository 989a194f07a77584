// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"os"
	"os/signal"
	"slices"
	"sync/atomic"
	"syscall"

	"github.com/dop251/goja"

	"github.com/duplex-go/duplex/script/internal/sys"
)

// bindSignals lets the script listen to signals. They do not keep it alive. A signal
// without a listener that ends Node ends the process by its default action: the Go runtime
// would show its goroutines for some and ignore others. In is what the terminal's mode is
// taken back from first.
//
// One goroutine gets the signals that may end the process, listened to or not. A second
// one could still ask whether there is a listener when the listener has run, and has been
// removed: process.once would end the process.
func bindSignals(r *Runtime, exports *goja.Object, in *input) {
	channels := make(map[int]chan os.Signal) // of signals that are not fatal
	var listeners [65]atomic.Pointer[func()] // of those that are, by number
	isFatal := func(number int) bool {
		return r.Process && slices.Contains(sys.Fatal, os.Signal(syscall.Signal(number)))
	}
	stop := func(number int) {
		if isFatal(number) {
			listeners[number].Store(nil)
		}
		if c := channels[number]; c != nil {
			signal.Stop(c)
			close(c)
			delete(channels, number)
		}
	}
	exports.Set("listen", func(call goja.FunctionCall) goja.Value {
		number, f := int(call.Argument(0).ToInteger()), call.Argument(1)
		tell := func() {
			r.post(func() { r.enter(f, goja.Undefined()) })
		}
		switch {
		case isFatal(number):
			listeners[number].Store(&tell)
		case channels[number] == nil && r.Process:
			c := make(chan os.Signal, 16)
			channels[number] = c
			signal.Notify(c, syscall.Signal(number))
			go func() { // until stop closes c
				for range c {
					tell()
				}
			}()
		}
		return goja.Undefined()
	})
	exports.Set("ignore", stop)
	r.ending = append(r.ending, func() {
		for number := range channels {
			stop(number)
		}
	})
	if !r.Process || len(sys.Fatal) == 0 {
		return
	}
	fatal := make(chan os.Signal, 16)
	signal.Notify(fatal, sys.Fatal...)
	go func() { // until the script ends
		for s := range fatal {
			number := s.(syscall.Signal)
			if tell := listeners[number].Load(); tell != nil {
				(*tell)()
				continue
			}
			in.restore()
			sys.Die(number)
		}
	}()
	r.ending = append(r.ending, func() {
		signal.Stop(fatal)
		close(fatal)
	})
}
