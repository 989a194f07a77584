// Copyright 2026 The duplex authors. MIT license.

package limits_test

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/driver/memory"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/internal/testrun"
)

// TestAFloodOverItsLimitsLeavesMemoryFlat has thousands of clients connect to a server that
// is full, in one way after the other. Each is dropped once and for its reason, those that
// are in stay, and nothing is left of the flood.
func TestAFloodOverItsLimitsLeavesMemoryFlat(t *testing.T) {
	rare := duplex.Rate{PerSecond: 1e-6, Burst: 10}
	for _, driver := range duplextest.Drivers() {
		t.Run(driver, func(t *testing.T) {
			flood := 2600 // of each kind: 10,400 in one run
			if *rig.Long {
				flood = 25_000
			} else if testrun.Race() {
				flood = 500
			}
			name := driver
			if driver == "memory" {
				name = "memory:" + t.Name()
				t.Cleanup(func() { memory.Forget(t.Name()) })
			}
			e, clients := duplextest.Engine(t, name), duplextest.Engine(t, name)
			var drops [5]atomic.Int64
			reasons := []error{duplex.ErrMaxConns, duplex.ErrMaxPerIP, duplex.ErrAcceptRate, duplex.ErrAcceptRatePerIP}
			var servers []*duplex.Server
			var addresses []string
			for i, srv := range []*duplex.Server{{MaxConns: 10}, {MaxPerIP: 10}, {AcceptRate: rare}, {AcceptRatePerIP: rare}} {
				srv.Engine = e
				srv.OnDrop = func(d duplex.Drop) {
					if d.Reason != reasons[i] {
						t.Errorf("dropped because of %v, want %v", d.Reason, reasons[i])
					}
					drops[i].Add(1)
				}
				addresses = append(addresses, rig.Serve(t, srv))
				servers = append(servers, srv)
			}
			ended := make(chan bool, 200)
			h := &duplex.Handler{OnClose: func(s *duplex.Socket) { ended <- true }}
			// crowd connects n clients, a hundred at a time, and waits for their ends.
			crowd := func(address string, n int) {
				for n > 0 {
					together := min(n, 100)
					for range together {
						(&duplex.Client{Engine: clients, LocalAddr: "127.0.0.2"}).Connect(t.Context(), "tcp", address, h)
					}
					for range together {
						rig.Wait(t, ended)
					}
					n -= together
				}
			}
			for i, address := range addresses {
				for range 10 {
					(&duplex.Client{Engine: clients, LocalAddr: "127.0.0.2"}).Connect(t.Context(), "tcp", address, nil)
				}
				rig.Until(t, "ten are in", func() bool { return servers[i].Len() == 10 })
			}
			for i := range addresses {
				crowd(addresses[i], 200) // pools and tables have their size after that
				rig.Until(t, "all are dropped", func() bool { return drops[i].Load() == 200 })
			}
			heap, goroutines, slots := rig.InUse(), runtime.NumGoroutine(), e.Stats().Sockets
			for i := range addresses {
				crowd(addresses[i], flood)
				rig.Until(t, "all are dropped", func() bool { return drops[i].Load() == int64(200+flood) })
			}
			rig.Until(t, "the clients are gone", func() bool { return clients.Stats().Sockets == 40 && runtime.NumGoroutine() <= goroutines+20 })
			grown := rig.InUse() - heap
			for end := time.Now().Add(duplextest.Patience); grown > 256<<10 && time.Now().Before(end); { // pools and finalizers
				time.Sleep(50 * time.Millisecond)
				grown = rig.InUse() - heap
			}
			t.Logf("%d clients were dropped; the heap grew by %d bytes, and the goroutines by %d", 4*flood, grown, runtime.NumGoroutine()-goroutines)
			if grown > 256<<10 {
				t.Errorf("the heap grew by %d bytes", grown)
			}
			st := e.Stats()
			n := int64(200 + flood)
			if want := (duplex.Drops{MaxConns: n, MaxPerIP: n, AcceptRate: n, AcceptRatePerIP: n}); st.Drops != want || st.Dropped != 4*n || st.Accepted != 40 || st.Sockets != slots {
				t.Errorf("Stats counts %+v, %d dropped, %d accepted and %d sockets; want %+v, %d, 40 and %d", st.Drops, st.Dropped, st.Accepted, st.Sockets, want, 4*n, slots)
			}
			for i, srv := range servers {
				if srv.Len() != 10 || drops[i].Load() != n {
					t.Errorf("server %d has %d sockets and %d drops, want 10 and %d", i, srv.Len(), drops[i].Load(), n)
				}
			}
			(&duplex.Client{Engine: clients, LocalAddr: "127.0.0.3"}).Connect(t.Context(), "tcp", addresses[1], nil)
			rig.Until(t, "a client of another address is in", func() bool { return servers[1].Len() == 11 })
		})
	}
}
