// Copyright 2026 The duplex authors. MIT license.

package script

import "github.com/dop251/goja"

// bindings are the parts of modules that are written in Go, each called once, to
// fill its exports.
var bindings map[string]func(*Runtime, *goja.Object)

func init() {
	bindings = map[string]func(*Runtime, *goja.Object){
		"buffer":        bindBuffer,
		"child_process": bindChildProcess,
		"crypto":        bindCrypto,
		"dns":           bindDNS,
		"encoding":      bindEncoding,
		"events":        bindEvents,
		"fs":            bindFS,
		"inspect":       bindInspect,
		"language":      bindLanguage,
		"modules":       bindModules,
		"net":           bindNet,
		"os":            bindOS,
		"process":       bindProcess,
		"stack":         bindStack,
		"streams":       bindStreams,
		"tls":           bindTLS,
		"turns":         bindTurns,
		"timers":        bindTimers,
		"wasm":          bindWasm,
		"zlib":          bindZlib,
	}
}
