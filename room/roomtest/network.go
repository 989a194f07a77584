// Copyright 2026 The duplex authors. MIT license.

// Package roomtest helps to test programs that use package room: a Bus in memory that
// loses, delays and cuts off on request, also in virtual time (testing/synctest), and the
// suite that every Bus passes.
package roomtest

import (
	"errors"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/duplex-go/duplex/room"
)

// A Network connects the Buses of nodes in this process. The zero Network is ready, and
// loses nothing. Any goroutine may call its methods.
type Network struct {
	mu    sync.Mutex
	buses map[string]*bus
	sides map[string]int // of a partition; nil for none
	delay func(from, to string) time.Duration
	drop  func(Message) bool
}

// A Message is one on its way from one node to another.
type Message struct {
	From, To string
	Subject  string
	Data     []byte
}

// Bus returns the Bus of a new node. A node whose Bus is closed, or that was killed, may
// come back with another.
func (n *Network) Bus(node string) room.Bus {
	return &bus{
		network:  n,
		node:     node,
		subjects: make(map[string]time.Time),
		last:     make(map[string]time.Time),
		wake:     make(chan struct{}, 1),
		stop:     make(chan struct{}),
		done:     make(chan struct{}),
	}
}

// Drop loses each message for which the function returns true; nil loses none. The
// function must not call methods of the Network.
func (n *Network) Drop(lose func(Message) bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.drop = lose
}

// Delay delivers messages as much later as the function returns; nil is at once. Messages of
// one node to another stay in order. A subscription takes as long until the other
// node knows of it.
func (n *Network) Delay(by func(from, to string) time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.delay = by
}

// Partition cuts the network into sides. Nodes that are named in none are another side.
func (n *Network) Partition(sides ...[]string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sides = make(map[string]int)
	for i, side := range sides {
		for _, node := range side {
			n.sides[node] = i + 1
		}
	}
}

// Heal ends a partition.
func (n *Network) Heal() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sides = nil
}

// Freeze stops a node, as SIGSTOP does, as far as its Bus can: calls of its methods wait, and nothing is
// delivered to it. After thaw it receives everything that has come meanwhile.
func (n *Network) Freeze(node string) (thaw func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	b := n.buses[node]
	if b == nil || b.frozen != nil {
		return func() {}
	}
	frozen := make(chan struct{})
	b.frozen = frozen
	return sync.OnceFunc(func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		if b.frozen == frozen { // not closed meanwhile
			b.frozen = nil
			close(frozen)
		}
	})
}

// Kill takes a node off the network, without a goodbye. Its Bus accepts everything from then
// on, and delivers nothing.
func (n *Network) Kill(node string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.buses, node)
}

// Lost makes the Bus of a node report that it has lost that many messages, or with 0
// that a connection has changed.
func (n *Network) Lost(node string, messages int) {
	n.mu.Lock()
	b := n.buses[node]
	n.mu.Unlock()
	if b != nil {
		b.lost(messages)
	}
}

// latency returns how long a message takes. The caller holds mu.
func (n *Network) latency(from, to string) time.Duration {
	if n.delay == nil {
		return 0
	}
	return n.delay(from, to)
}

// A bus implements room.Bus. Network.mu guards its fields.
type bus struct {
	network *Network
	node    string
	receive func(string, []byte)
	lost    func(int)

	subjects map[string]time.Time // since when
	inbox    []parcel             // by the time at which they are due
	last     map[string]time.Time // when the last message of each node is due
	frozen   chan struct{}        // closed by the thaw; nil if it is not frozen
	closed   bool

	wake       chan struct{} // has room for one: there is something new in inbox
	stop, done chan struct{} // closed by Close, and when deliver has ended
}

type parcel struct {
	due     time.Time
	subject string
	p       []byte
}

func (b *bus) Node() string { return b.node }

func (b *bus) Start(receive func(string, []byte), lost func(int)) error {
	n := b.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.buses[b.node] != nil {
		return errors.New("roomtest: there is another node " + b.node)
	}
	if n.buses == nil {
		n.buses = make(map[string]*bus)
	}
	n.buses[b.node] = b
	b.receive, b.lost = receive, lost
	go b.deliver() // until Close
	return nil
}

// lock locks the network once b is not frozen.
func (b *bus) lock() {
	b.network.mu.Lock()
	for b.frozen != nil {
		frozen := b.frozen
		b.network.mu.Unlock()
		<-frozen
		b.network.mu.Lock()
	}
}

func (b *bus) Subscribe(subject string) error {
	b.lock()
	defer b.network.mu.Unlock()
	if b.closed {
		return net.ErrClosed
	}
	b.subjects[subject] = time.Now()
	return nil
}

func (b *bus) Unsubscribe(subject string) error {
	b.lock()
	defer b.network.mu.Unlock()
	delete(b.subjects, subject)
	return nil
}

func (b *bus) Publish(subject string, p []byte) error {
	b.lock()
	n := b.network
	defer n.mu.Unlock()
	if b.closed {
		return net.ErrClosed
	}
	if n.buses[b.node] != b {
		return nil // killed
	}
	now := time.Now()
	for _, to := range n.buses {
		since, subscribed := to.subjects[subject]
		if to == b || !subscribed || since.Add(n.latency(to.node, b.node)).After(now) {
			continue
		}
		if n.sides[b.node] != n.sides[to.node] {
			continue
		}
		if n.drop != nil && n.drop(Message{b.node, to.node, subject, p}) {
			continue
		}
		due := now.Add(n.latency(b.node, to.node))
		if last := to.last[b.node]; due.Before(last) {
			due = last
		}
		to.last[b.node] = due
		to.put(parcel{due, subject, p})
	}
	return nil
}

// put queues a parcel after all that are due before, or at the same time.
func (b *bus) put(p parcel) {
	i := len(b.inbox)
	for i > 0 && b.inbox[i-1].due.After(p.due) {
		i--
	}
	b.inbox = slices.Insert(b.inbox, i, p)
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// deliver calls receive with each message that is due, until Close.
func (b *bus) deliver() {
	defer close(b.done)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		b.network.mu.Lock()
		frozen, wait := b.frozen, time.Hour
		var next *parcel
		if len(b.inbox) > 0 && frozen == nil && !b.closed {
			if wait = time.Until(b.inbox[0].due); wait <= 0 {
				p := b.inbox[0]
				b.inbox[0] = parcel{}
				b.inbox = b.inbox[1:]
				next = &p
			}
		}
		dead := b.network.buses[b.node] != b
		b.network.mu.Unlock()
		if next != nil {
			if !dead {
				b.receive(next.subject, next.p)
			}
			continue
		}
		timer.Reset(wait)
		select {
		case <-b.stop:
			return
		case <-frozen: // never, if it is nil
		case <-b.wake:
		case <-timer.C:
		}
	}
}

func (b *bus) Close() error {
	n := b.network
	n.mu.Lock()
	if b.closed {
		n.mu.Unlock()
		return net.ErrClosed
	}
	b.closed = true
	if n.buses[b.node] == b {
		delete(n.buses, b.node)
	}
	if b.frozen != nil {
		close(b.frozen)
		b.frozen = nil
	}
	n.mu.Unlock()
	close(b.stop)
	<-b.done
	return nil
}
