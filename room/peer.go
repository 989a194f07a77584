// Copyright 2026 The duplex authors. MIT license.

package room

import (
	"slices"
	"strings"
	"time"
)

// A peer is another node. Hub.mu guards it.
type peer struct {
	name        string
	life, epoch uint64
	debt        *debt // also of those that had the name before
	up          bool
	heard       time.Time
	period      time.Duration // between its heartbeats
	told        uint64        // the number of its last heartbeat that came; 0 if none has
	proven      time.Time     // what comes now was sent after that; zero until it has answered
	probed      time.Time     // since when a sign of life is awaited; zero for not
	met         time.Time     // when its first message came
	owed        uint64        // the time that it is sent back at the next tick; 0 for none
	warned      time.Time     // when it was last told that its epoch is over
	heir        uint64        // another process with the name that had sent nothing yet, when it came
	legacy      uint64        // the channels that were born up to then
	fell        int64         // the heartbeat of this node since which it is silent, if it is not up: no time in which this node was frozen counts

	synced  uint64  // it has told its numbers for channels born up to here; no position is 0
	checked uint64  // the same, since it came, came back or this node was frozen
	asking  *asking // the question under way
	unsure  uint64  // a heartbeat of it was lost: any channel born up to here may have lost something, until it has answered for all
	leaving bool    // it has said goodbye
	roster  *roster // the question for its users under way
}

const (
	silences = 3   // heartbeats until a silent node is out
	naming   = 60  // heartbeats for which Count and List name a node that is silent
	memory   = 600 // heartbeats until a node that is out is forgotten
)

// older compares epochs. They go round, so that no number of the network is the last one.
func older(epoch, than uint64) bool { return int64(epoch-than) < 0 }

// probing returns for how long a sign of life is awaited.
func (l *link) probing() time.Duration { return l.beat * 3 / 10 }

// patience returns for how long p may be silent.
func (l *link) patience(p *peer) time.Duration { return silences * max(l.beat, p.period) }

// stale reports whether what comes of p now may be too old to be delivered. Now is when the message, or the tick, began to be
// handled.
func (l *link) stale(p *peer) bool { return l.awake.Sub(p.proven) > l.patience(p) }

// prove notes that p has answered a heartbeat of that time.
func (p *peer) prove(at, now time.Time) {
	if at.After(p.proven) && !at.After(now) {
		p.proven = at
	}
}

// meet returns the peer that has sent a message, or nil if the message is late.
func (l *link) meet(h header, now time.Time) *peer {
	p := l.peers[h.node]
	if p == nil {
		return l.welcome(h, new(debt), now)
	}
	if p.up && now.Sub(p.heard) > l.patience(p) {
		l.out(p)
	}
	switch {
	case older(h.epoch, p.epoch), h.epoch == p.epoch && (h.life != p.life || !p.up):
		l.warn(p, h, now)
		return nil
	case h.life != p.life:
		if h.fresh {
			p.heir, p.legacy = h.life, l.births
		}
		if h.kind.answers() || l.crowded(p, now) {
			return nil
		}
		l.depart(p)
		heir := l.welcome(h, p.debt, now)
		if heir != nil && heir.life == p.heir {
			heir.synced = p.legacy
		}
		return heir
	case !p.up:
		p.up, p.epoch, p.heard = true, h.epoch, now
		l.greet(p)
		l.resync(p)
		l.requestUsers(p)
		l.h.notify(event{node: p.name, on: true})
	}
	p.epoch, p.heard = h.epoch, now
	return p
}

// welcome returns a new peer. It returns nil for an answer: the question was to a node that has left.
func (l *link) welcome(h header, d *debt, now time.Time) *peer {
	if h.kind.answers() || l.crowded(nil, now) {
		return nil
	}
	p := &peer{name: h.node, life: h.life, epoch: h.epoch, debt: d, up: true, met: now, heard: now}
	l.peers[h.node] = p
	if h.fresh {
		p.synced = l.births // it has sent nothing that could be missing
	}
	l.greet(p)
	l.ask(p)
	l.requestUsers(p)
	l.h.notify(event{node: p.name, on: true})
	return p
}

// greet sends p the time, as a heartbeat does. What p sends is delivered once it has answered, which it
// does before it answers what it is asked next.
func (l *link) greet(p *peer) {
	m := appendNumber(l.message(helloKind), uint64(l.beat))
	l.tell(p.name, p.debt, appendNumber(m, l.lived()))
}

// takeHello handles the greeting.
func (l *link) takeHello(p *peer, r *reader) {
	p.period = min(r.duration(), time.Hour)
	if at := r.number(); !r.bad {
		l.pong(p, at)
	}
}

// pong sends p the time of its heartbeat, or of its greeting, back: at the next tick, if p has no credit now, as a node
// that was frozen finds a thousand heartbeats.
func (l *link) pong(p *peer, at uint64) {
	if p.owed = at; p.debt.full() {
		l.stats.Withheld++
		return
	}
	l.answer(p)
}

// answer sends p the time that it is owed.
func (l *link) answer(p *peer) {
	l.put(entry{subject: nodeSubject(p.name), p: appendNumber(l.message(pongKind), p.owed), debt: p.debt})
	p.owed = 0
}

// warn tells a node that its epoch is over.
func (l *link) warn(p *peer, h header, now time.Time) {
	if now.Sub(p.warned) < l.beat/4 {
		return
	}
	p.warned = now
	m := appendFixed(appendFixed(l.message(outKind), h.life), h.epoch)
	l.tell(h.node, p.debt, appendFixed(m, p.epoch))
}

// out is called when p was silent for too long.
func (l *link) out(p *peer) {
	if p.leaving && p.unsure == 0 {
		l.depart(p)
		return
	}
	p.leaving = false // if it was frozen, and repeats the goodbye, it is asked anew what was lost
	p.up, p.asking, p.roster, p.unsure = false, nil, nil, 0
	p.fell, p.probed = l.beats-silences, time.Time{}
	l.h.notify(event{node: p.name})
	for _, q := range l.queries {
		q.miss(p)
	}
	l.settle()
}

// depart is called when p has said goodbye, or is another process now.
func (l *link) depart(p *peer) {
	l.forget(p)
	if p.up {
		p.up = false
		l.h.notify(event{node: p.name})
	}
	for _, q := range l.queries {
		delete(q.waiting, p)
		q.finish()
	}
	l.settle()
}

// forget forgets p, and the positions of its streams.
func (l *link) forget(p *peer) {
	delete(l.peers, p.name)
	for _, c := range l.channels {
		c.from = slices.DeleteFunc(c.from, func(at position) bool { return at.peer == p })
	}
}

// checkPeers finds the nodes that are silent, and repeats questions.
func (l *link) checkPeers(now time.Time) {
	for _, p := range l.peers {
		if !p.up {
			if l.beats-p.fell > l.memory() {
				l.forget(p)
			}
			continue
		}
		if l.silent(p, now) {
			l.out(p)
			continue
		}
		if p.owed > 0 {
			l.answer(p) // without credit, too, or a node that asks much would find all messages late
		}
		if p.asking != nil && now.Sub(p.asking.at) > l.beat {
			p.asking = nil
			l.greet(p) // which was lost, too, if p was not ready for questions
			l.ask(p)
		}
		if p.roster != nil && now.Sub(p.roster.at) > l.beat {
			l.requestUsers(p)
		}
	}
}

// silent reports whether p was silent for three heartbeats, or has not answered a probe.
func (l *link) silent(p *peer, now time.Time) bool {
	if !p.heard.Before(p.probed) {
		p.probed = time.Time{}
	}
	return now.Sub(p.heard) > l.patience(p) || !p.probed.IsZero() && now.Sub(p.probed) >= l.probing()
}

// sendBeat publishes a heartbeat, which lists the streams that have moved since the last one: in
// several messages, if they are many.
func (l *link) sendBeat() {
	begin := func() []byte {
		l.told++
		p := appendNumber(appendNumber(l.message(beatKind), uint64(l.beat)), l.told)
		return appendNumber(p, l.lived())
	}
	p := begin()
	for _, st := range l.moved {
		if len(p) > chunk {
			l.put(entry{subject: allSubject, p: p})
			p = begin()
		}
		p = appendMark(p, st.mark())
		st.listed = false
	}
	l.moved = l.moved[:0]
	l.put(entry{subject: allSubject, p: p})
}

// takeBeat handles a heartbeat: numbers beyond the last that came are lost. If a heartbeat
// was lost, so may be the end of any stream.
func (l *link) takeBeat(p *peer, r *reader) {
	p.period = min(r.duration(), time.Hour)
	told, at := r.number(), r.number()
	if r.bad {
		return
	}
	l.pong(p, at)
	if p.told > 0 && told > p.told+1 {
		l.resync(p)
	}
	p.told = told
	for len(r.p) > 0 {
		m := r.mark()
		if c := l.channels[m.subject]; c != nil && !r.bad && !c.unknown(p) {
			l.advance(p, c, m)
		}
	}
}

// nodes is Hub.Nodes.
func (l *link) nodes() []Node {
	now, list := l.now(), make([]Node, 0, len(l.peers))
	for _, p := range l.peers {
		list = append(list, Node{Name: p.name, Up: p.up, Heard: time.Now().Add(p.heard.Sub(now))})
	}
	slices.SortFunc(list, func(a, b Node) int { return strings.Compare(a.Name, b.Name) })
	return list
}
