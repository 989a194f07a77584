// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"errors"
	"os"
	"sync/atomic"
	"syscall"
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

	// GroupBacklog is the memory of the messages of Groups and Casts that no loop has queued for
	// the members yet, each counted for each loop: see Group.Write. It is near 0 unless a loop is
	// busy.
	GroupBacklog int64

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
	WritesRefused  int64 // messages of a Group or a Cast that the write queue of a member had no room for: see Group.OnRefuse
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
	refusals  atomic.Int64
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
		st.GroupBacklog += l.casts.bytes.Load()
		st.Accepted += l.accepted.Load()
		st.Connected += l.connected.Load()
		st.Closed += l.closed.Load()
		st.Panics += l.panics.Load()
		st.BytesReceived += l.received.Load()
		st.BytesSent += l.BytesSent()
		st.BytesDiscarded += l.discarded.Load()
		st.WritesDropped += l.overflows.Load()
		st.WritesRefused += l.refusals.Load()
		st.Frames += l.frames.Load()
		st.Resets += l.resets.Load()
		st.Timeouts += l.timeouts.Load()
		st.Shed += l.shed.Load()
	}
	if e.Budget != nil {
		st.Budget = e.Budget.Stats()
	}
	return st
}

// LoopStats holds the counters of one event loop.
type LoopStats struct {
	// Now, as in Stats.
	Sockets      int   // sockets of the loop
	Unread       int   // open sockets that are not read
	GroupBacklog int64 // memory of messages of groups that wait for the loop

	// Lag and Delay are those of Stats, for this loop. A callback that blocks makes the Lag
	// of its loop long, and that of no other. A busy machine makes Delay long.
	Lag, Delay time.Duration

	// Since the start.
	Turns     int64
	SlowTurns int64         // turns that took more than 10 ms
	Busy      time.Duration // the length of all turns; beside the time that has passed, how busy the loop is

	Accepted, Connected, Closed, Panics int64
	BytesReceived, BytesSent, Frames    int64
	Resets, Timeouts                    int64
}

// LoopStats returns the counters of each loop of the engine, in the order of the loops.
// It is empty if the engine cannot start. See [Engine.Stats], which has the sums.
func (e *Engine) LoopStats() []LoopStats {
	e = e.use()
	if e.start() != nil {
		return nil
	}
	all := make([]LoopStats, len(e.lanes))
	for i, l := range e.lanes {
		all[i] = LoopStats{
			Sockets:       int(l.sockets.Load()),
			Unread:        int(l.unread.Load()),
			GroupBacklog:  l.casts.bytes.Load(),
			Lag:           l.Lag(),
			Delay:         l.Delay(),
			Turns:         l.Turns(),
			SlowTurns:     l.SlowTurns(),
			Busy:          l.Busy(),
			Accepted:      l.accepted.Load(),
			Connected:     l.connected.Load(),
			Closed:        l.closed.Load(),
			Panics:        l.panics.Load(),
			BytesReceived: l.received.Load(),
			BytesSent:     l.BytesSent(),
			Frames:        l.frames.Load(),
			Resets:        l.resets.Load(),
			Timeouts:      l.timeouts.Load(),
		}
	}
	return all
}

// ServerStats holds the counters of a Server.
type ServerStats struct {
	// Now.
	Sockets   int   // as Len
	Unread    int   // sockets that are not read, as in Stats
	QueuedIn  int64 // memory of input that is not delivered
	QueuedOut int64 // bytes that wait to be sent: the sum of Buffered

	// Since the first Listen.
	Accepted int64 // connections that became sockets
	Closed   int64 // sockets that have left the server
	Dropped  int64 // connections that were refused; the sum of Drops
	Drops    Drops // by reason

	// Bytes of the program: with TLS, what its records hold. Those of sockets that are
	// open count, too.
	BytesReceived int64
	BytesSent     int64 // taken by the kernel, or by TLS
	Frames        int64 // pieces that a Framing or a Split has cut for OnData
	Resets        int64 // sockets that ended with ECONNRESET or EPIPE
	Timeouts      int64 // sockets that ended because a time limit had passed
}

// Stats returns the counters of the server. They go on when it listens again. It asks
// every socket, so that counting costs a socket nothing: some 70 ns for each. Any goroutine
// may call it.
func (srv *Server) Stats() ServerStats {
	srv.mu.Lock()
	st := srv.past
	sockets := srv.roster.all()
	st.Sockets = srv.roster.n
	if srv.listener != nil {
		st.Frames += srv.listener.frames()
	}
	srv.mu.Unlock()
	st.Drops, st.Dropped = srv.drops.count()
	for _, s := range sockets { // one that leaves meanwhile is not among the past ones
		s.mu.Lock()
		st.BytesReceived += s.read
		st.BytesSent += s.out.Start()
		st.QueuedOut += int64(s.out.Len())
		st.QueuedIn += (*stream)(s).holding().In
		if s.in.reading == unread {
			st.Unread++
		}
		s.mu.Unlock()
	}
	return st
}

// frames returns how many pieces the sockets of ln have received.
func (ln *listener) frames() (n int64) {
	for _, conf := range ln.confs {
		n += conf.frames.Load()
	}
	return n
}

// tally counts a socket that leaves the server. The caller holds the mu of the server.
func (srv *Server) tally(s *Socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &srv.past
	p.Closed++
	p.BytesReceived += s.read
	p.BytesSent += s.out.Start()
	switch (*stream)(s).outcome() {
	case endedByReset:
		p.Resets++
	case endedByTime:
		p.Timeouts++
	}
}

// An outcome is why a socket has ended, as far as it is counted.
type outcome uint8

const (
	endedOtherwise outcome = iota
	endedByReset
	endedByTime
)

// outcome returns why st has ended. The caller holds mu.
func (st *stream) outcome() outcome {
	switch err := st.more.cause(); {
	case err == nil:
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT):
		return endedByTime
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return endedByReset
	}
	return endedOtherwise
}

// finish counts a socket that has ended.
func (c *counters) finish(why outcome) {
	switch why {
	case endedByReset:
		c.resets.Add(1)
	case endedByTime:
		c.timeouts.Add(1)
	}
}
