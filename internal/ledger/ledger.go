// Copyright 2026 The duplex authors. MIT license.

// Package ledger counts the memory of bytes that wait, and says what has to go when it is
// used up.
//
// A [Ledger] is what duplex.Budget stands on: it sums up what all holders keep, says when
// they must not read, and sheds the newest when too much is used. An [Account] is the part
// of a server, or of the clients of an engine, in one Ledger and in a quota of its own. Each
// holder, a socket for example, has a stake in an Account: what it keeps now.
package ledger

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A Ledger holds the sums of a Budget. Open has to be called first. Any goroutine may call
// its other methods, which take no lock of a holder unless they say so.
type Ledger struct {
	// Constant after Open.
	limit           int64
	low, high, most int64 // half of limit, three quarters, and limit itself or, if it does not limit, the largest number
	patience        time.Duration

	in, out atomic.Int64
	doomed  atomic.Int64 // what holders keep that were shed
	strain  atomic.Int32 // a strain
	sheds   atomic.Int64 // sockets
	refused atomic.Int64 // clients
	stakes  stakes

	shedding sync.Mutex // one goroutine sheds at a time; comes before locks of holders

	mu      sync.Mutex // guards what follows and changes of strain; comes after locks of holders
	members []*func()
	stopped int64 // how often reading was stopped
	timer   *time.Timer
}

// A strain is how near a Ledger is to its limit.
type strain = int32

const (
	relaxed  strain = iota
	strained        // no socket is read
	breached        // and no client is accepted
)

// defaultLimit and defaultPatience are those of a Ledger that is given none.
const (
	defaultLimit    = 256 << 20
	defaultPatience = 2 * time.Second
)

// Open sets the limit, as Budget.Limit says it, and how long reading may be stopped, as
// Budget.MaxStop does. It is called once.
func (l *Ledger) Open(limit int, patience time.Duration) {
	l.limit = int64(limit)
	if l.limit == 0 {
		l.limit = defaultLimit
	}
	l.low = max(1, l.limit/2)
	l.high = max(l.low, l.limit/2+l.limit/4)
	l.most = l.limit
	if l.limit < 0 {
		l.limit = -1
		l.low, l.high, l.most = 0, math.MaxInt64, math.MaxInt64
	}
	if l.patience = patience; l.patience == 0 {
		l.patience = defaultPatience
	}
}

// Join has changed called whenever reading stops or may go on, until part is called. Changed
// must not call methods of the Ledger, which has locked itself: the caller may hold locks of
// holders, too.
func (l *Ledger) Join(changed func()) (part func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	member := &changed
	l.members = append(l.members, member)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.members = slices.DeleteFunc(l.members, func(m *func()) bool { return m == member })
	}
}

func (l *Ledger) used() int64 { return l.in.Load() + l.out.Load() }

// exceeded reports whether holders have to be shed.
func (l *Ledger) exceeded() bool { return l.used()-l.doomed.Load() > l.most }

// Stops reports whether no socket may read now.
func (l *Ledger) Stops() bool { return l.strain.Load() != relaxed }

// Refuses reports whether no client may be accepted now. It may be called with nil.
func (l *Ledger) Refuses() bool { return l != nil && l.strain.Load() == breached }

// CountRefused counts a client that was refused for that reason.
func (l *Ledger) CountRefused() { l.refused.Add(1) }

// add counts bytes. The caller may hold the lock of a holder.
func (l *Ledger) add(in, out int64) {
	if in != 0 {
		l.in.Add(in)
	}
	if out != 0 {
		l.out.Add(out)
	}
	if now := l.strain.Load(); l.next(now) != now {
		l.adjust()
	}
}

// next returns the strain that follows now.
func (l *Ledger) next(now strain) strain {
	switch used := l.used(); {
	case used > l.most:
		return breached
	case used < l.low:
		return relaxed
	case used < l.high:
		return min(now, strained)
	}
	return max(now, strained)
}

// adjust goes on to the next strain, and has the members start or stop reading.
func (l *Ledger) adjust() {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.strain.Load()
	now := l.next(before)
	l.strain.Store(now)
	if (before == relaxed) == (now == relaxed) {
		return
	}
	if now == relaxed {
		if l.timer != nil {
			l.timer.Stop()
		}
	} else {
		l.stopped++
		l.expect(l.stopped)
	}
	for _, changed := range l.members {
		(*changed)()
	}
}

// expect has the stop with that number end when patience is over. The caller holds mu.
func (l *Ledger) expect(stop int64) {
	if l.patience > 0 {
		l.timer = time.AfterFunc(l.patience, func() { l.expire(stop) })
	}
}

// expire ends the stop with that number, if it is not over yet. If shedding does not help,
// since Blocking callbacks hold the rest, expire tries again later.
func (l *Ledger) expire(stop int64) {
	if !l.stoppedSince(stop) {
		return
	}
	l.shed(l.low - 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.Stops() && l.stopped == stop {
		l.expect(stop)
	}
}

// stoppedSince reports whether reading is stopped and has been since that stop.
func (l *Ledger) stoppedSince(stop int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Stops() && l.stopped == stop
}

// shed sheds the newest holders, until no more than most is used by others. It reports
// false if more is used, and no holder keeps it. The caller holds no lock of a holder.
func (l *Ledger) shed(most int64) bool {
	l.shedding.Lock() // others wait for what this one frees
	defer l.shedding.Unlock()
	for {
		excess := l.used() - l.doomed.Load() - most
		if excess <= 0 {
			return true
		}
		found := l.stakes.victims(excess)
		for _, h := range found {
			h.Shed()
		}
		if len(found) == 0 {
			return false
		}
	}
}

// Stats holds the numbers of a Ledger: see duplex.BudgetStats, whose fields it has.
type Stats struct {
	Limit int64

	QueuedIn  int64
	QueuedOut int64
	Stopped   bool

	Stops   int64
	Shed    int64
	Refused int64
}

// Stats returns the numbers of l.
func (l *Ledger) Stats() Stats {
	l.mu.Lock()
	stops := l.stopped
	l.mu.Unlock()
	return Stats{
		Limit:     l.limit,
		QueuedIn:  l.in.Load(),
		QueuedOut: l.out.Load(),
		Stopped:   l.Stops(),
		Stops:     stops,
		Shed:      l.sheds.Load(),
		Refused:   l.refused.Load(),
	}
}
