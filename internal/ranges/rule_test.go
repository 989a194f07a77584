// Copyright 2026 The duplex authors. MIT license.

package ranges

import (
	"encoding/binary"
	"net/netip"
	"testing"
)

// height returns how many nodes the longest path of the tree has.
func (r *Rule) height() int {
	if r == nil {
		return 0
	}
	return 1 + max(r.left.height(), r.right.height())
}

// TestLookupInAHundredThousandRulesFollowsOneShortPath adds the rules one by one, in
// order and without order. The expected height of the tree is about 40.
func TestLookupInAHundredThousandRulesFollowsOneShortPath(t *testing.T) {
	const many = 100_000
	for name, number := range map[string]func(i uint32) uint32{
		"in order":      func(i uint32) uint32 { return 10<<24 | i },
		"without order": func(i uint32) uint32 { return i*2654435761 | 1 },
	} {
		var root *Rule
		var last netip.Addr
		for i := range uint32(many) {
			last = netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, number(i))))
			root = edit(0).add(root, Rule{first: last, last: last}, uint64(i))
		}
		if h := root.height(); root.len() != many || h > 120 || !root.contains(last) {
			t.Errorf("%s: a tree of %d rules has %d levels, want %d rules and at most 120 levels", name, root.len(), h, many)
		}
	}
}

// A tree that was published stays as it is, whatever later edits make of it.
func TestAPublishedTreeDoesNotChange(t *testing.T) {
	rule := func(i byte) Rule {
		a := netip.AddrFrom4([4]byte{192, 0, 2, i})
		return Rule{first: a, last: a}
	}
	var root *Rule
	for i := range byte(100) {
		root = edit(1).add(root, rule(i), uint64(i))
	}
	published := root
	for i := range byte(100) {
		gone := rule(i)
		root = edit(2).remove(root, &gone)
		root = edit(2).add(root, rule(100+i), uint64(100+i))
	}
	for i := range byte(200) {
		a := rule(i).first
		if published.contains(a) != (i < 100) || root.contains(a) != (i >= 100) {
			t.Fatalf("%v is in the published tree: %v, in the new one: %v", a, published.contains(a), root.contains(a))
		}
	}
	if n := len(published.appendTo(nil)); n != 100 || published.len() != 100 || root.len() != 100 {
		t.Errorf("there are %d, %d and %d rules, want 100 of each", n, published.len(), root.len())
	}
}
