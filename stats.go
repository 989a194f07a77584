// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"sync/atomic"
	"time"
)

// Stats holds the counters of an Engine.
type Stats struct {
	Driver string // "epoll", "portable" or "memory"
	Loops  int    // the number of event loops

	// Now.
	Sockets int // sockets that are connecting, open or closing, and clients whose PROXY header is awaited
	Servers int // servers, from Listen to OnClose
	Unread  int // open sockets that are not read: paused, or with a full pipe, or with a Blocking callback that has much to take first, or stopped by the Budget. Their peer's end is not reported

	// Lag is the longest turn of any loop in this second or the one before, the turn
	// under way included. It is how long an event had to wait because its loop was busy
	// with others. Above some 10 ms, a callback blocks: see Handler.Blocking.
	Lag time.Duration

	// Delay is how late a loop that slept has woken at most, in this second or the one
	// before. No callback runs meanwhile: if Delay is long, too, the processors are busy
	// with others, and not the loop.
	Delay time.Duration

	// Since the start.
	Turns     int64 // turns of the loops; in each, a loop delivers events and sends
	Accepted  int64 // connections accepted by servers
	Connected int64 // connections made or adopted by clients
	Closed    int64 // sockets whose OnClose has returned
	Dropped   int64 // connections that a Server refused: see OnDrop; the sum of Drops
	Panics    int64 // callbacks that panicked or called runtime.Goexit

	BytesReceived  int64
	BytesSent      int64 // taken by the kernel
	BytesDiscarded int64 // received and not delivered: without OnData, after ErrFinalToken, Close or Destroy
	WritesDropped  int64 // by OverflowDrop
	Frames         int64 // pieces that a Framing or a Split has cut for OnData

	Resets   int64 // sockets that ended with ECONNRESET or EPIPE: their peer, or the network, broke the connection
	Timeouts int64 // sockets that ended because a time limit of ours, or the system's, had passed

	Shed   int64       // sockets that were destroyed with ErrOverBudget
	Budget BudgetStats // of Engine.Budget, also as far as other Engines use it; zero if there is none

	Drops Drops // connections that a Server refused, by reason
}

// Drops counts the connections that Servers refused, by the Reason of their Drop.
type Drops struct {
	Blocked         int64 // ErrBlocked
	NotAllowed      int64 // ErrNotAllowed
	OverBudget      int64 // ErrOverBudget
	MaxConns        int64 // ErrMaxConns
	AcceptRate      int64 // ErrAcceptRate
	MaxPerIP        int64 // ErrMaxPerIP
	AcceptRatePerIP int64 // ErrAcceptRatePerIP
	Admit           int64 // an error of Admit
	ProxyHeader     int64 // ErrProxyHeader, ErrProxyTimeout, or lost before the header came
	Handshake       int64 // a TLS handshake that failed, ErrHandshakeTimeout and ErrMaxHandshakes
	Closed          int64 // net.ErrClosed
}

// drops counts the connections that were refused, by their refusal.
type drops [refusals]atomic.Int64

// count returns the counters by name, and their sum.
func (c *drops) count() (d Drops, sum int64) {
	for why, n := range map[refusal]*int64{
		refusedBlocked:         &d.Blocked,
		refusedNotAllowed:      &d.NotAllowed,
		refusedOverBudget:      &d.OverBudget,
		refusedMaxConns:        &d.MaxConns,
		refusedAcceptRate:      &d.AcceptRate,
		refusedMaxPerIP:        &d.MaxPerIP,
		refusedAcceptRatePerIP: &d.AcceptRatePerIP,
		refusedAdmit:           &d.Admit,
		refusedProxyHeader:     &d.ProxyHeader,
		refusedHandshake:       &d.Handshake,
		refusedClosed:          &d.Closed,
	} {
		*n = c[why].Load()
		sum += *n
	}
	return d, sum
}

// counters are the counters of one loop. Other goroutines rarely write them.
type counters struct {
	sockets   atomic.Int64
	unread    atomic.Int64
	accepted  atomic.Int64
	connected atomic.Int64
	closed    atomic.Int64
	panics    atomic.Int64
	received  atomic.Int64
	discarded atomic.Int64
	overflows atomic.Int64
	shed      atomic.Int64
	frames    atomic.Int64
	resets    atomic.Int64
	timeouts  atomic.Int64
}

// ReadStats returns the counters of the engine that Servers and Clients without an Engine
// share, as [Engine.Stats] does.
func ReadStats() Stats { return shared.Stats() }

// Stats returns the engine's counters. It reads them one after the other while the
// loops go on, so they may not agree exactly. Any goroutine may call it, callbacks
// included. It starts the engine; if that fails, the counters are zero. A nil Engine is the
// shared one.
func (e *Engine) Stats() Stats {
	e = e.use()
	var st Stats
	st.Drops, st.Dropped = e.drops.count()
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
		st.Delay = max(st.Delay, l.Delay())
		st.Unread += int(l.unread.Load())
		st.Accepted += l.accepted.Load()
		st.Connected += l.connected.Load()
		st.Closed += l.closed.Load()
		st.Panics += l.panics.Load()
		st.BytesReceived += l.received.Load()
		st.BytesSent += l.BytesSent()
		st.BytesDiscarded += l.discarded.Load()
		st.WritesDropped += l.overflows.Load()
		st.Frames += l.frames.Load()
		st.Resets += l.resets.Load()
		st.Timeouts += l.timeouts.Load()
		st.Shed += l.shed.Load()
	}
	if e.budget != nil {
		st.Budget = e.budget.Stats()
	}
	return st
}
