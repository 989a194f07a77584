// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"io"

	"github.com/dop251/goja"
)

// bindProcess is binding('process').
func bindProcess(r *Runtime, exports *goja.Object) {
	exports.Set("write", func(call goja.FunctionCall) goja.Value {
		if r.Stdout != nil {
			io.WriteString(r.Stdout, call.Argument(1).String())
		}
		return goja.Undefined()
	})
	exports.Set("exit", func(call goja.FunctionCall) goja.Value {
		r.stop(int(call.Argument(0).ToInteger()))
		r.vm.Interrupt("exit")
		return goja.Undefined()
	})
}
