// Copyright 2026 The duplex authors. MIT license.

package ranges

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// A List is the rules of a duplex.BlockList. The zero List has none. Any goroutine may call
// its methods. The cost of Contains, and of adding or removing one rule, grows with the
// logarithm of the number of rules. Contains does not wait while many rules are added.
type List struct {
	published atomic.Pointer[Rule] // the tree for readers; nil for no rules
	changed   atomic.Bool          // draft is newer

	// Guarded by mu.
	mu    sync.Mutex
	draft *Rule  // the tree for writers
	edit  edit   // the changes since draft was published
	order uint64 // of the newest rule
}

// Add adds rules, of which the last is the newest.
func (l *List) Add(rules ...Rule) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(rules) > long {
		l.publish() // readers use the old rules meanwhile
	}
	l.add(rules)
}

// long is the number of rules from which adding them takes so long that readers should
// not wait for it.
const long = 64

// add is Add. The caller holds mu.
func (l *List) add(rules []Rule) {
	for _, rule := range rules {
		l.order++
		l.draft = l.edit.add(l.draft, rule, l.order)
	}
	l.changed.Store(true)
}

// Replace replaces all rules.
func (l *List) Replace(rules []Rule) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.publish() // readers use the old rules meanwhile
	l.draft = nil
	l.add(rules)
}

// publish makes the draft the tree for readers. The caller holds mu.
func (l *List) publish() {
	l.published.Store(l.draft)
	l.changed.Store(false)
	l.edit++
}

// tree returns the tree of the rules, which does not change any more. It publishes the
// draft if that is newer. Rules that are added one by one, without a read between, are
// thus published together, which saves most of the copies.
func (l *List) tree() *Rule {
	if l.changed.Load() {
		l.mu.Lock()
		l.publish()
		l.mu.Unlock()
	}
	return l.published.Load()
}

// Contains reports whether a rule has a. An invalid address is in none.
func (l *List) Contains(a netip.Addr) bool { return l.tree().contains(bare(a)) }

// Texts returns the text of every rule, the newest rule first.
func (l *List) Texts() []string {
	root := l.tree()
	rules := root.appendTo(make([]*Rule, 0, root.len()))
	slices.SortFunc(rules, func(r, other *Rule) int { return cmp.Compare(other.order, r.order) })
	texts := make([]string, len(rules))
	for i, r := range rules {
		texts[i] = r.text
	}
	return texts
}

// Len returns how many rules there are.
func (l *List) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.draft.len()
}

// Clear removes all rules.
func (l *List) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.draft = nil
	l.changed.Store(true)
}

// Remove removes the rules that have the given text, and reports whether there was one.
func (l *List) Remove(text string) bool {
	r, err := Parse(text)
	if err != nil || r.text != text {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.draft.len()
	l.draft = l.edit.remove(l.draft, &r)
	l.changed.Store(true)
	return l.draft.len() < before
}

// One returns the rule of a single address.
func One(a netip.Addr) (Rule, error) {
	if !a.IsValid() {
		return Rule{}, errors.New("duplex: cannot block an invalid address")
	}
	a = bare(a)
	return Rule{first: a, last: a, text: "Address: " + describe(a)}, nil
}

// Span returns the rule of the addresses from first to last, both included.
func Span(first, last netip.Addr) (Rule, error) {
	first, last = bare(first), bare(last)
	if !first.IsValid() || first.BitLen() != last.BitLen() || last.Less(first) {
		return Rule{}, fmt.Errorf("duplex: cannot block the range %v to %v", first, last)
	}
	return Rule{first: first, last: last, text: "Range: " + describe(first) + "-" + last.String()}, nil
}

// Subnet returns the rule of the addresses of p.
func Subnet(p netip.Prefix) (Rule, error) {
	if !p.IsValid() {
		return Rule{}, errors.New("duplex: cannot block an invalid prefix")
	}
	a, bits := bare(p.Addr()), p.Bits()
	if p.Addr().Is4In6() {
		if bits -= 96; bits < 0 {
			return Rule{}, fmt.Errorf("duplex: cannot block %v: it is wider than IPv4 in IPv6", p)
		}
	}
	first := netip.PrefixFrom(a, bits).Masked().Addr()
	last := first.AsSlice()
	for i := bits; i < a.BitLen(); i++ {
		last[i/8] |= 0x80 >> (i % 8)
	}
	end, _ := netip.AddrFromSlice(last)
	return Rule{first: first, last: end, text: "Subnet: " + describe(a) + "/" + strconv.Itoa(bits)}, nil
}

// Parse returns the rule that has the text.
func Parse(rule string) (Rule, error) {
	kind, what, _ := strings.Cut(rule, ": ")
	_, what, _ = strings.Cut(what, " ")
	switch kind {
	case "Address":
		if a, err := netip.ParseAddr(what); err == nil {
			return One(a)
		}
	case "Range":
		from, to, _ := strings.Cut(what, "-")
		first, err1 := netip.ParseAddr(from)
		last, err2 := netip.ParseAddr(to)
		if err1 == nil && err2 == nil {
			return Span(first, last)
		}
	case "Subnet":
		if p, err := netip.ParsePrefix(what); err == nil {
			return Subnet(p)
		}
	}
	return Rule{}, fmt.Errorf("duplex: not a rule of a block list: %q", rule)
}

// bare returns a without its zone, and in IPv4 form if it is an IPv4 address.
func bare(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

// describe returns the name of a's family and a.
func describe(a netip.Addr) string {
	if a.Is4() {
		return "IPv4 " + a.String()
	}
	return "IPv6 " + a.String()
}
