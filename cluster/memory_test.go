// Copyright 2026 The duplex authors. MIT license.

package cluster_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
)

// TestARoomTakesLittleMemory holds what a room takes on its own node and on one other
// together, which are in one process here: 2 KB and 800 bytes.
func TestARoomTakesLittleMemory(t *testing.T) {
	const rooms = 10_000
	nodes := embedded(t, "a", "b")
	a, b := start(t, nodes[0]), start(t, nodes[1])
	meet(t, a, b)
	e := duplextest.Engine(t, "memory")
	sockets := make([]*duplex.Socket, 100)
	for i := range sockets {
		_, end := duplextest.Pipe(t, e)
		sockets[i] = end.Socket
	}
	sync := func() {
		ctx, cancel := context.WithTimeout(t.Context(), duplextest.Patience)
		defer cancel()
		if err := a.Sync(ctx); err != nil {
			t.Fatal(err)
		}
	}
	sync()
	before, goroutines := inUse(), runtime.NumGoroutine()
	for i := range rooms {
		if err := a.Join(sockets[i%len(sockets)], fmt.Sprintf("game %d of the evening", i)); err != nil {
			t.Fatal(err)
		}
	}
	sync()
	each := (inUse() - before) / rooms
	t.Logf("a room takes %d bytes on two nodes", each)
	if each > 2048+800 {
		t.Errorf("want at most %d", 2048+800)
	}
	if n := runtime.NumGoroutine() - goroutines; n > 10 {
		t.Errorf("%d more goroutines for %d rooms", n, rooms)
	}
}

// inUse returns how many bytes of the heap are in use.
func inUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
