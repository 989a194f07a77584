// Copyright 2026 The duplex authors. MIT license.

package rates

import (
	"math"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/duplex-go/duplex/internal/testrun"
)

// TestAddressesOfOneNetworkCountAsOne fills a Crowd with one connection for each address.
func TestAddressesOfOneNetworkCountAsOne(t *testing.T) {
	for _, c := range []struct {
		bits          int
		first, second string
		want          Verdict
	}{
		{0, "2001:db8::1", "2001:db8::ffff:1", Full},
		{0, "2001:db8::1", "2001:db8:0:1::1", Welcome},
		{-1, "2001:db8::1", "2001:db8::2", Full},
		{200, "2001:db8::1", "2001:db8::2", Full},
		{48, "2001:db8::1", "2001:db8:0:ff::1", Full},
		{48, "2001:db8::1", "2001:db8:1::1", Welcome},
		{128, "2001:db8::1", "2001:db8::2", Welcome},
		{128, "2001:db8::1", "2001:db8::1", Full},
		{0, "fe80::1%eth0", "fe80::2%eth1", Full},
		{0, "192.0.2.1", "192.0.2.2", Welcome},
		{0, "192.0.2.1", "::ffff:192.0.2.1", Full},
		{0, "::ffff:192.0.2.1", "::ffff:192.0.2.2", Welcome},
	} {
		crowd := NewCrowd(1, c.bits, Pace{})
		crowd.Enter(netip.MustParseAddr(c.first), 0)
		if got := crowd.Enter(netip.MustParseAddr(c.second), 0); got != c.want {
			t.Errorf("%d bits: %s after %s has verdict %d, want %d", c.bits, c.second, c.first, got, c.want)
		}
	}
}

func TestARateIsKeptToTheNanosecond(t *testing.T) {
	const s = int64(time.Second)
	for _, c := range []struct {
		perSecond float64
		burst     int
		at        []int64
		want      string
	}{
		{10, 3, []int64{0, 0, 0, 0, s/10 - 1, s / 10, s / 10}, "yes yes yes no no yes no"},
		{2, 0, []int64{0, 0, 0, s/2 - 1, s / 2, 9 * s, 9 * s, 9 * s}, "yes yes no no yes yes yes no"},
		{0.5, 0, []int64{0, 0, 2*s - 1, 2 * s}, "yes no no yes"},
		{1e-300, 0, []int64{0, math.MaxInt64 / 8}, "yes no"},
		{1, math.MaxInt, []int64{0, 0, 0}, "yes yes yes"},
		{math.Inf(1), 1, []int64{0, 0, 1}, "yes no yes"},
		{math.NaN(), 1, []int64{0, 0}, "yes yes"},
		{0, 1, []int64{0, 0}, "yes yes"},
		{-1, 0, []int64{0, 0}, "yes yes"},
	} {
		p, due, got := NewPace(c.perSecond, c.burst), int64(0), ""
		for i, now := range c.at {
			if i > 0 {
				got += " "
			}
			if !p.Allows(due, now) {
				got += "no"
				continue
			}
			due = p.After(due, now)
			got += "yes"
		}
		if got != c.want {
			t.Errorf("%v per second, %d at once, at %v: %s, want %s", c.perSecond, c.burst, c.at, got, c.want)
		}
	}
}

// TestAFloodFromNewAddressesLeavesNothingBehind has a million addresses connect once, a
// thousand of them in each second.
func TestAFloodFromNewAddressesLeavesNothingBehind(t *testing.T) {
	c := NewCrowd(1, 0, NewPace(1, 0))
	most := 0
	for i := range testrun.Single(1_000_000) {
		from := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		if r := c.Enter(from, int64(i)*int64(time.Millisecond)); r != Welcome {
			t.Fatalf("connection %d has verdict %d", i, r)
		}
		c.Leave(from)
		if most = max(most, c.Len()); most > 4*fewestVisitors {
			t.Fatalf("after %d connections it remembers %d addresses", i+1, most)
		}
	}
	t.Logf("at most %d addresses were remembered", most)
}

// TestAFloodAtALowRateIsRememberedInPart has 200,000 networks connect once, at a rate
// that would have each remembered for eleven days. One of them stays connected.
func TestAFloodAtALowRateIsRememberedInPart(t *testing.T) {
	c := NewCrowd(1, 0, NewPace(1e-6, 0))
	network := func(i int) netip.Addr {
		return netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i), 15: 1})
	}
	const flood = 200_000
	most, before, largest := 0, heap(), int64(0)
	for i := range flood {
		from, now := network(i), int64(i/100)*int64(time.Millisecond) // 100 in each turn of the loop
		if r := c.Enter(from, now); r != Welcome {
			t.Fatalf("connection %d has verdict %d", i, r)
		}
		if i > 0 {
			c.Leave(from)
		}
		if r := c.Enter(from, now); r == Welcome {
			t.Fatalf("connection %d was forgotten at once", i)
		}
		most = max(most, c.Len())
		if i%(flood/4) == flood/4-1 {
			largest = max(largest, heap()-before)
		}
	}
	t.Logf("at most %d networks were remembered, in %d KB", most, largest>>10)
	if most > absentMost+2 || largest > 16<<20 { // the one that stays allows for another
		t.Errorf("it remembered %d networks of %d, in %d bytes", most, flood, largest)
	}
	if r := c.Enter(network(0), math.MaxInt64/4); r != Full {
		t.Errorf("a second connection of the one that stays has verdict %d, want %d", r, Full)
	}
	for i := range absentMost / 2 { // the latest
		if r := c.Enter(network(flood-1-i), flood/100*int64(time.Millisecond)); r != Early {
			t.Fatalf("network %d from the end has verdict %d, want %d", i, r, Early)
		}
	}
}

// heap returns how many bytes of the heap are in use. What other tests left may go
// before the next call, so differences may be negative.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestAnAddressThatHasAClientIsRememberedInAFlood(t *testing.T) {
	c := NewCrowd(1, 0, NewPace(1, 0))
	stays := netip.MustParseAddr("127.0.0.1")
	if r := c.Enter(stays, 0); r != Welcome {
		t.Fatalf("the first connection has verdict %d", r)
	}
	for i := range 10 * fewestVisitors {
		from := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		c.Enter(from, int64(i)*int64(time.Millisecond))
		c.Leave(from)
	}
	if r := c.Enter(stays, int64(time.Hour)); r != Full {
		t.Errorf("a second connection has verdict %d, want %d: the first is still there", r, Full)
	}
}
