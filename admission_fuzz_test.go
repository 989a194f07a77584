// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/duplex-go/duplex/internal/rates"
)

// A bucket is a Rate as a bucket of tokens, one nanosecond of the interval each: the other
// way to say what a pace is.
type bucket struct {
	interval, most int64 // 0 is no limit
	level, at      int64
}

func newBucket(r Rate) bucket {
	if !(r.PerSecond > 0) {
		return bucket{}
	}
	burst := int64(r.Burst)
	if burst <= 0 {
		burst = max(1, int64(r.PerSecond))
	}
	interval := max(1, int64(1e9/r.PerSecond))
	return bucket{interval: interval, most: burst * interval, level: burst * interval}
}

// full reports whether no token is left at that time.
func (b *bucket) full(now int64) bool {
	if b.interval == 0 {
		return false
	}
	b.level = min(b.most, b.level+now-b.at)
	b.at = now
	return b.level < b.interval
}

func (b *bucket) take() { b.level -= b.interval }

// A doorman is a gate that never forgets, and counts one by one.
type doorman struct {
	srv   *Server
	in    []netip.Addr // the networks of those that are in; zero if unknown
	rate  bucket
	rates map[netip.Addr]*bucket
}

// network is what of an address counts.
func (d *doorman) network(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	bits := d.srv.IPv6Prefix
	if bits <= 0 || bits > 128 {
		bits = 64
	}
	if a.IsValid() && a.Is6() {
		p, _ := a.Prefix(bits)
		return p.Masked().Addr()
	}
	return a
}

func (d *doorman) listed(a netip.Addr) refusal {
	switch {
	case d.srv.BlockList.Contains(a):
		return refusedBlocked
	case a.IsValid() && d.srv.AllowList != nil && !d.srv.AllowList.Contains(a):
		return refusedNotAllowed
	}
	return admitted
}

func (d *doorman) whole(now int64) refusal {
	switch {
	case d.srv.MaxConns > 0 && len(d.in) >= d.srv.MaxConns:
		return refusedMaxConns
	case d.rate.full(now):
		return refusedAcceptRate
	}
	return admitted
}

func (d *doorman) single(a netip.Addr, now int64) refusal {
	if !a.IsValid() {
		return admitted
	}
	n, count := d.network(a), 0
	for _, other := range d.in {
		if other == n {
			count++
		}
	}
	if d.rates[n] == nil {
		b := newBucket(d.srv.AcceptRatePerIP)
		d.rates[n] = &b
	}
	switch {
	case d.srv.MaxPerIP > 0 && count >= d.srv.MaxPerIP:
		return refusedMaxPerIP
	case d.rates[n].full(now):
		return refusedAcceptRatePerIP
	}
	return admitted
}

// FuzzGate compares a gate with a doorman, whatever the limits are and whoever comes and
// goes, also behind a proxy.
func FuzzGate(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed, uint16(200))
	}
	f.Fuzz(compareGate)
}

func compareGate(t *testing.T, seed uint64, steps uint16) {
	r := rand.New(rand.NewPCG(seed, 1))
	rate := func() Rate {
		return Rate{
			PerSecond: []float64{0, 0, 1e-6, 0.5, 3, 1000, 1e9, math.NaN(), -1}[r.IntN(9)],
			Burst:     []int{0, 0, 1, 2, 7, 1000, -1}[r.IntN(7)],
		}
	}
	srv := &Server{
		MaxConns: []int{0, -1, 1, 2, 5, 1000}[r.IntN(6)], MaxPerIP: []int{0, -1, 1, 2, 5}[r.IntN(5)],
		IPv6Prefix: []int{0, 0, 48, 56, 128, 129}[r.IntN(6)], AcceptRate: rate(), AcceptRatePerIP: rate(),
	}
	if r.IntN(4) == 0 {
		srv.BlockList = new(BlockList)
		srv.BlockList.Add(netip.MustParseAddr("10.0.0.3"))
	}
	if r.IntN(4) == 0 {
		srv.AllowList = new(BlockList)
		srv.AllowList.AddPrefix(netip.MustParsePrefix("10.0.0.0/29"))
		srv.AllowList.AddPrefix(netip.MustParsePrefix("2001:db8::/33"))
	}
	addr := func() netip.Addr {
		switch r.IntN(8) {
		case 0:
			return netip.Addr{} // a Unix socket
		case 1, 2, 3:
			return netip.AddrFrom4([4]byte{10, 0, 0, byte(r.IntN(10))})
		case 4:
			return netip.AddrFrom16(netip.AddrFrom4([4]byte{10, 0, 0, byte(r.IntN(10))}).As16())
		case 5:
			return netip.AddrFrom16([16]byte{0xfe, 0x80, 15: byte(r.IntN(3))}).WithZone("eth0")
		case 6:
			return netip.AddrFrom4([4]byte{10, 0, byte(r.Uint32()), byte(r.Uint32())}) // ever others
		default:
			return netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 4: byte(r.IntN(2) << 7), 6: byte(r.IntN(2)), 7: byte(r.IntN(2)), 15: byte(r.IntN(2))})
		}
	}
	g := newGate(srv)
	d := &doorman{srv: srv, rate: newBucket(srv.AcceptRate), rates: make(map[netip.Addr]*bucket)}
	type guest struct{ addr, network netip.Addr }
	var in []guest
	enter := func(a netip.Addr) { in = append(in, guest{a, d.network(a)}); d.in = append(d.in, d.network(a)) }
	now := int64(0)
	for i := range int(steps) % 4096 {
		now += []int64{0, 0, 1, 1e6, 1e9, r.Int64N(1e10)}[r.IntN(6)]
		what, a := "", addr()
		got, want := admitted, admitted
		switch n := r.IntN(10); {
		case n < 3 && len(in) > 0:
			k := r.IntN(len(in))
			what = fmt.Sprint("the release of ", in[k].addr)
			g.release(in[k].addr)
			in = append(in[:k:k], in[k+1:]...)
			d.in = append(d.in[:k:k], d.in[k+1:]...)
		case n < 5: // behind a proxy
			what = fmt.Sprint("the reservation of ", a)
			got = g.reserve(now)
			if want = d.whole(now); want != admitted || got != want {
				break
			}
			d.rate.take()
			got = g.admitAddr(a, now)
			if want = d.listed(a); want == admitted {
				want = d.single(a, now)
			}
			if got == admitted && want == admitted {
				if a.IsValid() {
					d.rates[d.network(a)].take()
				}
				enter(a)
			} else if got == want {
				g.release(netip.Addr{})
			}
		default:
			what = fmt.Sprint("the admission of ", a)
			got = g.admit(a, now)
			if want = d.listed(a); want == admitted {
				want = d.whole(now)
			}
			if want == admitted {
				want = d.single(a, now)
			}
			if got == admitted && want == admitted {
				d.rate.take()
				if a.IsValid() {
					d.rates[d.network(a)].take()
				}
				enter(a)
			}
		}
		if got != want || g.in != len(in) {
			t.Fatalf("step %d at %d, %s: refusal %d and %d in; want %d and %d\nof %+v", i, now, what, got, g.in, want, len(in), srv)
		}
	}
	for _, x := range in {
		g.release(x.addr)
	}
	if g.in != 0 {
		t.Errorf("%d are in although all have left", g.in)
	}
	if srv.AcceptRatePerIP.pace() == (rates.Pace{}) && g.crowd.Len() > 0 {
		t.Errorf("the gate remembers %d addresses, of which none is in and none has a rate", g.crowd.Len())
	}
	for _, x := range in {
		switch g.crowd.Enter(x.addr, math.MaxInt64/4) {
		case rates.Full:
			t.Errorf("the gate has no place for %v although all have left", x.addr)
		case rates.Welcome:
			g.crowd.Leave(x.addr)
		}
	}
}
