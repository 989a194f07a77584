// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"cmp"
	"math/rand/v2"
	"net/netip"
)

// A blockRule is a rule of a BlockList: the addresses from first to last. It is also
// the root of a tree of rules, sorted by compare. The tree is a treap: random weights
// keep it shallow. Each node holds the greatest address of its tree, so that a look-up
// follows one path down.
//
// A published tree does not change. A writer copies the nodes that it changes, which
// are the nodes on one path.
type blockRule struct {
	first, last netip.Addr // of one family, without zones
	text        string     // the rule as Node writes it
	order       uint64     // grows with each rule that is added

	// Of the tree.
	left, right *blockRule
	greatest    netip.Addr // the greatest last of the tree
	size        int        // how many rules the tree has
	weight      uint32     // random; no node below has a greater one
	edit        blockEdit  // the edit that made this node, and may change it in place
}

// compare orders rules by their addresses, then by their text.
func (r *blockRule) compare(other *blockRule) int {
	return cmp.Or(r.first.Compare(other.first), r.last.Compare(other.last), cmp.Compare(r.text, other.text))
}

// contains reports whether a rule of the tree blocks a.
func (r *blockRule) contains(a netip.Addr) bool {
	for r != nil {
		switch {
		case r.left != nil && !r.left.greatest.Less(a):
			// A rule on the left ends at a or after it. If that rule begins after a,
			// so does every rule to its right.
			r = r.left
		case a.Less(r.first):
			return false
		case !r.last.Less(a):
			return true
		default:
			r = r.right
		}
	}
	return false
}

// count returns how many rules the tree has.
func (r *blockRule) count() int {
	if r == nil {
		return 0
	}
	return r.size
}

// appendTo appends the rules of the tree to list.
func (r *blockRule) appendTo(list []*blockRule) []*blockRule {
	if r == nil {
		return list
	}
	return r.right.appendTo(append(r.left.appendTo(list), r))
}

// A blockEdit is the number of a batch of changes, between one publication and the
// next. Nodes made by the present edit are not published yet, so it may change them in
// place.
type blockEdit uint64

// own returns r, or a copy of r if r is published.
func (e blockEdit) own(r *blockRule) *blockRule {
	if r.edit == e {
		return r
	}
	own := *r
	own.edit = e
	return &own
}

// join makes left and right the trees below r, which is e's own, and returns r.
func (r *blockRule) join(left, right *blockRule) *blockRule {
	r.left, r.right = left, right
	r.greatest, r.size = r.last, 1+left.count()+right.count()
	for _, below := range []*blockRule{left, right} {
		if below != nil && r.greatest.Less(below.greatest) {
			r.greatest = below.greatest
		}
	}
	return r
}

// insert returns the tree of root and rule. Rule is a new node.
func (e blockEdit) insert(root, rule *blockRule) *blockRule {
	switch {
	case root == nil || root.weight < rule.weight:
		return rule.join(e.split(root, func(r *blockRule) bool { return r.compare(rule) < 0 }))
	case root.compare(rule) < 0:
		root = e.own(root)
		return root.join(root.left, e.insert(root.right, rule))
	default:
		root = e.own(root)
		return root.join(e.insert(root.left, rule), root.right)
	}
}

// split returns the rules of root for which before is true, and the others.
func (e blockEdit) split(root *blockRule, before func(*blockRule) bool) (left, right *blockRule) {
	if root == nil {
		return nil, nil
	}
	root = e.own(root)
	if before(root) {
		left, right = e.split(root.right, before)
		return root.join(root.left, left), right
	}
	left, right = e.split(root.left, before)
	return left, root.join(right, root.right)
}

// merge returns the tree of left and right. All rules of right come after those of
// left.
func (e blockEdit) merge(left, right *blockRule) *blockRule {
	switch {
	case left == nil:
		return right
	case right == nil:
		return left
	case left.weight < right.weight:
		right = e.own(right)
		return right.join(e.merge(left, right.left), right.right)
	default:
		left = e.own(left)
		return left.join(left.left, e.merge(left.right, right))
	}
}

// remove returns root without the rules that are equal to rule.
func (e blockEdit) remove(root, rule *blockRule) *blockRule {
	left, rest := e.split(root, func(r *blockRule) bool { return r.compare(rule) < 0 })
	_, right := e.split(rest, func(r *blockRule) bool { return r.compare(rule) == 0 })
	return e.merge(left, right)
}

// add returns root and one more rule.
func (e blockEdit) add(root *blockRule, rule blockRule, order uint64) *blockRule {
	rule.order, rule.weight, rule.edit = order, rand.Uint32(), e
	return e.insert(root, &rule)
}
