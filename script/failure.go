// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"errors"
	"fmt"

	"github.com/dop251/goja"
)

// thrown returns what a script threw.
func (r *Runtime) thrown(err error) goja.Value {
	var ex *goja.Exception
	if errors.As(err, &ex) {
		return ex.Value()
	}
	return r.vm.NewGoError(err)
}

// report prints an error that nobody handled.
func (r *Runtime) report(err error) {
	if r.Stderr != nil {
		fmt.Fprintln(r.Stderr, err)
	}
}
