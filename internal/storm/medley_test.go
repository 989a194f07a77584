// Copyright 2026 The duplex authors. MIT license.

package storm_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// A medley is a crowd of sockets on which all verbs are called at random, by callbacks and
// by other goroutines. Bytes are not checked (TestStorm does that with fewer verbs), but the
// laws, and that all comes to its end.
type medley struct {
	t       *testing.T
	servers []*duplex.Engine // that are not clients
	clients *duplex.Engine
	server  *tls.Config
	client  *tls.Config
	budget  *duplex.Budget
	workers [3]*duplex.Workers
	groups  [3]duplex.Group

	over    atomic.Bool
	seeds   atomic.Uint64
	awaited atomic.Int64   // functions that were accepted and have not been called
	open    atomic.Int64   // sockets whose OnClose has not come
	copies  sync.WaitGroup // calls of WriteTo and ReadFrom

	mu     sync.Mutex
	all    map[*duplex.Socket]*life
	list   []*life
	faults []string
}

// A life is what is known of one socket.
type life struct {
	m       *medley
	s       *duplex.Socket
	running atomic.Int32 // callbacks that run

	// Owned by the callbacks.
	events                         []string
	connect, ended, failed, closed int
}

// fault records that a law was broken.
func (m *medley) fault(format string, args ...any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults = append(m.faults, fmt.Sprintf(format, args...))
}

// life returns what is known of s.
func (m *medley) life(s *duplex.Socket) *life {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.all[s]
	if l == nil {
		l = &life{m: m, s: s}
		m.open.Add(1)
		m.all[s] = l
		m.list = append(m.list, l)
	}
	return l
}

// any returns one of the latest sockets, or nil.
func (m *medley) any(r *rand.Rand) *life {
	m.mu.Lock()
	defer m.mu.Unlock()
	for range 4 {
		if n := len(m.list); n > 0 {
			l := m.list[max(0, n-1-r.IntN(min(n, 12)))]
			if l.s.State() != duplex.Closed {
				return l
			}
		}
	}
	return nil
}

// TestMedley calls every verb at random, in all kinds of callbacks, on sockets of all kinds:
// with TLS and before it, behind a proxy, piped, copied, corked, detached and adopted, in
// groups, in the line of Workers, under limits and a Budget, while callbacks crash and servers
// come and go.
func TestMedley(t *testing.T) {
	for _, driver := range duplextest.Drivers() {
		t.Run(driver, func(t *testing.T) {
			seed := *stormSeed
			if seed == 0 {
				seed = rand.Uint64()
			}
			playMedley(t, driver, seed)
		})
	}
}

// playMedley is TestMedley on one driver.
func playMedley(t *testing.T, driver string, seed uint64) {
	if driver == "memory" {
		driver = duplextest.NewNetwork(t).Driver()
	}
	m := &medley{t: t, all: make(map[*duplex.Socket]*life), workers: [3]*duplex.Workers{nil, {Limit: 1}, {Limit: 3}}}
	m.seeds.Store(seed)
	r := m.random()
	m.server, m.client = rig.Configs(tls.VersionTLS13)
	m.budget = &duplex.Budget{Limit: -1, MaxStop: 10 * time.Millisecond}
	if r.IntN(2) == 0 {
		m.budget.Limit = 256 << 10
	}
	for i := range m.groups {
		g := &m.groups[i]
		g.OnRefuse = func(s *duplex.Socket, err error) { m.life(s).act(m.random()) }
	}
	m.clients = &duplex.Engine{Driver: driver, Loops: 1 + r.IntN(2), Budget: m.budget, Logger: rig.Quiet}
	trusted := new(duplex.BlockList)
	trusted.AddPrefix(netip.MustParsePrefix("127.0.0.0/8"))
	var servers []*duplex.Server
	for i := range 3 {
		e := m.clients
		if r.IntN(2) == 0 {
			e = &duplex.Engine{Driver: driver, Loops: 1 + r.IntN(3), Budget: m.budget, Logger: rig.Quiet}
			m.servers = append(m.servers, e)
		}
		srv := &duplex.Server{Engine: e, Handler: m.handler(r), Options: m.options(r)}
		srv.OnDrop = func(duplex.Drop) { m.crash(m.random()) }
		srv.Admit = func(_, _ netip.AddrPort) error {
			m.crash(m.random())
			return nil
		}
		switch i {
		case 1:
			srv.TLS = m.server
		case 2:
			srv.TrustedProxies = trusted
			srv.ProxyTimeout = 20 * time.Millisecond
		}
		if r.IntN(3) == 0 {
			srv.MaxQueued = 64 << 10
		}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		servers = append(servers, srv)
	}
	connect := func(r *rand.Rand) {
		i := r.IntN(3)
		addr := servers[i].Addr()
		if addr == nil {
			return
		}
		c := &duplex.Client{Engine: m.clients, Options: m.options(r), Timeout: 2 * time.Second}
		switch i {
		case 1:
			c.TLS = m.client
		case 2:
			c.ProxyHeader = &duplex.ProxyHeader{Version: 1 + r.IntN(2), Source: netip.MustParseAddrPort("127.0.0.1:5"), Destination: netip.MustParseAddrPort("127.0.0.1:6")}
		}
		m.life(c.Connect(t.Context(), "tcp", addr.String(), m.handler(r)))
	}
	var blowing sync.WaitGroup
	until := time.Now().Add(*stormTime)
	for range 3 {
		r := m.random()
		blowing.Go(func() {
			for time.Now().Before(until) {
				if r.IntN(8) == 0 {
					connect(r)
				}
				if l := m.any(r); l != nil {
					l.act(r)
				}
				switch srv := servers[r.IntN(3)]; r.IntN(600) {
				case 0:
					srv.Unlisten()
				case 1:
					srv.Close()
				case 2, 3:
					ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
					srv.ShutdownOver(ctx, time.Duration(r.IntN(20))*time.Millisecond)
					stop()
				case 4, 5:
					srv.Pause()
					time.Sleep(time.Millisecond)
					srv.Resume()
				default:
					srv.Listen("tcp", "127.0.0.1:0")
				}
				time.Sleep(time.Duration(r.IntN(100)) * time.Microsecond)
			}
		})
	}
	blowing.Wait()
	m.over.Store(true)
	engines := append(slices.Clone(m.servers), m.clients)
	closed := make(chan error, len(engines))
	for _, e := range engines {
		go func() { closed <- e.Close() }()
	}
	late := time.After(duplextest.Patience)
	for range engines {
		select {
		case err := <-closed:
			if err != nil {
				t.Error(err)
			}
		case <-late:
			m.report()
			buf := make([]byte, 1<<20)
			t.Fatalf("seed %d: an engine does not close\n%s", seed, buf[:runtime.Stack(buf, true)])
		}
	}
	copied := make(chan struct{})
	go func() { m.copies.Wait(); close(copied) }()
	select {
	case <-copied:
	case <-late:
		buf := make([]byte, 1<<20)
		t.Fatalf("seed %d: a copy does not end\n%s", seed, buf[:runtime.Stack(buf, true)])
	}
	rig.Until(t, "every socket is closed", func() bool { return m.open.Load() == 0 }) // also those that came too late for an engine
	m.report()
	if n := m.awaited.Load(); n != 0 {
		t.Errorf("%d functions were not called", n)
	}
	if st := m.budget.Stats(); st.QueuedIn != 0 || st.QueuedOut != 0 || st.Stopped {
		t.Errorf("the budget has %+v", st)
	}
	for _, w := range m.workers[1:] {
		if st := w.Stats(); st.Running != 0 || st.Waiting != 0 {
			t.Errorf("the workers have %+v", st)
		}
	}
	for i := range m.groups {
		if n := m.groups[i].Len(); n != 0 {
			t.Errorf("a group has %d members", n)
		}
	}
	for _, e := range engines {
		if st := e.Stats(); st.Sockets != 0 || st.Unread != 0 || st.GroupBacklog != 0 {
			t.Errorf("an engine has %+v", st)
		}
	}
	for _, srv := range servers {
		if n := srv.Len(); n != 0 || srv.Queued() != 0 {
			t.Errorf("a server has %d sockets, and %d bytes", n, srv.Queued())
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.list {
		if l.closed != 1 {
			t.Errorf("%p: %d closes, after %v", l.s, l.closed, l.events)
		}
	}
	t.Logf("%d sockets", len(m.list))
}

// report fails the test if a law was broken.
func (m *medley) report() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, f := range m.faults {
		if i < 5 {
			m.t.Error(f)
		}
	}
}
