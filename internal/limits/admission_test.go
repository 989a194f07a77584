// Copyright 2026 The duplex authors. MIT license.

package limits_test

import (
	"errors"
	"io"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/driver/memory"
	"github.com/duplex-go/duplex/internal/rig"
)

// TestAFloodOfClientsFillsAServerAndNeverOverfillsIt connects from many goroutines to a
// server of several loops. Each connection ends at once, in one of several ways. Every
// place is free again in the end.
func TestAFloodOfClientsFillsAServerAndNeverOverfillsIt(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		const most, goroutines, rounds, together = 3, 8, 4, 10
		e.Loops = 4
		var accepted, dropped, reached atomic.Int64
		var stay atomic.Bool
		srv := &duplex.Server{Engine: e, MaxConns: most}
		look := func() {
			if n := srv.Len(); n > most {
				t.Errorf("the server has %d sockets, want at most %d", n, most)
			}
		}
		srv.Handler = &duplex.Handler{OnConnect: func(s *duplex.Socket) {
			look()
			switch kind := accepted.Add(1) % 4; {
			case stay.Load():
			case kind == 0:
				s.End()
			case kind == 1:
				s.Reset()
			case kind == 2:
				s.Destroy(nil)
			}
		}}
		srv.OnDrop = func(d duplex.Drop) {
			look()
			if dropped.Add(1); d.Reason != duplex.ErrMaxConns {
				t.Errorf("a client was dropped because of %v", d.Reason)
			}
		}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		addr := srv.Addr().String()
		var group sync.WaitGroup
		for range goroutines {
			group.Go(func() {
				for range rounds {
					closed := make(chan bool, together)
					for range together {
						(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, &duplex.Handler{
							OnConnect: func(s *duplex.Socket) { reached.Add(1); s.End() },
							OnClose:   func(*duplex.Socket) { closed <- true },
						})
					}
					for range together {
						rig.Wait(t, closed)
					}
				}
			})
		}
		group.Wait()
		rig.Until(t, "every client was let in or dropped", func() bool { return accepted.Load()+dropped.Load() >= reached.Load() })
		rig.Until(t, "the server is empty", func() bool { return srv.Len() == 0 })
		if accepted.Load() == 0 {
			t.Errorf("no client was let in and %d were dropped", dropped.Load())
		}

		stay.Store(true)
		before := dropped.Load()
		for i := range most {
			(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
			rig.Until(t, "it is let in or dropped", func() bool { return dropped.Load() > before || srv.Len() > i })
		}
		if n := dropped.Load() - before; n != 0 || srv.Len() != most {
			t.Errorf("the empty server dropped %d clients and has %d, want 0 and %d", n, srv.Len(), most)
		}
		(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
		rig.Until(t, "one more is dropped", func() bool { return dropped.Load() > before })
	})
}

// TestASocketThatDiesBeforeItsFirstEventGivesItsPlaceBack has the loop refuse the
// connections that the server has accepted.
func TestASocketThatDiesBeforeItsFirstEventGivesItsPlaceBack(t *testing.T) {
	n := memory.Named(t.Name())
	defer memory.Forget(t.Name())
	e := duplextest.Engine(t, "memory:"+t.Name())
	n.SetFaults(memory.Faults{Attach: memory.Times(5, syscall.EMFILE)})
	var served duplextest.Recorder
	srv := &duplex.Server{
		Engine: e, MaxConns: 1, Handler: served.Handler(nil),
		OnDrop: func(d duplex.Drop) { t.Errorf("a client was dropped because of %v", d.Reason) },
	}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), nil)
		served.Expect(t, "error: EMFILE", "close: hadError")
	}
	(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), nil)
	served.Expect(t, "connect")
}

// TestAServersSocketHasItsAddressesBeforeOnConnect holds up the loop that a socket is
// given to. Of the two loops the second one listens, and keeps the first client; the
// second client goes to the first loop.
func TestAServersSocketHasItsAddressesBeforeOnConnect(t *testing.T) {
	for _, driver := range duplextest.Drivers() {
		for _, network := range []string{"tcp", "unix"} {
			t.Run(driver+"/"+network, func(t *testing.T) {
				name := driver
				if driver == "memory" { // one network for both engines
					name = "memory:" + t.Name()
					defer memory.Forget(t.Name())
				}
				e := &duplex.Engine{Loops: 2, Driver: name}
				clients := &duplex.Engine{Loops: 1, Driver: name}
				defer clients.Close()
				defer e.Close()
				connected, closed := make(chan *duplex.Socket, 2), make(chan *duplex.Socket, 2)
				srv := &duplex.Server{Engine: e, MaxConns: 2, Handler: &duplex.Handler{
					OnConnect: func(s *duplex.Socket) { connected <- s },
					OnClose:   func(s *duplex.Socket) { closed <- s },
				}}
				address := "127.0.0.1:0"
				if network == "unix" {
					address = rig.SocketPath(t, e)
				}
				if err := srv.Listen(network, address); err != nil {
					t.Fatal(err)
				}
				address = srv.Addr().String()
				(&duplex.Client{Engine: clients}).Connect(t.Context(), network, address, nil)
				first := rig.Wait(t, connected)

				held := make(chan bool)
				e.Post(func() { <-held })
				var r duplextest.Recorder
				c := (&duplex.Client{Engine: clients}).Connect(t.Context(), network, address, r.Handler(nil))
				r.Expect(t, "connect")
				rig.Until(t, "the server has both", func() bool { return srv.Len() == 2 })
				for s := range srv.Sockets() {
					if s == first {
						continue
					}
					if got := s.LocalAddr(); got == nil || got.String() != address {
						t.Errorf("LocalAddr is %v, want %s", got, address)
					}
					if got := s.RemoteAddr(); got == nil || network == "tcp" && got.String() != c.LocalAddr().String() {
						t.Errorf("RemoteAddr is %v, want %v", got, c.LocalAddr())
					}
					found, _ := srv.Socket(c.LocalAddrPort())
					if network == "tcp" && found != s {
						t.Errorf("the server finds %v at %v, want %v", found, c.LocalAddr(), s)
					}
					s.Destroy(nil)
				}
				close(held)
				s := rig.Wait(t, closed)
				if s == first || network == "tcp" && s.RemoteAddrPort() != c.LocalAddrPort() {
					t.Errorf("the socket that closed was at %v, want %v", s.RemoteAddr(), c.LocalAddr())
				}
				if len(connected) != 0 {
					t.Error("OnConnect was called for a socket that was destroyed before")
				}
				rig.Until(t, "its place is free", func() bool { return srv.Len() == 1 })
			})
		}
	}
}

// TestABlockedClientTakesNoPlace holds that the maximum does not count blocked clients.
func TestABlockedClientTakesNoPlace(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		blocked := new(duplex.BlockList)
		blocked.Add(netip.MustParseAddr("127.0.0.2"))
		drops := make(chan error, 8)
		srv := &duplex.Server{
			Engine: e, MaxConns: 1, Options: duplex.Options{BlockList: blocked},
			OnDrop: func(d duplex.Drop) { drops <- d.Reason },
		}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		addr := srv.Addr().String()
		for range 3 {
			(&duplex.Client{Engine: e, LocalAddr: "127.0.0.2"}).Connect(t.Context(), "tcp", addr, nil)
			if reason := rig.Wait(t, drops); !errors.Is(reason, duplex.ErrBlocked) {
				t.Errorf("it was dropped because of %v, want ErrBlocked", reason)
			}
		}
		(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
		rig.Until(t, "another client is in", func() bool { return srv.Len() == 1 })
		(&duplex.Client{Engine: e, LocalAddr: "127.0.0.2"}).Connect(t.Context(), "tcp", addr, nil)
		if reason := rig.Wait(t, drops); !errors.Is(reason, duplex.ErrBlocked) {
			t.Errorf("a blocked client of a full server was dropped because of %v, want ErrBlocked", reason)
		}
	})
}

func TestClientsBeyondMaxConnsAreDropped(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		drops := make(chan duplex.Drop, 1)
		srv := &duplex.Server{Engine: e, MaxConns: 1, OnDrop: func(d duplex.Drop) { drops <- d }}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		var first, second, third duplextest.Recorder
		client := &duplex.Client{Engine: e}
		a := client.Connect(t.Context(), "tcp", srv.Addr().String(), first.Handler(nil))
		first.Expect(t, "connect")
		io.WriteString(a, "I am in")
		b := client.Connect(t.Context(), "tcp", srv.Addr().String(), second.Handler(nil))
		second.Expect(t, "connect", "end", "close")
		drop := rig.Wait(t, drops)
		if drop.Remote != b.LocalAddrPort() || drop.Local != b.RemoteAddrPort() || !errors.Is(drop.Reason, duplex.ErrMaxConns) {
			t.Errorf("dropped %+v, want %v", drop, b.LocalAddr())
		}
		if n := e.Stats().Dropped; n != 1 {
			t.Errorf("Stats counts %d drops, want 1", n)
		}
		a.End()
		first.Expect(t, "end", "close")
		for srv.Len() > 0 {
			runtime.Gosched()
		}
		client.Connect(t.Context(), "tcp", srv.Addr().String(), third.Handler(nil)).End()
		third.Expect(t, "connect", "end", "close")
		if len(drops) != 0 {
			t.Error("a client was dropped although there was room again")
		}
	})
}

// TestAMaximumOf0IsNone agrees with Node v20. Since v21, 0 refuses all clients there.
func TestAMaximumOf0IsNone(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e, MaxConns: 0, OnDrop: func(d duplex.Drop) { t.Errorf("a client was dropped: %v", d.Reason) }}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		addr := srv.Addr().String()
		for range 3 {
			var r duplextest.Recorder
			(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, r.Handler(nil))
			r.Expect(t, "connect")
		}
		rig.Until(t, "all are there", func() bool { return srv.Len() == 3 })
	})
}

func TestAClientThatAPathDropsHasNoAddress(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		drops := make(chan duplex.Drop, 1)
		srv := &duplex.Server{Engine: e, MaxConns: 1, OnDrop: func(d duplex.Drop) { drops <- d }}
		path := rig.SocketPath(t, e)
		if err := srv.Listen("unix", path); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			var r duplextest.Recorder
			(&duplex.Client{Engine: e}).Connect(t.Context(), "unix", path, r.Handler(nil))
			r.Expect(t, "connect")
		}
		if d := rig.Wait(t, drops); d != (duplex.Drop{Reason: duplex.ErrMaxConns}) || d.Remote != (netip.AddrPort{}) {
			t.Errorf("dropped %+v, want no addresses and ErrMaxConns", d)
		}
	})
}

// A server of two loops is closed while a client that it has accepted on one of
// them still waits to be taken over by the other.
func TestACloseOvertakesASocketOnItsWayToItsLoop(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e) // one on each loop
		closed := make(chan struct{}, 1)
		srv := &duplex.Server{Engine: e, OnClose: func() { closed <- struct{}{} }}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		// Either loop may be the one that listens. If that loop is held up, it accepts
		// no client.
		accepted := func(held, other *duplextest.End) bool {
			began, release := make(chan struct{}), make(chan struct{})
			held.Post(func() { close(began); <-release })
			<-began
			defer close(release)
			client := &duplex.Client{Engine: e, Near: other.Socket}
			c := client.Connect(t.Context(), "tcp", srv.Addr().String(), nil)
			t.Cleanup(func() { c.Destroy(nil) })
			for range 100 {
				if srv.Len() > 0 {
					srv.Close()
					return true
				}
				time.Sleep(time.Millisecond)
			}
			return false
		}
		if !accepted(a, b) && !accepted(b, a) {
			t.Fatal("the server accepts no client")
		}
		rig.Wait(t, closed)
		if n := srv.Len(); n != 0 {
			t.Errorf("%d sockets have outlived their server", n)
		}
	})
}

// TestASocketThatIsDestroyedWhileItIsAttachedIsNeverOpen destroys a socket at the moment at
// which the driver attaches its connection.
func TestASocketThatIsDestroyedWhileItIsAttachedIsNeverOpen(t *testing.T) {
	n := memory.Named(t.Name())
	defer memory.Forget(t.Name())
	e := duplextest.Engine(t, "memory:"+t.Name())
	var served, client duplextest.Recorder
	srv := &duplex.Server{Engine: e, Handler: served.Handler(nil)}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	n.SetFaults(memory.Faults{Attach: func() error {
		for s := range srv.Sockets() {
			io.WriteString(s, "written before the connection was made")
			s.Destroy(nil)
		}
		return nil
	}})
	(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), client.Handler(nil))
	served.Expect(t, "close")
	client.Expect(t, "connect", "end", "close")
}
