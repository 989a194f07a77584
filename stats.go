// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"sync/atomic"
	"time"
)

// Stats is what an Engine has counted since it started, and what it holds now.
type Stats struct {
	Driver string // "epoll", "portable" or "memory"
	Loops  int

	// Now.
	Sockets int // open, connecting or closing
	Servers int // listening
	Unread  int // sockets that are open and that nobody reads: they are paused, or their Blocking handlers are behind. They hear of no end

	// Lag is how long an event had to wait, in this second or the one before, because
	// its loop was busy with others: the longest turn of any loop, the one under way
	// included. Above some 10 ms, a callback blocks: see Handler.Blocking.
	Lag time.Duration

	// Since the start.
	Turns     int64 // of the loops: each tells what has happened, and sends
	Accepted  int64 // connections accepted by servers
	Connected int64 // connections made by clients
	Closed    int64 // sockets whose OnClose was told
	Dropped   int64 // connections that a Server refused: OnDrop
	Panics    int64 // callbacks that panicked or called runtime.Goexit

	BytesReceived  int64
	BytesSent      int64 // taken by the kernel
	BytesDiscarded int64 // received by sockets without OnData, or after Close
	WritesDropped  int64 // by OverflowDrop
}

// counters are those of one loop: nobody else writes them often.
type counters struct {
	sockets   atomic.Int64
	unread    atomic.Int64
	accepted  atomic.Int64
	connected atomic.Int64
	closed    atomic.Int64
	panics    atomic.Int64
	received  atomic.Int64
	sent      atomic.Int64
	discarded atomic.Int64
	overflows atomic.Int64
}

// Stats returns the engine's counters. They are read one after the other while
// the loops go on. Any goroutine may call it, callbacks included. It starts the
// engine; of one that cannot start, all is zero.
func (e *Engine) Stats() Stats {
	st := Stats{Dropped: e.dropped.Load()}
	if e.start() != nil {
		return st
	}
	e.mu.Lock()
	st.Servers = len(e.servers)
	e.mu.Unlock()
	st.Driver = e.driver
	st.Loops = len(e.lanes)
	for _, l := range e.lanes {
		st.Sockets += int(l.sockets.Load())
		st.Turns += l.Turns()
		st.Lag = max(st.Lag, l.Lag())
		st.Unread += int(l.unread.Load())
		st.Accepted += l.accepted.Load()
		st.Connected += l.connected.Load()
		st.Closed += l.closed.Load()
		st.Panics += l.panics.Load()
		st.BytesReceived += l.received.Load()
		st.BytesSent += l.sent.Load()
		st.BytesDiscarded += l.discarded.Load()
		st.WritesDropped += l.overflows.Load()
	}
	return st
}
