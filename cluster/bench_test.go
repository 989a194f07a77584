// Copyright 2026 The duplex authors. MIT license.

package cluster_test

import (
	"fmt"
	"net"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/room"
)

// BenchmarkDelivery measures messages that are sent at one node and received by a client of
// another, over loopback: by two Hubs, and by two NATS clients and a loop of writes, as a
// program would do it by hand. Both have a NATS server in each node. In "one" the next
// message is sent when the last one is there, so ns/op is the time on the way. In "many" up
// to 4096 messages are on the way.
func BenchmarkDelivery(b *testing.B) {
	for _, way := range []struct {
		name string
		join func(b *testing.B, s *duplex.Socket) (send func(p []byte) error)
	}{
		{"room", overHubs},
		{"nats", byHand},
	} {
		for _, size := range []int{64, 1 << 10} {
			b.Run(fmt.Sprintf("%s/%dB", way.name, size), func(b *testing.B) {
				e := duplextest.Engine(b, "")
				var received atomic.Int64
				arrived := make(chan struct{}, 1)
				served := make(chan *duplex.Socket, 1)
				srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{OnConnect: func(s *duplex.Socket) { served <- s }}}
				if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
					b.Fatal(err)
				}
				(&duplex.Client{Engine: e}).Connect(b.Context(), "tcp", srv.Addr().String(), &duplex.Handler{OnData: func(_ *duplex.Socket, p []byte) {
					received.Add(int64(len(p)))
					select {
					case arrived <- struct{}{}:
					default:
					}
				}})
				send := way.join(b, <-served)
				p := make([]byte, size)
				has := func(n int) bool { return received.Load() >= int64(n*size) }
				wait := func(n int) {
					for !has(n) {
						select {
						case <-arrived:
						case <-time.After(duplextest.Patience):
							b.Fatalf("received %d bytes, want %d", received.Load(), n*size)
						}
					}
				}
				// Until both nodes know each other, messages may be lost.
				for began := time.Now(); !has(1); time.Sleep(10 * time.Millisecond) {
					if err := send(p); err != nil || time.Since(began) > duplextest.Patience {
						b.Fatalf("no message has come; %v", err)
					}
				}
				time.Sleep(300 * time.Millisecond)
				b.Run("one", func(b *testing.B) {
					before := int(received.Load()) / size
					times := make([]time.Duration, b.N)
					for i := range times {
						began := time.Now()
						if err := send(p); err != nil {
							b.Fatal(err)
						}
						wait(before + i + 1)
						times[i] = time.Since(began)
					}
					slices.Sort(times)
					b.ReportMetric(float64(times[len(times)/2].Nanoseconds())/1e3, "p50-us")
					b.ReportMetric(float64(times[len(times)*99/100].Nanoseconds())/1e3, "p99-us")
				})
				b.Run("many", func(b *testing.B) {
					before := int(received.Load()) / size
					for i := range b.N {
						wait(before + i + 1 - 4096)
						if err := send(p); err != nil {
							b.Fatal(err)
						}
					}
					wait(before + b.N)
					b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
				})
			})
		}
	}
}

// overHubs has s join a room of a Hub, and sends to that room by another one.
func overHubs(b *testing.B, s *duplex.Socket) func(p []byte) error {
	nodes := embedded(b, "a", "b")
	a, z := start(b, nodes[0]), start(b, nodes[1])
	meet(b, a, z)
	if err := z.Join(s, "room"); err != nil {
		b.Fatal(err)
	}
	if err := z.Sync(b.Context()); err != nil {
		b.Fatal(err)
	}
	to := a.Room("room")
	return func(p []byte) error {
		err := to.Send(p)
		for ; err == room.ErrBusFull; err = to.Send(p) {
			runtime.Gosched()
		}
		return err
	}
}

// byHand writes to s what a NATS client receives, and sends by another one.
func byHand(b *testing.B, s *duplex.Socket) func(p []byte) error {
	addresses := free(b, 2)
	var conns []*nats.Conn
	for i, address := range addresses {
		host, port, _ := net.SplitHostPort(address)
		n, _ := strconv.Atoi(port)
		srv, err := server.NewServer(&server.Options{
			ServerName: address, Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true,
			Cluster: server.ClusterOpts{Name: "bench", Host: host, Port: n, PoolSize: -1},
			Routes:  []*url.URL{{Scheme: "nats", Host: addresses[1-i]}},
		})
		if err != nil {
			b.Fatal(err)
		}
		srv.Start()
		b.Cleanup(func() { srv.Shutdown(); srv.WaitForShutdown() })
		if !srv.ReadyForConnections(duplextest.Patience) {
			b.Fatal("the server does not start")
		}
		conn, err := nats.Connect("", nats.InProcessServer(srv))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(conn.Close)
		conns = append(conns, conn)
	}
	members := []*duplex.Socket{s}
	if _, err := conns[1].Subscribe("room", func(m *nats.Msg) {
		for _, s := range members {
			s.Write(m.Data)
		}
	}); err != nil {
		b.Fatal(err)
	}
	return func(p []byte) error { return conns[0].Publish("room", p) }
}
