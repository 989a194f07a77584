// Copyright 2026 The duplex authors. MIT license.

package loop

import (
	"iter"
	"sync"
	"sync/atomic"

	"github.com/duplex-go/duplex/internal/driver"
)

// page is how many slots are allocated at a time. Pages never move, so growing
// copies no slot.
const page = 256

// A slot is a place for a socket.
type slot struct {
	conn       Conn // nil while the slot is reserved for a listener or a dial
	generation uint32
	free       uint32 // the next free slot, plus one, while this one is free
}

// slots gives sockets their IDs. Any goroutine may reserve one, before the loop knows of
// it. Only the loop looks sockets up, and releases IDs.
type slots struct {
	pages atomic.Pointer[[]*[page]slot]

	mu   sync.Mutex // guards what follows, the conn of slots, and growth
	used uint32     // slots that were ever reserved
	free uint32     // the first free slot, plus one
}

func (s *slots) at(i uint32) *slot { return &(*s.pages.Load())[i/page][i%page] }

// reserve returns an unused ID for c, which may be nil.
func (s *slots) reserve(c Conn) driver.ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.used
	if s.free != 0 {
		i = s.free - 1
		s.free = s.at(i).free
	} else {
		if s.full() {
			s.grow()
		}
		s.used++
	}
	p := s.at(i)
	p.conn = c
	return driver.MakeID(i, p.generation)
}

// full reports whether there is no room for one more slot.
func (s *slots) full() bool {
	pages := s.pages.Load()
	return pages == nil || int(s.used/page) == len(*pages)
}

// grow makes room for another page of slots.
func (s *slots) grow() {
	var pages []*[page]slot
	if now := s.pages.Load(); now != nil {
		pages = *now
	}
	pages = append(pages[:len(pages):len(pages)], new([page]slot))
	s.pages.Store(&pages)
}

// set puts c into the slot that id reserved.
func (s *slots) set(id driver.ID, c Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at(id.Slot()).conn = c
}

// conn returns the socket id, or nil if it is gone.
func (s *slots) conn(id driver.ID) Conn {
	p := s.at(id.Slot())
	if p.generation != id.Generation() {
		return nil
	}
	return p.conn
}

// release frees the slot for a new generation, so that an event or a deadline
// still under way finds no socket.
func (s *slots) release(id driver.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.at(id.Slot())
	p.conn = nil
	p.generation++
	p.free = s.free
	s.free = id.Slot() + 1
}

// Conns yields the loop's sockets. It is for the loop itself, and for rare use.
func (l *Loop) Conns() iter.Seq[Conn] {
	return func(yield func(Conn) bool) {
		for _, c := range l.slots.all() {
			if !yield(c) {
				return
			}
		}
	}
}

func (s *slots) all() (conns []Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.used {
		if c := s.at(i).conn; c != nil {
			conns = append(conns, c)
		}
	}
	return conns
}
