// Copyright 2026 The duplex authors. MIT license.

package storm_test

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
)

var (
	stormTime = flag.Duration("storm", time.Second, "how long TestStorm runs on each driver")
	stormSeed = flag.Uint64("storm-seed", 0, "where TestStorm's random numbers begin; 0 is anywhere")
)

// TestStorm runs many goroutines that connect, write, reset and close at random. It
// checks every event and every byte that follows. The same seed gives a similar run,
// but not the same, as the goroutines race.
func TestStorm(t *testing.T) { rage(t, false) }

// TestStormWithTLS is TestStorm with TLS on every other connection.
func TestStormWithTLS(t *testing.T) { rage(t, true) }

func rage(t *testing.T, secure bool) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		if e.Driver != "memory" {
			testrun.NotUnderWine(t, testrun.LostResets)
		}
		before := testrun.Count()
		e.Loops = 3
		e.Budget = &duplex.Budget{Limit: -1} // it only counts
		if e.Driver == "memory" {
			e.Driver = "memory:storm" // a network that other engines reach too
		}
		st := &storm{t: t, engine: e, secure: secure, seed: *stormSeed, began: time.Now(), parties: make(map[uint64]*party)}
		if st.seed == 0 {
			st.seed = rand.Uint64()
		}
		st.blow()
		st.calm()
		defer st.failures.Store(enough) // the test is over: later failures are not reported
		if t.Failed() {
			return
		}
		e.Close()
		if err := before.Returns(); err != nil {
			t.Errorf("seed %d: %v", st.seed, err)
		}
		if left := e.Budget.Stats(); left.QueuedIn != 0 || left.QueuedOut != 0 {
			t.Errorf("seed %d: all sockets are closed, and %+v is counted", st.seed, left)
		}
		t.Logf("%d connections tried, %d heard both ways, %d of them unharmed; %d MB verified; %d resets heard; %d engines and %d servers came and went; %+v",
			st.tried.Load(), st.pairs.Load(), st.unharmed.Load()/2, st.verified.Load()>>20, st.resets.Load(), st.engines.Load(), st.listens.Load(), e.Stats())
	})
}

const (
	blowers = 16
	crowded = 160 // sockets; above that, some are ended
	enough  = 3   // failures to report
)

// A storm is the run on one driver.
type storm struct {
	t       *testing.T
	engine  *duplex.Engine
	secure  bool // some servers have TLS
	seed    uint64
	began   time.Time
	servers []*duplex.Server

	over     atomic.Bool
	failures atomic.Int32

	tried, pairs, unharmed, verified, resets, engines      atomic.Int64
	clients, accepts, received, posted, ran, listens, shut atomic.Int64 // the engine counts them too

	mu      sync.Mutex
	targets []*target
	live    []*party
	parties map[uint64]*party // from which bytes may still arrive
	widows  []*party          // closed, while the peer is unknown or open; the oldest first
}

// blow runs the goroutines for the time of the flag.
func (st *storm) blow() {
	for _, secure := range []bool{false, true} {
		if secure && !st.secure {
			break
		}
		st.serve("tcp", duplex.Options{}, false, secure)
		st.serve("tcp", duplex.Options{AllowHalfOpen: true, PauseOnConnect: true}, false, secure)
		st.serve("tcp", duplex.Options{HighWaterMark: 4 << 10, MaxWriteBuffer: 256 << 10}, true, secure)
		st.serve("unix", duplex.Options{}, false, secure)
	}
	var blowing sync.WaitGroup
	for i := range uint64(blowers + 2) {
		act := st.gust
		switch i {
		case blowers:
			act = st.relisten()
		case blowers + 1:
			act = st.reopen()
		}
		r := rand.New(rand.NewPCG(st.seed, i))
		blowing.Go(func() { // until over
			for !st.over.Load() {
				act(r)
			}
		})
	}
	for time.Since(st.began) < *stormTime && !st.over.Load() {
		time.Sleep(10 * time.Millisecond)
	}
	st.over.Store(true)
	st.patiently("the end of the storm", blowing.Wait)
}

// patiently waits until f returns.
func (st *storm) patiently(what string, f func()) {
	done := make(chan struct{})
	go func() {
		f()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(duplextest.Patience):
		st.fail(nil, "%s does not come; %+v", what, st.engine.Stats())
	}
}

// gust does one random thing.
func (st *storm) gust(r *rand.Rand) {
	p, n := st.any(r)
	switch {
	case n < crowded && r.IntN(4) == 0:
		st.connect(r, st.engine, nil)
	case n < crowded && r.IntN(32) == 0:
		st.foreign(r)
	case n > 0:
		p.act(r, false)
		if n >= crowded {
			p.socket.Load().End()
		}
	}
	if r.IntN(8) == 0 {
		doze(r, 300*time.Microsecond)
	}
}

func doze(r *rand.Rand, most time.Duration) { time.Sleep(time.Duration(r.Int64N(int64(most)))) }

// connect begins a connection of a random kind.
func (st *storm) connect(r *rand.Rand, e *duplex.Engine, near *duplex.Socket) {
	to, ctx, c := st.target(r), context.Background(), &duplex.Client{Engine: e, Near: near}
	c.Linger = time.Minute // when it expires, bytes may be lost
	c.TLS, c.HandshakeTimeout = to.config(), -1
	network, address := to.network, to.address.Load().(string)
	p := st.join(e, "connected to", address)
	p.steady = to.steady
	c.AllowHalfOpen, c.PauseOnConnect = r.IntN(3) == 0, r.IntN(4) == 0
	if r.IntN(4) == 0 {
		c.HighWaterMark, c.MaxWriteBuffer = 1<<r.IntN(17), 300<<10
	}
	switch r.IntN(16) {
	case 0:
		limited, cancel := context.WithTimeout(ctx, time.Duration(r.IntN(3))*time.Millisecond)
		time.AfterFunc(time.Second, cancel)
		ctx = limited
		p.harmed.Store(true)
	case 1:
		p.steady, network, address = false, "tcp", "127.0.0.1:1" // no server is there
	case 2, 3: // several attempts race for the same address
		if at, err := netip.ParseAddrPort(address); err == nil {
			c.Resolver = duplextest.Hosts{"race.test": slices.Repeat([]netip.Addr{at.Addr()}, 2+r.IntN(3))}
			c.AttemptDelay = time.Duration(1 + r.IntN(200_000))
			address = fmt.Sprintf("race.test:%d", at.Port())
		}
	}
	s := c.Connect(ctx, network, address, st.handler(func(*duplex.Socket) *party { return p }, 0, r.IntN(4) == 0))
	st.welcome(p, s)
	if c.PauseOnConnect {
		p.later(r, p.resume)
	}
	p.write(r, 0)
	p.greeted.Store(true)
	if r.IntN(6) == 0 {
		p.stop(r) // at once
	}
}

// welcome counts the new client p and makes it visible to other goroutines.
func (st *storm) welcome(p *party, s *duplex.Socket) {
	st.tried.Add(1)
	if p.own {
		st.clients.Add(1)
	}
	st.enlist(p, s)
}

// foreign makes a connection with package net, and gives it to the engine or resets
// it.
func (st *storm) foreign(r *rand.Rand) {
	to := st.target(r)
	if strings.HasPrefix(st.engine.Driver, "memory") {
		return // package net cannot connect to memory
	}
	c, err := net.Dial(to.network, to.address.Load().(string))
	if err != nil {
		return
	}
	p := st.join(st.engine, "of package net", c.LocalAddr())
	config := to.config()
	if r.IntN(2) == 0 {
		h := st.handler(func(*duplex.Socket) *party { return p }, 0, false)
		st.welcome(p, (&duplex.Client{Engine: st.engine, TLS: config}).Adopt(c, h))
		return
	}
	st.tried.Add(1)
	p.harmed.Store(true)
	raw := c
	if config != nil {
		c = tls.Client(raw, config)
	}
	c.SetDeadline(time.Now().Add(time.Duration(r.IntN(20)) * time.Millisecond))
	buf := make([]byte, 1<<16)
	for i := range uint32(r.IntN(4)) {
		chunk := compose(r, 0, speaker{p.id, i})
		p.sent += int64(len(chunk))
		c.Write(chunk)
		if n, err := c.Read(buf); err == nil {
			p.hear(buf[:n])
		}
	}
	if tcp, ok := raw.(*net.TCPConn); ok && r.IntN(2) == 0 {
		tcp.SetLinger(0)
	}
	c.Close()
	st.leave(p)
}

// calm ends all that is left, and checks what the engine counted.
func (st *storm) calm() {
	for deadline := time.Now().Add(duplextest.Patience); ; time.Sleep(10 * time.Millisecond) {
		st.mu.Lock()
		left := slices.Clone(st.live)
		st.mu.Unlock()
		if len(left) == 0 {
			break
		}
		for _, p := range left {
			s := p.socket.Load()
			s.End()
			if time.Now().After(deadline) {
				st.fail(p, "%d sockets do not close; this one is %v, paused: %v, %d bytes queued", len(left), s.State(), s.Paused(), s.Buffered())
			}
		}
		if time.Now().After(deadline) {
			return
		}
	}
	for _, srv := range st.servers {
		srv.Unlisten()
	}
	st.patiently("the end of Wait", st.engine.Wait)
	stats := st.engine.Stats()
	refused := stats.Drops.Handshake // no party had these sockets
	received := st.received.Load()
	if st.secure {
		received = stats.BytesReceived // records, and not what they hold
	}
	for _, count := range []struct {
		what      string
		got, want int64
	}{
		{"sockets", int64(stats.Sockets), 0},
		{"servers", int64(stats.Servers), 0},
		{"sockets that nobody reads", int64(stats.Unread), 0},
		{"panics", stats.Panics, 0},
		{"sockets accepted", stats.Accepted, st.accepts.Load() + refused},
		{"sockets closed", stats.Closed, st.accepts.Load() + st.clients.Load() + refused},
		{"sockets connected beyond those that tried", max(0, stats.Connected-st.clients.Load()), 0},
		{"bytes received", stats.BytesReceived, received},
		{"servers closed", st.shut.Load(), st.listens.Load()},
		{"posted functions that ran", st.ran.Load(), st.posted.Load()},
	} {
		if count.got != count.want {
			st.t.Errorf("seed %d: %s: %d, want %d", st.seed, count.what, count.got, count.want)
		}
	}
}

// fail reports a failure, with the last actions and events of p and of its peer.
func (st *storm) fail(p *party, format string, args ...any) {
	st.over.Store(true)
	if st.failures.Add(1) > enough {
		return
	}
	text := fmt.Sprintf(format, args...)
	for of := ""; p != nil; of = "its peer, " {
		text += "\n" + of + p.story()
		st.mu.Lock()
		p = p.peer
		st.mu.Unlock()
		if of != "" {
			break
		}
	}
	st.t.Errorf("seed %d: %s", st.seed, text)
}

// join makes a party. Other goroutines do not see it before enlist.
func (st *storm) join(e *duplex.Engine, kind string, where any) *party {
	p := &party{storm: st, id: rand.Uint64(), own: e == st.engine, kind: fmt.Sprint(kind, " ", where), place: -1, seen: make(map[string]bool)}
	p.random = rand.New(rand.NewPCG(st.seed, p.id))
	p.crumbly = p.random.IntN(4) == 0
	p.harmed.Store(!p.own) // by the engine, which closes
	st.mu.Lock()
	defer st.mu.Unlock()
	st.parties[p.id] = p
	return p
}

// enlist makes p visible to other goroutines, which may act on it.
func (st *storm) enlist(p *party, s *duplex.Socket) {
	p.socket.Store(s)
	st.mu.Lock()
	defer st.mu.Unlock()
	if p.closed.IsZero() {
		p.place = len(st.live)
		st.live = append(st.live, p)
	}
}

// any returns a random party that is not closed, and how many of them there are.
func (st *storm) any(r *rand.Rand) (*party, int) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if len(st.live) == 0 {
		return nil, 0
	}
	return st.live[r.IntN(len(st.live))], len(st.live)
}

// leave removes p, which is closed, from the lists. It compares p with its peer once
// both are closed. Half a minute later no byte of a party can arrive any more.
func (st *storm) leave(p *party) {
	st.mu.Lock()
	if !p.closed.IsZero() {
		st.mu.Unlock() // OnClose came twice
		return
	}
	p.closed = time.Now()
	if p.place >= 0 {
		last := st.live[len(st.live)-1]
		st.live[p.place], last.place = last, p.place
		st.live = st.live[:len(st.live)-1]
	}
	peer := p.peer
	judge := peer != nil && !peer.closed.IsZero()
	if judge {
		delete(st.parties, p.id)
	} else {
		st.widows = append(st.widows, p)
	}
	for len(st.widows) > 0 && time.Since(st.widows[0].closed) > 30*time.Second {
		delete(st.parties, st.widows[0].id)
		st.widows = st.widows[1:]
	}
	st.mu.Unlock()
	if judge {
		st.pairs.Add(1)
		p.deliver(peer)
		peer.deliver(p)
	}
}

// pair makes two parties peers that received bytes of each other.
func (st *storm) pair(p *party, id uint64) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	q := st.parties[id]
	switch {
	case q == nil:
		return fmt.Errorf("bytes of %x, whom nobody knows", id)
	case q == p || p.peer != nil && p.peer != q || q.peer != nil && q.peer != p:
		return fmt.Errorf("bytes of %s", q)
	}
	p.peer, q.peer = q, p
	return nil
}
