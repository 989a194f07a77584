// Copyright 2026 The duplex authors. MIT license.

// Package memory is a driver over a network inside the process, for tests.
//
// A Network has listeners, connections and ports as a kernel does: bounded buffers,
// backlogs, FIN and RST behave as those of TCP on Linux. Every IP address belongs to it.
// The same steps on one goroutine give the same events. Calls fail only on request: see
// Faults.
//
// # Time
//
// Time passes only in Wait, on a channel or a timer, and no lock is held meanwhile. So a
// driver made in a testing/synctest bubble blocks durably, and delays are exact. The
// Network itself may have been made outside the bubble.
//
// # Misuse
//
// A call that breaks the contract of driver.Driver panics, for example a Send while bytes
// are lent. The bytes of Received are overwritten when Received has returned.
package memory

import (
	"cmp"
	"net/netip"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
)

const (
	firstPort     = 49152 // of the ephemeral ones, by IANA
	lastPort      = 65535
	defaultBuffer = 64 << 10
	maximum       = 4096 // of a backlog: Linux's
)

// A Network carries the connections of the drivers made by it. It is safe for
// concurrent use.
type Network struct {
	mu sync.Mutex // guards all of the network: drivers, sockets, connections

	listeners []*listener
	conns     map[*conn]bool
	made      uint64         // connections, ever
	ports     map[uint16]int // how many listeners and clients hold a port
	next      int            // the ephemeral port to try first
	buffer    int            // bytes that a direction holds
	faults    Faults
	faultsAt  map[driver.Addr]Faults
}

// NewNetwork returns a network without connections and without faults.
func NewNetwork() *Network {
	return &Network{
		conns:    make(map[*conn]bool),
		ports:    make(map[uint16]int),
		next:     firstPort,
		buffer:   defaultBuffer,
		faultsAt: make(map[driver.Addr]Faults),
	}
}

var named struct {
	sync.Mutex
	networks map[string]*Network
}

// Named returns the process's network of that name. The first call makes it.
func Named(name string) *Network {
	named.Lock()
	defer named.Unlock()
	n := named.networks[name]
	if n == nil {
		n = NewNetwork()
		if named.networks == nil {
			named.networks = make(map[string]*Network)
		}
		named.networks[name] = n
	}
	return n
}

// Forget gives up the network of that name: the next Named makes another one.
func Forget(name string) {
	named.Lock()
	defer named.Unlock()
	delete(named.networks, name)
}

// Driver returns a driver for one more loop.
func (n *Network) Driver() driver.Driver {
	return &host{
		network: n,
		bell:    make(chan struct{}, 1),
		buf:     make([]byte, budget),
	}
}

// SetBuffer sets how many bytes each direction of a connection holds that are sent and not
// yet received. The default is 64 KiB.
func (n *Network) SetBuffer(size int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.buffer = size
}

// Reset breaks every connection that has addr as one of its ends. Both ends report the
// reset, after the bytes that were sent before.
func (n *Network) Reset(addr driver.Addr) {
	n.mu.Lock()
	defer n.mu.Unlock()
	addr = plain(addr)
	var broken []*conn
	for c := range n.conns {
		if c.client.local == addr || c.server.local == addr {
			broken = append(broken, c)
		}
	}
	slices.SortFunc(broken, func(a, b *conn) int { return cmp.Compare(a.serial, b.serial) })
	for _, c := range broken {
		c.reset(time.Now())
	}
}

// Break breaks the connection from client to server, as Reset does, and reports whether
// there is one.
func (n *Network) Break(client, server driver.Addr) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	client, server = plain(client), plain(server)
	for c := range n.conns {
		if c.client.local == client && c.server.local == server {
			c.reset(time.Now())
			return true
		}
	}
	return false
}

// listen makes a listener, whose address has a port.
func (n *Network) listen(addr driver.Addr, o driver.ListenOptions) (*listener, error) {
	addr = plain(addr)
	if err := call(n.faultsOf(dialed(addr)).Bind); err != nil {
		return nil, err
	}
	if addr.Path == "" {
		if !addr.IsValid() {
			return nil, syscall.EINVAL
		}
		if addr.Port() == 0 {
			port, err := n.freePort()
			if err != nil {
				return nil, err
			}
			addr.AddrPort = netip.AddrPortFrom(addr.Addr(), port)
		}
	}
	l := &listener{network: n, addr: addr, o: o, limit: o.Backlog}
	if l.limit <= 0 {
		l.limit = maximum
	}
	for _, other := range n.listeners {
		if l.conflicts(other) {
			return nil, syscall.EADDRINUSE
		}
	}
	n.listeners = append(n.listeners, l)
	n.hold(addr)
	return l, nil
}

// dial makes a connection from local to remote and finds its listener.
func (n *Network) dial(remote, local driver.Addr) (*conn, *listener, error) {
	l := n.find(remote)
	switch {
	case l != nil:
	case remote.Path != "":
		return nil, nil, syscall.ENOENT
	default:
		return nil, nil, syscall.ECONNREFUSED
	}
	local, err := n.bind(local, remote)
	if err != nil {
		return nil, nil, err
	}
	n.hold(local)
	n.made++
	c := newConn(n, local, remote)
	n.conns[c] = true
	return c, l, nil
}

// find returns the listener that takes clients of addr. Several listeners take turns.
func (n *Network) find(addr driver.Addr) *listener {
	for i, l := range n.listeners {
		if l.takes(addr) {
			n.listeners = append(slices.Delete(n.listeners, i, i+1), l)
			return l
		}
	}
	return nil
}

// bind returns the address of a client that asks for local. A zero local means any
// address.
func (n *Network) bind(local, remote driver.Addr) (driver.Addr, error) {
	local = plain(local)
	if remote.Path != "" {
		return driver.Addr{Path: local.Path}, nil
	}
	ip, port := local.Addr(), local.Port()
	if !ip.IsValid() || ip.IsUnspecified() {
		ip = remote.Addr()
	}
	if ip.Is4() != remote.Addr().Is4() {
		return driver.Addr{}, syscall.EINVAL
	}
	if port == 0 {
		var err error
		if port, err = n.freePort(); err != nil {
			return driver.Addr{}, err
		}
	}
	local = driver.Addr{AddrPort: netip.AddrPortFrom(ip, port)}
	for _, l := range n.listeners {
		if l.takes(local) {
			return driver.Addr{}, syscall.EADDRINUSE
		}
	}
	for c := range n.conns {
		if c.client.local == local && c.server.local == remote {
			return driver.Addr{}, syscall.EADDRINUSE
		}
	}
	return local, nil
}

// freePort returns the lowest ephemeral port that was never used. If there is none, it
// returns approximately the one that was given back longest ago.
func (n *Network) freePort() (uint16, error) {
	for range lastPort - firstPort + 1 {
		port := uint16(n.next)
		if n.next++; n.next > lastPort {
			n.next = firstPort
		}
		if n.ports[port] == 0 {
			return port, nil
		}
	}
	return 0, syscall.EADDRNOTAVAIL
}

func (n *Network) hold(addr driver.Addr) { n.ports[addr.Port()]++ }

func (n *Network) release(addr driver.Addr) {
	if n.ports[addr.Port()]--; n.ports[addr.Port()] == 0 {
		delete(n.ports, addr.Port())
	}
}

// plain returns addr as the network compares addresses: IPv4 as four bytes, and
// without a zone.
func plain(addr driver.Addr) driver.Addr {
	if addr.Path != "" {
		return driver.Addr{Path: addr.Path}
	}
	addr.AddrPort = netip.AddrPortFrom(addr.Addr().Unmap().WithZone(""), addr.Port())
	return addr
}

// dialed returns the address that a client of addr reaches: the unspecified address is
// this host.
func dialed(addr driver.Addr) driver.Addr {
	addr = plain(addr)
	switch addr.Addr() {
	case netip.IPv4Unspecified():
		addr.AddrPort = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), addr.Port())
	case netip.IPv6Unspecified():
		addr.AddrPort = netip.AddrPortFrom(netip.IPv6Loopback(), addr.Port())
	}
	return addr
}
