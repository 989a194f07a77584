// Copyright 2026 The duplex authors. MIT license.

package limits_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/internal/rig"
)

// TestNothingIsCountedAfterWhateverHappened lets goroutines do everything at random to
// sockets of a small budget. In the end all are closed, and the budget and the quota of
// the server are empty to the byte.
func TestNothingIsCountedAfterWhateverHappened(t *testing.T) {
	for _, secure := range []bool{false, true} {
		name := "plain"
		if secure {
			name = "TLS"
		}
		t.Run(name, func(t *testing.T) {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				seed := rand.Uint64()
				t.Logf("seed %d", seed)
				disorder(t, e, secure, seed)
			})
		})
	}
}

// disorder is TestNothingIsCountedAfterWhateverHappened with a seed.
func disorder(t *testing.T, e *duplex.Engine, secure bool, seed uint64) {
	const goroutines = 4
	actions := 400
	if *rig.Long {
		actions *= 50
	}
	e.Logger = rig.Quiet
	e.Budget = &duplex.Budget{Limit: 3 * mib / 2, MaxStop: 20 * time.Millisecond}
	var server, client *tls.Config
	if secure {
		server, client = rig.Configs(tls.VersionTLS13)
	}
	var crashes atomic.Int64
	handler := func(blocking bool) *duplex.Handler {
		h := &duplex.Handler{
			Blocking: blocking, Encoding: codec.UTF8, Split: bufio.ScanLines, MaxFrame: -1,
			OnData: func(s *duplex.Socket, p []byte) {
				switch crashes.Add(1) % 199 {
				case 1:
					panic("a callback crashes")
				case 2:
					runtime.Goexit()
				case 3:
					s.Pause()
				case 4:
					s.SetHandler(nil)
				}
				s.Write(p)
			},
		}
		return h
	}
	srv := &duplex.Server{
		Engine: e, Handler: handler(false), TLS: server, MaxQueued: mib,
		Options: duplex.Options{MaxWriteBuffer: mib, Linger: time.Second},
	}
	addr := rig.Serve(t, srv)
	proxied := &duplex.Server{Engine: e, TrustedProxies: new(duplex.BlockList), ProxyTimeout: 100 * time.Millisecond}
	proxied.TrustedProxies.AddPrefix(netip.MustParsePrefix("127.0.0.0/8"))
	proxyAddr := rig.Serve(t, proxied)

	var mu sync.Mutex
	var sockets []*duplex.Socket
	any := func(r *rand.Rand) *duplex.Socket {
		mu.Lock()
		defer mu.Unlock()
		if len(sockets) == 0 {
			return nil
		}
		i := r.IntN(len(sockets))
		if s := sockets[i]; s.State() != duplex.Closed {
			return s
		}
		s := sockets[i]
		sockets[i] = sockets[len(sockets)-1]
		sockets = sockets[:len(sockets)-1]
		return s
	}
	act := func(r *rand.Rand) {
		s := any(r)
		if s == nil || r.IntN(8) == 0 {
			to, c := addr, &duplex.Client{Engine: e, TLS: client, Options: srv.Options}
			if r.IntN(8) == 0 {
				to, c.TLS = proxyAddr, nil
			}
			s = c.Connect(context.Background(), "tcp", to, handler(r.IntN(3) == 0))
			mu.Lock()
			sockets = append(sockets, s)
			mu.Unlock()
			for accepted := range srv.Sockets() {
				if r.IntN(4) == 0 {
					mu.Lock()
					sockets = append(sockets, accepted)
					mu.Unlock()
					break
				}
			}
		}
		p := make([]byte, r.IntN(1<<r.IntN(18)))
		for i := range p {
			p[i] = 'x'
			if r.IntN(1000) == 0 {
				p[i] = '\n'
			}
		}
		switch r.IntN(24) {
		case 0:
			s.Destroy(io.ErrUnexpectedEOF)
		case 1:
			s.Reset()
		case 2:
			s.End()
		case 3:
			s.Close()
		case 4:
			s.Pause()
		case 5, 6:
			s.Resume()
		case 7:
			s.Cork()
			s.Write(p)
		case 8:
			s.Uncork()
		case 9:
			s.Post(func() { panic("a posted function crashes") })
		case 10:
			s.Post(func() { s.Write(p) })
			s.Write(p)
		case 11:
			s.WriteFunc(p, func(error) { s.Write(p[:len(p)/2]) })
		case 12:
			if to := any(r); to != nil {
				unpipe := s.Pipe(to)
				s.AfterFunc(time.Duration(r.IntN(int(20*time.Millisecond))), unpipe)
			}
		case 13, 14:
			duplex.Broadcast(srv.Sockets(), p)
		case 15:
			s.SetHandler(handler(r.IntN(2) == 0))
		case 16:
			s.TryWrite(p)
		case 17:
			if other := any(r); other != nil {
				duplex.Broadcast(slices.Values([]*duplex.Socket{s, other}), make([]byte, 100<<10))
			}
		default:
			s.Write(p)
		}
	}
	var group sync.WaitGroup
	for i := range uint64(goroutines) {
		r := rand.New(rand.NewPCG(seed, i))
		group.Go(func() {
			for range actions {
				act(r)
			}
		})
	}
	group.Wait()
	t.Logf("in disorder %+v, and %d of the server", e.Stats(), srv.Queued())
	for {
		mu.Lock()
		rest := sockets
		sockets = nil
		mu.Unlock()
		if len(rest) == 0 {
			break
		}
		for _, s := range rest {
			s.Destroy(nil)
		}
	}
	rig.Until(t, "the server has no sockets", func() bool {
		for s := range srv.Sockets() { // one may still have been on its way in
			s.Destroy(nil)
		}
		return srv.Len() == 0
	})
	if n := srv.Queued(); n != 0 {
		t.Errorf("seed %d: no socket is left, and %d bytes count for the server", seed, n)
	}
	srv.Close()
	proxied.Close()
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if now := e.Budget.Stats(); now.QueuedIn != 0 || now.QueuedOut != 0 || now.Stopped {
		t.Errorf("seed %d: all sockets are closed, and the budget counts %+v", seed, now)
	}
	if st := e.Stats(); st.Budget.Shed != st.Shed {
		t.Errorf("seed %d: the engine counts %d shed, the budget %d", seed, st.Shed, st.Budget.Shed)
	}
}

// TestAHeaderThatIsAwaitedIsCounted has a proxy send half of a header, and a crowd of them
// exceed the budget.
func TestAHeaderThatIsAwaitedIsCounted(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		trusted := new(duplex.BlockList)
		trusted.AddPrefix(netip.MustParsePrefix("127.0.0.0/8"))
		h := newHall(t, e, &duplex.Budget{Limit: 64 << 10, MaxStop: -1}, &duplex.Server{TrustedProxies: trusted})
		header := append([]byte("\r\n\r\n\x00\r\nQUIT\n\x21\x11\x30\x00"), make([]byte, 10<<10)...) // of 12 KiB
		var crowd []*duplex.Socket
		for i := range 8 {
			c := h.clients.Connect(t.Context(), "tcp", h.addr, nil)
			crowd = append(crowd, c)
			c.Write(header)
			if i == 0 {
				rig.Until(t, "it is counted", func() bool { return h.budget.Stats().QueuedIn >= 10<<10 })
			}
		}
		rig.Until(t, "enough of it was refused", func() bool { return h.budget.Stats().Refused > 0 })
		if got := rig.Wait(t, h.drops); got != duplex.ErrOverBudget {
			t.Errorf("dropped because of %v, want ErrOverBudget", got)
		}
		for _, c := range crowd {
			c.Destroy(nil)
		}
		rig.Until(t, "all headers are given up", func() bool { st := h.budget.Stats(); return st.QueuedIn == 0 && !st.Stopped })
		h.expectNothingQueued()
		if st := e.Stats(); st.Shed != 0 || st.Drops.OverBudget != st.Budget.Refused {
			t.Errorf("Stats counts %+v of %+v", st.Drops, st.Budget)
		}
	})
}

// TestTLSBytesThatWaitAreCounted has records wait in both directions.
func TestTLSBytesThatWaitAreCounted(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		server, client := rig.Configs(tls.VersionTLS13)
		h := newHall(t, e, &duplex.Budget{Limit: 8 * mib, MaxStop: -1}, &duplex.Server{TLS: server})
		h.clients.TLS = client
		g, shed := h.enter(), h.enter()
		g.server.Pause()
		rig.Turn(t, g.server)
		g.client.Write(rig.Pattern(mib)) // more than one read, so that records wait
		g.client.Pause()
		g.server.Write(rig.Pattern(mib))
		g.hold(mib)
		if st := h.budget.Stats(); st.QueuedOut < mib {
			t.Errorf("the budget counts %+v", st)
		}
		shed.hold(7 * mib)
		rig.Until(t, "the newer one is shed", shed.shed)
		if g.shed() {
			t.Error("the older one was shed, too")
		}
		g.release()
		g.client.Resume()
		g.client.Expect(t, "data: "+string(rig.Pattern(mib))+string(make([]byte, mib)))
		g.server.Resume()
		rig.Until(t, "all is delivered", func() bool { return h.budget.Stats() == duplex.BudgetStats{Limit: 8 * mib, Stops: 1, Shed: 1} })
		h.expectNothingQueued()
	})
}

// TestTLSClientThatIsShedInItsHandshakeIsDropped has half a record wait.
func TestTLSClientThatIsShedInItsHandshakeIsDropped(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		server, _ := rig.Configs(tls.VersionTLS13)
		h := newHall(t, e, &duplex.Budget{Limit: 64 << 10, MaxStop: 1}, &duplex.Server{TLS: server})
		record := append([]byte{22, 3, 1, 0x40, 0}, make([]byte, 10<<10)...) // of 16 KiB
		for range 8 {
			c := h.clients.Connect(t.Context(), "tcp", h.addr, nil)
			defer c.Destroy(nil)
			c.Write(record)
		}
		if got := rig.Wait(t, h.drops); duplex.Code(got) != "ERR_OVER_BUDGET" {
			t.Errorf("dropped because of %v, want ErrOverBudget", got)
		}
		rig.Until(t, "it is counted", func() bool { return e.Stats().Drops.OverBudget > 0 })
		h.expectNothingQueued()
	})
}
