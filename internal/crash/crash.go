// Copyright 2026 The duplex authors. MIT license.

// Package crash is what the library does when a callback of the program panics or ends its
// goroutine: it cuts the stack for those who read it, and limits how much is logged.
package crash

import (
	"bytes"
	"slices"
	"sync"
	"time"

	"github.com/duplex-go/duplex/internal/rates"
)

// Stack returns a stack of [runtime/debug.Stack], taken in a deferred function, without the
// frames above the one that has called panic or Goexit, or in which the runtime has panicked:
// those of the recovery and of the runtime.
func Stack(stack []byte) []byte {
	head, frames, ok := bytes.Cut(stack, []byte("\n")) // "goroutine 7 [running]:"
	for began := false; ok; {
		end := begins(frames, "panic(") || begins(frames, "runtime.Goexit(")
		if began && !end && !begins(frames, "runtime.") {
			return slices.Concat(head, []byte("\n"), frames)
		}
		began = began || end
		for range 2 { // the function, and its place
			_, frames, ok = bytes.Cut(frames, []byte("\n"))
		}
	}
	return stack
}

func begins(frames []byte, name string) bool { return bytes.HasPrefix(frames, []byte(name)) }

// An Alarm limits how often crashes are logged, as clients may be able to cause them: ten at
// once, and then one a second. The zero Alarm is ready, and any goroutine may call its methods.
type Alarm struct {
	mu       sync.Mutex
	began    time.Time
	due      int64 // of pace, since began
	unlogged int
}

var pace = rates.NewPace(1, 10)

// Rings reports whether a crash is to be logged, and how many were not since the last one.
func (a *Alarm) Rings() (unlogged int, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.began.IsZero() {
		a.began = time.Now()
	}
	now := int64(time.Since(a.began))
	if !pace.Allows(a.due, now) {
		a.unlogged++
		return 0, false
	}
	a.due = pace.After(a.due, now)
	unlogged, a.unlogged = a.unlogged, 0
	return unlogged, true
}
