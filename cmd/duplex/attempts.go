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
// listens, and under --reconnect another one when the connection is over. Of attempts
// that fail, only the events of the last one are shown.
type attempts struct {
	connect   func(h *duplex.Handler) *duplex.Socket
	handler   *duplex.Handler      // of the socket that is connected, or fails for good
	over      func(*duplex.Socket) // called when none follows a connection, and attempts after it
	retry     bool                 // --retry
	reconnect bool                 // --reconnect
	most      int                  // attempts after a connection; 0 is any number
	timeout   time.Duration        // for all attempts until a connection; 0 is any time
	pauses    between              // the time before an attempt, which grows

	// waiting is called before each pause: the first after a connection is over, or
	// after the first attempt, and others.
	waiting func(err error, pause time.Duration, first bool)

	mu      sync.Mutex // guards what follows
	begun   time.Time  // when the first attempt was made, or the connection was over
	current *duplex.Socket
	timer   *duplex.Timer // of the next attempt; nil while one is under way
	tries   int
	lost    bool // there was a connection
	stopped bool // there is to be no other attempt
	settled bool // there is nothing to connect for
}

// start makes the first attempt.
func (a *attempts) start() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.begun = time.Now()
	a.attempt()
}

// attempt makes the next attempt. The caller holds mu.
func (a *attempts) attempt() {
	a.timer = nil
	a.tries++
	h := *a.handler
	if a.retry || a.reconnect {
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
			if swallowed || !connected && a.isSettled() {
				a.wait(s)
				return
			}
			a.handler.OnClose(s)
		}
	}
	a.current = a.connect(&h)
}

// retries reports whether another attempt follows after err.
func (a *attempts) retries(err error) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch code := exitCode(err); {
	case a.settled:
		return true // that is, none follows, and nothing is shown of this one
	case a.stopped || a.timeout > 0 && time.Since(a.begun)+a.pause() > a.timeout:
		return false
	case a.lost:
		return (a.most == 0 || a.tries < a.most) && code != exitUntrusted && code != exitTLS
	}
	return a.retry && isAbsent(err)
}

// reopen makes another attempt after a connection that is over, and reports whether it
// does.
func (a *attempts) reopen(s *duplex.Socket) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stopped {
		return false
	}
	a.lost, a.tries, a.begun = true, 0, time.Now()
	a.schedule(s.Err())
	return true
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

// pause returns how long to wait after the latest attempt, or after a connection. The
// caller holds mu.
func (a *attempts) pause() time.Duration {
	before := a.tries // pauses: the first one follows the connection, or the first attempt
	if !a.lost {
		before--
	}
	return min(a.pauses.least<<min(max(before, 0), 20), a.pauses.most)
}

// wait makes the next attempt after a pause. The socket s of the one before is closed.
func (a *attempts) wait(s *duplex.Socket) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stopped {
		go a.giveUp(s, a.lost)
		return
	}
	a.schedule(s.Err())
}

// giveUp is called when no attempt follows that of s, whose close is shown already if
// it comes after a connection.
func (a *attempts) giveUp(s *duplex.Socket, lost bool) {
	if lost {
		a.over(s)
	} else {
		a.handler.OnClose(s)
	}
}

// schedule makes the next attempt after a pause. The caller holds mu.
func (a *attempts) schedule(err error) {
	pause := a.pause()
	a.waiting(err, pause, a.tries == 0 || !a.lost && a.tries == 1)
	a.timer = duplex.AfterFunc(pause, func() {
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

// settle ends the attempts after a connection, as there is nothing to connect for.
// Nothing is shown of the last one.
func (a *attempts) settle() {
	a.mu.Lock()
	a.settled = true
	a.mu.Unlock()
	a.stop(destroy)
}

// isSettled reports whether settle was called.
func (a *attempts) isSettled() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.settled
}

// stop lets no other attempt follow, and calls do with the latest socket.
func (a *attempts) stop(do func(*duplex.Socket)) {
	a.mu.Lock()
	a.stopped = true
	s, waited, lost := a.current, a.timer != nil, a.lost
	a.timer = nil
	a.mu.Unlock()
	if waited {
		a.giveUp(s, lost)
		return
	}
	do(s)
}

// isBetween reports whether there is no connection, and attempts at another are made.
func (v *conversation) isBetween() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.current == nil && v.unneeded != nil
}

// orderEnd returns what /end does: end, or between two connections it ends the input.
func (v *conversation) orderEnd(end func(string) ([]byte, error)) func(string) ([]byte, error) {
	return func(text string) ([]byte, error) {
		if v.isBetween() {
			v.stop(nil, interrupted) // its input is not over, as the order is a part of it
			return nil, nil
		}
		return end(text)
	}
}
