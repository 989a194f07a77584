// Copyright 2026 The duplex authors. MIT license.

package room

import (
	"context"
	"slices"
	"time"
)

// A parting is the goodbye of this node. A Bus that ends may take with it what other nodes have
// not read yet, as a TCP connection does whose other end still writes. So each node
// answers the goodbye, after all that came before it, and the Bus ends after that.
// Nothing else follows a goodbye, or the node would be a new one for the others.
type parting struct {
	waiting map[*peer]struct{} // those that are up and have not answered
	said    time.Time          // when the goodbye was published last; zero while it is in the queue
	limit   time.Time          // until when answers are awaited; zero until the goodbye was published for the first time
	doubted bool               // a connection has changed meanwhile
	done    chan struct{}      // closed when no answer is awaited any more
	ended   bool
}

// farewells is for how many heartbeats a node that is heard has time to answer the goodbye, once it is published: it
// may have much other work.
const farewells = 10

// part says goodbye, and waits until every node that is up has answered, or turns out to be
// gone; for ten heartbeats after the goodbye is published, or until ctx ends. The error is that of ctx, or an
// IncompleteError.
func (l *link) part(ctx context.Context) error {
	l.h.mu.Lock()
	l.giveUp()
	l.sendBeat() // the last numbers
	pt := &parting{waiting: make(map[*peer]struct{}), done: make(chan struct{})}
	for _, p := range l.peers {
		if p.up {
			pt.waiting[p] = struct{}{}
		}
	}
	l.parting = pt
	l.sayGoodbye()
	pt.finish()
	l.h.mu.Unlock()
	var err error
	select {
	case <-pt.done:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	l.h.mu.Lock()
	defer l.h.mu.Unlock()
	l.put(entry{op: leaveBus})
	if len(pt.waiting) > 0 && err == nil {
		incomplete := new(IncompleteError)
		for p := range pt.waiting {
			incomplete.Nodes = append(incomplete.Nodes, p.name)
		}
		slices.Sort(incomplete.Nodes)
		err = incomplete
	}
	return err
}

// sayGoodbye publishes the goodbye, with the number of the last heartbeat.
func (l *link) sayGoodbye() {
	l.parting.said = time.Time{}
	l.put(entry{subject: allSubject, p: appendNumber(l.message(byeKind), l.told)})
	l.put(entry{op: said})
}

// goodbyeSaid is called when the goodbye is published: from now on it can be answered.
func (l *link) goodbyeSaid() {
	l.h.mu.Lock()
	defer l.h.mu.Unlock()
	pt := l.parting
	pt.said = l.now()
	if pt.doubted {
		pt.doubted = false
		for p := range pt.waiting {
			p.probed = pt.said
		}
	}
	if pt.limit.IsZero() {
		pt.limit = pt.said.Add(farewells * l.beat)
	}
}

// finish ends the wait if no answer is awaited.
func (pt *parting) finish() {
	if len(pt.waiting) == 0 {
		pt.end()
	}
}

// end ends the wait.
func (pt *parting) end() {
	if !pt.ended {
		pt.ended = true
		close(pt.done)
	}
}

// await finds the nodes that will not answer, and repeats the goodbye. If this node was frozen, their answers may
// have come, and not have been read: that time does not count.
func (l *link) await(now time.Time) {
	pt := l.parting
	if pt == nil || pt.ended {
		return
	}
	if l.frozen(now) && !pt.limit.IsZero() {
		pt.limit = pt.limit.Add(now.Sub(l.ticked))
	}
	l.ticked = now
	for p := range pt.waiting {
		if l.silent(p, now) {
			delete(pt.waiting, p)
		}
	}
	pt.finish()
	if !pt.limit.IsZero() && !now.Before(pt.limit) {
		pt.end()
	}
	if !pt.ended && !pt.said.IsZero() && now.Sub(pt.said) >= l.beat {
		l.sayGoodbye()
	}
}

// doubt is called when a connection has changed: a node that does not answer the goodbye now is gone.
func (l *link) doubt() {
	if pt := l.parting; pt != nil && !pt.ended {
		pt.doubted = true
		if !pt.said.IsZero() {
			l.sayGoodbye()
		}
	}
}

// takeLast handles a message while the others let this node go.
func (l *link) takeLast(h header, r *reader) error {
	pt, p := l.parting, l.peers[h.node]
	if pt == nil || pt.ended {
		return nil
	}
	if p != nil && p.life == h.life {
		p.heard = l.now()
	}
	earlier := p != nil && p.life != h.life && older(h.epoch, p.epoch) // of a process that had the name before p
	switch h.kind {
	case askKind: // for what it has to know before it lets go
		l.takeAsk(h.node, r)
	case byeKind:
		l.farewell(h.node, h.life)
		if !earlier {
			delete(pt.waiting, p)
		}
	case farewellKind:
		if r.fixed() == l.life && !earlier {
			delete(pt.waiting, p)
		}
	}
	pt.finish()
	return r.err()
}

// takeBye handles the goodbye of another node. If a heartbeat before it was lost, or was late, its numbers
// are awaited first, since any stream may have ended with a loss. A node that was out is back until then.
func (l *link) takeBye(h header, r *reader, now time.Time) {
	told := r.number()
	if r.bad {
		return
	}
	p := l.peers[h.node]
	switch {
	case p == nil || h.life != p.life:
		if p != nil && older(p.epoch, h.epoch) { // p is gone, and another with its name goes
			l.depart(p)
		}
		l.farewell(h.node, h.life)
		return
	case !p.up:
		p.up, p.epoch = true, h.epoch
		l.resync(p)
		l.h.notify(event{node: p.name, on: true})
	case p.told > 0 && told > p.told:
		l.resync(p)
	case p.leaving: // it has repeated the goodbye: the question may be lost
		p.asking = nil
		l.ask(p)
	}
	p.told = told
	p.heard = now
	p.leaving = true
	l.letGo(p)
}

// letGo answers the goodbye of p, unless its numbers are awaited.
func (l *link) letGo(p *peer) {
	if p.up && p.unsure > 0 {
		return
	}
	l.farewell(p.name, p.life)
	l.depart(p)
}

// farewell answers the goodbye of the node with that name and life.
func (l *link) farewell(node string, life uint64) {
	l.tell(node, l.debtOf(node), appendFixed(l.message(farewellKind), life))
}
