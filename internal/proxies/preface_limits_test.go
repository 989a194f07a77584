// Copyright 2026 The duplex authors. MIT license.

package proxies_test

import (
	"errors"
	"io"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/rig"
)

// TestLimitsByAddressApplyToTheAnnouncedClient holds that the proxy itself has no limit
// but those of the whole server.
func TestLimitsByAddressApplyToTheAnnouncedClient(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		drops := make(chan duplex.Drop, 1)
		no := errors.New("no")
		srv := &duplex.Server{
			Engine: e, MaxConns: 4, MaxPerIP: 1, TrustedProxies: rig.Loopback(), AllowList: new(duplex.BlockList),
			OnDrop: func(d duplex.Drop) { drops <- d },
			Admit: func(_, remote netip.AddrPort) error {
				if remote == netip.MustParseAddrPort("192.0.2.3:3") {
					return no
				}
				return nil
			},
		}
		srv.BlockList = new(duplex.BlockList)
		srv.BlockList.Add(netip.MustParseAddr("192.0.2.2"))
		srv.AllowList.AddPrefix(netip.MustParsePrefix("192.0.2.0/24"))
		addr := rig.Serve(t, srv)
		connect := func(h *duplex.ProxyHeader) *duplex.Socket {
			return (&duplex.Client{Engine: e, ProxyHeader: h}).Connect(t.Context(), "tcp", addr, nil)
		}
		served := func(n int) {
			t.Helper()
			rig.Until(t, "it is served", func() bool { return srv.Len() == n || len(drops) > 0 })
			if len(drops) > 0 {
				t.Fatalf("dropped %+v", <-drops)
			}
		}
		refused := func(client string, want error) {
			t.Helper()
			connect(from(client))
			if d := rig.Wait(t, drops); d.Reason != want || d.Remote.String() != client || d.Local != to4 {
				t.Errorf("%s: dropped %+v, want %v", client, d, want)
			}
		}
		first := connect(from("192.0.2.1:1"))
		served(1)
		for range 3 { // a refusal gives its place back
			refused("192.0.2.1:2", duplex.ErrMaxPerIP)
			refused("192.0.2.2:2", duplex.ErrBlocked)
			refused("192.0.2.3:3", no)
			refused("198.51.100.1:1", duplex.ErrNotAllowed)
		}
		first.Destroy(nil)
		rig.Until(t, "it has left", func() bool { return srv.Len() == 0 })
		connect(from("192.0.2.1:3"))
		served(1)
		connect(&duplex.ProxyHeader{Local: true})
		served(2)
		local := connect(&duplex.ProxyHeader{Version: 1})
		served(3)
		local.Destroy(nil)
		served(2)
		connect(&duplex.ProxyHeader{Local: true})
		served(3)
		rig.Until(t, "only these are left", func() bool { return e.Stats().Sockets == 6 })
		silent := connect(nil)                                                        // it takes the last place
		rig.Until(t, "it is accepted", func() bool { return e.Stats().Sockets == 8 }) // both ends
		connect(from("192.0.2.9:9"))
		if d := rig.Wait(t, drops); d.Reason != duplex.ErrMaxConns {
			t.Errorf("dropped because of %v, want ErrMaxConns", d.Reason)
		}
		silent.End()
		if d := rig.Wait(t, drops); !errors.Is(d.Reason, duplex.ErrProxyHeader) {
			t.Errorf("dropped because of %v, want ErrProxyHeader", d.Reason)
		}
		connect(from("192.0.2.9:9"))
		served(4)
		if st := e.Stats(); st.Drops != (duplex.Drops{MaxPerIP: 3, Blocked: 3, Admit: 3, NotAllowed: 3, MaxConns: 1, ProxyHeader: 1}) {
			t.Errorf("Stats counts %+v", st.Drops)
		}
	})
}

// TestAFloodBehindAProxyIsCountedExactly has clients end at any time: before, in the
// middle of and after their header, or say nothing.
func TestAFloodBehindAProxyIsCountedExactly(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		e.Loops = 4
		const goroutines, rounds, together = 5, 6, 12
		var mu sync.Mutex
		var accepted, closed, dropped, reached int
		count := func(n *int) { mu.Lock(); *n++; mu.Unlock() }
		srv := &duplex.Server{
			Engine: e, MaxConns: 20, MaxPerIP: 3, TrustedProxies: rig.Loopback(), ProxyTimeout: 50 * time.Millisecond,
			OnDrop: func(duplex.Drop) { count(&dropped) },
			Handler: &duplex.Handler{
				OnConnect: func(s *duplex.Socket) { count(&accepted); s.End() },
				OnClose:   func(*duplex.Socket) { count(&closed) },
			},
		}
		addr := rig.Serve(t, srv)
		var group sync.WaitGroup
		for g := range goroutines {
			group.Go(func() {
				for range rounds {
					ends := make(chan bool, together)
					for i := range together {
						h := from(netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(g % 3)}), uint16(i)).String())
						if i%4 == 0 {
							h = nil
						}
						(&duplex.Client{Engine: e, ProxyHeader: h}).Connect(t.Context(), "tcp", addr, &duplex.Handler{
							OnConnect: func(s *duplex.Socket) {
								count(&reached)
								switch i % 3 {
								case 0:
									s.End()
								case 1:
									io.WriteString(s, "\r\n\r\nPROXY")
									s.End()
								}
							},
							OnClose: func(*duplex.Socket) { ends <- true },
						})
					}
					for range together {
						rig.Wait(t, ends)
					}
				}
			})
		}
		group.Wait()
		rig.Until(t, "every client was served or dropped", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return accepted+dropped >= reached && closed == accepted && srv.Len() == 0 && e.Stats().Sockets == 0
		})
		st := e.Stats()
		if int(st.Accepted) < accepted || int(st.Dropped) != dropped || int(st.Accepted)+dropped != reached {
			t.Errorf("%d of %d clients were served and %d dropped; Stats counts %d and %+v", accepted, reached, dropped, st.Accepted, st.Drops)
		}
		// Every place was given back. On a machine that is short of time a header may be
		// late; then the client comes again.
		for tries := 0; e.Stats().Accepted < st.Accepted+6; tries++ {
			if tries == 100 {
				t.Fatalf("of %d more clients, %d were served, want 6", tries, e.Stats().Accepted-st.Accepted)
			}
			before := e.Stats()
			source := netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(tries % 2)}), 1)
			(&duplex.Client{Engine: e, ProxyHeader: from(source.String())}).Connect(t.Context(), "tcp", addr, nil)
			rig.Until(t, "one more was served or dropped", func() bool {
				after := e.Stats()
				return after.Accepted+after.Dropped > before.Accepted+before.Dropped
			})
		}
	})
}
