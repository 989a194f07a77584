// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

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

// TestAGateWithoutLimitsByAddressRemembersNone holds that most servers pay nothing.
func TestAGateWithoutLimitsByAddressRemembersNone(t *testing.T) {
	g := newGate(&Server{MaxConns: 10, AcceptRate: Rate{PerSecond: 1e9}})
	from := netip.MustParseAddr("192.0.2.1")
	if n := testing.AllocsPerRun(100, func() { g.admit(from, 0); g.release(from) }); n != 0 || g.crowd.Len() != 0 {
		t.Errorf("it allocates %v times for a connection, and remembers %d addresses", n, g.crowd.Len())
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
