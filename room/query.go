// Copyright 2026 The duplex authors. MIT license.

package room

import (
	"context"
	"math"
	"net"
	"slices"
	"time"
)

// A query is a call of Count or List. Hub.mu guards it.
type query struct {
	id      uint64
	attempt uint64
	to      Selection
	named   bool
	began   time.Time
	asked   time.Time
	waiting map[*peer]*answer // those that have not answered in full
	missing []string
	n       int
	names   []string
	done    chan struct{} // closed when waiting is empty
	ended   bool
}

// An answer is what a peer has said so far.
type answer struct {
	attempt uint64
	parts   parts
	names   []string
	size    int // of the names in memory
}

// Count returns how many sockets are selected. If it returns an [*IncompleteError], those
// of the nodes that it names are not counted. A node has three heartbeats to answer, or
// until ctx ends.
func (t Selection) Count(ctx context.Context) (int, error) {
	n, _, err := t.query(ctx, false)
	return n, err
}

// List returns the users of the sockets that are selected, sorted, each once. If it
// returns an [*IncompleteError], those of the nodes that it names are missing. A node has
// three heartbeats to answer, or until ctx ends.
func (t Selection) List(ctx context.Context) ([]string, error) {
	_, names, err := t.query(ctx, true)
	return names, err
}

func (t Selection) query(ctx context.Context, named bool) (n int, names []string, err error) {
	if err := t.wrong(); err != nil {
		return 0, nil, err
	}
	h := t.hub
	h.mu.Lock()
	if err := h.usable(); err != nil {
		h.mu.Unlock()
		return 0, nil, err
	}
	l := h.link
	if l == nil || t.local {
		h.mu.Unlock()
		n, names = h.people(t, named)
		return n, names, nil
	}
	q, err := l.query(t, named)
	h.mu.Unlock()
	if err != nil {
		return 0, nil, err
	}
	n, names = h.people(t, named)
	select {
	case <-q.done:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(l.queries, q.id)
	if h.state == closed {
		return 0, nil, net.ErrClosed
	}
	for p := range q.waiting {
		q.missing = append(q.missing, p.name)
	}
	if len(q.missing) > 0 {
		slices.Sort(q.missing)
		err = &IncompleteError{Nodes: q.missing, Err: err}
	} else {
		err = nil
	}
	return n + q.n, union(names, q.names), err
}

// query asks all peers.
func (l *link) query(t Selection, named bool) (*query, error) {
	l.asked++
	now := l.now()
	q := &query{
		id: l.asked, to: t, named: named, began: now, asked: now,
		waiting: make(map[*peer]*answer), done: make(chan struct{}),
	}
	m := l.question(q)
	if len(m) > MaxMessage {
		return nil, ErrTooLong
	}
	for _, p := range l.peers {
		if p.up {
			q.waiting[p] = new(answer)
		} else if l.beats-p.fell < naming {
			q.missing = append(q.missing, p.name)
		}
	}
	l.queries[q.id] = q
	l.put(entry{subject: allSubject, p: m})
	q.finish()
	return q, nil
}

func (l *link) question(q *query) []byte {
	m := appendNumber(appendNumber(l.message(queryKind), q.id), q.attempt)
	m = appendBool(m, q.named)
	return appendTerms(appendTerms(m, q.to.to), q.to.except)
}

// miss notes that p will not answer.
func (q *query) miss(p *peer) {
	if _, ok := q.waiting[p]; ok {
		delete(q.waiting, p)
		q.missing = append(q.missing, p.name)
		q.finish()
	}
}

// finish ends q if no answer is awaited.
func (q *query) finish() {
	if len(q.waiting) == 0 && !q.ended {
		q.ended = true
		close(q.done)
	}
}

// checkQueries asks once more in each heartbeat, and gives up after three.
func (l *link) checkQueries(now time.Time) {
	for _, q := range l.queries {
		if now.Sub(q.began) > silences*l.beat {
			for p := range q.waiting {
				q.miss(p)
			}
		}
		if q.ended || now.Sub(q.asked) < l.beat {
			continue
		}
		q.asked = now
		q.attempt++
		m := l.question(q)
		for p := range q.waiting {
			l.put(entry{subject: nodeSubject(p.name), p: m})
		}
	}
}

// takeQuery answers a question for sockets, or keeps it until there is credit.
func (l *link) takeQuery(p *peer, r *reader) (then func(), err error) {
	size, now := len(r.p), l.awake
	id, attempt, named := r.number(), r.number(), r.bool()
	t := Selection{hub: l.h, to: r.terms(), except: r.terms()}
	if r.bad {
		return nil, errMalformed
	}
	answer := func() {
		n, names := l.h.people(t, named)
		l.h.mu.Lock()
		defer l.h.mu.Unlock()
		parts := split(names)
		for i, part := range parts {
			m := appendNumber(appendNumber(l.message(answerKind), id), attempt)
			m = appendNumber(appendNumber(m, uint64(i)), uint64(len(parts)))
			m = appendTexts(appendNumber(m, uint64(n)), part)
			l.put(entry{subject: nodeSubject(p.name), p: m, debt: p.debt})
		}
	}
	if !p.debt.full() {
		return answer, nil
	}
	if !p.debt.postpone(question{id: id, at: now, size: size, answer: answer}) {
		l.stats.Withheld++
	}
	return nil, nil
}

// split returns names in parts, at least one, that fit a message each.
func split(names []string) (parts [][]string) {
	for {
		size, n := 0, 0
		for n < len(names) && size < chunk {
			size += len(names[n]) + 2
			n++
		}
		parts = append(parts, names[:n])
		if names = names[n:]; len(names) == 0 {
			return parts
		}
	}
}

// takeAnswer collects the parts of an answer.
func (l *link) takeAnswer(p *peer, r *reader) {
	id, attempt := r.number(), r.number()
	part, of, n := r.number(), r.number(), r.number()
	names := r.names()
	if n > math.MaxInt32 {
		r.fail()
	}
	q := l.queries[id]
	if r.bad || q == nil {
		return
	}
	a := q.waiting[p]
	if a == nil || attempt < a.attempt {
		return
	}
	if attempt > a.attempt || a.parts == nil {
		*a = answer{attempt: attempt, parts: make(parts)}
	}
	fresh, sound := a.parts.take(part, of)
	if !sound {
		r.fail()
	}
	if !fresh {
		return
	}
	for _, name := range names {
		a.size += len(name) + 16
	}
	if a.size > maxAnswer {
		q.miss(p)
		return
	}
	a.names = append(a.names, names...)
	if uint64(len(a.parts)) < of {
		return
	}
	delete(q.waiting, p)
	q.n += int(n)
	q.names = append(q.names, a.names...)
	q.finish()
}
