// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"fmt"
	"reflect"
	"regexp"
	"runtime"

	"github.com/duplex-go/duplex/internal/loop"
)

// block delivers, on a goroutine of its own, what is due to a Blocking handler. The
// engine is an argument because blockedIn reads it.
func (st *stream) block(e *Engine) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for st.handler.Blocking {
		ev := st.next()
		if ev == nothing || ev.isServers() {
			break
		}
		st.tell(ev)
		st.advanceLater() // what the callback changed is for the loop to settle
	}
	st.unwind() // also if no event was due after all
	st.pump = idle
	st.advanceLater()
	runtime.KeepAlive(e)
}

// blocked finds the arguments of block in a stack trace. The program may have a function
// of that name, too, so the line begins with the path of this package.
var blocked = regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(reflect.TypeFor[stream]().PkgPath()) +
	`\.\(\*stream\)\.block\((0x[0-9a-f]+)\??, (0x[0-9a-f]+)`)

// blockedIn returns the socket and the engine of the Blocking callback that the caller
// runs in, as %p formats them, or empty strings. Go tells a function nothing about its
// goroutine, except in a stack trace, and there the goroutine of a Blocking socket
// begins with block. It takes some 20 us, so it is for what would deadlock otherwise;
// to number the goroutine before each callback took 3 us of the 25 of an echo.
func blockedIn() (socket, engine string) {
	trace := make([]byte, 64<<10)
	trace = trace[:runtime.Stack(trace, false)]
	found := blocked.FindSubmatch(trace)
	if found == nil {
		return "", ""
	}
	return string(found[1]), string(found[2])
}

// callers are the last two goroutines for which calls has read a stack trace. A goroutine
// that began with block stays one, and its number is not used again, so what is known of
// it stays true.
type callers struct {
	blocking uint64 // one of block, for this socket
	other    uint64 // any other
}

// onItsOwn reports whether the caller is a Blocking callback of s.
func (s *Socket) onItsOwn() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pump == onItsOwn && s.calls()
}

// calls reports whether the caller runs in block for s. It takes a microsecond, if the
// caller is one of the callers. The caller holds mu.
func (s *Socket) calls() bool {
	known, id := &s.rare().callers, loop.Goroutine()
	switch id {
	case known.blocking:
		return true
	case known.other:
		return false
	}
	socket, _ := blockedIn()
	if socket != fmt.Sprintf("%p", s) {
		known.other = id
		return false
	}
	known.blocking = id
	return true
}

// inCallback reports whether the caller runs on a loop of e, or in a Blocking callback
// of one of its sockets.
func (e *Engine) inCallback() bool {
	if e.onLoop() {
		return true
	}
	_, engine := blockedIn()
	return engine == fmt.Sprintf("%p", e)
}
