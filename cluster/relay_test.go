// Copyright 2026 The duplex authors. MIT license.

package cluster_test

import (
	"net"
	"regexp"
	"slices"
	"sync"
	"testing"
)

// A web carries the routes between the nodes of a trial. Each node advertises the address of a
// relay. The relay reads the names of both servers, so the web can cut or stall the route of two
// nodes alone.
type web struct {
	mu      sync.Mutex
	changed *sync.Cond
	bytes   []byte // the first that were carried
	wires   []*wire
	relays  map[string]*relay // by node
	cuts    map[pair]bool
	stalls  map[pair]bool
}

// A pair is two nodes, sorted.
type pair [2]string

func pairOf(a, b string) pair { return pair{min(a, b), max(a, b)} }

// A relay is the address of a node.
type relay struct {
	addr string // of the relay
	to   string // of the node
	ln   net.Listener
}

// A wire is a connection through a relay.
type wire struct {
	ends  pair // the first is empty until the one that has connected has said its name
	conns [2]net.Conn
}

func newWeb(t *testing.T) *web {
	w := &web{relays: make(map[string]*relay), cuts: make(map[pair]bool), stalls: make(map[pair]bool)}
	w.changed = sync.NewCond(&w.mu)
	t.Cleanup(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, r := range w.relays {
			r.ln.Close()
		}
		clear(w.stalls)
		w.changed.Broadcast()
		for _, x := range w.wires {
			x.close()
		}
	})
	return w
}

// relay returns an address that leads to the node.
func (w *web) relay(t *testing.T, node, addr string) string {
	t.Helper()
	r := &relay{addr: "127.0.0.1:0", to: addr}
	w.listen(t, node, r)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.relays[node] = r
	return r.addr
}

func (w *web) listen(t *testing.T, node string, r *relay) {
	t.Helper()
	ln, err := net.Listen("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	r.addr, r.ln = ln.Addr().String(), ln
	go func() { // until the listener is closed
		for {
			from, err := ln.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", r.to)
			if err != nil {
				from.Close()
				continue
			}
			x := &wire{ends: pair{"", node}, conns: [2]net.Conn{from, to}}
			w.mu.Lock()
			w.wires = append(w.wires, x)
			w.mu.Unlock()
			go w.carry(x, from, to) // until one of them ends
			go w.carry(x, to, from) // until one of them ends
		}
	}()
}

// refuse refuses connections to nodes until the repair. Those that there are stay.
func (w *web) refuse(t *testing.T, nodes ...string) (repair func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, node := range nodes {
		w.relays[node].ln.Close()
	}
	return func() {
		t.Helper()
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, node := range nodes {
			w.listen(t, node, w.relays[node])
		}
	}
}

// serverName is in the first lines that a NATS server sends.
var serverName = regexp.MustCompile(`"server_name":"([^"]+)"`)

func (w *web) carry(x *wire, from, to net.Conn) {
	defer w.forget(x)
	p := make([]byte, 64<<10)
	var begin []byte // of what the one that has connected sends, until it has a name
	for {
		n, err := from.Read(p)
		if err != nil {
			return
		}
		w.mu.Lock()
		if from == x.conns[0] && x.ends[0] == "" {
			begin = append(begin, p[:n]...)
			if m := serverName.FindSubmatch(begin); m != nil {
				x.ends = pairOf(string(m[1]), x.ends[1])
				begin = nil
			}
		}
		for w.stalls[x.ends] {
			w.changed.Wait()
		}
		w.bytes = append(w.bytes, p[:min(n, 1<<20-len(w.bytes))]...)
		cut := w.cuts[x.ends]
		w.mu.Unlock()
		if cut {
			return
		}
		if _, err := to.Write(p[:n]); err != nil {
			return
		}
	}
}

func (x *wire) close() {
	for _, c := range x.conns {
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
}

func (w *web) forget(x *wire) {
	x.close()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wires = slices.DeleteFunc(w.wires, func(other *wire) bool { return other == x })
}

// read returns the first megabyte of what was carried.
func (w *web) read() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.bytes)
}

// cut resets the connections of two nodes, and those that they make until the repair.
func (w *web) cut(a, b string) (repair func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cuts[pairOf(a, b)] = true
	for _, x := range w.wires {
		if x.ends == pairOf(a, b) {
			x.close()
		}
	}
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.cuts, pairOf(a, b))
	}
}

// stall carries nothing between two nodes until the repair. Nothing is lost.
func (w *web) stall(a, b string) (repair func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stalls[pairOf(a, b)] = true
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.stalls, pairOf(a, b))
		w.changed.Broadcast()
	}
}
