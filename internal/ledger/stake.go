// Copyright 2026 The duplex authors. MIT license.

package ledger

import (
	"sync"
	"sync/atomic"
)

// A stake is what one socket, or one preface, keeps in memory for bytes that wait. Its
// holder alone sets the numbers, under a lock of its own. Any goroutine may read them.
type stake struct {
	in, out atomic.Int64
	lent    atomic.Int64 // slices that other queues hold, too: they are not in out
	doomed  atomic.Bool  // the holder was shed

	// Guarded by the mu of the stakes.
	holder       Holder // nil if the stake is free
	older, newer uint32 // its neighbors; 0 for none. Of a free stake, newer is the next free one
}

// A Holder keeps bytes that wait: a socket, or a connection that is to become one.
type Holder interface {
	// Shed ends the holder, because too much memory is used. It takes locks of the holder.
	Shed()
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
func (s *stakes) enter(h Holder) uint32 {
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
func (s *stakes) victims(n int64) (found []Holder) {
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
