// Copyright 2026 The duplex authors. MIT license.

package limits_test

import (
	"errors"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/driver/memory"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestClientsBeyondMaxPerIPAreDropped(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		drops := make(chan duplex.Drop, 9)
		srv := &duplex.Server{Engine: e, MaxPerIP: 2, OnDrop: func(d duplex.Drop) { drops <- d }}
		addr := rig.Serve(t, srv)
		connect := func(from string) *duplex.Socket {
			return (&duplex.Client{Engine: e, LocalAddr: from}).Connect(t.Context(), "tcp", addr, nil)
		}
		first := connect("127.0.0.2")
		connect("127.0.0.2")
		rig.Until(t, "both are in", func() bool { return srv.Len() == 2 })
		third := connect("127.0.0.2")
		rig.Until(t, "it has its address", func() bool { return third.LocalAddrPort().IsValid() })
		if d := rig.Wait(t, drops); d.Reason != duplex.ErrMaxPerIP || d.Remote != third.LocalAddrPort() {
			t.Errorf("dropped %+v, want %v and ErrMaxPerIP", d, third.LocalAddr())
		}
		connect("127.0.0.3")
		rig.Until(t, "a client of another address is in", func() bool { return srv.Len() == 3 })
		first.Destroy(nil)
		rig.Until(t, "one has left", func() bool { return srv.Len() == 2 })
		connect("127.0.0.2")
		rig.Until(t, "its place is taken again", func() bool { return srv.Len() == 3 })
		connect("127.0.0.2")
		if d := rig.Wait(t, drops); d.Reason != duplex.ErrMaxPerIP {
			t.Errorf("dropped because of %v, want ErrMaxPerIP", d.Reason)
		}
		if st := e.Stats(); st.Dropped != 2 || st.Drops != (duplex.Drops{MaxPerIP: 2}) {
			t.Errorf("Stats counts %d and %+v, want 2 by MaxPerIP", st.Dropped, st.Drops)
		}
	})
}

// TestClientsThatComeFasterThanTheRateAreDropped counts them in virtual time: a burst is
// served, and then one client after each interval, whatever was refused before.
func TestClientsThatComeFasterThanTheRateAreDropped(t *testing.T) {
	for _, c := range []struct {
		name   string
		srv    *duplex.Server
		reason error
		counts func(duplex.Drops) int64
	}{
		{"of the server", &duplex.Server{AcceptRate: duplex.Rate{PerSecond: 10, Burst: 5}},
			duplex.ErrAcceptRate, func(d duplex.Drops) int64 { return d.AcceptRate }},
		{"of an address", &duplex.Server{AcceptRatePerIP: duplex.Rate{PerSecond: 10, Burst: 5}},
			duplex.ErrAcceptRatePerIP, func(d duplex.Drops) int64 { return d.AcceptRatePerIP }},
	} {
		t.Run(c.name, func(t *testing.T) {
			rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
				var accepted, dropped int // on the loop that accepts, and on that of a socket
				var mu sync.Mutex
				count := func(n *int) { mu.Lock(); *n++; mu.Unlock() }
				srv := c.srv
				srv.Engine = e
				srv.Handler = &duplex.Handler{OnConnect: func(s *duplex.Socket) { count(&accepted); s.Reset() }}
				srv.OnDrop = func(d duplex.Drop) {
					if count(&dropped); d.Reason != c.reason {
						t.Errorf("dropped because of %v, want %v", d.Reason, c.reason)
					}
				}
				addr := rig.Serve(t, srv)
				crowd := func(n, want int) {
					t.Helper()
					accepted, dropped = 0, 0
					for range n {
						(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
					}
					synctest.Wait()
					if accepted != want || dropped != n-want {
						t.Errorf("of %d clients %d were accepted and %d dropped, want %d and %d", n, accepted, dropped, want, n-want)
					}
				}
				crowd(20, 5)
				crowd(20, 0)
				time.Sleep(100 * time.Millisecond)
				crowd(20, 1)
				time.Sleep(350 * time.Millisecond)
				crowd(2, 2)
				crowd(20, 1)
				time.Sleep(time.Minute)
				crowd(20, 5)
				if st := e.Stats(); c.counts(st.Drops) != st.Dropped || st.Dropped != 15+20+19+19+15 {
					t.Errorf("Stats counts %+v of %d drops, want 88", st.Drops, st.Dropped)
				}
			})
		})
	}
}

func TestOnlyAddressesOfTheAllowListAreServed(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		drops := make(chan error, 9)
		srv := &duplex.Server{Engine: e, AllowList: new(duplex.BlockList), OnDrop: func(d duplex.Drop) { drops <- d.Reason }}
		srv.BlockList = new(duplex.BlockList)
		addr := rig.Serve(t, srv)
		connect := func(from string) {
			(&duplex.Client{Engine: e, LocalAddr: from}).Connect(t.Context(), "tcp", addr, nil)
		}
		expect := func(want error) {
			t.Helper()
			if got := rig.Wait(t, drops); got != want {
				t.Errorf("dropped because of %v, want %v", got, want)
			}
		}
		connect("127.0.0.2")
		expect(duplex.ErrNotAllowed) // an empty list allows none
		srv.AllowList.AddPrefix(netip.MustParsePrefix("127.0.0.2/31"))
		srv.BlockList.Add(netip.MustParseAddr("127.0.0.3"))
		connect("127.0.0.2")
		rig.Until(t, "it is in", func() bool { return srv.Len() == 1 })
		connect("127.0.0.4")
		expect(duplex.ErrNotAllowed)
		connect("127.0.0.3")
		expect(duplex.ErrBlocked)
		if st := e.Stats(); st.Drops != (duplex.Drops{NotAllowed: 2, Blocked: 1}) {
			t.Errorf("Stats counts %+v", st.Drops)
		}
	})
}

func TestAClientOfAPathHasNoLimitByAddress(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{
			Engine: e, MaxPerIP: 1, AllowList: new(duplex.BlockList), AcceptRatePerIP: duplex.Rate{PerSecond: 0.001},
			OnDrop: func(d duplex.Drop) { t.Errorf("dropped because of %v", d.Reason) },
		}
		path := rig.SocketPath(t, e)
		if err := srv.Listen("unix", path); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			(&duplex.Client{Engine: e}).Connect(t.Context(), "unix", path, nil)
		}
		rig.Until(t, "all are in", func() bool { return srv.Len() == 3 })
	})
}

// TestAdmitDecidesAboutEachClient has it allow, refuse and crash in turn. A client that
// it refuses takes no place.
func TestAdmitDecidesAboutEachClient(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		e.Logger = rig.Quiet
		drops := make(chan duplex.Drop, 1)
		no := errors.New("not today")
		var mu sync.Mutex // the network tells the race detector nothing
		var local, remote netip.AddrPort
		answer := func() error { return nil }
		answers := func(f func() error) { mu.Lock(); answer = f; mu.Unlock() }
		srv := &duplex.Server{
			Engine: e, MaxConns: 1, MaxPerIP: 1,
			OnDrop: func(d duplex.Drop) { drops <- d },
			Admit: func(l, r netip.AddrPort) error {
				mu.Lock()
				defer mu.Unlock()
				local, remote = l, r
				return answer()
			},
		}
		addr := rig.Serve(t, srv)
		connect := func() *duplex.Socket {
			return (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
		}
		for _, c := range []struct {
			answer func() error
			is     func(error) bool
		}{
			{func() error { return no }, func(err error) bool { return err == no }},
			{func() error { return duplex.ErrMaxConns }, func(err error) bool { return err == duplex.ErrMaxConns }},
			{func() error { panic(no) }, func(err error) bool { return errors.As(err, new(*duplex.PanicError)) && errors.Is(err, no) }},
			{func() error { runtime.Goexit(); return nil }, func(err error) bool { return errors.As(err, new(*duplex.PanicError)) }},
		} {
			answers(c.answer)
			s := connect()
			d := rig.Wait(t, drops)
			rig.Until(t, "it has its address", func() bool { return s.LocalAddrPort().IsValid() })
			mu.Lock()
			if !c.is(d.Reason) || local != d.Local || remote != d.Remote || remote != s.LocalAddrPort() || local != s.RemoteAddrPort() {
				t.Errorf("dropped %+v; Admit was asked about %v and %v", d, local, remote)
			}
			mu.Unlock()
		}
		answers(func() error { return nil })
		connect()
		rig.Until(t, "it is in", func() bool { return srv.Len() == 1 })
		connect()
		if d := rig.Wait(t, drops); d.Reason != duplex.ErrMaxConns {
			t.Errorf("dropped because of %v, want ErrMaxConns", d.Reason)
		}
		if st := e.Stats(); st.Drops != (duplex.Drops{Admit: 4, MaxConns: 1}) || st.Panics != 2 {
			t.Errorf("Stats counts %+v and %d panics", st.Drops, st.Panics)
		}
	})
}

// TestAFloodIsCountedExactly connects from several addresses and many goroutines. Each
// connection ends at once, in one of several ways, and some in their loop's hands. Every
// one is counted once, and every place is free in the end.
func TestAFloodIsCountedExactly(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		const goroutines, rounds, together = 6, 5, 10
		e.Loops = 4
		var accepted, closed, dropped, refused atomic.Int64
		var over atomic.Bool
		srv := &duplex.Server{Engine: e, MaxConns: 12, MaxPerIP: 3, AcceptRatePerIP: duplex.Rate{PerSecond: 1e6, Burst: 1e6}}
		srv.Handler = &duplex.Handler{
			OnConnect: func(s *duplex.Socket) {
				switch kind := s.RemoteAddrPort().Port() % 4; {
				case over.Load():
				case kind == 0:
					s.End()
				case kind == 1:
					s.Reset()
				case kind == 2:
					s.Destroy(nil)
				}
			},
			OnClose: func(*duplex.Socket) { closed.Add(1) },
		}
		srv.Admit = func(_, _ netip.AddrPort) error {
			if over.Load() || (accepted.Load()+refused.Load())%5 < 4 {
				accepted.Add(1)
				return nil
			}
			refused.Add(1)
			return errors.New("one of five")
		}
		srv.OnDrop = func(d duplex.Drop) { dropped.Add(1) }
		addr := rig.Serve(t, srv)
		var reached atomic.Int64
		var group sync.WaitGroup
		for i := range goroutines {
			from := netip.AddrFrom4([4]byte{127, 0, 0, byte(2 + i/2)}).String()
			group.Go(func() {
				for range rounds {
					ends := make(chan bool, together)
					for range together {
						(&duplex.Client{Engine: e, LocalAddr: from}).Connect(t.Context(), "tcp", addr, &duplex.Handler{
							OnConnect: func(s *duplex.Socket) { reached.Add(1); s.End() },
							OnClose:   func(*duplex.Socket) { ends <- true },
						})
					}
					for range together {
						rig.Wait(t, ends)
					}
				}
			})
		}
		group.Wait()
		rig.Until(t, "every client was let in or dropped", func() bool { return accepted.Load()+dropped.Load() >= reached.Load() })
		rig.Until(t, "every socket has closed", func() bool { return closed.Load() == accepted.Load() && srv.Len() == 0 })
		st := e.Stats()
		if st.Accepted != accepted.Load() || st.Dropped != dropped.Load() || st.Drops.Admit != refused.Load() ||
			st.Drops.MaxConns+st.Drops.MaxPerIP+st.Drops.Admit != st.Dropped {
			t.Errorf("%d accepted, %d dropped, %d of them by Admit; Stats counts %d and %+v", accepted.Load(), dropped.Load(), refused.Load(), st.Accepted, st.Drops)
		}
		over.Store(true)
		before := dropped.Load()
		for i := range 4 {
			from := netip.AddrFrom4([4]byte{127, 0, 0, byte(2 + i%2)}).String()
			(&duplex.Client{Engine: e, LocalAddr: from}).Connect(t.Context(), "tcp", addr, nil)
		}
		rig.Until(t, "all are in again", func() bool { return srv.Len() == 4 || dropped.Load() > before })
		if n := dropped.Load() - before; n != 0 {
			t.Errorf("the empty server dropped %d of 4 clients", n)
		}
	})
}

// TestASocketThatDiesBeforeItsFirstEventGivesThePlaceOfItsAddressBack has the loop refuse
// the connections that the server has accepted.
func TestASocketThatDiesBeforeItsFirstEventGivesThePlaceOfItsAddressBack(t *testing.T) {
	n := memory.Named(t.Name())
	defer memory.Forget(t.Name())
	e := duplextest.Engine(t, "memory:"+t.Name())
	n.SetFaults(memory.Faults{Attach: memory.Times(5, syscall.EMFILE)})
	var served duplextest.Recorder
	srv := &duplex.Server{
		Engine: e, MaxPerIP: 1, Handler: served.Handler(nil),
		OnDrop: func(d duplex.Drop) { t.Errorf("a client was dropped because of %v", d.Reason) },
	}
	addr := rig.Serve(t, srv)
	for range 5 {
		(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
		served.Expect(t, "error: EMFILE", "close: hadError")
	}
	(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
	served.Expect(t, "connect")
}
