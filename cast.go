// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/duplex-go/duplex/internal/buf"
	"github.com/duplex-go/duplex/internal/loop"
)

// casts are the messages of groups that wait on one lane, each for the members of some
// chapters. They have numbers. A socket knows the number up to which it has taken what was for
// it, and takes what has come since then before anything else changes its outbox: attend is
// the first step of each verb, and of Add and Remove. So a message has its place in the order of
// the verbs from its number on, whenever the loop comes to queue it, and the memberships of
// a socket need no history.
//
// The loop visits the members of the chapters for which something waits. A member takes all
// that waits for it at once, so messages that come fast are queued as one batch.
type casts struct {
	last     atomic.Uint64 // the number of the last message; written under mu
	bytes    atomic.Int64  // the cost of all that wait; written under mu
	stepping atomic.Int64  // sockets of groups for which posted functions wait or run

	// mu comes after the locks of sockets, and is held for no send.
	mu       sync.Mutex
	chapters []*chapter // those for which something waits, in the order of the visits
	posted   bool       // visit is posted
	authors  authors
}

// A waiting is a message that waits on one lane.
type waiting struct {
	*message
	number   uint64
	author   string // the socket whose posted function or Blocking callback has written it, as %p formats it; empty if that does not matter
	chapters []*chapter
	holders  int       // how many of them it still waits in
	held     *buf.Loan // counts the bytes in the Budget of the engine; nil without one
}

// mostWaiting is the cost of the messages that may wait on a lane, if a quarter of its Budget
// is not less, and perWaiting what each costs beside its bytes.
const (
	mostWaiting = 64 << 20
	perWaiting  = 256
)

func (m *message) cost() int64 { return m.size + perWaiting }

// admits returns why m cannot wait on the lane, or nil. It reserves nothing, so calls at the
// same time may exceed the limit by a message each. If it reserved, two callers that each need
// two lanes could refuse each other.
func (l *lane) admits(m *message) error {
	most := int64(mostWaiting)
	if a := l.account; a != nil {
		if a.Never(int(m.size)) || !a.Relieve() {
			return ErrOverBudget
		}
		most = min(most, a.Limit()/4)
	}
	if now := l.casts.bytes.Load(); now > 0 && now+m.cost() > most {
		return ErrWriteBufferFull
	}
	return nil
}

// castTo has m wait for the members of chapters, on the lanes of all or of none. It returns how many
// members these are. The caller holds no lock.
func castTo(m *message, chapters []*chapter) (n int, err error) {
	if m.size == 0 {
		for i, p := range chapters {
			if !slices.Contains(chapters[:i], p) { // a group may be in To twice
				n += p.hearers()
			}
		}
		return n, nil
	}
	var lanes []*lane
	for _, p := range chapters {
		if slices.Contains(lanes, p.lane) {
			continue
		}
		if err := p.lane.admits(m); err != nil {
			return 0, err
		}
		lanes = append(lanes, p.lane)
	}
	for _, l := range lanes {
		n += l.cast(m, chapters)
	}
	for _, l := range lanes {
		if a := l.account; a != nil {
			a.Relieve()
		}
	}
	return n, nil
}

// hearers returns how many members have not ended.
func (p *chapter) hearers() int {
	c := &p.lane.casts
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(p.members) - p.deaf
}

// wait counts w among the messages that wait on the lane. The caller holds the mu of the casts.
func (l *lane) wait(w *waiting) {
	l.casts.bytes.Add(w.cost())
	if a := l.account; a != nil {
		w.held = w.loan(a)
		w.held.Take()
		a.Add(0, perWaiting)
	}
}

// forget undoes wait. The caller holds the mu of the casts.
func (l *lane) forget(w *waiting) {
	l.casts.bytes.Add(-w.cost())
	if w.held != nil {
		w.held.GiveBack()
		l.account.Add(0, -perWaiting)
	}
}

// cast has m, for which there is room, wait for the members of those chapters that are on the
// lane.
func (l *lane) cast(m *message, chapters []*chapter) (n int) {
	c := &l.casts
	w := &waiting{message: m}
	known := c.stepping.Load() > 0
	if known {
		w.author = l.author()
	}
	c.mu.Lock()
	w.number = c.last.Load() + 1
	for _, p := range chapters {
		if p.lane != l || len(p.members) == 0 {
			continue
		}
		if p.newest == w.number {
			continue // the group is in To twice
		}
		n += len(p.members) - p.deaf
		p.waiting = append(p.waiting, w)
		p.newest = w.number
		w.chapters = append(w.chapters, p)
		w.holders++
		if !p.queued {
			p.queued = true
			c.chapters = append(c.chapters, p)
		}
	}
	post := false
	if w.holders > 0 {
		l.wait(w)
		c.last.Store(w.number)
		if !known && c.stepping.Load() > 0 { // a function was posted meanwhile
			w.author = l.author()
		}
		post, c.posted = !c.posted, true
	}
	c.mu.Unlock()
	if post {
		l.Post(l.visit)
	}
	return n
}

// drop forgets the first n messages that wait in p. The caller holds the mu of the casts.
func (p *chapter) drop(n int) {
	for _, w := range p.waiting[:n] {
		if w.holders--; w.holders == 0 {
			p.lane.forget(w)
		}
	}
	if p.waiting = p.waiting[n:]; len(p.waiting) == 0 {
		p.waiting = nil
	}
}

// A turn of the loop visits members until their cost is visitShare: a visit is perVisit, and
// each message that the member takes 1. So it is some 240 members for one message, and fewer
// if many messages wait. With 10,000 members on epoll the longest turn takes 4.4 ms of CPU time
// then, most of it in send(2). With 60 it is 1.7 ms, for some 5 % more CPU time in all; with 480
// it is 6.9 ms, and with all in one turn 15 ms (medians of three, fan-1x10000 of bench/).
const (
	visitShare = 1 << 12
	perVisit   = 16
)

// visit has members take what waits for them, and leaves the rest to the next turn. It runs
// on the loop.
func (l *lane) visit() {
	c := &l.casts
	for spent := 0; spent < visitShare; {
		c.mu.Lock()
		if len(c.chapters) == 0 {
			c.posted = false
			c.chapters = nil
			c.mu.Unlock()
			return
		}
		p := c.chapters[0]
		if p.round == 0 {
			p.round, p.left = p.newest, len(p.members)
		}
		var st *stream
		if p.left > 0 {
			p.left--
			st = p.members[p.left].st
		} else {
			c.turn(p)
		}
		c.mu.Unlock()
		if st == nil {
			spent++
			continue
		}
		st.mu.Lock()
		n := st.attend()
		st.counted()
		spent++
		if n > 0 {
			spent += perVisit + n
		}
	}
	l.Post(l.visit)
}

// turn ends the visit of p, which is the first in line, as all members have taken what the
// visit was for. The caller holds mu.
func (c *casts) turn(p *chapter) {
	n := 0
	for n < len(p.waiting) && p.waiting[n].number <= p.round {
		n++
	}
	p.drop(n)
	p.round = 0
	take(&c.chapters)
	if len(p.waiting) > 0 {
		c.chapters = append(c.chapters, p)
	} else {
		p.queued = false
	}
}

// attend has st take what waits for it, and returns how many messages that were. Whatever
// changes the outbox in the order of the verbs calls it first. The caller holds mu.
func (st *stream) attend() int {
	if !st.out.behindCasts(&st.conf.lane.casts) {
		return 0
	}
	c := &st.conf.lane.casts
	c.mu.Lock()
	due := c.due(st)
	c.mu.Unlock()
	st.queueCasts(due)
	return len(due)
}

// takes reports whether the bytes that are queued now are of groups.
func (o *outbox) takes() bool { return o.rare != nil && o.rare.taking }

// behindCasts reports whether messages of groups may wait for the socket.
func (o *outbox) behindCasts(c *casts) bool {
	r := o.rare
	return r != nil && r.grouped && !r.taking && r.seen != c.last.Load()
}

// due returns what waits for st, and counts it as taken. The result must not be changed.
// The caller holds the mu of st and c.mu.
func (c *casts) due(st *stream) []*waiting {
	r := st.out.rare
	seen := r.seen
	r.seen = c.last.Load()
	if !r.grouped || seen == r.seen {
		return nil
	}
	var due []*waiting
	several, chosen := false, false
	look := func(p *chapter) {
		n := len(p.waiting)
		for n > 0 && p.waiting[n-1].number > seen {
			n--
			chosen = chosen || p.waiting[n].chooses()
		}
		news := p.waiting[n:]
		if len(due) > 0 && len(news) > 0 {
			several = true
			due = append(slices.Clip(due), news...)
		} else if len(due) == 0 {
			due = news
		}
	}
	if len(c.chapters) < len(r.seats)/8 { // to look at a seat's chapter costs as much as to compare some ten seats
		for _, p := range c.chapters {
			if p.newest > seen && r.seatIn(p) >= 0 {
				look(p)
			}
		}
	} else {
		for i := range r.seats {
			if p := r.seats[i].chapter; p.newest > seen {
				look(p)
			}
		}
	}
	if several {
		slices.SortFunc(due, func(a, b *waiting) int { return cmp.Compare(a.number, b.number) })
		due = slices.Compact(due)
	}
	if chosen {
		due = slices.DeleteFunc(slices.Clone(due), func(w *waiting) bool { return w.leavesOut(st) })
	}
	return due
}

// chooses reports whether m leaves out some members.
func (m *message) chooses() bool { return len(m.except)+len(m.without) > 0 }

// leavesOut reports whether Except or Without leave st out. The caller holds the mu of st and
// that of the lane's casts.
func (m *message) leavesOut(st *stream) bool {
	if slices.Contains(m.without, (*Socket)(st)) {
		return true
	}
	return slices.ContainsFunc(m.except, func(g *Group) bool {
		p := g.chapterOf(st.conf.lane)
		return p != nil && st.out.rare.seatIn(p) >= 0
	})
}

// queueCasts queues the messages, as Write would. The loop sends what was gathered at the end of
// its turn. Only a queue without room is sent before, and one that a volatile message finds
// above the high-water mark: what was queued just now does not make a socket one that lags. The
// caller holds mu.
func (st *stream) queueCasts(due []*waiting) {
	if len(due) == 0 {
		return
	}
	r := st.out.rare
	r.taking = true
	defer func() { r.taking = false }()
	for _, w := range due {
		if w.volatile && st.drain == drainNeeded && st.ready() {
			st.sendNow()
		}
		switch {
		case st.phase > open || st.sending != writable:
			return
		case w.volatile && st.drain == drainNeeded:
			continue
		}
		var loan *buf.Loan
		if w.size >= lendable {
			loan = w.loan(st.conf.account)
		}
		if st.joins(len(w.p)) {
			st.out.add(w.p, loan, nil)
			continue
		}
		held := st.out.stepping() && (w.author == "" || w.author != fmt.Sprintf("%p", st))
		_, err := st.queue(w.p, loan, nil, notice{}, held)
		if err == ErrWriteBufferFull && st.conf.Overflow != OverflowDestroy || err == ErrOverBudget {
			st.noteRefused(w, err)
		}
	}
}

// noteRefused counts a message that st has not taken, and has OnRefuse called of the groups that
// it was for. The caller holds mu.
func (st *stream) noteRefused(w *waiting, err error) {
	l := st.conf.lane
	l.refusals.Add(1)
	c, r := &l.casts, st.out.rare
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range r.seats {
		s := &r.seats[i]
		if s.refused || s.chapter.group.OnRefuse == nil || !slices.Contains(w.chapters, s.chapter) {
			continue
		}
		s.refused = true
		p := s.chapter
		l.Post(func() { st.tellRefused(p, err) })
	}
}

// tellRefused calls OnRefuse. It runs on the loop.
func (st *stream) tellRefused(p *chapter, err error) {
	st.mu.Lock()
	c, r := &st.conf.lane.casts, st.out.rare
	c.mu.Lock()
	i := r.seatIn(p)
	if i >= 0 {
		r.seats[i].refused = false
	}
	c.mu.Unlock()
	st.mu.Unlock()
	if i >= 0 {
		st.conf.lane.call(func() { p.group.OnRefuse((*Socket)(st), err) }, "duplex: OnRefuse of a Group crashed")
	}
}

// countSteps counts st among the sockets of groups for which posted functions wait or run, if
// it is one. The caller holds mu.
func (st *stream) countSteps() {
	if r := st.out.rare; r != nil {
		st.countAs(r.grouped && len(r.steps) > 0)
	}
}

// countAs counts st among those sockets, or not any more. Post, and Add of a socket with such a
// function, count it before anything else, so that a message that comes after that finds the count. The caller
// holds mu.
func (st *stream) countAs(stepping bool) {
	r, n := st.out.rare, int64(1)
	if stepping == r.counted {
		return
	}
	if r.counted = stepping; !stepping {
		n = -1
	}
	st.conf.lane.casts.stepping.Add(n)
}

// author returns the socket whose posted function or Blocking callback calls, as %p formats
// it, or an empty string. What these write does not wait for posted functions, so that it is
// in order with what they write to the socket alone.
func (l *lane) author() string {
	if !l.Here() {
		return l.casts.authors.find()
	}
	if l.steps == nil {
		return ""
	}
	return fmt.Sprintf("%p", l.steps)
}

// authors are the goroutines for which author has read a stack trace last, which takes some
// 20 us. A goroutine is one of the same socket, or of none, as long as it lives.
type authors struct {
	mu    sync.Mutex
	known [8]struct {
		goroutine uint64
		socket    string
	}
	next int
}

func (a *authors) find() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	id := loop.Goroutine()
	for _, k := range a.known {
		if k.goroutine == id {
			return k.socket
		}
	}
	k := &a.known[a.next%len(a.known)]
	a.next++
	k.goroutine = id
	k.socket, _ = blockedIn()
	return k.socket
}
