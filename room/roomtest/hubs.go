// Copyright 2026 The duplex authors. MIT license.

package roomtest

import (
	"bufio"
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/room"
)

// A hub is a Hub of the suite, and what it has reported.
type hub struct {
	*room.Hub
	engine *duplex.Engine

	mu   sync.Mutex
	gaps map[string]int // by node and room
}

// hubs starts Hubs on the Buses, and returns when they know each other.
func hubs(t *testing.T, unique bool, buses []room.Bus) []*hub {
	t.Helper()
	e := duplextest.Engine(t, "memory")
	var list []*hub
	for _, bus := range buses {
		h := &hub{engine: e, gaps: make(map[string]int)}
		h.Hub = &room.Hub{Bus: bus, Unique: unique, OnGap: func(g room.Gap) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.gaps[g.Node+" "+g.Room] += g.Messages
		}}
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Close(context.Background()) })
		list = append(list, h)
	}
	until(t, "the nodes know each other", func() bool {
		for _, h := range list {
			if h.Stats().Nodes < len(list)-1 {
				return false
			}
		}
		return true
	})
	return list
}

// sync calls Sync, which has to succeed.
func (h *hub) sync(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), duplextest.Patience)
	defer cancel()
	if err := h.Sync(ctx); err != nil {
		t.Fatal(err)
	}
}

// client returns a client of this node, and the socket, which has joined the rooms.
func (h *hub) client(t *testing.T, handler *duplex.Handler, rooms ...string) (client *duplextest.End, s *duplex.Socket) {
	t.Helper()
	a, b := duplextest.PipeOf(t, h.engine, handler, nil)
	if err := h.Join(b.Socket, rooms...); err != nil {
		t.Fatal(err)
	}
	return a, b.Socket
}

func (h *hub) gap(from, name string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.gaps[from+" "+name]
}

func say(t *testing.T, to room.Selection, text string) {
	t.Helper()
	if err := to.Send([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

func hubsServeRooms(t *testing.T, create Create) {
	nodes := hubs(t, false, create(t, "a", "b", "c"))
	a, b, c := nodes[0], nodes[1], nodes[2]
	one, _ := a.client(t, nil, "x")
	two, bob := b.client(t, nil, "x", "y")
	three, carol := c.client(t, nil, "y")
	b.Bind(bob, "bob")
	c.Bind(carol, "carol")
	for _, n := range nodes {
		n.sync(t)
	}
	say(t, a.Room("x"), "1")
	say(t, a.Room("x", "y"), "2")
	say(t, a.Users("carol"), "3")
	say(t, a.Everyone().Except(a.Room("y")), "4")
	a.Room("x").Join("z")
	say(t, a.Room("z"), "5")
	say(t, a.Everyone(), "6")
	one.Expect(t, "data: 12456")
	two.Expect(t, "data: 1256")
	three.Expect(t, "data: 236")
	if n, err := c.Room("z").Count(t.Context()); n != 2 || err != nil {
		t.Errorf("count %d, %v; want 2", n, err)
	}
	if list, err := a.Everyone().List(t.Context()); fmt.Sprint(list) != "[bob carol]" || err != nil {
		t.Errorf("list %v, %v; want bob and carol", list, err)
	}
	a.Users("carol").Kick("over")
	three.Expect(t, "end", "close")
	for _, n := range nodes {
		if st := n.Stats(); st.Lost+st.Late+st.Malformed+st.BusErrors+st.Conflicts != 0 {
			t.Errorf("%s: %+v", n.Bus.Node(), st)
		}
	}
}

func hubsMissNothing(t *testing.T, create Create) {
	nodes := hubs(t, false, create(t, "a", "b", "c"))
	client, s := nodes[0].client(t, nil, "x")
	for i := range 200 {
		name := fmt.Sprint("room ", i)
		nodes[0].Join(s, name)
		nodes[0].sync(t)
		for _, from := range nodes[1:] {
			say(t, from.Room(name), "!")
			client.Expect(t, "data: !")
		}
	}
}

func hubsLetOneLoginStay(t *testing.T, create Create) {
	const users = 300
	nodes := hubs(t, true, create(t, "a", "b", "c"))
	var group sync.WaitGroup
	for _, n := range nodes {
		sockets := make([]*duplex.Socket, users)
		for i := range users {
			_, sockets[i] = n.client(t, nil)
		}
		group.Go(func() {
			for i, s := range sockets {
				n.Bind(s, fmt.Sprint("user ", i))
			}
		})
	}
	group.Wait()
	until(t, "one login of each user is left", func() bool {
		n, err := nodes[0].Everyone().Count(t.Context())
		return n == users && err == nil
	})
	time.Sleep(10 * time.Millisecond)
	if list, err := nodes[1].Everyone().List(t.Context()); len(list) != users || err != nil {
		t.Errorf("%d users are left, %v; want %d", len(list), err, users)
	}
}

// hubsAccountForAFlood sends more than some Buses can carry.
func hubsAccountForAFlood(t *testing.T, create Create) {
	const messages = 20_000
	nodes := hubs(t, false, create(t, "a", "b", "c"))
	received := make([]map[string]int, len(nodes))
	var mu sync.Mutex
	for i, n := range nodes {
		received[i] = make(map[string]int)
		last := make(map[string]int)
		n.client(t, &duplex.Handler{Split: bufio.ScanLines, OnData: func(_ *duplex.Socket, p []byte) {
			var from string
			var number int
			fmt.Sscan(string(p), &from, &number)
			mu.Lock()
			defer mu.Unlock()
			received[i][from]++
			if number <= last[from] {
				t.Errorf("%s came after %d", p, last[from])
			}
			last[from] = number
		}}, "x")
	}
	for _, n := range nodes {
		n.sync(t)
	}
	sent := make([]int, len(nodes))
	var group sync.WaitGroup
	for i, n := range nodes {
		group.Go(func() {
			for number := range messages {
				text := fmt.Appendf(nil, "%s %d\n", n.Bus.Node(), number+1)
				if n.Room("x").Send(text) == nil {
					sent[i]++
				}
			}
		})
	}
	group.Wait()
	until(t, "every message was received, or reported as lost", func() bool {
		mu.Lock()
		defer mu.Unlock()
		for i, n := range nodes {
			for k, from := range nodes {
				name := from.Bus.Node()
				if i != k && received[i][name]+n.gap(name, "x") != sent[k] {
					return false
				}
			}
		}
		return true
	})
}

func hubsSayGoodbye(t *testing.T, create Create) {
	nodes := hubs(t, false, create(t, "a", "b", "c"))
	client, _ := nodes[1].client(t, nil, "x")
	nodes[1].sync(t)
	say(t, nodes[0].Room("x"), "last words")
	if err := nodes[0].Close(t.Context()); err != nil {
		t.Error(err)
	}
	client.Expect(t, "data: last words")
	until(t, "the others know", func() bool { return nodes[1].Stats().Nodes == 1 && nodes[2].Stats().Nodes == 1 })
	if n, err := nodes[2].Everyone().Count(t.Context()); n != 1 || err != nil {
		t.Errorf("count %d, %v; want 1", n, err)
	}
}
