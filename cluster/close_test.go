// Copyright 2026 The duplex authors. MIT license.

package cluster_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/cluster"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/room"
)

// A node that closes while others write to it loses nothing that it has sent: its connections would be
// reset before the others had read everything.
func TestCloseBesideTrafficLosesNothing(t *testing.T) {
	const messages = 2000
	for range choose(1, 50) {
		a := &cluster.Node{Name: "a", Listen: "127.0.0.1:0", Logger: quiet}
		first := start(t, a)
		hubs := []*room.Hub{first}
		var came [2]atomic.Int64
		for i := range came {
			h := start(t, &cluster.Node{Name: fmt.Sprint(i), Listen: "127.0.0.1:0", Peers: []string{a.Addr().String()}, Logger: quiet})
			hubs = append(hubs, h)
			_, s := duplextest.PipeOf(t, duplextest.Engine(t, "memory"), &duplex.Handler{
				Split:  bufio.ScanLines,
				OnData: func(*duplex.Socket, []byte) { came[i].Add(1) },
			}, nil)
			if err := h.Join(s.Socket, "x"); err != nil {
				t.Fatal(err)
			}
		}
		member(t, first, "y")
		meet(t, hubs...)
		for _, h := range hubs {
			if err := h.Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		var writers sync.WaitGroup
		stop := make(chan struct{})
		for _, h := range hubs[1:] {
			writers.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						h.Room("y").Send(make([]byte, 100))
						time.Sleep(200 * time.Microsecond) // a flood would hold up the answers to the goodbye
					}
				}
			})
		}
		for range messages {
			if err := first.Room("x").Send([]byte("message\n")); err != nil {
				t.Fatal(err)
			}
		}
		err := first.Close(context.Background())
		close(stop)
		writers.Wait()
		if err != nil {
			t.Error(err)
		}
		for i, h := range hubs[1:] {
			until(t, "all messages have come, or are known to be lost", func() bool {
				return came[i].Load()+h.Stats().Lost == messages
			})
		}
		for _, h := range hubs[1:] {
			h.Close(context.Background())
		}
	}
}

// Others flood a node that closes, so NATS confirms only after it has passed on what they send.
func TestCloseUnderAFloodLosesNothingInSilence(t *testing.T) {
	const messages = 2000
	nodes := embedded(t, "a", "b", "c")
	a, b, c := start(t, nodes[0]), start(t, nodes[1]), start(t, nodes[2])
	var came atomic.Int64
	_, s := duplextest.PipeOf(t, duplextest.Engine(t, "memory"), &duplex.Handler{
		Split:  bufio.ScanLines,
		OnData: func(*duplex.Socket, []byte) { came.Add(1) },
	}, nil)
	if err := b.Join(s.Socket, "x"); err != nil {
		t.Fatal(err)
	}
	member(t, a, "y")
	meet(t, a, b, c)
	for _, h := range []*room.Hub{a, b} {
		if err := h.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var writers sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		writers.Go(func() {
			p := make([]byte, 10_000)
			for {
				select {
				case <-stop:
					return
				default:
					if c.Room("y").Send(p) != nil {
						time.Sleep(time.Millisecond)
					}
				}
			}
		})
	}
	time.Sleep(time.Second)
	for range messages {
		if err := a.Room("x").Send([]byte("message\n")); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	err := a.Close(context.Background())
	took := time.Since(began)
	close(stop)
	writers.Wait()
	t.Logf("Close took %v and returned %v", took, err)
	until(t, "all messages have come, or are known to be lost", func() bool {
		return came.Load()+b.Stats().Lost == messages
	})
	var incomplete *room.IncompleteError
	if err != nil && !errors.As(err, &incomplete) {
		t.Errorf("Close returned %v", err)
	}
}

// A gate is a relay to a server. Once it is shut, it passes on nothing that the server says.
type gate struct {
	mu   sync.Mutex
	shut bool
}

func (g *gate) open(t *testing.T, to string) (address string) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() { // until the listener is closed
		for {
			from, err := ln.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", to)
			if err != nil {
				from.Close()
				continue
			}
			go func() { // until the node has closed its connection
				io.Copy(server, from)
				server.Close()
				from.Close()
			}()
			go func() { // until the server has closed its connection
				p := make([]byte, 4096)
				for {
					n, err := server.Read(p)
					if err != nil {
						return
					}
					g.mu.Lock()
					shut := g.shut
					g.mu.Unlock()
					if !shut {
						from.Write(p[:n])
					}
				}
			}()
		}
	}()
	return ln.Addr().String()
}

// NATS says nothing any more. Close ends all the same, and says what may be lost.
func TestCloseSaysThatNATSHasNotConfirmed(t *testing.T) {
	g := new(gate)
	n := &cluster.Node{Name: "a", URL: "nats://" + g.open(t, operate(t, &server.Options{})), Logger: quiet}
	h := start(t, n)
	if err := h.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	g.mu.Lock()
	g.shut = true
	g.mu.Unlock()
	ended := make(chan error, 1)
	go func() { ended <- h.Close(context.Background()) }()
	select {
	case err := <-ended:
		for _, text := range []string{"every node that was up has answered", "NATS has not confirmed", "timeout"} {
			if err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("got %v, want %q", err, text)
			}
		}
		if !errors.Is(err, nats.ErrTimeout) {
			t.Errorf("got %v, want a timeout of NATS", err)
		}
	case <-time.After(duplextest.Patience):
		t.Fatal("Close does not end")
	}
}
