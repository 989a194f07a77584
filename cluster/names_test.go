// Copyright 2026 The duplex authors. MIT license.

package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/duplex-go/duplex/cluster"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/room"
)

// odd are names that mean something to NATS, to its protocol or to a terminal, and pairs that some software takes for one.
var odd = []string{
	"*", ">", "a.b", "a.*", "a.>", ".", "..", " ", "a b", "a\tb", "a\r\nPUB duplex.all 0\r\n", "\x00", "a\x00b", "%", "%2A", "%252A",
	"A", "a", "É", "é", "e\u0301", "\xff\xfe", "\xc3", "日本語", "🎲", "_INBOX", "$SYS.>", `"`, `\`, "'", "-", "_",
	strings.Repeat("*", room.MaxName), strings.Repeat("\xff", room.MaxName), strings.Repeat("a", room.MaxName),
	strings.Repeat("a", room.MaxName-1), "all", "bind", "node.a", "room.x", "user.0",
}

// Each name is one of its own, as a room, as a user, and as a node.
func TestOddNames(t *testing.T) {
	for name, create := range map[string]func(names ...string) []*cluster.Node{
		"embedded": func(names ...string) []*cluster.Node { return embedded(t, names...) },
		"external": func(names ...string) (nodes []*cluster.Node) {
			url := external(t)
			for _, name := range names {
				nodes = append(nodes, &cluster.Node{Name: name, URL: url, Logger: quiet})
			}
			return nodes
		},
	} {
		t.Run(name, func(t *testing.T) {
			nodes := create("a", "b")
			a, b := start(t, nodes[0]), start(t, nodes[1])
			meet(t, a, b)
			e := duplextest.Engine(t, "memory")
			var clients []*duplextest.End
			for _, name := range odd {
				client, end := duplextest.PipeOf(t, e, nil, nil)
				if err := b.Join(end.Socket, name); err != nil {
					t.Fatalf("Join %q: %v", name, err)
				}
				if err := b.Bind(end.Socket, name); err != nil {
					t.Fatalf("Bind %q: %v", name, err)
				}
				clients = append(clients, client)
			}
			if err := b.Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
			for i, name := range odd {
				a.Room(name).Send(fmt.Appendf(nil, "r%d", i))
				a.Users(name).Send(fmt.Appendf(nil, "u%d", i))
			}
			for i, client := range clients {
				client.Expect(t, fmt.Sprintf("data: r%du%d", i, i))
			}
			list, err := a.Everyone().List(t.Context())
			if err != nil || len(list) != len(odd) {
				t.Errorf("%d users, %v; want %d", len(list), err, len(odd))
			}
			for _, h := range []*room.Hub{a, b} {
				if st := h.Stats(); st.Malformed+st.BusErrors+st.Lost+st.Late != 0 {
					t.Errorf("got %+v", st)
				}
			}
			for _, name := range []string{"", strings.Repeat("x", room.MaxName+1)} {
				_, s := duplextest.Pipe(t, e)
				for _, err := range []error{
					a.Join(s.Socket, name), a.Bind(s.Socket, name), a.Leave(s.Socket, name), a.Room(name).Send(nil),
					a.Users("x").Or(a.Users(name)).Send(nil), a.Room("x").Join(name),
				} {
					if !errors.Is(err, room.ErrName) {
						t.Errorf("a name of %d bytes: %v", len(name), err)
					}
				}
			}
		})
	}
}

// A node with an odd name joins, or says what is wrong with it at once.
func TestOddNamesOfNodes(t *testing.T) {
	url := external(t)
	for _, name := range odd {
		for kind, node := range map[string]func(name string) *cluster.Node{
			"embedded": func(name string) *cluster.Node {
				return &cluster.Node{Name: name, Listen: "127.0.0.1:0", Logger: quiet}
			},
			"external": func(name string) *cluster.Node { return &cluster.Node{Name: name, URL: url, Logger: quiet} },
		} {
			n := node(name)
			h := &room.Hub{Bus: n}
			if err := h.Start(); err != nil {
				t.Errorf("%s node %q: %v", kind, name, err)
				continue
			}
			other := node("the other")
			if n.URL == "" {
				other.Peers = []string{n.Addr().String()}
			}
			z := &room.Hub{Bus: other}
			if err := z.Start(); err != nil {
				t.Fatal(err)
			}
			until(t, fmt.Sprintf("%s node %q is known", kind, name), func() bool {
				return len(z.Nodes()) == 1 && z.Nodes()[0].Name == name && h.Stats().Nodes == 1
			})
			client, s := duplextest.PipeOf(t, duplextest.Engine(t, "memory"), nil, nil)
			h.Join(s.Socket, "x")
			ctx, cancel := context.WithTimeout(t.Context(), duplextest.Patience)
			if err := h.Sync(ctx); err != nil {
				t.Errorf("%s node %q: Sync: %v", kind, name, err)
			}
			z.Room("x").Send([]byte("hello"))
			client.Expect(t, "data: hello")
			h.Close(ctx)
			z.Close(ctx)
			cancel()
		}
	}
}

// A journal is what was logged.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, string(p))
	return len(p), nil
}

func (j *journal) has(text string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Contains(strings.Join(j.lines, ""), text)
}

// Two nodes with one name do not hear each other, and the log says why.
func TestTwoNodesWithOneNameAreReported(t *testing.T) {
	for _, kind := range []string{"embedded", "external"} {
		t.Run(kind, func(t *testing.T) {
			var journals [2]journal
			nodes := embedded(t, "a", "a")
			if kind == "external" {
				url := external(t)
				for i := range nodes {
					nodes[i] = &cluster.Node{Name: "a", URL: url}
				}
			}
			var hubs []*room.Hub
			for i, n := range nodes {
				n.Logger = slog.New(slog.NewTextHandler(&journals[i], nil))
				h := &room.Hub{Bus: n, Logger: n.Logger}
				if err := h.Start(); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { h.Close(context.Background()) })
				hubs = append(hubs, h)
			}
			until(t, "the log says so", func() bool { // embedded servers may notice on one side alone
				return journals[0].has("another node has the name") || journals[1].has("another node has the name")
			})
			for _, h := range hubs {
				if len(h.Nodes()) > 0 {
					t.Errorf("knows %v", h.Nodes())
				}
			}

		})
	}
}
