// Copyright 2026 The duplex authors. MIT license.

// Package timer keeps the deadlines of one loop's sockets: a heap of plain
// entries, and nothing for a socket that has no deadline.
package timer

import (
	"slices"

	"github.com/duplex-go/duplex/internal/driver"
)

// An entry is a deadline. It names its socket by ID, whose generation tells a
// socket that is gone from its successor in the slot, so entries need not be
// removed one by one and hold nothing alive.
type entry struct {
	when int64
	id   driver.ID
}

// A Heap holds deadlines, in whatever unit its owner counts. The zero Heap is
// empty. It belongs to one goroutine.
//
// It is a heap and not a wheel of slots because it is exact, knows its next
// deadline at once, and is hardly touched: a busy socket leaves its deadline
// where it is and sets it anew only when it fires.
type Heap struct {
	entries []entry
}

// Add puts in a deadline for id.
func (h *Heap) Add(when int64, id driver.ID) {
	h.entries = append(h.entries, entry{when, id})
	h.up(len(h.entries) - 1)
}

// Next returns the earliest deadline, if there is any.
func (h *Heap) Next() (when int64, ok bool) {
	if len(h.entries) == 0 {
		return 0, false
	}
	return h.entries[0].when, true
}

// Pop takes out the earliest deadline if it is not later than now.
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

// Len returns how many deadlines are in h.
func (h *Heap) Len() int { return len(h.entries) }

// Keep takes out the deadlines of which keep is not true.
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
