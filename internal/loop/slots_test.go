// Copyright 2026 The duplex authors. MIT license.

package loop

import (
	"reflect"
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
)

// A conn is a Conn that does nothing.
type conn struct{ Conn }

func TestASlotIsReusedUnderANewGeneration(t *testing.T) {
	var s slots
	first := s.reserve(nil)
	c := &conn{}
	s.set(first, c)
	if s.conn(first) != c {
		t.Error("the socket is not found")
	}
	s.release(first)
	second := s.reserve(nil)
	if second.Slot() != first.Slot() || second == first {
		t.Errorf("IDs are %#x and %#x, want the same slot and another generation", first, second)
	}
	s.set(second, &conn{})
	if s.conn(first) != nil {
		t.Error("a socket is found by the ID of the one before it in its slot")
	}
}

func TestSlotsCountWithoutHoles(t *testing.T) {
	var s slots
	ids := make(map[driver.ID]bool)
	for i := range uint32(3 * page) {
		id := s.reserve(nil)
		if id.Slot() != i || ids[id] {
			t.Fatalf("slot %d has ID %#x", i, id)
		}
		ids[id] = true
	}
	for id := range ids {
		s.release(id)
	}
	for range 3 * page {
		if id := s.reserve(nil); id.Slot() >= 3*page {
			t.Fatalf("slot %d was taken although earlier ones are free", id.Slot())
		}
	}
}

func TestASlotHasThreeWords(t *testing.T) {
	if got := reflect.TypeFor[slot]().Size(); got > 24 {
		t.Errorf("a slot has %d bytes, want 24", got)
	}
}
