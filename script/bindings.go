// Copyright 2026 The duplex authors. MIT license.

package script

import "github.com/dop251/goja"

// bindings are the parts of modules that are written in Go, each called once, to
// fill its exports.
var bindings map[string]func(*Runtime, *goja.Object)

func init() {
	bindings = map[string]func(*Runtime, *goja.Object){
		"process": bindProcess,
		"timers":  bindTimers,
	}
}
