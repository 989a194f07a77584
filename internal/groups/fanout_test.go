// Copyright 2026 The duplex authors. MIT license.

package groups_test

import (
	"flag"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
)

var fan = flag.Int("fan", 5000, "sockets of the benchmarks; each takes two descriptors, but on the memory driver")

// A hall is a server with many clients, which only count what they receive. They have an
// engine of their own, so that the loops of the server do nothing but send.
type hall struct {
	engine  *duplex.Engine
	sockets []*duplex.Socket
	left    atomic.Int64 // bytes that have not come
	reads   atomic.Int64 // how often some came
	done    chan struct{}
}

func newHall(b *testing.B, driver string, n int) *hall {
	h := &hall{engine: &duplex.Engine{Loops: 2, Driver: driver}, done: make(chan struct{}, 1)}
	clients := &duplex.Engine{Loops: 2, Driver: driver}
	if driver == "memory" {
		h.engine.Driver, clients.Driver = "memory:"+b.Name(), "memory:"+b.Name()
	}
	srv := &duplex.Server{Engine: h.engine}
	b.Cleanup(func() { clients.Close(); h.engine.Close() })
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		b.Fatal(err)
	}
	count := &duplex.Handler{OnData: func(_ *duplex.Socket, p []byte) {
		h.reads.Add(1)
		if h.left.Add(-int64(len(p))) == 0 {
			h.done <- struct{}{}
		}
	}}
	for i := range n {
		(&duplex.Client{Engine: clients}).Connect(b.Context(), "tcp", srv.Addr().String(), count)
		for began := time.Now(); srv.Len() < i-100; time.Sleep(time.Millisecond) {
			if time.Since(began) > duplextest.Patience {
				b.Fatal("the clients do not connect")
			}
		}
	}
	for srv.Len() < n {
		time.Sleep(time.Millisecond)
	}
	h.sockets = slices.Collect(srv.Sockets())
	return h
}

var text = make([]byte, 64)

// slowTurns returns how many turns of the loops took more than 10 ms.
func slowTurns(e *duplex.Engine) (n int64) {
	for _, l := range e.LoopStats() {
		n += l.SlowTurns
	}
	return n
}

// BenchmarkOneToAll measures one message of 64 B to all sockets: until it is delivered, how
// long the caller is busy, how long the longest turn of a loop was, and how many took more
// than 10 ms. What else runs on the machine counts in turns, too.
func BenchmarkOneToAll(b *testing.B) {
	for _, driver := range duplextest.Drivers() {
		b.Run(driver, func(b *testing.B) {
			h := newHall(b, driver, *fan)
			var g duplex.Group
			for _, s := range h.sockets {
				g.Add(s)
			}
			for _, how := range []struct {
				name  string
				write func()
			}{
				{"broadcast", func() { duplex.Broadcast(slices.Values(h.sockets), text) }},
				{"group", func() { g.Write(text) }},
			} {
				b.Run(how.name, func(b *testing.B) {
					time.Sleep(2100 * time.Millisecond) // Lag looks back for two seconds
					var busy, lag time.Duration
					before := slowTurns(h.engine)
					spent, _ := testrun.CPU()
					b.ResetTimer()
					for range b.N {
						h.left.Store(int64(len(h.sockets) * len(text)))
						began := time.Now()
						how.write()
						busy += time.Since(began)
						<-h.done
						b.StopTimer()
						lag = max(lag, h.engine.Stats().Lag)
						b.StartTimer()
					}
					now, _ := testrun.CPU()
					b.ReportMetric(float64((now-spent).Microseconds())/1000/float64(b.N), "cpu-ms/op")
					b.ReportMetric(float64(busy.Microseconds())/float64(b.N), "caller-us/op")
					b.ReportMetric(float64(lag.Microseconds())/1000, "lag-ms")
					b.ReportMetric(float64(slowTurns(h.engine)-before)/float64(b.N), "slow-turns/op")
				})
			}
		})
	}
}

// BenchmarkRooms measures ten messages of 64 B to each of 100 rooms, from four callers: until
// all are delivered.
func BenchmarkRooms(b *testing.B) {
	const rooms, messages, callers = 100, 10, 4
	for _, driver := range duplextest.Drivers() {
		b.Run(driver, func(b *testing.B) {
			h := newHall(b, driver, *fan)
			lists := make([][]*duplex.Socket, rooms)
			groups := make([]duplex.Group, rooms)
			for i, s := range h.sockets {
				lists[i%rooms] = append(lists[i%rooms], s)
				groups[i%rooms].Add(s)
			}
			for _, how := range []struct {
				name  string
				write func(room int)
			}{
				{"broadcast", func(room int) { duplex.Broadcast(slices.Values(lists[room]), text) }},
				{"group", func(room int) { groups[room].Write(text) }},
			} {
				b.Run(how.name, func(b *testing.B) {
					h.reads.Store(0)
					spent, _ := testrun.CPU()
					b.ResetTimer()
					for range b.N {
						h.left.Store(int64(len(h.sockets) * messages * len(text)))
						var calling sync.WaitGroup
						for caller := range callers {
							calling.Go(func() {
								for range messages {
									for room := caller; room < rooms; room += callers {
										how.write(room)
									}
								}
							})
						}
						calling.Wait()
						<-h.done
					}
					now, _ := testrun.CPU()
					b.ReportMetric(float64((now-spent).Microseconds())/1000/float64(b.N), "cpu-ms/op")
					b.ReportMetric(float64(h.reads.Load())/float64(b.N)/float64(len(h.sockets)), "reads/socket")
				})
			}
		})
	}
}

// BenchmarkMembership measures how long it takes to join and to leave a group that has 1000
// members.
func BenchmarkMembership(b *testing.B) {
	for _, others := range []int{0, 10, 1000, 10_000} {
		b.Run(fmt.Sprintf("in %d others", others), func(b *testing.B) {
			h := newHall(b, "memory", 1000)
			var g duplex.Group
			for _, s := range h.sockets[1:] {
				g.Add(s)
			}
			groups := make([]duplex.Group, others)
			for i := range groups {
				groups[i].Add(h.sockets[0])
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				g.Add(h.sockets[0])
				g.Remove(h.sockets[0])
			}
		})
	}
}
