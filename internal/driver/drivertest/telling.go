// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"runtime"
	"slices"
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
)

func telling(t *testing.T, c Config) {
	t.Run("a call that panics loses no other event", func(t *testing.T) {
		interrupted(t, c, func() { panic("on purpose") })
	})
	t.Run("a call that never returns loses no other event", func(t *testing.T) {
		interrupted(t, c, runtime.Goexit)
	})
	t.Run("a call that never returns loses no reset of a socket that is not read", func(t *testing.T) {
		if c.Sockets && runtime.GOOS == "windows" {
			t.Skip("Windows does not report it to package net")
		}
		interruptedAfterEnds(t, c)
	})
}

// interruptedAfterEnds has several peers reset their connections at the same time, after their
// ends. A driver that is told once of each, and of all at once, has to remember the rest when
// the call for the first does not return.
func interruptedAfterEnds(t *testing.T, c Config) {
	r := newRig(t, c, 2)
	const count = 5
	ln := r.loops[0].listen(loopback, driver.ListenOptions{})
	var clients, servers []*socket
	for range count {
		clients = append(clients, r.loops[0].connect(ln.local))
	}
	r.until("all are connected", all(clients, func(s *socket) bool { return s.connected }))
	r.until("all are accepted", func() bool { return len(ln.accepted) == count })
	for i := range count {
		servers = append(servers, r.loops[1].attach(ln, driver.Options{}))
		clients[i].receive(true)
		servers[i].shutdown()
	}
	r.until("all end", all(clients, func(s *socket) bool { return s.ended }))
	r.loops[0].idle() // from now on it is told once
	for _, l := range r.loops {
		l.spare = true
		l.after = func(*socket, string) { runtime.Goexit() }
	}
	for _, s := range servers {
		s.close(true)
	}
	r.until("all resets arrive", all(clients, func(s *socket) bool { return s.failed }))
}

// interrupted runs conversations in which interrupt ends every call of the sink.
func interrupted(t *testing.T, c Config, interrupt func()) {
	r := newRig(t, c, 2)
	for _, l := range r.loops {
		l.spare = true
		l.after = func(*socket, string) { interrupt() }
	}
	const count = 5
	ln := r.loops[0].listen(loopback, driver.ListenOptions{})
	var clients, servers []*socket
	for range count {
		clients = append(clients, r.loops[0].connect(ln.local))
	}
	r.until("all are connected", all(clients, func(s *socket) bool { return s.connected }))
	r.until("all are accepted", func() bool { return len(ln.accepted) == count })
	for range count {
		servers = append(servers, r.loops[1].attach(ln, driver.Options{}))
	}
	for i := range count {
		clients[i].receive(true)
		servers[i].receive(true)
		clients[i].write(pattern(300_000))
	}
	r.until("all is sent", all(clients, (*socket).flushed))
	for _, s := range clients {
		s.shutdown()
	}
	r.until("all ends", all(servers, func(s *socket) bool { return s.ended }))
	for _, s := range servers {
		same(t, s.data, pattern(300_000))
		s.close(true)
	}
	r.until("all are reset", all(clients, func(s *socket) bool { return s.over() }))
	for _, s := range clients {
		s.close(false)
	}
	ln.close(false)
	r.until("all are closed", all(slices.Concat(clients, servers, []*socket{ln}), func(s *socket) bool { return s.gone }))
}
