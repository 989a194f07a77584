// Copyright 2026 The duplex authors. MIT license.

// Package ranges holds sets of ranges of IP addresses that readers look into without a
// lock, while a writer changes a copy.
package ranges

import (
	"cmp"
	"math/rand/v2"
	"net/netip"
)

// A Rule is the addresses from first to last. It is also the root of a tree of rules,
// sorted by compare; nil is the tree without rules. The tree is a treap: random weights
// keep it shallow. Each node holds the greatest address of its tree, so that a look-up
// follows one path down.
//
// A published tree does not change. A writer copies the nodes that it changes, which
// are the nodes on one path.
type Rule struct {
	first, last netip.Addr // of one family, without zones
	text        string     // what the rule is called
	order       uint64     // grows with each rule that is added

	// Of the tree.
	left, right *Rule
	greatest    netip.Addr // the greatest last of the tree
	size        int        // how many rules the tree has
	weight      uint32     // random; no node below has a greater one
	edit        edit       // the edit that made this node, and may change it in place
}

// compare orders rules by their addresses, then by their text.
func (r *Rule) compare(other *Rule) int {
	return cmp.Or(r.first.Compare(other.first), r.last.Compare(other.last), cmp.Compare(r.text, other.text))
}

// contains reports whether a rule of the tree has a.
func (r *Rule) contains(a netip.Addr) bool {
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

// len returns how many rules the tree has.
func (r *Rule) len() int {
	if r == nil {
		return 0
	}
	return r.size
}

// appendTo appends the rules of the tree to list.
func (r *Rule) appendTo(list []*Rule) []*Rule {
	if r == nil {
		return list
	}
	return r.right.appendTo(append(r.left.appendTo(list), r))
}

// An edit is the number of a batch of changes, between one publication and the
// next. Nodes made by the present edit are not published yet, so it may change them in
// place.
type edit uint64

// own returns r, or a copy of r if r is published.
func (e edit) own(r *Rule) *Rule {
	if r.edit == e {
		return r
	}
	own := *r
	own.edit = e
	return &own
}

// join makes left and right the trees below r, which is e's own, and returns r.
func (r *Rule) join(left, right *Rule) *Rule {
	r.left, r.right = left, right
	r.greatest, r.size = r.last, 1+left.len()+right.len()
	for _, below := range []*Rule{left, right} {
		if below != nil && r.greatest.Less(below.greatest) {
			r.greatest = below.greatest
		}
	}
	return r
}

// insert returns the tree of root and rule. Rule is a new node.
func (e edit) insert(root, rule *Rule) *Rule {
	switch {
	case root == nil || root.weight < rule.weight:
		return rule.join(e.split(root, func(r *Rule) bool { return r.compare(rule) < 0 }))
	case root.compare(rule) < 0:
		root = e.own(root)
		return root.join(root.left, e.insert(root.right, rule))
	default:
		root = e.own(root)
		return root.join(e.insert(root.left, rule), root.right)
	}
}

// split returns the rules of root for which before is true, and the others.
func (e edit) split(root *Rule, before func(*Rule) bool) (left, right *Rule) {
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
func (e edit) merge(left, right *Rule) *Rule {
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
func (e edit) remove(root, rule *Rule) *Rule {
	left, rest := e.split(root, func(r *Rule) bool { return r.compare(rule) < 0 })
	_, right := e.split(rest, func(r *Rule) bool { return r.compare(rule) == 0 })
	return e.merge(left, right)
}

// add returns root and one more rule.
func (e edit) add(root *Rule, rule Rule, order uint64) *Rule {
	rule.order, rule.weight, rule.edit = order, rand.Uint32(), e
	return e.insert(root, &rule)
}
