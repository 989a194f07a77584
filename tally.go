// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// LoopStats holds the counters of one event loop.
type LoopStats struct {
	Sockets int // sockets of the loop now, as in Stats
	Unread  int // open sockets that are not read now

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
// every socket, so that counting costs a socket nothing: some 50 ns for each. Any goroutine
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
		st.QueuedIn += (*stream)(s).holding().in
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
