// Copyright 2026 The duplex authors. MIT license.

package cluster_test

import (
	"bufio"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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
