// Copyright 2026 The duplex authors. MIT license.

package conform_test

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/nodetest"
)

// A nodeRule is a call of a method of Node's BlockList: the name and the arguments.
type nodeRule []any

// A blockQuestion asks Node to make a BlockList and to check addresses.
type blockQuestion struct {
	Rules, Checks []nodeRule
}

// A blockAnswer is Node's answer to a blockQuestion.
type blockAnswer struct {
	Rules  []string
	Checks []bool
}

func TestBlockListAgreesWithNode(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	var lists []*duplex.BlockList
	var checked [][]netip.Addr
	var questions []blockQuestion
	for range 300 {
		list, q := randomBlockList(t, random)
		var addrs []netip.Addr
		for range 40 {
			a := nearbyAddr(random)
			addrs = append(addrs, a)
			q.Checks = append(q.Checks, nodeRule{"check", a.String(), family(a)})
		}
		lists, checked, questions = append(lists, list), append(checked, addrs), append(questions, q)
	}
	blocked := 0
	for i, node := range nodetest.Ask[blockQuestion, blockAnswer](t, `
		const list = new net.BlockList();
		for (const [method, ...args] of question.Rules) list[method](...args);
		const checks = question.Checks.map(([method, ...args]) => list[method](...args));
		return { Rules: list.rules, Checks: checks };`, questions) {
		for j, want := range node.Checks {
			if a := checked[i][j]; lists[i].Contains(a) != want {
				t.Errorf("Contains(%v) is %v, Node's check %v; the rules are\n%q", a, !want, want, node.Rules)
			}
			if want {
				blocked++
			}
		}
		for j, rule := range node.Rules {
			node.Rules[j] = unmapped(rule)
		}
		if got := lists[i].Rules(); !slices.Equal(got, node.Rules) {
			t.Errorf("the rules are\n%q\nNode's\n%q", got, node.Rules)
		}
	}
	if all := 300 * 40; blocked < all/10 || blocked > all*9/10 {
		t.Errorf("%d of %d checks met a rule, which tells little", blocked, all)
	}
}

// unmapped returns a rule in the form that duplex writes. That form has IPv4 in place
// of IPv4 in IPv6.
func unmapped(rule string) string {
	rest, mapped := strings.CutPrefix(rule, "Address: IPv6 ::ffff:")
	if mapped && strings.Contains(rest, ".") {
		return "Address: IPv4 " + rest
	}
	return rule
}

// randomBlockList returns random rules, as a BlockList and as a question to Node.
func randomBlockList(t *testing.T, random *rand.Rand) (*duplex.BlockList, blockQuestion) {
	list := new(duplex.BlockList)
	var q blockQuestion
	for range 1 + random.IntN(6) {
		a := nearbyAddr(random)
		var err error
		switch random.IntN(3) {
		case 0:
			err = list.Add(a)
			q.Rules = append(q.Rules, nodeRule{"addAddress", a.String(), family(a)})
		case 1:
			a = a.Unmap()
			b := nearbyAddr(random).Unmap()
			if a.BitLen() != b.BitLen() {
				b = a
			}
			if b.Less(a) {
				a, b = b, a
			}
			err = list.AddRange(a, b)
			q.Rules = append(q.Rules, nodeRule{"addRange", a.String(), b.String(), family(a)})
		default:
			a = a.Unmap()
			bits := a.BitLen() - random.IntN(12)
			err = list.AddPrefix(netip.PrefixFrom(a, bits))
			q.Rules = append(q.Rules, nodeRule{"addSubnet", a.String(), bits, family(a)})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return list, q
}

// nearbyAddr returns one of a few addresses, so that rules often contain it.
func nearbyAddr(random *rand.Rand) netip.Addr {
	last := []byte{byte(random.IntN(4)), byte(random.IntN(256))}
	switch random.IntN(5) {
	case 0:
		return netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 14: last[0], 15: last[1]})
	case 1:
		return netip.AddrFrom16([16]byte{10: 0xff, 0xff, 192, 0, last[0], last[1]})
	default:
		return netip.AddrFrom4([4]byte{192, 0, last[0], last[1]})
	}
}

func family(a netip.Addr) string {
	if a.Is4() {
		return "ipv4"
	}
	return "ipv6"
}

// TestBlockListRefusesWhatNodeRefuses asks both for rules that make no sense.
func TestBlockListRefusesWhatNodeRefuses(t *testing.T) {
	addr := netip.MustParseAddr
	cases := []struct {
		rule nodeRule
		add  func(*duplex.BlockList) error
	}{
		{nodeRule{"addRange", "10.0.0.10", "10.0.0.1"}, func(b *duplex.BlockList) error { return b.AddRange(addr("10.0.0.10"), addr("10.0.0.1")) }},
		{nodeRule{"addRange", "2001:db8::2", "2001:db8::1", "ipv6"}, func(b *duplex.BlockList) error { return b.AddRange(addr("2001:db8::2"), addr("2001:db8::1")) }},
		{nodeRule{"addRange", "10.0.0.1", "2001:db8::1"}, func(b *duplex.BlockList) error { return b.AddRange(addr("10.0.0.1"), addr("2001:db8::1")) }},
		{nodeRule{"addSubnet", "10.0.0.0", 33}, func(b *duplex.BlockList) error { return b.AddPrefix(netip.PrefixFrom(addr("10.0.0.0"), 33)) }},
		{nodeRule{"addSubnet", "10.0.0.0", -1}, func(b *duplex.BlockList) error { return b.AddPrefix(netip.PrefixFrom(addr("10.0.0.0"), -1)) }},
		{nodeRule{"addSubnet", "2001:db8::", 129, "ipv6"}, func(b *duplex.BlockList) error { return b.AddPrefix(netip.PrefixFrom(addr("2001:db8::"), 129)) }},
	}
	var rules []nodeRule
	for _, c := range cases {
		rules = append(rules, c.rule)
	}
	for i, refused := range nodetest.Ask[nodeRule, bool](t, `
		const [method, ...args] = question;
		try { new net.BlockList()[method](...args); } catch { return true; }
		return false;`, rules) {
		if err := cases[i].add(new(duplex.BlockList)); !refused || err == nil {
			t.Errorf("%v: the error is %v; Node refuses it: %v", rules[i], err, refused)
		}
	}
}
