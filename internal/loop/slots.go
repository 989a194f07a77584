// Copyright 2026 The duplex authors. MIT license.

package loop

import (
	"iter"

	"github.com/duplex-go/duplex/internal/driver"
)

// page is how many slots are allocated at a time. Pages never move, so growing
// copies nothing and leaves no garbage behind.
const page = 256

// A slot is a place for a socket.
type slot struct {
	conn       Conn // nil while the slot is reserved for a listener or a dial
	generation uint32
	free       uint32 // the next free slot, plus one, while this one is free
}

// slots gives sockets their IDs.
type slots struct {
	pages []*[page]slot
	used  uint32 // slots that were ever reserved
	free  uint32 // the first free slot, plus one
}

func (s *slots) at(i uint32) *slot { return &s.pages[i/page][i%page] }

// reserve returns an unused ID.
func (s *slots) reserve() driver.ID {
	if s.free != 0 {
		i := s.free - 1
		p := s.at(i)
		s.free = p.free
		return driver.MakeID(i, p.generation)
	}
	i := s.used
	s.used++
	if int(i/page) == len(s.pages) {
		s.pages = append(s.pages, new([page]slot))
	}
	return driver.MakeID(i, 0)
}

// set puts c into the slot that id reserved.
func (s *slots) set(id driver.ID, c Conn) { s.at(id.Slot()).conn = c }

// conn returns the socket id, or nil if it is gone.
func (s *slots) conn(id driver.ID) Conn {
	p := s.at(id.Slot())
	if p.generation != id.Generation() {
		return nil
	}
	return p.conn
}

// release frees the slot for a new generation, so that an event or a deadline
// still under way finds no one.
func (s *slots) release(id driver.ID) {
	p := s.at(id.Slot())
	p.conn = nil
	p.generation++
	p.free = s.free
	s.free = id.Slot() + 1
}

// Conns yields the loop's sockets. It is for the loop itself, and for rare use.
func (l *Loop) Conns() iter.Seq[Conn] {
	return func(yield func(Conn) bool) {
		for i := range l.slots.used {
			if c := l.slots.at(i).conn; c != nil && !yield(c) {
				return
			}
		}
	}
}
