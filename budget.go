// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"errors"
	"sync"
	"time"

	"github.com/duplex-go/duplex/internal/buf"
	"github.com/duplex-go/duplex/internal/ledger"
)

// ErrOverBudget is the error of a socket that was destroyed because the Budget of its
// Engine was exceeded, and the Reason of the Drop of a client that came meanwhile. Write
// returns it for more bytes than the whole Budget, and [Group.Write] also while no socket can
// be shed. Its Code is ERR_OVER_BUDGET.
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
//     once, for each Server among whose sockets it is, and once for those of Clients. One of a
//     Group counts while it waits for loops, too: once for each Engine, and with 256 bytes for
//     each loop.
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

	once   sync.Once
	ledger ledger.Ledger
}

// open returns the ledger of b.
func (b *Budget) open() *ledger.Ledger {
	b.once.Do(func() { b.ledger.Open(b.Limit, b.MaxStop) })
	return &b.ledger
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
func (b *Budget) Stats() BudgetStats { return BudgetStats(b.open().Stats()) }

// holding returns what st keeps in memory. The caller holds mu.
func (st *stream) holding() (h ledger.Holding) {
	if st.phase == closed {
		return h
	}
	own, lent := st.out.held()
	h.Out, h.Lent = int64(own), int64(lent)
	if m := st.more; m != nil {
		h.In = int64(m.kept.held() + m.taken)
		if m.session != nil {
			in, out := m.session.wire.Held()
			h.In, h.Out = h.In+int64(in), h.Out+int64(out)
		}
	}
	return h
}

// count brings the account up to date. Whatever changes the queues calls it before it
// gives mu back, or lets run do that soon: what a socket keeps is computed anew each time,
// so no way of losing bytes can be forgotten. The caller holds mu.
func (st *stream) count() {
	if st.stake != 0 { // most engines have no Budget
		st.countHeld()
	}
}

func (st *stream) countHeld() {
	a := st.conf.account
	if st.phase == closed {
		a.Leave(st.stake)
		st.stake = 0
		return
	}
	a.Set(st.stake, st.holding())
}

// reserve reports whether MaxQueued of the server allows n more bytes. Then they count
// twice once they are queued and counted, until unreserve. A slice on loan that a queue
// of the server holds already takes no more memory. Before reserve reports false, it offers the
// queue to the kernel.
func (st *stream) reserve(n int, loan *buf.Loan) (reserved int64, ok bool) {
	if loan != nil && loan.Held() {
		n = 0
	}
	a := st.conf.account
	if a.Reserve(int64(n)) {
		return int64(n), true
	}
	if int64(n) > a.Quota() {
		return 0, false
	}
	st.spent = 0
	if st.ready() {
		st.sendNow()
		st.count()
	}
	if !a.Reserve(int64(n)) {
		return 0, false
	}
	return int64(n), true
}

// unreserve undoes reserve, after the bytes were queued.
func (st *stream) unreserve(reserved int64) {
	if reserved > 0 {
		st.count()
		st.conf.account.GiveBack(reserved)
	}
}

// vacancy returns how many bytes MaxQueued of the server allows now. A socket whose queue
// is empty may always queue what a pipe has for it, since no event would tell it of room.
func (st *stream) vacancy(most int) int {
	if !st.conf.capped || st.out.Len() == 0 {
		return most
	}
	a := st.conf.account
	return int(min(int64(most), max(0, a.Quota()-a.Queued())))
}

// unlock gives mu back, and sheds sockets if the budget is exceeded. The caller holds no
// other lock of a socket.
func (st *stream) unlock() {
	st.mu.Unlock()
	if a := st.conf.account; a != nil {
		a.Relieve()
	}
}

// counted counts what the caller has changed, and is unlock.
func (st *stream) counted() {
	st.count()
	st.unlock()
}

// Shed implements ledger.Holder. What waits to be sent is dropped at once, but for bytes that the
// driver still looks at.
func (st *stream) Shed() {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.stake == 0 {
		return
	}
	a := st.conf.account
	a.Doom(st.stake)
	if st.phase > open {
		return // it is about to free its memory
	}
	st.conf.lane.shed.Add(1)
	a.CountShed()
	st.timeOut(ErrOverBudget)
	st.missed()
	st.out.fail(st.undelivered())
	lent, t := st.lent && !st.conf.tries, st.session()
	switch {
	case lent && (t == nil || t.before(&st.out) > 0):
		st.out.dropAfter(burst) // no send is longer
	case t != nil:
		t.batch = 0
		if !lent { // else records, of one batch
			t.wire.Shut()
		}
		st.out.drop()
	default:
		st.out.drop()
	}
	st.count()
}

// regulate has every socket of the engine begin or stop reading.
func (e *Engine) regulate() {
	for _, l := range e.lanes {
		l.Post(l.regulate)
	}
}

// regulate has every socket of the lane begin or stop reading, as the Budget has begun or
// stopped allowing it. It runs on the loop, and gives other sockets their turn in between.
func (l *lane) regulate() {
	if len(l.regulated) > 0 {
		l.unruly = true // those that were looked at already are looked at again
		return
	}
	for c := range l.Conns() {
		if st, ok := c.(*stream); ok {
			l.regulated = append(l.regulated, st)
		}
	}
	l.regulateSome()
}

// regulatesAtOnce is how many sockets regulate looks at in a turn: that takes some 100 us.
const regulatesAtOnce = 1 << 10

func (l *lane) regulateSome() {
	n := min(len(l.regulated), regulatesAtOnce)
	for _, st := range l.regulated[:n] {
		st.mu.Lock()
		if st.phase == open {
			st.receive()
			st.arm()
		}
		st.mu.Unlock()
	}
	clear(l.regulated[:n])
	l.regulated = l.regulated[n:]
	switch {
	case len(l.regulated) > 0:
		l.Post(l.regulateSome)
	case l.unruly:
		l.regulated, l.unruly = nil, false
		l.Post(l.regulate)
	default:
		l.regulated = nil
	}
}
