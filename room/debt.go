// Copyright 2026 The duplex authors. MIT license.

package room

import (
	"slices"
	"sync/atomic"
	"time"
)

// A debt is how many bytes wait in the queue since another node has asked, or to ask it. So a node that floods
// this one with heartbeats and questions fills neither the queue nor the memory: beyond the credit it
// gets no answer, and has to ask again, as every node does after a heartbeat without one. Questions of Count and List wait
// for credit, since a program may have many of them at once, and they have three heartbeats only.
type debt struct {
	bytes  atomic.Int64
	later  []question // Hub.mu guards it and the fields below
	size   int
	urgent map[kind]func() // the last questions for numbers and for users, which a node has one at a time of; called with mu
}

// hurry keeps a question of that kind until there is credit: before those of Count and List, which may be many.
func (l *link) hurry(d *debt, k kind, answer func()) {
	if d.urgent[k] != nil {
		l.stats.Withheld++
	}
	setIn(&d.urgent, k, answer)
}

// A question waits for credit.
type question struct {
	id     uint64
	at     time.Time
	size   int
	answer func() // is called without mu
}

// postpone keeps a question until there is credit. It reports false if too many wait.
func (d *debt) postpone(q question) bool {
	q.size += overhead
	if i := slices.IndexFunc(d.later, func(old question) bool { return old.id == q.id }); i >= 0 {
		d.size -= d.later[i].size
		d.later = slices.Delete(d.later, i, i+1)
	}
	if d.size >= credit {
		return false
	}
	d.size += q.size
	d.later = append(d.later, q)
	return true
}

// due returns the question that has waited longest, and that someone still asks; nil for none. The caller holds mu.
func (l *link) due(d *debt) (answer func()) {
	for k, urgent := range d.urgent {
		delete(d.urgent, k)
		if pt := l.parting; pt == nil || !pt.ended {
			return func() {
				l.h.mu.Lock()
				defer l.h.mu.Unlock()
				urgent()
			}
		}
	}
	for len(d.later) > 0 && answer == nil {
		q := d.later[0]
		d.size -= q.size
		d.later = slices.Delete(d.later, 0, 1)
		if l.h.state != closed && l.awake.Sub(q.at) <= silences*l.beat {
			answer = q.answer
		}
	}
	return answer
}

// resume answers questions that have waited for credit. The caller, which has published something of d, does not hold mu.
func (l *link) resume(d *debt) {
	for !d.full() {
		l.h.mu.Lock()
		l.now()
		answer := l.due(d)
		l.h.mu.Unlock()
		if answer == nil {
			return
		}
		answer()
	}
}

const (
	credit   = 64 << 10 // of a node, and as much for its questions that wait; an answer that is begun is queued as a whole
	overhead = 128      // about what an entry of the queue takes beside its bytes
	crowd    = 4096     // nodes that are known; those that come then are ignored until others are forgotten
	maxParts = 4096     // of an answer: 128 MiB of names

	// How many bytes of names, with what strings take, a node may answer to one question.
	maxAnswer = 256 << 20
)

// full reports whether the node has no credit.
func (d *debt) full() bool { return d.bytes.Load() >= credit }

// tell queues a message to a node, if that has credit.
func (l *link) tell(node string, d *debt, p []byte) {
	if d.full() {
		l.stats.Withheld++
		return
	}
	l.put(entry{subject: nodeSubject(node), p: p, debt: d})
}

// debtOf returns the debt of the node with that name. Those that are not known share one.
func (l *link) debtOf(node string) *debt {
	if p := l.peers[node]; p != nil {
		return p.debt
	}
	return &l.strangers
}

// crowded reports whether a node that is not known, or is another process under a known name, comes too soon to
// be met: forged names and lives must cost no more than others do.
func (l *link) crowded(known *peer, now time.Time) bool {
	if known == nil && len(l.peers) < crowd || known != nil && now.Sub(known.met) >= l.beat/4 {
		return false
	}
	l.stats.Withheld++
	return true
}

// memory returns for how many heartbeats a node that is out is remembered.
func (l *link) memory() int64 {
	if len(l.peers) > crowd/2 {
		return naming
	}
	return memory
}

// A parts is which parts of an answer have come.
type parts map[uint64]struct{}

// take notes a part. It reports whether the part is new; fresh is false for one that no node sends.
func (s parts) take(part, of uint64) (fresh, sound bool) {
	if part >= of || of > maxParts {
		return false, false
	}
	_, twice := s[part]
	s[part] = struct{}{}
	return !twice, true
}
