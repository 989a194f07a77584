// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"sync"
	"sync/atomic"

	"github.com/duplex-go/duplex/internal/buf"
)

// An account is where the bytes that wait in sockets are counted: in the Budget of their
// Engine, and in the quota of their Server. The sockets of a server share one, as do those
// that clients of an engine make. Sockets that neither limits have none, and a stake of 0.
type account struct {
	budget *Budget // nil for none
	quota  *quota  // nil for none
	stakes *stakes // of the budget, if there is one
}

// A quota counts the bytes of a server towards MaxQueued.
type quota struct {
	most int64 // constant
	used atomic.Int64
}

// reserve counts n bytes, unless there is no room for them. The caller gives them back
// when the bytes themselves are counted.
func (q *quota) reserve(n int64) bool {
	if q.used.Add(n) > q.most {
		q.used.Add(-n)
		return false
	}
	return true
}

// newAccount returns an account of a budget, which may be nil, with a quota of most bytes,
// unless that is not positive; nil if there is nothing to count for.
func newAccount(b *Budget, most int) *account {
	if b == nil && most <= 0 {
		return nil
	}
	a := &account{budget: b}
	if most > 0 {
		a.quota = &quota{most: int64(most)}
	}
	if b != nil {
		a.stakes = &b.stakes
	} else {
		a.stakes = new(stakes)
	}
	return a
}

// add counts bytes that wait now, or do not any more.
func (a *account) add(in, out int64) {
	if a.quota != nil {
		a.quota.used.Add(in + out)
	}
	if a.budget != nil {
		a.budget.add(in, out)
	}
}

// set sets the stake i to h. The caller holds the lock of the holder.
func (a *account) set(i uint32, h holding) {
	e := a.stakes.at(i)
	if e.lent.Load() != h.lent {
		e.lent.Store(h.lent)
	}
	in, out := h.in-e.in.Load(), h.out-e.out.Load()
	if in == 0 && out == 0 {
		return
	}
	e.in.Store(h.in)
	e.out.Store(h.out)
	a.add(in, out)
	if e.doomed.Load() {
		a.budget.doomed.Add(in + out)
	}
}

// leave gives up the stake i.
func (a *account) leave(i uint32) {
	a.set(i, holding{})
	a.stakes.leave(i)
}

// doom records that the holder of the stake i is shed: what it holds is freed by itself.
// The caller holds the lock of the holder.
func (a *account) doom(i uint32) {
	if e := a.stakes.at(i); !e.doomed.Swap(true) {
		a.budget.doomed.Add(e.in.Load() + e.out.Load())
	}
}

// relieve sheds sockets if the budget is exceeded. The caller holds no lock of a socket.
func (a *account) relieve() {
	if a.budget != nil && a.budget.exceeded() {
		a.budget.shed(a.budget.most)
	}
}

// never reports whether a write of n bytes cannot succeed, since the whole budget is less.
func (a *account) never(n int) bool {
	return a != nil && a.budget != nil && int64(n) > a.budget.most
}

// stops reports whether no socket may read now.
func (a *account) stops() bool { return a != nil && a.budget != nil && a.budget.stops() }

// A holding is how much memory a socket keeps for bytes that wait.
type holding struct{ in, out, lent int64 }

// holding returns what st keeps in memory. The caller holds mu.
func (st *stream) holding() (h holding) {
	if st.phase == closed {
		return h
	}
	own, lent := st.out.held()
	h.out, h.lent = int64(own), int64(lent)
	if m := st.more; m != nil {
		h.in = int64(m.kept.held() + m.taken)
		if m.session != nil {
			in, out := m.session.wire.Held()
			h.in, h.out = h.in+int64(in), h.out+int64(out)
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
		a.leave(st.stake)
		st.stake = 0
		return
	}
	a.set(st.stake, st.holding())
}

// reserve reports whether MaxQueued of the server allows n more bytes. Then they count
// twice once they are queued and counted, until unreserve. A slice on loan that a queue
// of the server holds already takes no more memory. Before reserve reports false, it offers the
// queue to the kernel.
func (st *stream) reserve(n int, loan *buf.Loan) (reserved int64, ok bool) {
	if loan != nil && loan.Held() {
		n = 0
	}
	q := st.conf.account.quota
	if q.reserve(int64(n)) {
		return int64(n), true
	}
	if int64(n) > q.most {
		return 0, false
	}
	st.spent = 0
	if st.ready() {
		st.sendNow()
		st.count()
	}
	if !q.reserve(int64(n)) {
		return 0, false
	}
	return int64(n), true
}

// unreserve undoes reserve, after the bytes were queued.
func (st *stream) unreserve(reserved int64) {
	if reserved > 0 {
		st.count()
		st.conf.account.quota.used.Add(-reserved)
	}
}

// vacancy returns how many bytes MaxQueued of the server allows now. A socket whose queue
// is empty may always queue what a pipe has for it, since no event would tell it of room.
func (st *stream) vacancy(most int) int {
	if !st.conf.capped || st.out.Len() == 0 {
		return most
	}
	q := st.conf.account.quota
	return int(min(int64(most), max(0, q.most-q.used.Load())))
}

// unlock gives mu back, and sheds sockets if the budget is exceeded. The caller holds no
// other lock of a socket.
func (st *stream) unlock() {
	st.mu.Unlock()
	if a := st.conf.account; a != nil {
		a.relieve()
	}
}

// counted counts what the caller has changed, and is unlock.
func (st *stream) counted() {
	st.count()
	st.unlock()
}

// shed implements holder. What waits to be sent is dropped at once, but for bytes that the
// driver still looks at.
func (st *stream) shed() {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.stake == 0 {
		return
	}
	a := st.conf.account
	a.doom(st.stake)
	if st.phase > open {
		return // it is about to free its memory
	}
	st.conf.lane.shed.Add(1)
	a.budget.sheds.Add(1)
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

// A stake is what one socket, or one preface, keeps in memory for bytes that wait. Its
// holder alone sets the numbers, under a lock of its own. Any goroutine may read them.
type stake struct {
	in, out atomic.Int64
	lent    atomic.Int64 // slices that other queues hold, too: they are not in out
	doomed  atomic.Bool  // the holder was shed

	// Guarded by the mu of the stakes.
	holder       holder // nil if the stake is free
	older, newer uint32 // its neighbors; 0 for none. Of a free stake, newer is the next free one
}

// A holder is a stream or a preface.
type holder interface {
	// shed destroys the holder because of ErrOverBudget. It takes locks of the holder.
	shed()
}

// stakes are the stakes of a Budget, or of a server that has a limit and no Budget, in
// the order in which their sockets were made. A stake has a number above 0, which needs
// half the memory of a pointer: a Socket has no room for more. Stakes are in pages that
// never move, so that a holder finds its own without a lock. A stake takes 56 bytes.
type stakes struct {
	pages atomic.Pointer[[]*[stakePage]stake]

	mu     sync.Mutex // guards what follows, links and holders of all stakes, and growth
	used   uint32     // stakes that were ever taken
	free   uint32     // the first free stake
	newest uint32
}

const stakePage = 64

// at returns the stake i.
func (s *stakes) at(i uint32) *stake {
	return &(*s.pages.Load())[(i-1)/stakePage][(i-1)%stakePage]
}

// enter returns the number of a stake of h, which is the newest.
func (s *stakes) enter(h holder) uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.free
	if i != 0 {
		s.free = s.at(i).newer
	} else {
		s.used++
		i = s.used
		s.grow()
	}
	e := s.at(i)
	e.holder, e.older, e.newer = h, s.newest, 0
	if s.newest != 0 {
		s.at(s.newest).newer = i
	}
	s.newest = i
	return i
}

// grow makes room for the stakes that are used.
func (s *stakes) grow() {
	var pages []*[stakePage]stake
	if now := s.pages.Load(); now != nil {
		pages = *now
	}
	if int(s.used) > len(pages)*stakePage {
		pages = append(pages, new([stakePage]stake)) // an array that a reader has is as long as before
		s.pages.Store(&pages)
	}
}

// leave frees the stake i, whose numbers are 0.
func (s *stakes) leave(i uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.at(i)
	if e.older != 0 {
		s.at(e.older).newer = e.newer
	}
	if e.newer != 0 {
		s.at(e.newer).older = e.older
	} else {
		s.newest = e.older
	}
	e.holder, e.older, e.newer = nil, 0, s.free
	e.lent.Store(0)
	e.doomed.Store(false)
	s.free = i
}

// crumb is the memory below which a socket is not worth being shed: it may be about to
// send a short answer.
const crumb = 16 << 10

// victims returns the holders that should be shed to free some n bytes: the newest that
// hold more than a crumb and, if that is not enough, others, too. Of slices that several
// queues share, each counts as whole, so the result may free less.
func (s *stakes) victims(n int64) (found []holder) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, small := range []bool{false, true} {
		for i := s.newest; i != 0 && n > 0; i = s.at(i).older {
			e := s.at(i)
			held := e.in.Load() + e.out.Load() + e.lent.Load()
			if held > 0 && (held < crumb) == small && !e.doomed.Load() {
				found = append(found, e.holder)
				n -= held
			}
		}
	}
	return found
}
