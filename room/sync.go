// Copyright 2026 The duplex authors. MIT license.

package room

import (
	"bytes"
	"cmp"
	"context"
	"net"
	"slices"
	"time"
)

// An asking is a question to one peer: the numbers of its streams for some channels.
type asking struct {
	id       uint64
	at       time.Time
	channels []*channel
	upto     uint64 // the birth of the last of them
}

// A syncing is a call of Sync.
type syncing struct {
	upto uint64        // the channels that it is about are born up to here
	done chan struct{} // closed when every peer has answered
}

// Sync waits until every node in Nodes that is up knows of the rooms that sockets of this node have
// joined before: what they send from then on comes here, or is reported as a Gap. Without
// Sync that takes a round trip. The error is an [*IncompleteError] with the nodes that have
// not answered when ctx ended.
func (h *Hub) Sync(ctx context.Context) error {
	h.mu.Lock()
	err := h.usable()
	if err != nil || h.link == nil {
		h.mu.Unlock()
		return err
	}
	l := h.link
	s := &syncing{upto: l.births, done: make(chan struct{})}
	l.syncs = append(l.syncs, s)
	l.settle()
	h.mu.Unlock()
	select {
	case <-s.done:
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.state == closed {
			return net.ErrClosed
		}
		return nil
	case <-ctx.Done():
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	l.syncs = slices.DeleteFunc(l.syncs, func(other *syncing) bool { return other == s })
	incomplete := &IncompleteError{Err: context.Cause(ctx)}
	for _, p := range l.peers {
		if p.behind(s.upto) {
			incomplete.Nodes = append(incomplete.Nodes, p.name)
		}
	}
	slices.Sort(incomplete.Nodes)
	return incomplete
}

// behind reports whether p is up, and has not answered for channels born up to then.
func (p *peer) behind(upto uint64) bool { return p.up && p.checked < upto }

// settle ends calls of Sync for which every peer has answered.
func (l *link) settle() {
	l.syncs = slices.DeleteFunc(l.syncs, func(s *syncing) bool {
		for _, p := range l.peers {
			if p.behind(s.upto) {
				return false
			}
		}
		close(s.done)
		return true
	})
}

// giveUp ends all calls that wait.
func (l *link) giveUp() {
	for _, s := range l.syncs {
		close(s.done)
	}
	l.syncs = nil
	for _, q := range l.queries {
		q.waiting = nil
		q.finish()
	}
	if pt := l.parting; pt != nil {
		clear(pt.waiting)
		pt.finish()
	}
}

// resync asks p for its numbers of all channels.
func (l *link) resync(p *peer) {
	p.checked, p.asking, p.unsure = 0, nil, l.births
	l.ask(p)
}

// ask asks p for its numbers of the next channels, unless it was asked already. One
// question covers all channels that were born while the one before was under way.
func (l *link) ask(p *peer) {
	if !p.up || p.asking != nil || p.checked >= l.births {
		return
	}
	l.asked++
	q := &asking{id: l.asked, at: l.now(), upto: l.births}
	m := appendNumber(l.message(askKind), q.id)
	first, _ := slices.BinarySearchFunc(l.born, p.checked+1, func(c *channel, born uint64) int { return cmp.Compare(c.born, born) })
	for _, c := range l.born[first:] {
		if c.gone {
			continue
		}
		m = appendText(m, c.subject)
		q.channels = append(q.channels, c)
		if len(m) > chunk {
			q.upto = c.born
			break
		}
	}
	p.asking = q
	l.tell(p.name, p.debt, m)
}

// probe asks p for a sign of life. That needs no credit: p would be out for what this node has not sent.
func (l *link) probe(p *peer, now time.Time) {
	p.probed = now
	l.put(entry{subject: nodeSubject(p.name), p: appendNumber(l.message(askKind), 0), debt: p.debt})
}

// takeAsk answers a question for numbers. Those of streams that are not begun are left out.
func (l *link) takeAsk(node string, r *reader) {
	question, d := r.p, l.debtOf(node)
	m := appendNumber(appendNumber(l.message(numbersKind), r.number()), l.told)
	for i := 0; len(r.p) > 0; i++ {
		if st := l.streams[r.text()]; st != nil {
			m = appendFixed(appendFixed(appendNumber(m, uint64(i)), st.base), st.seq)
		}
	}
	switch {
	case r.bad:
	case d.full():
		question = bytes.Clone(question)
		l.hurry(d, askKind, func() { l.takeAsk(node, &reader{p: question}) })
	default:
		l.tell(node, d, m)
	}
}

// takeNumbers handles the answer. What comes from now on was sent by a node that knows of
// the channels.
func (l *link) takeNumbers(p *peer, r *reader) {
	q := p.asking
	id, told := r.number(), r.number()
	if q == nil || id != q.id {
		r.p = nil
		return
	}
	if p.told == 0 {
		p.told = told
	}
	for len(r.p) > 0 {
		i, m := r.number(), mark{base: r.fixed(), seq: r.fixed()}
		if r.bad || i >= uint64(len(q.channels)) || m.seq < m.base {
			r.fail()
			return
		}
		switch c := q.channels[i]; {
		case c.gone:
		case c.unknown(p):
			c.from = append(c.from, position{p, m.base, m.seq})
		default:
			l.advance(p, c, m)
		}
	}
	p.checked, p.synced = q.upto, max(p.synced, q.upto)
	p.asking = nil
	if p.checked >= p.unsure {
		p.unsure = 0
	}
	if p.leaving {
		l.letGo(p)
	}
	l.ask(p)
	l.settle()
}
