// Copyright 2026 The duplex authors. MIT license.

package load

import (
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

// A schedule says when the messages of a worker are due: at equal distances.
type schedule struct {
	start  int64
	period float64 // nanoseconds
	n      int64   // messages so far
}

// due returns when the next message is due.
func (s *schedule) due() int64 { return s.start + int64(float64(s.n)*s.period) }

// between returns how many messages from the next one on are due in [from, end).
func (s *schedule) between(from, end int64) int64 {
	before := func(t int64) int64 { // messages that are due before t
		if t <= s.start {
			return 0
		}
		n := int64(float64(t-s.start) / s.period)
		for s.start+int64(float64(n)*s.period) < t {
			n++
		}
		return n
	}
	return max(0, before(end)-max(s.n, before(from)))
}

// A pacer wakes workers when their messages are due. Timers of Go are late by up to a
// millisecond in a process that is otherwise idle, since epoll_wait counts in these. So
// it is a thread that sleeps by the system's finer clock. A worker whose loop is awake
// anyway looks by itself, and the pacer finds nothing left to do.
type pacer struct {
	workers []*worker
	gap     time.Duration // between messages
	virtual bool          // the time is that of a test
	over    atomic.Bool
	done    chan struct{}
}

// Naps of a pacer. A shorter one would cost more than the message that it is for: at such
// rates a loop is awake most of the time.
const (
	shortestNap = 50 * time.Microsecond
	idleNap     = 200 * time.Microsecond // while no worker awaits its next message
	longestNap  = time.Millisecond
)

func startPacer(workers []*worker, plan *Plan) *pacer {
	p := &pacer{
		workers: workers,
		gap:     time.Duration(float64(time.Second) / plan.Rate),
		virtual: strings.HasPrefix(plan.Driver, "memory"),
		done:    make(chan struct{}),
	}
	go p.run() // until stop; then done is closed
	return p
}

func (p *pacer) run() {
	defer close(p.done)
	runtime.LockOSThread() // and the thread ends with it, since its timer is another
	sharpen()
	// A worker that had a backlog is not awaited: its due is never. When it has caught up,
	// the nap that began before must not last beyond its next message.
	most := min(max(p.gap, shortestNap), longestNap)
	for !p.over.Load() {
		next, now := int64(never), p.workers[0].now()
		for _, w := range p.workers {
			due := w.due.Load()
			if due <= now {
				w.nudge()
				due = never
			}
			next = min(next, due)
		}
		wait := max(most, idleNap)
		if next != never {
			wait = min(max(time.Duration(next-now), shortestNap), most)
		}
		if p.virtual {
			time.Sleep(wait)
		} else {
			nap(wait)
		}
	}
}

// stop returns when the pacer has stopped.
func (p *pacer) stop() {
	if p != nil {
		p.over.Store(true)
		<-p.done
	}
}
