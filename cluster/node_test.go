// Copyright 2026 The duplex authors. MIT license.

package cluster_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/cluster"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/room"
	"github.com/duplex-go/duplex/room/roomtest"
)

// serveNATS makes the test binary a NATS server, as an operator runs one.
const serveNATS = "DUPLEX_SERVE_NATS"

func TestMain(m *testing.M) {
	if config := os.Getenv(beAgent); config != "" {
		if err := runAgent(config); err != nil && err != io.EOF {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if os.Getenv(serveNATS) != "" {
		s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		s.Start()
		if s.ReadyForConnections(duplextest.Patience) {
			fmt.Println(s.ClientURL())
			io.Copy(io.Discard, os.Stdin) // until the test ends it
		}
		os.Exit(0)
	}
	duplex.Wait() // starts the engine that examples share, and that never stops
	os.Exit(m.Run())
}

// quiet is for tests that break connections on purpose.
var quiet = slog.New(slog.DiscardHandler)

// free returns addresses on which no server listens.
func free(t testing.TB, n int) []string {
	t.Helper()
	var list []string
	for range n {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		list = append(list, ln.Addr().String())
	}
	return list
}

// embedded returns nodes that bring their own servers, and know all addresses.
func embedded(t testing.TB, names ...string) []*cluster.Node {
	t.Helper()
	peers := free(t, len(names))
	var nodes []*cluster.Node
	for i, name := range names {
		nodes = append(nodes, &cluster.Node{Name: name, Listen: peers[i], Peers: peers, Secret: "of the tests", Logger: quiet})
	}
	return nodes
}

func buses(nodes []*cluster.Node) []room.Bus {
	var list []room.Bus
	for _, n := range nodes {
		list = append(list, n)
	}
	return list
}

func TestEmbedded(t *testing.T) {
	roomtest.TestBus(t, func(t *testing.T, names ...string) []room.Bus { return buses(embedded(t, names...)) })
}

// external starts a NATS server in a process of its own, and returns its URL.
func external(t *testing.T) string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serveNATS+"=1")
	return run(t, cmd)
}

func run(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	url, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(url)
}

func TestExternal(t *testing.T) {
	roomtest.TestBus(t, func(t *testing.T, names ...string) []room.Bus {
		url := external(t)
		var list []room.Bus
		for _, name := range names {
			list = append(list, &cluster.Node{Name: name, URL: url, Logger: quiet})
		}
		return list
	})
}

// TestNATSServer does the same with the program nats-server of the system.
func TestNATSServer(t *testing.T) {
	program, err := exec.LookPath("nats-server")
	if err != nil {
		t.Skip("there is no nats-server; hint: as root, bash .ci/setup nats")
	}
	roomtest.TestBus(t, func(t *testing.T, names ...string) []room.Bus {
		address := free(t, 1)[0]
		host, port, _ := net.SplitHostPort(address)
		cmd := exec.Command(program, "-a", host, "-p", port)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			cmd.Process.Kill()
			cmd.Wait()
		})
		until(t, "nats-server listens", func() bool {
			conn, err := net.Dial("tcp", address)
			if err == nil {
				conn.Close()
			}
			return err == nil
		})
		var list []room.Bus
		for _, name := range names {
			list = append(list, &cluster.Node{Name: name, URL: "nats://" + address, Logger: quiet})
		}
		return list
	})
}

// until waits for a condition that nothing reports.
func until(t testing.TB, what string, done func() bool) {
	t.Helper()
	within(t, duplextest.Patience, what, done)
}

// within is until with a patience of its own.
func within(t testing.TB, patience time.Duration, what string, done func() bool) {
	t.Helper()
	for began := time.Now(); !done(); time.Sleep(time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// start starts a Hub on the node.
func start(t testing.TB, n *cluster.Node) *room.Hub {
	t.Helper()
	h := &room.Hub{Bus: n}
	if err := h.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close(context.Background()) })
	return h
}

// member returns the client of a socket that is in a room.
func member(t *testing.T, h *room.Hub, name string) *duplextest.End {
	t.Helper()
	client, s := duplextest.Pipe(t, duplextest.Engine(t, "memory"))
	if err := h.Join(s.Socket, name); err != nil {
		t.Fatal(err)
	}
	return client
}

func meet(t testing.TB, hubs ...*room.Hub) {
	t.Helper()
	for _, h := range hubs {
		until(t, "all nodes know each other", func() bool { return h.Stats().Nodes == len(hubs)-1 })
	}
}

func TestOnePeerIsEnoughToJoin(t *testing.T) {
	a := &cluster.Node{Listen: "127.0.0.1:0", Logger: quiet}
	first := start(t, a)
	var hubs = []*room.Hub{first}
	for range 2 {
		hubs = append(hubs, start(t, &cluster.Node{Listen: "127.0.0.1:0", Peers: []string{a.Addr().String()}, Logger: quiet}))
	}
	meet(t, hubs...)
}

// Two nodes that know each other from a third alone lose their route, and cannot connect for some
// time. The third has both all the time, so no one tells them of each other again.
func TestARouteThatAThirdNodeHasToldOfIsMadeAgain(t *testing.T) {
	w := newWeb(t)
	var nodes []*cluster.Node
	var hubs []*room.Hub
	for i, addr := range free(t, 3) {
		name := string(rune('a' + i))
		n := &cluster.Node{Name: name, Listen: addr, Advertise: w.relay(t, name, addr), Logger: quiet}
		if i > 0 {
			n.Peers = []string{nodes[0].Advertise}
		}
		nodes = append(nodes, n)
		hubs = append(hubs, start(t, n))
	}
	meet(t, hubs...)
	repair := w.refuse(t, "b", "c")
	w.cut("b", "c")()
	until(t, "they are out for each other", func() bool { return hubs[1].Stats().Nodes+hubs[2].Stats().Nodes == 2 })
	time.Sleep(1500 * time.Millisecond) // they have tried to connect
	if n := hubs[0].Stats().Nodes; n != 2 {
		t.Errorf("the third has %d nodes", n)
	}
	repair()
	meet(t, hubs...)
}

func TestANodeThatIsGoneIsNoticedBeforeThreeHeartbeats(t *testing.T) {
	nodes := embedded(t, "a", "b")
	a, b := start(t, nodes[0]), start(t, nodes[1])
	meet(t, a, b)
	time.Sleep(500 * time.Millisecond) // so that a has counted the servers before
	began := time.Now()
	nodes[1].Close() // without the Hub's goodbye
	until(t, "it is out", func() bool { return a.Stats().Nodes == 0 })
	if took := time.Since(began); took > 2500*time.Millisecond {
		t.Errorf("it took %v", took)
	}
}

func TestNodesWithAnotherSecretStayOut(t *testing.T) {
	nodes := embedded(t, "a", "b", "c")
	nodes[2].Secret = "another"
	a, b, c := start(t, nodes[0]), start(t, nodes[1]), start(t, nodes[2])
	meet(t, a, b)
	time.Sleep(2 * time.Second)
	if n := c.Stats().Nodes + a.Stats().Nodes - 1; n != 0 {
		t.Error("a node with another secret was let in")
	}
}

func TestNodesWithAnotherPrefixDoNotHear(t *testing.T) {
	url := external(t)
	a := start(t, &cluster.Node{Name: "a", URL: url})
	b := start(t, &cluster.Node{Name: "b", URL: url})
	c := start(t, &cluster.Node{Name: "c", URL: url, Prefix: "other"})
	meet(t, a, b)
	if n := c.Stats().Nodes; n != 0 {
		t.Errorf("it hears %d nodes", n)
	}
}

func TestWrongFieldsAreErrors(t *testing.T) {
	taken := free(t, 1)[0]
	ln, err := net.Listen("tcp", taken)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for name, c := range map[string]struct {
		node *cluster.Node
		want error // nil is any
	}{
		"nothing":        {&cluster.Node{}, cluster.ErrFields},
		"both":           {&cluster.Node{Listen: "127.0.0.1:0", URL: "nats://127.0.0.1:1"}, cluster.ErrFields},
		"secret of url":  {&cluster.Node{Secret: "x", URL: "nats://127.0.0.1:1"}, cluster.ErrFields},
		"no secret":      {&cluster.Node{Listen: "0.0.0.0:0"}, cluster.ErrSecret},
		"all interfaces": {&cluster.Node{Listen: ":0"}, cluster.ErrSecret},
		"peer":           {&cluster.Node{Listen: "127.0.0.1:0", Peers: []string{"192.0.2.1:6222"}}, cluster.ErrSecret},
		"prefix":         {&cluster.Node{Listen: "127.0.0.1:0", Prefix: "a.*"}, cluster.ErrPrefix},
		"no port":        {&cluster.Node{Listen: "127.0.0.1"}, nil},
		"bad port":       {&cluster.Node{Listen: "127.0.0.1:http2"}, nil},
		"bad peer":       {&cluster.Node{Listen: "127.0.0.1:0", Secret: "x", Peers: []string{"nowhere"}}, nil},
		"taken":          {&cluster.Node{Listen: taken}, nil},
		"no nats":        {&cluster.Node{URL: "nats://" + free(t, 1)[0]}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c.node.Logger = quiet
			h := &room.Hub{Bus: c.node}
			began := time.Now()
			err := h.Start()
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("the error took %v", took)
			}
			if err == nil {
				h.Close(t.Context())
			}
		})
	}
}
