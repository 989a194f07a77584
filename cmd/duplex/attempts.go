// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"sync"
	"syscall"
	"time"

	"github.com/duplex-go/duplex"
)

// Attempts connect a socket; under --retry another one when that fails, until a server
// listens. Only the events of the last one are shown.
type attempts struct {
	connect func(h *duplex.Handler) *duplex.Socket
	handler *duplex.Handler // of the socket that is connected, or fails for good
	again   bool            // --retry
	until   time.Time       // when --timeout is over; zero is never
	waiting func(error)     // called when the first attempt has failed

	mu      sync.Mutex // guards what follows
	current *duplex.Socket
	timer   *duplex.Timer // of the next attempt; nil while one is under way
	tries   int
	stopped bool // there is to be no other attempt
}

// The pauses between attempts grow from the first to the longest.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = 2 * time.Second
)

// start makes the first attempt.
func (a *attempts) start() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.attempt()
}

// attempt makes the next attempt. The caller holds mu.
func (a *attempts) attempt() {
	a.timer = nil
	a.tries++
	h := *a.handler
	if a.again {
		connected, swallowed := false, false
		h.OnConnect = func(s *duplex.Socket) {
			connected = true
			a.handler.OnConnect(s)
		}
		h.OnError = func(s *duplex.Socket, err error) {
			if swallowed = !connected && a.retries(err); !swallowed {
				a.handler.OnError(s, err)
			}
		}
		h.OnClose = func(s *duplex.Socket) {
			if !swallowed {
				a.handler.OnClose(s)
				return
			}
			a.wait(s)
		}
	}
	a.current = a.connect(&h)
}

// retries reports whether another attempt follows after err.
func (a *attempts) retries(err error) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	late := !a.until.IsZero() && time.Now().Add(a.pause()).After(a.until)
	return !a.stopped && !late && isAbsent(err)
}

// isAbsent reports whether err says that there is no server yet.
func isAbsent(err error) bool {
	for _, absent := range []syscall.Errno{syscall.ECONNREFUSED, syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.ENOENT} {
		if errors.Is(err, absent) {
			return true
		}
	}
	code := exitCode(err)
	return code == exitNoName || code == exitTimeout
}

// pause returns how long to wait after the latest attempt. The caller holds mu.
func (a *attempts) pause() time.Duration {
	return min(firstPause<<min(a.tries-1, 10), longestPause)
}

// wait makes the next attempt after a pause. The socket s of the one before is closed.
func (a *attempts) wait(s *duplex.Socket) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stopped {
		go a.handler.OnClose(s)
		return
	}
	if a.tries == 1 {
		go a.waiting(s.Err())
	}
	a.timer = duplex.AfterFunc(a.pause(), func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.timer != nil && !a.stopped {
			a.attempt()
		}
	})
}

// socket returns the socket of the latest attempt.
func (a *attempts) socket() *duplex.Socket {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.current
}

// stop lets no other attempt follow, and calls do with the latest socket.
func (a *attempts) stop(do func(*duplex.Socket)) {
	a.mu.Lock()
	a.stopped = true
	s, waited := a.current, a.timer != nil
	a.timer = nil
	a.mu.Unlock()
	if waited {
		a.handler.OnClose(s)
		return
	}
	do(s)
}
