// Copyright 2026 The duplex authors. MIT license.

// Package timer holds the deadlines of one loop's sockets in a heap. A socket
// without a deadline has no entry.
package timer

import (
	"slices"

	"github.com/duplex-go/duplex/internal/driver"
)

// An entry is a deadline. It names its socket by ID. The generation of the ID
// distinguishes a closed socket from the next one in its slot, so an entry may
// outlive its socket, and keeps no memory of the socket alive.
type entry struct {
	when int64
	id   driver.ID
}

// A Heap holds deadlines, in a unit that its owner chooses. The zero Heap is empty.
// Only one goroutine may use it.
//
// A heap, unlike a timer wheel, is exact and returns the next deadline at once. Its
// updates are rare: a busy socket does not move its deadline, but adds a new one
// when the old one fires.
type Heap struct {
	entries []entry
}

// Add adds a deadline for id.
func (h *Heap) Add(when int64, id driver.ID) {
	h.entries = append(h.entries, entry{when, id})
	h.up(len(h.entries) - 1)
}

// Next returns the earliest deadline, if there is one.
func (h *Heap) Next() (when int64, ok bool) {
	if len(h.entries) == 0 {
		return 0, false
	}
	return h.entries[0].when, true
}

// Pop removes and returns the earliest deadline if it is not later than now.
func (h *Heap) Pop(now int64) (when int64, id driver.ID, ok bool) {
	if len(h.entries) == 0 || h.entries[0].when > now {
		return 0, 0, false
	}
	first := h.entries[0]
	last := len(h.entries) - 1
	h.entries[0] = h.entries[last]
	h.entries = h.entries[:last]
	h.down(0)
	return first.when, first.id, true
}

// Len returns the number of deadlines in h.
func (h *Heap) Len() int { return len(h.entries) }

// Keep removes the deadlines for which keep returns false.
func (h *Heap) Keep(keep func(when int64, id driver.ID) bool) {
	h.entries = slices.DeleteFunc(h.entries, func(e entry) bool { return !keep(e.when, e.id) })
	for i := len(h.entries)/2 - 1; i >= 0; i-- {
		h.down(i)
	}
}

func (h *Heap) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if h.entries[parent].when <= h.entries[i].when {
			return
		}
		h.entries[parent], h.entries[i] = h.entries[i], h.entries[parent]
		i = parent
	}
}

func (h *Heap) down(i int) {
	for {
		least := 2*i + 1
		if least >= len(h.entries) {
			return
		}
		if right := least + 1; right < len(h.entries) && h.entries[right].when < h.entries[least].when {
			least = right
		}
		if h.entries[i].when <= h.entries[least].when {
			return
		}
		h.entries[i], h.entries[least] = h.entries[least], h.entries[i]
		i = least
	}
}
