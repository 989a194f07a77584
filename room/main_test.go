// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"context"
	"fmt"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
	"github.com/duplex-go/duplex/room"
	"github.com/duplex-go/duplex/room/roomtest"
)

// TestMain fails if goroutines or descriptors are left behind.
func TestMain(m *testing.M) {
	duplex.Wait() // starts the engine that examples share, and that never stops
	testrun.Main(m)
}

// A node is a Hub on a Network, and what it has reported.
type node struct {
	*room.Hub
	name string

	mu    sync.Mutex
	gaps  map[string]int // by node and room
	nodes []string       // "+name" and "-name"
	rooms []string       // "+room" and "-room"
}

// newNode starts a node in a bubble. Its Hub is h, which may be nil, and is closed when the test ends.
func newNode(t *testing.T, network *roomtest.Network, name string, h *room.Hub) *node {
	t.Helper()
	if h == nil {
		h = &room.Hub{}
	}
	n := &node{Hub: h, name: name, gaps: make(map[string]int)}
	h.Bus = network.Bus(name)
	h.OnGap = func(g room.Gap) {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.gaps[g.Node+" "+g.Room] += g.Messages
	}
	h.OnNode = func(name string, up bool) { n.note(&n.nodes, name, up) }
	h.OnRoom = func(name string, open bool) { n.note(&n.rooms, name, open) }
	if err := h.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close(context.Background()) })
	synctest.Wait()
	return n
}

func (n *node) note(list *[]string, what string, on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	*list = append(*list, map[bool]string{true: "+", false: "-"}[on]+what)
}

// heard returns what OnNode has reported, and forgets it.
func (n *node) heard() string { return n.take(&n.nodes) }

// opened returns what OnRoom has reported, and forgets it.
func (n *node) opened() string { return n.take(&n.rooms) }

func (n *node) take(list *[]string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	text := fmt.Sprint(*list)
	*list = nil
	return text
}

// gap returns how many messages of another node to a room were reported as lost.
func (n *node) gap(from, name string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.gaps[from+" "+name]
}

// sync calls Sync, which has to succeed in time.
func (n *node) sync(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), duplextest.Patience)
	defer cancel()
	if err := n.Sync(ctx); err != nil {
		t.Fatalf("Sync of %s: %v", n.name, err)
	}
}

// client returns a socket that is in rooms of the node, and its client's end.
func (n *node) client(t *testing.T, e *duplex.Engine, rooms ...string) (client *duplextest.End, s *duplex.Socket) {
	t.Helper()
	return join(t, n.Hub, e, rooms...)
}

// join is node.client for a Hub.
func join(t *testing.T, h *room.Hub, e *duplex.Engine, rooms ...string) (client *duplextest.End, s *duplex.Socket) {
	t.Helper()
	a, b := duplextest.Pipe(t, e)
	if err := h.Join(b.Socket, rooms...); err != nil {
		t.Fatal(err)
	}
	return a, b.Socket
}

// bind returns a socket of the user, and its client's end.
func bind(t *testing.T, h *room.Hub, e *duplex.Engine, user string) (client *duplextest.End, s *duplex.Socket) {
	t.Helper()
	a, b := duplextest.Pipe(t, e)
	if err := h.Bind(b.Socket, user); err != nil {
		t.Fatal(err)
	}
	return a, b.Socket
}

// text sends to a selection.
func text(t *testing.T, to room.Selection, format string, args ...any) {
	t.Helper()
	if err := to.Send(fmt.Appendf(nil, format, args...)); err != nil {
		t.Fatal(err)
	}
}

// last expects that nothing comes before a last word that the socket writes itself.
func last(t *testing.T, client *duplextest.End, s *duplex.Socket) {
	t.Helper()
	io.WriteString(s, ".")
	client.Expect(t, "data: .")
}

// count returns the Count of a selection, which has to be complete.
func count(t *testing.T, s room.Selection) int {
	t.Helper()
	n, err := s.Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

const second = time.Second
