// Copyright 2026 The duplex authors. MIT license.

package room

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A generation says which of two logins of a user is the newer one. Its time is that of
// the node's clock, but higher than every time that the node has seen. So of two logins of
// which one knew of the other, the later is newer, whatever the clocks say.
type generation struct {
	time uint64
	node string
}

func (g generation) compare(other generation) int {
	return cmp.Or(cmp.Compare(g.time, other.time), strings.Compare(g.node, other.node))
}

// nextGeneration returns a generation that is newer than all that this node has seen. The caller holds mu.
func (h *Hub) nextGeneration() generation {
	h.clock = max(h.clock+1, uint64(time.Now().UnixNano()))
	g := generation{time: h.clock}
	if h.link != nil {
		g.node = h.link.name
	}
	return g
}

// announce tells all nodes of a login on this one.
func (l *link) announce(u *user) {
	m := l.message(bindKind)
	m = appendMark(m, l.next(bindSubject))
	l.put(entry{subject: bindSubject, p: appendFixed(appendText(m, u.name), u.gen.time), user: u})
}

// takeBind handles the login of a user at another node.
func (l *link) takeBind(p *peer, r *reader) {
	m, name, at := r.numbered(), r.text(), r.fixed()
	if r.bad || l.stale(p) || !l.admit(p, []mark{m}) {
		return
	}
	l.compare(name, generation{at, p.name})
}

// compare compares a login of another node with that of this one, if the user has one. The
// older is kicked. If that is the other, this node repeats its announcement, because the
// other node cannot have received it.
func (l *link) compare(name string, g generation) {
	if !l.h.Unique {
		return
	}
	l.h.clock = max(l.h.clock, g.time)
	u := l.h.users[name]
	if u == nil {
		return
	}
	if u.gen.compare(g) > 0 {
		if u.announced.Load() == 0 { // else it is about to
			l.announce(u)
		}
		return
	}
	for _, m := range slices.Clone(u.members) {
		l.h.kick(m, ErrReplaced)
	}
}

// A roster is a question to one peer: which users it has. It is asked when a peer comes or
// comes back, and when an announcement of it was lost.
type roster struct {
	id    uint64
	at    time.Time
	parts parts
}

func (l *link) requestUsers(p *peer) {
	if !l.h.Unique || !p.up {
		return
	}
	l.asked++
	p.roster = &roster{id: l.asked, at: l.now(), parts: make(parts)}
	l.tell(p.name, p.debt, appendNumber(l.message(rosterKind), l.asked))
}

// takeRosterRequest answers with all users of this node.
func (l *link) takeRosterRequest(p *peer, r *reader) {
	id := r.number()
	if !r.bad && l.h.Unique {
		l.tellUsers(p, id)
	}
}

func (l *link) tellUsers(p *peer, id uint64) {
	if p.debt.full() {
		l.hurry(p.debt, rosterKind, func() { l.tellUsers(p, id) })
		return
	}
	names := make([]string, 0, len(l.h.users))
	for name := range l.h.users {
		names = append(names, name)
	}
	parts := split(names)
	for i, part := range parts {
		m := appendNumber(l.message(usersKind), id)
		m = appendNumber(appendNumber(m, uint64(i)), uint64(len(parts)))
		for _, name := range part {
			m = appendFixed(appendText(m, name), l.h.users[name].gen.time)
		}
		l.put(entry{subject: nodeSubject(p.name), p: m, debt: p.debt})
	}
}

// takeUsers handles a part of the answer.
func (l *link) takeUsers(p *peer, r *reader) {
	id, part, of := r.number(), r.number(), r.number()
	if r.bad || p.roster == nil || p.roster.id != id {
		r.p = nil
		return
	}
	if _, sound := p.roster.parts.take(part, of); !sound {
		r.fail()
		return
	}
	if uint64(len(p.roster.parts)) >= of {
		p.roster = nil
	}
	for len(r.p) > 0 {
		name, at := r.text(), r.fixed()
		if r.bad {
			return
		}
		l.compare(name, generation{at, p.name})
	}
}
