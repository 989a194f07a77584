// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"bytes"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
)

// A Group is a set of sockets that are written to as one: the guests of a chat, the
// players of a game, the subscribers of a topic. A socket may be in any number of groups,
// and leaves them all by itself when it closes. Its sockets may have any Server, Client and
// Engine. The zero Group is ready. A Group must not be copied after the first use.
//
// [Group.Write] copies a message once and hands it to the loops of the members, each of
// which queues it for its own, 256 of them in a turn. So the caller is not busy for longer
// if there are more members, and a loop stays free for other events. [Cast] writes to
// several groups at a time.
//
// # Order
//
// A message takes its place among the verbs of a member when Group.Write is called, as if
// Write of the member had been called there: law 4 of [Handler] holds for both together. A
// Write, End, Destroy or Post of a member that is called after Group.Write has returned
// takes effect after the message, whichever goroutine calls it. All that is written to a
// group after Add has returned reaches the socket; all that was written before Remove
// still does, and nothing after that.
//
// # Members that do not keep up
//
// A message waits in the write queue of each member, which holds no copy of it if it is
// long. MaxWriteBuffer, MaxQueued and Overflow of the member apply as they do for its
// Write; no other member waits for it. OverflowDestroy destroys the member, and OverflowDrop
// drops the message and counts it in Stats.WritesDropped. With OverflowError, as there is no
// caller to return the error to, the member is left without this message, and remains a
// member: OnRefuse is called, and Stats.WritesRefused counts it.
//
// Any goroutine may call the methods, callbacks included.
type Group struct {
	// OnRefuse is called when the write queue of a member has refused messages of this
	// group, with the error that its Write would have returned: [ErrWriteBufferFull] or
	// [ErrOverBudget]. It may send the member what it has missed, or destroy it. Messages
	// that are refused before OnRefuse is called count as one. It runs on the loop of s, as
	// callbacks of a Server do. It must not be changed after the first use. If it is nil,
	// the messages are only counted.
	OnRefuse func(s *Socket, err error)

	size     atomic.Int64               // members
	chapters atomic.Pointer[[]*chapter] // those that have members; never changed in place

	mu sync.Mutex // guards changes of chapters; comes after the mu of casts
}

// Add makes s a member. Everything that is written to the group after Add has returned
// reaches s. It reports false, and does nothing, if s is a member already, or if its Write
// would return an error, since the socket is closed or End was called.
func (g *Group) Add(s *Socket) bool {
	s.mu.Lock()
	st := (*stream)(s)
	defer st.counted()
	if st.refuses(s.behind()) != nil {
		return false
	}
	c := &s.conf.lane.casts
	r := s.out.extra()
	defer st.countSteps()
	if len(r.steps) > 0 {
		st.countAs(true)
	}
	c.mu.Lock()
	p := g.chapterOf(s.conf.lane)
	if p == nil {
		p = g.newChapter(s.conf.lane)
	} else if r.seatIn(p) >= 0 {
		c.mu.Unlock()
		return false
	}
	due := c.due(st)
	r.grouped = true
	p.seat(st)
	c.mu.Unlock()
	st.queueCasts(due)
	return true
}

// Remove ends the membership of s. Everything that was written to the group before still
// reaches s, and nothing after that does. It reports false if s is not a member.
func (g *Group) Remove(s *Socket) bool {
	s.mu.Lock()
	st := (*stream)(s)
	defer st.counted()
	r := s.out.rare
	if r == nil || !r.grouped {
		return false
	}
	c := &s.conf.lane.casts
	c.mu.Lock()
	i := r.seatIn(g.chapterOf(s.conf.lane))
	if i < 0 {
		c.mu.Unlock()
		return false
	}
	due := c.due(st)
	st.unseat(i)
	r.grouped = len(r.seats) > 0
	c.mu.Unlock()
	st.countSteps()
	st.queueCasts(due)
	return true
}

// Contains reports whether s is a member.
func (g *Group) Contains(s *Socket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.out.rare
	if r == nil || !r.grouped {
		return false
	}
	c := &s.conf.lane.casts
	c.mu.Lock()
	defer c.mu.Unlock()
	return r.seatIn(g.chapterOf(s.conf.lane)) >= 0
}

// Len returns the number of members.
func (g *Group) Len() int { return int(g.size.Load()) }

// Sockets returns the members, in no order. A member that is added or removed while the
// sequence is used may be part of it or not. The body of the loop may call any method of
// the group and its sockets.
func (g *Group) Sockets() iter.Seq[*Socket] {
	return func(yield func(*Socket) bool) {
		for _, p := range g.all() {
			for _, s := range p.sockets() {
				if !yield(s) {
					return
				}
			}
		}
	}
}

// Write queues a copy of p for every member, and returns at once: the number of members,
// without those whose End was called, and nil. (It is not a number of bytes, so a Group is
// no io.Writer for io.Copy and its like.) The loops queue p for the members a little later,
// in its place among their own writes, and send it as they send those. So a member that
// fails or is destroyed meanwhile does not receive p, and one whose queue has no room
// refuses it: see OnRefuse.
//
// Messages that wait for a loop to come to them take memory: at most 64 MiB for each loop, of
// all groups together, each counted with 256 bytes more, and at most a quarter of its Budget.
// If one of the loops has no room for p, no member receives it, and the result is 0 and
// [ErrWriteBufferFull]. A message that is longer than that has room when no other one waits.
// Calls at the same time may exceed the limit, by a message each. The result is 0 and
// [ErrOverBudget] if p is longer than a whole Budget, or if one is exceeded and no socket can
// be shed. Stats.GroupBacklog says how much waits.
func (g *Group) Write(p []byte) (int, error) {
	return castTo(&message{p: bytes.Clone(p), size: int64(len(p))}, g.all())
}

// A Cast is a message to several groups: see [Cast.Write]. A Cast may be used again, and by
// several goroutines, as long as its lists do not change.
type Cast struct {
	To      []*Group  // its members receive the message, once each
	Except  []*Group  // but for members of these
	Without []*Socket // and these

	// Volatile leaves out sockets with NeedDrain, without an error: it is for messages
	// that are worthless once the next one has come, such as positions.
	Volatile bool
}

// Write is [Group.Write] for the members of all groups of To. A socket that is in several of
// them receives p once. Memberships count as they are when Write is called.
//
// The result is the sum of what Group.Write would return for the groups of To, less the
// sockets of Without that are members: so a socket in several groups counts several times.
// Sockets that Except or Volatile leave out count, too.
func (c Cast) Write(p []byte) (int, error) {
	var chapters []*chapter
	for _, g := range c.To {
		chapters = append(chapters, g.all()...)
	}
	if len(chapters) == 0 {
		return 0, nil
	}
	n, err := castTo(&message{
		p: bytes.Clone(p), size: int64(len(p)),
		except: slices.Clone(c.Except), without: slices.Clone(c.Without), volatile: c.Volatile,
	}, chapters)
	if err == nil {
		for i, s := range c.Without {
			if !slices.Contains(c.Without[:i], s) {
				n -= (*stream)(s).hearing(c.To)
			}
		}
	}
	return max(0, n), err
}

// A chapter is the members of a Group on one lane, and the messages that wait for them. The mu
// of the lane's casts guards it.
type chapter struct {
	group *Group // constant
	lane  *lane  // constant

	members []seated
	deaf    int // how many of them have ended: they receive nothing

	waiting []*waiting // in the order of their numbers; elements are not changed in place
	newest  uint64     // the number of the last that ever waited
	queued  bool       // the lane will visit the members
	round   uint64     // the visit under way is for numbers up to this
	left    int        // how many members it has still to come to: the first ones
}

// A seated is one socket of a chapter. It takes 16 bytes, and its seat as many.
type seated struct {
	st   *stream
	seat uint32 // its index among the seats of st
}

// A seat is a membership as its socket sees it. The mu of the lane's casts guards it.
type seat struct {
	chapter *chapter
	at      uint32 // its index among the members of chapter
	refused bool   // OnRefuse is about to be called
}

// all returns the chapters of g, which the caller must not change.
func (g *Group) all() []*chapter {
	if chapters := g.chapters.Load(); chapters != nil {
		return *chapters
	}
	return nil
}

// chapterOf returns the chapter of g on a lane, or nil. The caller holds the mu of its casts.
func (g *Group) chapterOf(l *lane) *chapter {
	for _, p := range g.all() {
		if p.lane == l {
			return p
		}
	}
	return nil
}

// newChapter adds a chapter on a lane. The caller holds the mu of its casts.
func (g *Group) newChapter(l *lane) *chapter {
	p := &chapter{group: g, lane: l}
	g.mu.Lock()
	defer g.mu.Unlock()
	chapters := append(slices.Clone(g.all()), p)
	g.chapters.Store(&chapters)
	return p
}

// dissolve removes p, which has no members any more, from its group. So a group keeps no
// lane alive. The caller holds the mu of the lane's casts.
func (p *chapter) dissolve() {
	p.drop(len(p.waiting))
	p.members = nil
	g := p.group
	g.mu.Lock()
	defer g.mu.Unlock()
	chapters := slices.DeleteFunc(slices.Clone(g.all()), func(other *chapter) bool { return other == p })
	g.chapters.Store(&chapters)
}

// sockets returns the members of p.
func (p *chapter) sockets() []*Socket {
	c := &p.lane.casts
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]*Socket, len(p.members))
	for i, m := range p.members {
		list[i] = (*Socket)(m.st)
	}
	return list
}

// seatIn returns the index of the seat in p, or -1. P may be nil. The caller holds the mu of
// the lane's casts.
func (r *outboxRare) seatIn(p *chapter) int {
	for i := range r.seats {
		if r.seats[i].chapter == p {
			return i
		}
	}
	return -1
}

// seat makes st a member. The caller holds the mu of st and that of the lane's casts.
func (p *chapter) seat(st *stream) {
	r := st.out.rare
	r.seats = append(fit(r.seats), seat{chapter: p, at: uint32(len(p.members))})
	p.members = append(fit(p.members), seated{st: st, seat: uint32(len(r.seats) - 1)})
	p.group.size.Add(1)
}

// fit returns list with room for one more element, and not for many more: append doubles a
// list, and then a membership of a socket with ten takes 69 bytes and not 60.
func fit[T any](list []T) []T {
	if n := len(list); n == cap(list) || n < cap(list)/4 {
		return append(make([]T, 0, n+n/4+1), list...)
	}
	return list
}

// unseat ends the membership of seat i. The last member of the chapter takes its place, as the
// last seat takes that of the seat. A visit of the members goes from the last to the first,
// so it leaves none out. The caller holds the mu of st and that of the lane's casts.
func (st *stream) unseat(i int) {
	r := st.out.rare
	p, at := r.seats[i].chapter, r.seats[i].at
	last := len(p.members) - 1
	if int(at) != last {
		moved := p.members[last]
		p.members[at] = moved
		moved.st.out.rare.seats[moved.seat].at = at
	}
	p.members[last] = seated{}
	p.members = fit(p.members[:last])
	p.left = min(p.left, last)
	if r.deaf {
		p.deaf--
	}
	end := len(r.seats) - 1
	if i != end {
		moved := r.seats[end]
		r.seats[i] = moved
		moved.chapter.members[moved.at].seat = uint32(i)
	}
	r.seats[end] = seat{}
	r.seats = fit(r.seats[:end])
	p.group.size.Add(-1)
	if last == 0 {
		p.dissolve()
	}
}

// leaveGroups ends all memberships of a socket that closes. The caller holds mu.
func (st *stream) leaveGroups() {
	r := st.out.rare
	if r == nil || !r.grouped {
		return
	}
	c := &st.conf.lane.casts
	c.mu.Lock()
	for i := len(r.seats) - 1; i >= 0; i-- {
		st.unseat(i)
	}
	r.seats = nil
	r.grouped = false
	c.mu.Unlock()
	st.countSteps()
}

// deafen records that st can send nothing more, although it may be open for long. The
// caller holds mu.
func (st *stream) deafen() {
	r := st.out.rare
	if r == nil || !r.grouped || r.deaf {
		return
	}
	r.deaf = true
	c := &st.conf.lane.casts
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range r.seats {
		r.seats[i].chapter.deaf++
	}
}

// hearing returns in how many of the groups st is, 0 if it has ended.
func (st *stream) hearing(groups []*Group) (n int) {
	st.mu.Lock()
	defer st.mu.Unlock()
	r := st.out.rare
	if r == nil || !r.grouped || r.deaf {
		return 0
	}
	c := &st.conf.lane.casts
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, g := range groups {
		if !slices.Contains(groups[:i], g) && r.seatIn(g.chapterOf(st.conf.lane)) >= 0 {
			n++
		}
	}
	return n
}
