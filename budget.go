// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"errors"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// ErrOverBudget is the error of a socket that was destroyed because the Budget of its
// Engine was exceeded, and the Reason of the Drop of a client that came meanwhile. Write
// returns it for more bytes than the whole Budget. Its Code is ERR_OVER_BUDGET.
var ErrOverBudget = errors.New("duplex: the memory for bytes that wait is used up")

// A Budget limits the memory in which the sockets of one or of several Engines keep bytes
// that wait. Engine.Budget says which. MaxWriteBuffer and MaxFrame limit one socket, and
// MaxQueued one Server; a Budget keeps the sum of all from growing with the number of
// clients. The zero Budget is ready. Its fields must not change after the first use.
//
// # What counts
//
//   - Output that the kernel has not taken. A socket that has any holds at least 1 KiB.
//     With TLS the records count, too. A message of Broadcast that many queues hold counts
//     once, for each Server among whose sockets it is, and once for those of Clients.
//   - Input that was read and is not delivered yet: that of a paused socket, of one whose
//     pipe is full, and of one whose Blocking callback has not returned; pieces that Split
//     found incomplete; records of TLS, and PROXY headers, that are not whole.
//   - Posted functions, and completions of WriteFunc: 64 bytes for each that waits.
//
// Bytes count as the memory that holds them, which is more than their number. The buffers
// of the kernel do not count, nor do sockets without such bytes, the buffers of a loop or
// of a ReadFrom or WriteTo under way (some 100 KiB each), and what crypto/tls keeps. A read
// that the portable driver has under way counts once it is reported. The garbage collector
// lets a heap grow to twice its contents, or to GOMEMLIMIT.
//
// # What happens
//
//  1. While three quarters of Limit or more are used, no socket is read. The bytes wait in
//     the kernel, and the peers are slowed down by TCP. Reading goes on by itself when less
//     than half of Limit is used. ReadTimeout and FrameTimeout do not count meanwhile,
//     IdleTimeout does, and Stats.Unread counts the sockets.
//  2. When more than Limit is used, sockets are shed: they are destroyed with
//     [ErrOverBudget], so that OnError and OnClose follow, and what they hold is dropped at
//     once. A connection that has bytes to send is reset. The newest go first, of those that
//     hold any bytes, until no more than Limit is used. Sockets that hold less than
//     16 KiB are passed over, as long as others are enough. Until less than three quarters
//     are used, Servers refuse new clients; OnDrop is called with ErrOverBudget.
//  3. Reading cannot go on while too much waits that does not go by itself: for peers that do
//     not read, for the rest of pieces, or for Resume. After MaxStop, the newest sockets are
//     shed, as above, until less than half of Limit is used.
//
// A Write is not refused because of what other sockets hold. It is queued, and sockets are
// shed before Write returns: perhaps the socket itself, if it is the newest. Two ends of a
// connection that share a Budget also share its pauses: one waits for bytes that the other does
// not read, until MaxStop ends that.
//
// So no more than Limit is used, but for moments: by one Write of each goroutine that
// writes, and by one read of each loop: 64 KiB, or 256 KiB that a pipe carries. On the portable
// driver, up to 256 KiB that a socket has under way to the kernel stay in use until its
// descriptor is closed, up to 50 ms after it was shed.
type Budget struct {
	// Limit is how many bytes may be used: 0 is 256 MiB. Negative is no limit: the bytes
	// are only counted.
	Limit int

	// MaxStop is how long reading may be stopped before sockets are shed although Limit is
	// not exceeded: 0 is 2 seconds, negative is no limit. Without a limit, clients that do
	// not read their answers can keep a server from reading at all.
	MaxStop time.Duration

	// Constant after the first use.
	once            sync.Once
	limit           int64
	low, high, most int64 // half of limit, three quarters, and limit itself or, if it does not limit, the largest number
	patience        time.Duration

	in, out atomic.Int64
	doomed  atomic.Int64 // what sockets hold that were shed
	strain  atomic.Int32 // a strain
	sheds   atomic.Int64 // sockets
	refused atomic.Int64 // clients
	stakes  stakes

	shedding sync.Mutex // one goroutine sheds at a time; comes before locks of sockets

	mu      sync.Mutex // guards what follows and changes of strain; comes after locks of sockets
	lanes   []*lane
	stopped int64 // how often reading was stopped
	timer   *time.Timer
}

// A strain is how near a Budget is to its limit.
type strain = int32

const (
	relaxed  strain = iota
	strained        // no socket is read
	breached        // and no client is accepted
)

// defaultBudget and defaultStop are the limits of a Budget that has none of its own.
const (
	defaultBudget = 256 << 20
	defaultStop   = 2 * time.Second
)

// setUp computes the marks.
func (b *Budget) setUp() {
	b.limit = int64(b.Limit)
	if b.limit == 0 {
		b.limit = defaultBudget
	}
	b.low = max(1, b.limit/2)
	b.high = max(b.low, b.limit/2+b.limit/4)
	b.most = b.limit
	if b.limit < 0 {
		b.limit = -1
		b.low, b.high, b.most = 0, math.MaxInt64, math.MaxInt64
	}
	if b.patience = b.MaxStop; b.patience == 0 {
		b.patience = defaultStop
	}
}

// join makes b the budget of an engine with these lanes.
func (b *Budget) join(lanes []*lane) {
	b.once.Do(b.setUp)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lanes = append(b.lanes, lanes...)
}

// part undoes join.
func (b *Budget) part(lanes []*lane) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lanes = slices.DeleteFunc(b.lanes, func(l *lane) bool { return slices.Contains(lanes, l) })
}

func (b *Budget) used() int64 { return b.in.Load() + b.out.Load() }

// exceeded reports whether sockets have to be shed.
func (b *Budget) exceeded() bool { return b.used()-b.doomed.Load() > b.most }

// stops reports whether no socket may read now.
func (b *Budget) stops() bool { return b.strain.Load() != relaxed }

// refuses reports whether no client may be accepted now. It may be called with nil.
func (b *Budget) refuses() bool { return b != nil && b.strain.Load() == breached }

// add counts bytes. The caller may hold the lock of a socket.
func (b *Budget) add(in, out int64) {
	if in != 0 {
		b.in.Add(in)
	}
	if out != 0 {
		b.out.Add(out)
	}
	if now := b.strain.Load(); b.next(now) != now {
		b.adjust()
	}
}

// next returns the strain that follows now.
func (b *Budget) next(now strain) strain {
	switch used := b.used(); {
	case used > b.most:
		return breached
	case used < b.low:
		return relaxed
	case used < b.high:
		return min(now, strained)
	}
	return max(now, strained)
}

// adjust goes on to the next strain, and has the loops start or stop reading.
func (b *Budget) adjust() {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := b.strain.Load()
	now := b.next(before)
	b.strain.Store(now)
	if (before == relaxed) == (now == relaxed) {
		return
	}
	if now == relaxed {
		if b.timer != nil {
			b.timer.Stop()
		}
	} else {
		b.stopped++
		b.expect(b.stopped)
	}
	for _, l := range b.lanes {
		l.Post(l.regulate)
	}
}

// expect has the stop with that number end after MaxStop. The caller holds mu.
func (b *Budget) expect(stop int64) {
	if b.patience > 0 {
		b.timer = time.AfterFunc(b.patience, func() { b.expire(stop) })
	}
}

// expire ends the stop with that number, if it is not over yet. If shedding does not help,
// since Blocking callbacks hold the rest, expire tries again later.
func (b *Budget) expire(stop int64) {
	if !b.stoppedSince(stop) {
		return
	}
	b.shed(b.low - 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stops() && b.stopped == stop {
		b.expect(stop)
	}
}

// stoppedSince reports whether reading is stopped and has been since that stop.
func (b *Budget) stoppedSince(stop int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.stops() && b.stopped == stop
}

// shed destroys the newest sockets, until no more than most is used by others. The caller
// holds no lock of a socket.
func (b *Budget) shed(most int64) {
	b.shedding.Lock() // others wait for what this one frees
	defer b.shedding.Unlock()
	for {
		excess := b.used() - b.doomed.Load() - most
		if excess <= 0 {
			return
		}
		found := b.stakes.victims(excess)
		for _, h := range found {
			h.shed()
		}
		if len(found) == 0 {
			return
		}
	}
}

// BudgetStats holds the numbers of a Budget.
type BudgetStats struct {
	Limit int64 // the limit in effect; negative is none

	// Now. The numbers are memory: see Budget.
	QueuedIn  int64 // input that is not delivered
	QueuedOut int64 // output that the kernel has not taken
	Stopped   bool  // reading is stopped

	// Since the start.
	Stops   int64 // times that reading was stopped
	Shed    int64 // sockets that were destroyed with ErrOverBudget
	Refused int64 // clients that Servers refused with ErrOverBudget
}

// Stats returns the numbers of b. When all sockets are closed, nothing is queued. Any
// goroutine may call it.
func (b *Budget) Stats() BudgetStats {
	b.once.Do(b.setUp)
	b.mu.Lock()
	stops := b.stopped
	b.mu.Unlock()
	return BudgetStats{
		Limit:     b.limit,
		QueuedIn:  b.in.Load(),
		QueuedOut: b.out.Load(),
		Stopped:   b.stops(),
		Stops:     stops,
		Shed:      b.sheds.Load(),
		Refused:   b.refused.Load(),
	}
}
