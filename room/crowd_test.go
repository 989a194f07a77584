// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/room"
)

// A quietBus carries nothing, and counts.
type quietBus struct{ subscriptions atomic.Int64 }

func (b *quietBus) Node() string                                  { return "a" }
func (b *quietBus) Start(func(string, []byte), func(n int)) error { return nil }
func (b *quietBus) Subscribe(string) error                        { b.subscriptions.Add(1); return nil }
func (b *quietBus) Unsubscribe(string) error                      { return nil }
func (b *quietBus) Publish(string, []byte) error                  { return nil }
func (b *quietBus) Close() error                                  { return nil }

// TestARoomTakesLittleMemory holds what 100,000 rooms take: those of this node with one
// member each, and on another node the numbers of what was sent to them.
func TestARoomTakesLittleMemory(t *testing.T) {
	rooms := 10_000
	if *rig.Long {
		rooms = 100_000
	}
	e := duplextest.Engine(t, "memory")
	bus := new(quietBus)
	h := &room.Hub{Bus: bus}
	if err := h.Start(); err != nil {
		t.Fatal(err)
	}
	sockets := make([]*duplex.Socket, 100)
	for i := range sockets {
		_, sockets[i] = join(t, h, e)
	}
	before, goroutines := rig.InUse(), runtime.NumGoroutine()
	names := make([]string, rooms)
	for i := range names {
		names[i] = fmt.Sprintf("game %d of the evening", i)
	}
	spent := rig.InUse() - before
	for i, name := range names {
		if err := h.Join(sockets[i%len(sockets)], name); err != nil {
			t.Fatal(err)
		}
	}
	rig.Until(t, "all are subscribed to", func() bool { return bus.subscriptions.Load() >= int64(rooms) })
	here := (rig.InUse() - before - spent) / int64(rooms)
	rig.Until(t, "rooms have no goroutines", func() bool { return runtime.NumGoroutine() <= goroutines })
	there := &room.Hub{Bus: new(quietBus)}
	if err := there.Start(); err != nil {
		t.Fatal(err)
	}
	before = rig.InUse()
	for _, name := range names {
		if err := there.Room(name).Send([]byte("hello")); err != nil {
			t.Fatal(err)
		}
	}
	rig.Until(t, "the queue is empty", func() bool { return there.Stats().Queued == 0 })
	elsewhere := (rig.InUse() - before) / int64(rooms)
	t.Logf("a room takes %d bytes on its node, and %d on one that has sent to it", here, elsewhere)
	if here > 2048 || elsewhere > 800 {
		t.Errorf("want at most 2048 and 800")
	}
	runtime.KeepAlive(names)
	h.Close(context.Background())
	there.Close(context.Background())
}

func BenchmarkSendToOtherNodes(b *testing.B) {
	h := &room.Hub{Bus: new(quietBus), MaxQueue: -1}
	if err := h.Start(); err != nil {
		b.Fatal(err)
	}
	p := make([]byte, 64)
	to := h.Room("x")
	for b.Loop() {
		if err := to.Send(p); err != nil {
			b.Fatal(err)
		}
	}
	h.Close(context.Background())
}
