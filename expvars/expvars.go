// Copyright 2026 The duplex authors. MIT license.

// Package expvars publishes the counters of duplex by package expvar, as JSON:
//
//	expvars.Publish("duplex", nil)             // the shared engine
//	expvars.PublishServer("duplex.game", game) // a *duplex.Server
//	expvars.PublishHub("duplex.rooms", hub)    // a *room.Hub
//
// A program that serves http.DefaultServeMux then shows them at /debug/vars. The names are
// those of the fields of the structs of packages duplex and room; times are in nanoseconds. What they
// mean is in docs/metrics.md of the repository.
package expvars

import (
	"expvar"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/room"
)

// Publish publishes what Stats and LoopStats of the engine return, as the fields Engine and
// Loops. A nil Engine is the shared one. The counters are read when someone looks. As in
// package expvar, a name that is in use is a mistake of the program, and ends it.
func Publish(name string, e *duplex.Engine) {
	expvar.Publish(name, expvar.Func(func() any {
		return struct {
			Engine duplex.Stats
			Loops  []duplex.LoopStats
		}{e.Stats(), e.LoopStats()}
	}))
}

// PublishServer publishes what Stats of the server returns.
func PublishServer(name string, srv *duplex.Server) {
	expvar.Publish(name, expvar.Func(func() any { return srv.Stats() }))
}

// PublishWorkers publishes what Stats of the Workers returns.
func PublishWorkers(name string, w *duplex.Workers) {
	expvar.Publish(name, expvar.Func(func() any { return w.Stats() }))
}

// PublishHub publishes what Stats of the Hub returns.
func PublishHub(name string, h *room.Hub) {
	expvar.Publish(name, expvar.Func(func() any { return h.Stats() }))
}
