// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
)

// ErrBlocked is why an address is not connected to, or a client is dropped, that
// a BlockList blocks. (Node: ERR_IP_BLOCKED.)
var ErrBlocked = errors.New("duplex: the address is blocked")

// A BlockList is a set of addresses with which a Server or a Client will have
// nothing to do. The zero BlockList blocks nobody; so does nil. Any goroutine may
// use it, also while it is in use. (Node: net.BlockList.)
//
// An IPv4 address and its form in IPv6 (::ffff:192.0.2.1) are the same, and zones
// play no part.
type BlockList struct {
	mu    sync.RWMutex
	rules []span // newest first
}

// A span is a rule: the addresses from first to last.
type span struct {
	first, last netip.Addr
	text        string // as Node writes the rule
}

// PrivateRanges returns what is not of the public Internet: the private networks of
// RFC 1918 and RFC 4193, loopback, and link-local addresses. A Client that goes where
// strangers send it blocks them. (Node: BlockList.PRIVATE_RANGES, since v26.8.)
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

// Add blocks addresses. If one is invalid, that is an error, and none is added.
// (Node: addAddress, addAddresses.)
func (b *BlockList) Add(addrs ...netip.Addr) error {
	rules := make([]span, len(addrs))
	for i, a := range addrs {
		if !a.IsValid() {
			return errors.New("duplex: cannot block an invalid address")
		}
		a = bare(a)
		rules[i] = span{a, a, "Address: " + describe(a)}
	}
	b.add(rules...)
	return nil
}

// AddRange blocks the addresses from first to last, both included. They are of one
// family, and first is not the greater one. (Node: addRange.)
func (b *BlockList) AddRange(first, last netip.Addr) error {
	first, last = bare(first), bare(last)
	if !first.IsValid() || first.BitLen() != last.BitLen() || last.Less(first) {
		return fmt.Errorf("duplex: cannot block the range %v to %v", first, last)
	}
	b.add(span{first, last, fmt.Sprintf("Range: %s-%v", describe(first), last)})
	return nil
}

// AddPrefix blocks subnets. If one is invalid, that is an error, and none is added.
// (Node: addSubnet; addCIDR and addCIDRs with [netip.ParsePrefix].)
func (b *BlockList) AddPrefix(prefixes ...netip.Prefix) error {
	rules := make([]span, len(prefixes))
	for i, p := range prefixes {
		var err error
		if rules[i], err = subnet(p); err != nil {
			return err
		}
	}
	b.add(rules...)
	return nil
}

// subnet returns the rule that blocks p.
func subnet(p netip.Prefix) (span, error) {
	if !p.IsValid() {
		return span{}, errors.New("duplex: cannot block an invalid prefix")
	}
	a, bits := bare(p.Addr()), p.Bits()
	if p.Addr().Is4In6() {
		if bits -= 96; bits < 0 {
			return span{}, fmt.Errorf("duplex: cannot block %v: it is wider than IPv4 in IPv6", p)
		}
	}
	first := netip.PrefixFrom(a, bits).Masked().Addr()
	last := first.AsSlice()
	for i := bits; i < a.BitLen(); i++ {
		last[i/8] |= 0x80 >> (i % 8)
	}
	end, _ := netip.AddrFromSlice(last)
	return span{first, end, fmt.Sprintf("Subnet: %s/%d", describe(a), bits)}, nil
}

// add puts rules before the others, the last of them first.
func (b *BlockList) add(rules ...span) {
	slices.Reverse(rules)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rules = slices.Insert(b.rules, 0, rules...)
}

// Contains reports whether an address is blocked. (Node: check.)
func (b *BlockList) Contains(a netip.Addr) bool {
	if b == nil {
		return false
	}
	a = bare(a)
	b.mu.RLock()
	defer b.mu.RUnlock()
	return slices.ContainsFunc(b.rules, func(s span) bool {
		return s.first.BitLen() == a.BitLen() && !a.Less(s.first) && !s.last.Less(a)
	})
}

// Rules returns what is blocked, the newest rule first, in Node's words: "Address:
// IPv4 192.0.2.1", "Range: IPv4 192.0.2.1-192.0.2.9", "Subnet: IPv6 2001:db8::/32".
func (b *BlockList) Rules() []string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	rules := make([]string, len(b.rules))
	for i, s := range b.rules {
		rules[i] = s.text
	}
	return rules
}

// Len returns how many rules there are. (Node: size.)
func (b *BlockList) Len() int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return len(b.rules)
}

// Clear takes out all rules. (Node: clear.)
func (b *BlockList) Clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rules = nil
}

// Remove takes out the rules that have the given text, as Rules writes it, and
// reports whether there was one. (Node: removeAddress, removeRange, removeSubnet,
// removeCIDR.)
func (b *BlockList) Remove(rule string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := len(b.rules)
	b.rules = slices.DeleteFunc(b.rules, func(s span) bool { return s.text == rule })
	return len(b.rules) < before
}

// MarshalJSON writes the rules as an array of strings. (Node: toJSON.)
func (b *BlockList) MarshalJSON() ([]byte, error) { return json.Marshal(b.Rules()) }

// UnmarshalJSON replaces the rules by an array of strings. (Node: fromJSON.)
func (b *BlockList) UnmarshalJSON(data []byte) error {
	var rules []string
	if err := json.Unmarshal(data, &rules); err != nil {
		return err
	}
	var read BlockList
	for _, rule := range slices.Backward(rules) {
		if err := read.addRule(rule); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rules = read.rules
	return nil
}

// addRule reads a rule as Rules writes it.
func (b *BlockList) addRule(rule string) error {
	kind, what, _ := strings.Cut(rule, ": ")
	_, what, _ = strings.Cut(what, " ")
	bad := fmt.Errorf("duplex: not a rule of a block list: %q", rule)
	switch kind {
	case "Address":
		if a, err := netip.ParseAddr(what); err == nil {
			return b.Add(a)
		}
	case "Range":
		from, to, _ := strings.Cut(what, "-")
		first, err1 := netip.ParseAddr(from)
		last, err2 := netip.ParseAddr(to)
		if err1 == nil && err2 == nil {
			return b.AddRange(first, last)
		}
	case "Subnet":
		if p, err := netip.ParsePrefix(what); err == nil {
			return b.AddPrefix(p)
		}
	}
	return bad
}

// bare returns a without zone, as IPv4 if it is that.
func bare(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

// describe returns a behind the name of its family.
func describe(a netip.Addr) string {
	if a.Is4() {
		return "IPv4 " + a.String()
	}
	return "IPv6 " + a.String()
}
