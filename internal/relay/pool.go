// Copyright 2026 The duplex authors. MIT license.

package relay

import (
	"cmp"
	"context"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/duplex-go/duplex"
)

// A Policy is how a Pool chooses an upstream. The words are those of HAProxy.
type Policy string

// The policies.
const (
	RoundRobin Policy = "roundrobin" // each in turn
	LeastConn  Policy = "leastconn"  // the one with the fewest connections, in turn if equal
	Random     Policy = "random"     // by chance, which the seed decides
)

// An Upstream is a server that clients are joined to.
type Upstream struct {
	Network, Address string
	Secure           bool   // it speaks TLS
	Shown            string // its address, for people

	// Open makes the connection of a pair, if the upstream has no address. It runs on the
	// loop of the pair. The connection may have a method Size, which returns how many bytes
	// it gives in all.
	Open func(*Pair) (net.Conn, error)

	// Cut is told, if it is not nil, that a pair is reset before what Open has made has
	// ended: because of a limit of time, whose error it has then and which was reported, or
	// else by Drop. It returns an error to report, or nil. It runs on the loop of the pair.
	Cut func(p *Pair, err error) error

	// Closed is told, if it is not nil, that what Open has made is closed: in order, or after
	// an error or a reset. It returns an error to report, or nil. It runs on the loop of the
	// pair.
	Closed func(p *Pair, made net.Conn, orderly bool) error

	// Guarded by the mu of its Pool.
	active int  // connections
	down   bool // it has refused the last one, or the last check
}

// A Pool is the upstreams of a relay. Any goroutine may call its methods.
type Pool struct {
	Policy Policy
	Seed   uint64

	mu   sync.Mutex
	all  []*Upstream
	turn int
}

// NewPool returns a pool.
func NewPool(policy Policy, seed uint64, upstreams ...*Upstream) *Pool {
	return &Pool{Policy: policy, Seed: seed, all: upstreams}
}

// All returns the upstreams.
func (p *Pool) All() []*Upstream { return p.all }

// order returns the upstreams in the order in which the nth client tries them. Those that
// are down come last: they may have come back.
func (p *Pool) order(nth int) []*Upstream {
	p.mu.Lock()
	defer p.mu.Unlock()
	var up, down []*Upstream
	for _, u := range p.all {
		if u.down {
			down = append(down, u)
		} else {
			up = append(up, u)
		}
	}
	for _, list := range [][]*Upstream{up, down} {
		switch {
		case len(list) < 2:
		case p.Policy == Random:
			chance := rand.New(rand.NewPCG(p.Seed, uint64(nth)))
			chance.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		case p.Policy == LeastConn:
			slices.SortStableFunc(list, func(a, b *Upstream) int { return cmp.Compare(a.active, b.active) })
			equal := slices.IndexFunc(list, func(u *Upstream) bool { return u.active > list[0].active })
			if equal < 0 {
				equal = len(list)
			}
			rotate(list[:equal], p.turn)
		default:
			rotate(list, p.turn)
		}
	}
	p.turn++
	return append(up, down...)
}

// rotate puts the nth of a list first, counted round and round.
func rotate(list []*Upstream, n int) {
	n %= len(list)
	copy(list, append(slices.Clone(list[n:]), list[:n]...))
}

// count adds n to the connections of u.
func (p *Pool) count(u *Upstream, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u.active += n
}

// mark notes whether u is down, and reports whether that is new.
func (p *Pool) mark(u *Upstream, down bool) (changed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	changed = u.down != down
	u.down = down
	return changed
}

// check connects to u from time to time, and reports when it goes down or comes back.
func (r *Relay) check(ctx context.Context, u *Upstream) {
	tick := time.NewTicker(r.Health)
	defer tick.Stop()
	for {
		err := r.probe(ctx, u)
		if ctx.Err() != nil {
			return
		}
		r.judge(u, err)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// judge marks u as down if err is not nil, and reports a change. Without checks it does
// nothing, since nothing would show that u is back.
func (r *Relay) judge(u *Upstream, err error) {
	if r.Health == 0 || u.Open != nil || !r.Pool.mark(u, err != nil) {
		return
	}
	if err != nil {
		r.Report(Event{Name: "error", Err: err, Target: u})
	} else {
		r.Report(Event{Name: "ready", Target: u})
	}
}

// probe connects to u, and returns why it cannot.
func (r *Relay) probe(ctx context.Context, u *Upstream) error {
	dialer := r.Dialer
	dialer.TLS = nil // that it accepts is enough
	over := make(chan error, 1)
	dialer.Connect(ctx, u.Network, u.Address, &duplex.Handler{
		OnConnect: func(s *duplex.Socket) { s.Destroy(nil) },
		OnClose:   func(s *duplex.Socket) { over <- s.Err() },
	})
	return <-over
}
