// Copyright 2026 The duplex authors. MIT license.

package ranges

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/duplex-go/duplex/internal/testrun"
)

// manyRules is the length of a published list of abusive addresses.
const manyRules = 100_000

// spread returns the IPv4 address number i of many that are in no order.
func spread(i int) netip.Addr {
	var four [4]byte
	binary.BigEndian.PutUint32(four[:], uint32(i)*2654435761|1)
	return netip.AddrFrom4(four)
}

// one is One of a valid address.
func one(a netip.Addr) Rule {
	r, err := One(a)
	if err != nil {
		panic(err)
	}
	return r
}

// TestAHundredThousandRulesAreLookedUpAndChangedCheaply adds the rules one by one, in
// order and without order.
func TestAHundredThousandRulesAreLookedUpAndChangedCheaply(t *testing.T) {
	inOrder := func(i int) netip.Addr {
		return netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
	}
	rules := testrun.Single(manyRules)
	for name, address := range map[string]func(int) netip.Addr{"without order": spread, "in order": inOrder} {
		var b List
		for i := range rules {
			b.Add(one(address(i)))
		}
		if b.Len() != rules {
			t.Errorf("%s: there are %d rules, want %d", name, b.Len(), rules)
		}
		a := address(rules / 2)
		if n := testing.AllocsPerRun(100, func() { b.Contains(a) }); n != 0 {
			t.Errorf("%s: Contains allocates %v times, want 0", name, n)
		}
		text := one(a).text
		if n := testing.AllocsPerRun(100, func() {
			if !b.Remove(text) || b.Contains(a) {
				t.Errorf("%s: the rule is still there", name)
			}
			b.Add(one(a))
		}); n > 500 {
			t.Errorf("%s: Remove and Add of one rule allocate %v times, want at most 500", name, n)
		}
	}
}

// TestAThousandEqualRulesAreRemovedAtOnce holds that one Remove takes all equal rules.
func TestAThousandEqualRulesAreRemovedAtOnce(t *testing.T) {
	var b List
	a := netip.MustParseAddr("192.0.2.1")
	b.Add(one(a.Next()))
	b.Add(slices.Repeat([]Rule{one(a)}, 1000)...)
	span, err := Span(a, a)
	if err != nil {
		t.Fatal(err)
	}
	b.Add(span)
	if !b.Remove("Address: IPv4 192.0.2.1") || b.Len() != 2 || !b.Contains(a) {
		t.Errorf("%d rules are left, and %v is blocked: %v; want 2, and by its range", b.Len(), a, b.Contains(a))
	}
	if !b.Remove("Range: IPv4 192.0.2.1-192.0.2.1") || b.Contains(a) || !b.Contains(a.Next()) {
		t.Errorf("the rules are %q, want the address after it alone", b.Texts())
	}
}

// A plainList is a block list that looks at each rule.
type plainList []Rule

func (p plainList) contains(a netip.Addr) bool {
	return slices.ContainsFunc(p, func(r Rule) bool {
		return r.first.BitLen() == a.BitLen() && !a.Less(r.first) && !r.last.Less(a)
	})
}

// TestBlockListAgreesWithOneThatLooksAtEachRule adds and removes rules of all kinds, in
// both families, and keeps what was published before.
func TestBlockListAgreesWithOneThatLooksAtEachRule(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	address := func() netip.Addr {
		low := byte(random.IntN(256))
		if random.IntN(2) == 0 {
			return netip.AddrFrom4([4]byte{192, 0, byte(random.IntN(2)), low})
		}
		return netip.AddrFrom16([16]byte{0x20, 0x01, 14: byte(random.IntN(2)), 15: low})
	}
	type version struct {
		tree  *Rule
		plain plainList
	}
	var b List
	var plain plainList
	var published []version
	blocked := 0
	for range testrun.Single(3000) {
		switch random.IntN(5) {
		case 0:
			a := address()
			b.Add(one(a))
			plain = append(plain, one(a))
		case 1:
			first := address()
			last := first
			for range random.IntN(9) {
				last = last.Next()
			}
			rule, _ := Span(first, last)
			b.Add(rule)
			plain = append(plain, rule)
		case 2:
			a := address()
			p := netip.PrefixFrom(a, a.BitLen()-random.IntN(4))
			rule, _ := Subnet(p)
			b.Add(rule)
			plain = append(plain, rule)
		default:
			if len(plain) == 0 {
				continue
			}
			text := plain[random.IntN(len(plain))].text
			if !b.Remove(text) {
				t.Fatalf("Remove(%q) did not find it", text)
			}
			plain = slices.DeleteFunc(slices.Clone(plain), func(r Rule) bool { return r.text == text })
		}
		published = append(published, version{b.tree(), slices.Clone(plain)})
		if b.Len() != len(plain) {
			t.Fatalf("Len is %d, want %d", b.Len(), len(plain))
		}
	}
	want := make([]string, len(plain))
	for i, r := range plain {
		want[len(plain)-1-i] = r.text
	}
	if got := b.Texts(); !slices.Equal(got, want) {
		t.Errorf("the rules are\n%q\nwant\n%q", got, want)
	}
	for _, v := range published {
		for range 20 {
			a := address()
			want := v.plain.contains(a)
			if got := v.tree.contains(a); got != want {
				t.Fatalf("%v is blocked: %v, want %v; the rules are %v", a, got, want, v.plain)
			}
			if want {
				blocked++
			}
		}
	}
	if all := 20 * len(published); blocked < all/20 || blocked > all*19/20 {
		t.Errorf("%d of %d look-ups met a rule, which proves little", blocked, all)
	}
}

// TestReadersGoOnWhileRulesAreAdded looks up, from several goroutines, rules that were
// added before, while more are added and taken out.
func TestReadersGoOnWhileRulesAreAdded(t *testing.T) {
	var b List
	stays, never := spread(0), netip.MustParseAddr("192.0.2.2")
	b.Add(one(stays))
	done := make(chan struct{})
	readers := make(chan int)
	for range 3 {
		go func() {
			looks := 0
			for {
				if !b.Contains(stays) || b.Contains(never) {
					t.Error("a reader met a tree that is neither the old nor the new one")
				}
				looks++
				select {
				case <-done:
					readers <- looks
					return
				default:
				}
			}
		}()
	}
	for i := range 2000 {
		b.Add(one(spread(i + 1)))
		if i%3 == 0 {
			b.Remove(one(spread(i + 1)).text)
		}
	}
	close(done)
	for range 3 {
		<-readers
	}
}

// TestALongListIsReadWhileAnotherReplacesIt looks up an address that both have.
func TestALongListIsReadWhileAnotherReplacesIt(t *testing.T) {
	var b List
	stays := spread(0)
	var rules []Rule
	for i := range 3 * long {
		rules = append(rules, one(spread(i)))
	}
	b.Add(rules...)
	done := make(chan bool)
	go func() {
		defer close(done)
		for range 200 {
			b.Replace(rules)
		}
	}()
	for reading := true; reading; {
		if !b.Contains(stays) {
			t.Fatal("a reader met a list that is neither the old nor the new one")
		}
		select {
		case <-done:
			reading = false
		default:
		}
	}
	if b.Len() != 3*long {
		t.Errorf("Len is %d, want %d", b.Len(), 3*long)
	}
}

// BenchmarkBlockList is a list of 100,000 rules: built at once, built one by one with a
// look-up after each, and asked.
func BenchmarkBlockList(b *testing.B) {
	rules := make([]Rule, manyRules)
	for i := range rules {
		rules[i] = one(spread(i))
	}
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			new(List).Add(rules...)
		}
	})
	b.Run("build one by one", func(b *testing.B) {
		for b.Loop() {
			var list List
			for _, r := range rules {
				list.Add(r)
				list.Contains(r.first)
			}
		}
	})
	b.Run("contains", func(b *testing.B) {
		var list List
		list.Add(rules...)
		for i := 0; b.Loop(); i++ {
			list.Contains(rules[i%len(rules)].first)
		}
	})
}
