// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/duplex-go/duplex/internal/ranges"
)

// ErrBlocked is the error of a connection to an address that a BlockList blocks, and
// the Reason of a Drop of a client with such an address. (Node: ERR_IP_BLOCKED.)
var ErrBlocked = errors.New("duplex: the address is blocked")

// A BlockList is a set of addresses that a Server refuses and a Client does not connect
// to. The zero BlockList blocks no address; nor does nil in [Options]. Any goroutine may
// call its methods, also while Servers and Clients use it. (Node: net.BlockList.)
//
// As the AllowList of a Server, a BlockList is the set of the only addresses that the
// Server accepts. Its methods speak of blocking all the same.
//
// An IPv4 address and its form in IPv6 (::ffff:192.0.2.1) are the same. Zones are
// ignored.
//
// The cost of Contains, and of adding or removing one rule, grows with the logarithm of
// the number of rules. Contains does not wait while many rules are added.
type BlockList struct {
	published atomic.Pointer[ranges.Rule] // the tree for readers; nil for no rules
	changed   atomic.Bool                 // draft is newer

	// Guarded by mu.
	mu    sync.Mutex
	draft *ranges.Rule // the tree for writers
	edit  ranges.Edit  // the changes since draft was published
	order uint64       // of the newest rule
}

// PrivateRanges returns the ranges that are not part of the public Internet: the
// private networks of RFC 1918 and RFC 4193, loopback, and link-local addresses. A
// Client that connects to addresses which strangers choose should block them. The slice
// belongs to the caller. (Node: BlockList.PRIVATE_RANGES, since v26.8.)
func PrivateRanges() []netip.Prefix {
	ranges := make([]netip.Prefix, len(privateRanges))
	for i, text := range privateRanges {
		ranges[i] = netip.MustParsePrefix(text)
	}
	return ranges
}

var privateRanges = []string{
	"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "::1/128",
	"169.254.0.0/16", "fe80::/10", "fc00::/7",
}

// Add blocks addresses, with one rule for each. If one is invalid, it returns an error
// and adds none. (Node: addAddress, addAddresses.)
func (b *BlockList) Add(addrs ...netip.Addr) error {
	rules := make([]ranges.Rule, len(addrs))
	for i, a := range addrs {
		if !a.IsValid() {
			return errors.New("duplex: cannot block an invalid address")
		}
		rules[i] = oneAddress(a)
	}
	b.add(rules)
	return nil
}

// oneAddress returns the rule that blocks a.
func oneAddress(a netip.Addr) ranges.Rule {
	a = bare(a)
	return ranges.Rule{First: a, Last: a, Text: "Address: " + describe(a)}
}

// AddRange blocks the addresses from first to last, both included. It returns an error
// if one is invalid, if they are of two families, or if first is greater than last.
// (Node: addRange.)
func (b *BlockList) AddRange(first, last netip.Addr) error {
	rule, err := addressRange(first, last)
	if err == nil {
		b.add([]ranges.Rule{rule})
	}
	return err
}

// addressRange returns the rule that blocks the addresses from first to last.
func addressRange(first, last netip.Addr) (ranges.Rule, error) {
	first, last = bare(first), bare(last)
	if !first.IsValid() || first.BitLen() != last.BitLen() || last.Less(first) {
		return ranges.Rule{}, fmt.Errorf("duplex: cannot block the range %v to %v", first, last)
	}
	return ranges.Rule{First: first, Last: last, Text: "Range: " + describe(first) + "-" + last.String()}, nil
}

// AddPrefix blocks subnets, with one rule for each. If one is invalid, it returns an
// error and adds none. (Node: addSubnet; addCIDR and addCIDRs with
// [netip.ParsePrefix].)
func (b *BlockList) AddPrefix(prefixes ...netip.Prefix) error {
	rules := make([]ranges.Rule, len(prefixes))
	for i, p := range prefixes {
		var err error
		if rules[i], err = subnet(p); err != nil {
			return err
		}
	}
	b.add(rules)
	return nil
}

// subnet returns the rule that blocks p.
func subnet(p netip.Prefix) (ranges.Rule, error) {
	if !p.IsValid() {
		return ranges.Rule{}, errors.New("duplex: cannot block an invalid prefix")
	}
	a, bits := bare(p.Addr()), p.Bits()
	if p.Addr().Is4In6() {
		if bits -= 96; bits < 0 {
			return ranges.Rule{}, fmt.Errorf("duplex: cannot block %v: it is wider than IPv4 in IPv6", p)
		}
	}
	first := netip.PrefixFrom(a, bits).Masked().Addr()
	last := first.AsSlice()
	for i := bits; i < a.BitLen(); i++ {
		last[i/8] |= 0x80 >> (i % 8)
	}
	end, _ := netip.AddrFromSlice(last)
	return ranges.Rule{First: first, Last: end, Text: "Subnet: " + describe(a) + "/" + strconv.Itoa(bits)}, nil
}

// add adds rules, of which the last is the newest.
func (b *BlockList) add(rules []ranges.Rule) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(rules) > long {
		b.publish() // readers use the old rules meanwhile
	}
	b.addHeld(rules)
}

// long is the number of rules from which adding them takes so long that readers should
// not wait for it.
const long = 64

// addHeld is add. The caller holds mu.
func (b *BlockList) addHeld(rules []ranges.Rule) {
	for _, rule := range rules {
		b.order++
		b.draft = b.edit.Add(b.draft, rule, b.order)
	}
	b.changed.Store(true)
}

// publish makes the draft the tree for readers. The caller holds mu.
func (b *BlockList) publish() {
	b.published.Store(b.draft)
	b.changed.Store(false)
	b.edit++
}

// tree returns the tree of the rules, which does not change any more. It publishes the
// draft if that is newer. Rules that are added one by one, without a read between, are
// thus published together, which saves most of the copies.
func (b *BlockList) tree() *ranges.Rule {
	if b.changed.Load() {
		b.mu.Lock()
		b.publish()
		b.mu.Unlock()
	}
	return b.published.Load()
}

// Contains reports whether a is blocked. An invalid address is not; a nil BlockList
// blocks none. (Node: check.)
func (b *BlockList) Contains(a netip.Addr) bool {
	return b != nil && b.tree().Contains(bare(a))
}

// Rules returns the text of every rule as Node writes it, the newest rule first:
// "Address: IPv4 192.0.2.1", "Range: IPv4 192.0.2.1-192.0.2.9", "Subnet: IPv6
// 2001:db8::/32".
func (b *BlockList) Rules() []string {
	root := b.tree()
	rules := root.AppendTo(make([]*ranges.Rule, 0, root.Len()))
	slices.SortFunc(rules, func(r, other *ranges.Rule) int { return cmp.Compare(other.Order, r.Order) })
	texts := make([]string, len(rules))
	for i, r := range rules {
		texts[i] = r.Text
	}
	return texts
}

// Len returns how many rules there are. (Node: size.)
func (b *BlockList) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.draft.Len()
}

// Clear removes all rules. (Node: clear.)
func (b *BlockList) Clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.draft = nil
	b.changed.Store(true)
}

// Remove removes the rules that have the given text, as Rules writes it, and reports
// whether there was one. An address that several rules block stays blocked by the
// others. (Node: removeAddress, removeRange, removeSubnet, removeCIDR.)
func (b *BlockList) Remove(rule string) bool {
	r, err := parseRule(rule)
	if err != nil || r.Text != rule {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	before := b.draft.Len()
	b.draft = b.edit.Remove(b.draft, &r)
	b.changed.Store(true)
	return b.draft.Len() < before
}

// MarshalJSON encodes the rules as an array of strings, in the order of Rules. (Node:
// toJSON.)
func (b *BlockList) MarshalJSON() ([]byte, error) { return json.Marshal(b.Rules()) }

// UnmarshalJSON replaces the rules by those of an array that MarshalJSON has encoded.
// If one is malformed, it returns an error and leaves the rules as they were. (Node:
// fromJSON.)
func (b *BlockList) UnmarshalJSON(data []byte) error {
	var rules []string
	if err := json.Unmarshal(data, &rules); err != nil {
		return err
	}
	read := make([]ranges.Rule, len(rules))
	for i, rule := range rules {
		var err error
		if read[len(rules)-1-i], err = parseRule(rule); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.publish() // readers use the old rules meanwhile
	b.draft = nil
	b.addHeld(read)
	return nil
}

// parseRule parses a rule as Rules writes it.
func parseRule(rule string) (ranges.Rule, error) {
	kind, what, _ := strings.Cut(rule, ": ")
	_, what, _ = strings.Cut(what, " ")
	switch kind {
	case "Address":
		if a, err := netip.ParseAddr(what); err == nil {
			return oneAddress(a), nil
		}
	case "Range":
		from, to, _ := strings.Cut(what, "-")
		first, err1 := netip.ParseAddr(from)
		last, err2 := netip.ParseAddr(to)
		if err1 == nil && err2 == nil {
			return addressRange(first, last)
		}
	case "Subnet":
		if p, err := netip.ParsePrefix(what); err == nil {
			return subnet(p)
		}
	}
	return ranges.Rule{}, fmt.Errorf("duplex: not a rule of a block list: %q", rule)
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
