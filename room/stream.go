// Copyright 2026 The duplex authors. MIT license.

package room

import "slices"

// A stream is the messages of this node to a subject. It begins after base: a stream that was
// forgotten and begins anew goes on above all numbers that it can have had.
type stream struct {
	subject   string
	base, seq uint64
	beat      int64 // in which it moved last
	listed    bool  // in link.moved
}

// mark returns the mark of the last message.
func (st *stream) mark() mark { return mark{st.subject, st.base, st.seq} }

// A channel is a subject that this node has subscribed to, but that of the node.
type channel struct {
	subject string
	to      Target
	room    string
	private bool   // its losses are mended here, and not reported
	born    uint64 // counts the channels of this node
	gone    bool
	carried bool       // the Bus has subscribed to it
	from    []position // of the peers that have sent something
}

// A position is the last number of a peer's stream that was delivered here, or reported as
// lost.
type position struct {
	peer       *peer
	base, last uint64
}

const (
	retiring = 120 // after how many heartbeats a stream that has not moved is forgotten
	broad    = 16  // a message to more rooms is published once, to all nodes
	widening = 2   // for how many heartbeats a message to a room is, whose sockets this node has put there
	chunk    = 32 << 10
)

// subscribe returns a new channel.
func (l *link) subscribe(subject string, to Target, room string) *channel {
	l.births++
	c := &channel{subject: subject, to: to, room: room, born: l.births}
	l.channels[subject] = c
	l.born = append(l.born, c)
	l.put(entry{op: subscribe, subject: subject, channel: c})
	for _, p := range l.peers {
		l.ask(p)
	}
	return c
}

// unsubscribe ends a channel.
func (l *link) unsubscribe(c *channel) {
	c.gone, c.from = true, nil
	delete(l.channels, c.subject)
	l.put(entry{op: unsubscribe, subject: c.subject, channel: c})
	if len(l.born) > 2*len(l.channels)+64 {
		l.born = slices.DeleteFunc(l.born, func(c *channel) bool { return c.gone })
	}
}

// next returns the mark of the next message to a subject.
func (l *link) next(subject string) mark {
	st := l.streams[subject]
	if st == nil {
		st = &stream{subject: subject, base: l.retired, seq: l.retired}
		l.streams[subject] = st
	}
	st.seq++
	st.beat = l.beats
	if !st.listed {
		st.listed = true
		l.moved = append(l.moved, st)
	}
	return st.mark()
}

// retire forgets streams that have not moved for long. A node that is out, or does not answer, may
// not know their last numbers, so it is waited for, as far as memory allows.
func (l *link) retire() {
	for _, p := range l.peers {
		if (!p.up || l.stale(p)) && len(l.streams) < 1<<20 {
			return
		}
	}
	for subject, st := range l.streams {
		if l.beats-st.beat > retiring && !st.listed {
			l.retired = max(l.retired, st.seq)
			delete(l.streams, subject)
		}
	}
}

// send publishes c to the sockets of t on other nodes. The error is ErrTooLong,
// ErrBusFull, or that of a closed Hub.
func (l *link) send(t Selection, c command) error {
	numbered, published := subjects(t.to)
	size := 64 + len(l.name) + len(c.body) // for one room, with some names; it grows for more
	for _, subject := range numbered {
		size += 2*len(subject) + 24
	}
	p := appendHeader(make([]byte, 0, size), header{kind: dataKind, node: l.name, life: l.life})
	p = appendNumber(p, uint64(len(numbered)))
	ends := make([]int, len(numbered))
	for i, subject := range numbered {
		p = appendMark(p, mark{subject: subject})
		ends[i] = len(p)
	}
	p = appendCommand(p, t, c)
	if len(p) > MaxMessage {
		return ErrTooLong
	}
	l.h.mu.Lock()
	defer l.h.mu.Unlock()
	if err := l.h.usable(); err != nil { // the goodbye is queued, or Start has failed meanwhile
		return err
	}
	if l.full(len(p) * len(published)) {
		l.stats.Refused++
		return ErrBusFull
	}
	setEpoch(p, l.epoch)
	for i, subject := range numbered {
		setMark(p, ends[i], l.next(subject))
	}
	if len(l.wide) > 0 && slices.ContainsFunc(numbered, func(subject string) bool { return l.wide[subject] > 0 }) {
		published = []string{allSubject}
	}
	for _, subject := range published {
		l.put(entry{subject: subject, p: p})
	}
	if c.verb == join {
		for _, name := range c.rooms {
			setIn(&l.wide, roomSubject(name), l.beats+widening)
		}
	}
	l.stats.Sent++
	return nil
}

// subjects returns the subjects in whose streams a message to t has a number, and those
// that it is published to. Users, and everyone, have subjects that every node hears, so
// one of these is enough.
func subjects(t terms) (numbered, published []string) {
	if t.everyone {
		all := []string{allSubject}
		return all, all
	}
	for _, name := range t.rooms {
		numbered = append(numbered, roomSubject(name))
	}
	published = numbered
	if len(t.rooms) > broad {
		published = []string{allSubject}
	}
	for i, name := range t.users {
		subject := userSubject(name)
		if i == 0 {
			published = []string{subject}
		}
		if !slices.Contains(numbered[len(t.rooms):], subject) {
			numbered = append(numbered, subject)
		}
	}
	return numbered, published
}

// takeData handles a message for sockets.
func (l *link) takeData(p *peer, r *reader) (then func(), err error) {
	marks := r.marks()
	t, c, err := r.command()
	if err != nil {
		return nil, err
	}
	if l.stale(p) {
		l.stats.Late++
		return nil, nil
	}
	if !l.admit(p, marks) {
		return nil, nil
	}
	l.stats.Received++
	t.hub = l.h
	return func() {
		if l.h.carryOut(t, c) != nil {
			l.unheard(p, marks)
		}
	}, nil
}

// unheard reports a message that no socket here has received, since too many wait for a loop.
func (l *link) unheard(p *peer, marks []mark) {
	l.h.mu.Lock()
	defer l.h.mu.Unlock()
	l.stats.Received--
	for _, m := range marks {
		if c := l.channels[m.subject]; c != nil {
			l.miss(p, c, 1)
		}
	}
}

// miss reports n messages of p as lost.
func (l *link) miss(p *peer, c *channel, n int) {
	l.stats.Lost += int64(n)
	l.h.notify(event{gap: Gap{Node: p.name, To: c.to, Room: c.room, Messages: n}})
}

// admit advances p's streams to the marks of a message. It reports whether the message is
// new, and for a channel of this node.
func (l *link) admit(p *peer, marks []mark) (ok bool) {
	for _, m := range marks {
		if c := l.channels[m.subject]; c != nil {
			if at := c.position(p); at != nil && (m.base < at.base || m.seq <= at.last) {
				return false
			}
			ok = true
		}
	}
	for _, m := range marks {
		if c := l.channels[m.subject]; ok && c != nil {
			if c.unknown(p) {
				c.from = append(c.from, position{p, m.base, m.seq})
				continue
			}
			l.advance(p, c, mark{m.subject, m.base, m.seq - 1})
			c.position(p).last = m.seq
		}
	}
	return ok
}

// advance makes the number of m the last of p's stream. What is missing before is lost.
func (l *link) advance(p *peer, c *channel, m mark) {
	at := c.position(p)
	switch {
	case at == nil:
		c.from = append(c.from, position{p, m.base, m.base})
		at = &c.from[len(c.from)-1]
	case m.base > at.base:
		*at = position{p, m.base, m.base}
	case m.base < at.base || m.seq <= at.last:
		return
	}
	n := min(m.seq-at.last, 1<<31-1)
	at.last = m.seq
	switch {
	case n == 0:
	case c.private:
		l.requestUsers(p)
	default:
		l.miss(p, c, int(n))
	}
}

// unknown reports whether nothing is known of p's stream: not even p has said yet what came before.
func (c *channel) unknown(p *peer) bool { return c.position(p) == nil && c.born > p.synced }

// position returns the position of p, or nil.
func (c *channel) position(p *peer) *position {
	for i := range c.from {
		if c.from[i].peer == p {
			return &c.from[i]
		}
	}
	return nil
}
