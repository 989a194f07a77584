// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"fmt"
	"math"
	"net/netip"
	"runtime"
	"testing"
	"time"
)

// TestAddressesOfOneNetworkCountAsOne fills a gate with one connection for each address.
func TestAddressesOfOneNetworkCountAsOne(t *testing.T) {
	for _, c := range []struct {
		bits          int
		first, second string
		want          refusal
	}{
		{0, "2001:db8::1", "2001:db8::ffff:1", refusedMaxPerIP},
		{0, "2001:db8::1", "2001:db8:0:1::1", admitted},
		{-1, "2001:db8::1", "2001:db8::2", refusedMaxPerIP},
		{200, "2001:db8::1", "2001:db8::2", refusedMaxPerIP},
		{48, "2001:db8::1", "2001:db8:0:ff::1", refusedMaxPerIP},
		{48, "2001:db8::1", "2001:db8:1::1", admitted},
		{128, "2001:db8::1", "2001:db8::2", admitted},
		{128, "2001:db8::1", "2001:db8::1", refusedMaxPerIP},
		{0, "fe80::1%eth0", "fe80::2%eth1", refusedMaxPerIP},
		{0, "192.0.2.1", "192.0.2.2", admitted},
		{0, "192.0.2.1", "::ffff:192.0.2.1", refusedMaxPerIP},
		{0, "::ffff:192.0.2.1", "::ffff:192.0.2.2", admitted},
	} {
		g := newGate(&Server{MaxPerIP: 1, IPv6Prefix: c.bits})
		g.admit(netip.MustParseAddr(c.first), 0)
		if got := g.admit(netip.MustParseAddr(c.second), 0); got != c.want {
			t.Errorf("IPv6Prefix %d: %s after %s has refusal %d, want %d", c.bits, c.second, c.first, got, c.want)
		}
	}
}

func TestARateIsKeptToTheNanosecond(t *testing.T) {
	const s = int64(time.Second)
	for _, c := range []struct {
		rate Rate
		at   []int64
		want string
	}{
		{Rate{PerSecond: 10, Burst: 3}, []int64{0, 0, 0, 0, s/10 - 1, s / 10, s / 10}, "yes yes yes no no yes no"},
		{Rate{PerSecond: 2}, []int64{0, 0, 0, s/2 - 1, s / 2, 9 * s, 9 * s, 9 * s}, "yes yes no no yes yes yes no"},
		{Rate{PerSecond: 0.5}, []int64{0, 0, 2*s - 1, 2 * s}, "yes no no yes"},
		{Rate{PerSecond: 1e-300}, []int64{0, math.MaxInt64 / 8}, "yes no"},
		{Rate{PerSecond: 1, Burst: math.MaxInt}, []int64{0, 0, 0}, "yes yes yes"},
		{Rate{PerSecond: math.Inf(1), Burst: 1}, []int64{0, 0, 1}, "yes no yes"},
		{Rate{PerSecond: math.NaN(), Burst: 1}, []int64{0, 0}, "yes yes"},
		{Rate{Burst: 1}, []int64{0, 0}, "yes yes"},
		{Rate{PerSecond: -1}, []int64{0, 0}, "yes yes"},
	} {
		p, due, got := newPace(c.rate), int64(0), ""
		for i, now := range c.at {
			if i > 0 {
				got += " "
			}
			if !p.allows(due, now) {
				got += "no"
				continue
			}
			due = p.after(due, now)
			got += "yes"
		}
		if got != c.want {
			t.Errorf("%+v at %v: %s, want %s", c.rate, c.at, got, c.want)
		}
	}
}

// TestARefusedConnectionUsesUpNoLimit lets each limit refuse in turn, many times.
func TestARefusedConnectionUsesUpNoLimit(t *testing.T) {
	a, b, c := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2"), netip.MustParseAddr("192.0.2.3")
	g := newGate(&Server{
		MaxConns: 4, MaxPerIP: 2,
		AcceptRate: Rate{PerSecond: 1, Burst: 3}, AcceptRatePerIP: Rate{PerSecond: 1, Burst: 1},
	})
	const s = int64(time.Second)
	for i, step := range []struct {
		from netip.Addr
		at   int64
		want refusal
	}{
		{a, 0, admitted},
		{a, 0, refusedAcceptRatePerIP},
		{b, 0, admitted},
		{c, 0, admitted},
		{c, 0, refusedAcceptRate},
		{a, s, admitted},
		{c, 5 * s, refusedMaxConns},
	} {
		for range 3 {
			if got := g.admit(step.from, step.at); got != step.want {
				t.Fatalf("step %d: refusal %d, want %d", i, got, step.want)
			}
			if step.want == admitted {
				break
			}
		}
	}
	g.release(b)
	if got := g.admit(a, 5*s); got != refusedMaxPerIP {
		t.Errorf("the third connection of an address has refusal %d, want %d", got, refusedMaxPerIP)
	}
	if got := g.admit(b, 5*s); got != admitted {
		t.Errorf("the place that was given back has refusal %d", got)
	}
}

// TestAFloodFromNewAddressesLeavesNothingBehind has a million addresses connect once, a
// thousand of them in each second.
func TestAFloodFromNewAddressesLeavesNothingBehind(t *testing.T) {
	g := newGate(&Server{MaxPerIP: 1, AcceptRatePerIP: Rate{PerSecond: 1}})
	most := 0
	for i := range 1_000_000 {
		from := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		if r := g.admit(from, int64(i)*int64(time.Millisecond)); r != admitted {
			t.Fatalf("connection %d has refusal %d", i, r)
		}
		g.release(from)
		most = max(most, len(g.visitors))
	}
	t.Logf("at most %d addresses were remembered", most)
	if most > 4*fewestVisitors || g.in != 0 {
		t.Errorf("the gate remembered up to %d addresses, and counts %d connections", most, g.in)
	}
}

// TestAFloodAtALowRateIsRememberedInPart has 200,000 networks connect once, at a rate
// that would have each remembered for eleven days. One of them stays connected.
func TestAFloodAtALowRateIsRememberedInPart(t *testing.T) {
	g := newGate(&Server{MaxPerIP: 1, AcceptRatePerIP: Rate{PerSecond: 1e-6}})
	network := func(i int) netip.Addr {
		return netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i), 15: 1})
	}
	const flood = 200_000
	most, before, largest := 0, heap(), uint64(0)
	for i := range flood {
		from, now := network(i), int64(i/100)*int64(time.Millisecond) // 100 in each turn of the loop
		if r := g.admit(from, now); r != admitted {
			t.Fatalf("connection %d has refusal %d", i, r)
		}
		if i > 0 {
			g.release(from)
		}
		if r := g.admit(from, now); r == admitted {
			t.Fatalf("connection %d was forgotten at once", i)
		}
		most = max(most, len(g.visitors))
		if i%(flood/4) == flood/4-1 {
			largest = max(largest, heap()-before)
		}
	}
	t.Logf("at most %d networks were remembered, in %d KB", most, largest>>10)
	if most > mostVisitors+2 || largest > 16<<20 { // the one that stays allows for another
		t.Errorf("the gate remembered %d networks of %d, in %d bytes", most, flood, largest)
	}
	if r := g.admit(network(0), math.MaxInt64/4); r != refusedMaxPerIP {
		t.Errorf("a second connection of the one that stays has refusal %d, want %d", r, refusedMaxPerIP)
	}
	for i := range mostVisitors / 2 { // the latest
		if r := g.admit(network(flood-1-i), flood/100*int64(time.Millisecond)); r != refusedAcceptRatePerIP {
			t.Fatalf("network %d from the end has refusal %d, want %d", i, r, refusedAcceptRatePerIP)
		}
	}
}

// heap returns how many bytes of the heap are in use.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestAGateWithoutLimitsByAddressRemembersNone holds that most servers pay nothing.
func TestAGateWithoutLimitsByAddressRemembersNone(t *testing.T) {
	g := newGate(&Server{MaxConns: 10, AcceptRate: Rate{PerSecond: 1e9}})
	from := netip.MustParseAddr("192.0.2.1")
	if n := testing.AllocsPerRun(100, func() { g.admit(from, 0); g.release(from) }); n != 0 || g.visitors != nil {
		t.Errorf("it allocates %v times for a connection, and remembers %d addresses", n, len(g.visitors))
	}
}

func BenchmarkGate(b *testing.B) {
	for _, perIP := range []int{0, 10} {
		b.Run(fmt.Sprintf("perIP=%d", perIP), func(b *testing.B) {
			g := newGate(&Server{MaxConns: 10, MaxPerIP: perIP})
			from := netip.MustParseAddr("192.0.2.1")
			for b.Loop() {
				g.admit(from, 0)
				g.release(from)
			}
		})
	}
}

func TestAnAddressThatHasAClientIsRememberedInAFlood(t *testing.T) {
	g := newGate(&Server{MaxPerIP: 1, AcceptRatePerIP: Rate{PerSecond: 1}})
	stays := netip.MustParseAddr("127.0.0.1")
	if r := g.admit(stays, 0); r != admitted {
		t.Fatalf("the first connection has refusal %d", r)
	}
	for i := range 10 * fewestVisitors {
		from := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		g.admit(from, int64(i)*int64(time.Millisecond))
		g.release(from)
	}
	if r := g.admit(stays, int64(time.Hour)); r != refusedMaxPerIP {
		t.Errorf("a second connection has refusal %d, want %d: the first is still there", r, refusedMaxPerIP)
	}
}
