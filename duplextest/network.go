// Copyright 2026 The duplex authors. MIT license.

package duplextest

import (
	"fmt"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/memory"
)

// A Network is a network inside the process whose faults a test chooses. The engines that
// have its Driver reach each other by it, and no one else; every IP address belongs to it.
// Any goroutine may call its methods.
type Network struct {
	t       testing.TB
	name    string
	network *memory.Network
}

// networks counts those that were made, for their names.
var networks atomic.Int64

// NewNetwork returns a network without faults. It is for the time of the test.
func NewNetwork(t testing.TB) *Network {
	name := fmt.Sprintf("duplextest %d", networks.Add(1))
	t.Cleanup(func() { memory.Forget(name) })
	return &Network{t, name, memory.Named(name)}
}

// Driver returns the Driver for engines of the network.
func (n *Network) Driver() string { return "memory:" + n.name }

// Faults are what goes wrong on a Network. The zero Faults are none.
type Faults struct {
	// Delay is how long everything takes to arrive: bytes, the end, a reset, and the
	// answer to an attempt to connect. In a bubble of testing/synctest it is exact, and
	// takes no time. Nothing overtakes what was sent before, also if Delay is shorter then.
	Delay time.Duration

	// MaxSend is the most bytes that the kernel takes at a time, so that the rest has to
	// wait in the write queue for a moment: short writes. 0 is no limit.
	MaxSend int

	// MaxRead is the most bytes that arrive at a time: with 1, a Framing sees every frame
	// torn at every place. 0 is no limit.
	MaxRead int

	// ResetAfter breaks a connection when one of its ends has sent that many bytes since
	// the connection was made. Those bytes arrive, and then both ends report ECONNRESET. 0
	// is never.
	ResetAfter int

	// Blackhole leaves attempts to connect without an answer.
	Blackhole bool

	// Connect is the error of attempts to connect, for example syscall.EHOSTUNREACH, and
	// Accept that of a Server that accepts, for example syscall.EMFILE. Nil is none.
	Connect, Accept error
}

// SetFaults sets the faults of all connections but those that SetFaultsAt has set. They
// hold from now on, for existing connections, too.
func (n *Network) SetFaults(f Faults) { n.network.SetFaults(f.faults()) }

// SetFaultsAt sets the faults of the connections to an address of a server.
func (n *Network) SetFaultsAt(server netip.AddrPort, f Faults) {
	n.network.SetFaultsAt(driver.Addr{AddrPort: server}, f.faults())
}

func (f Faults) faults() memory.Faults {
	m := memory.Faults{Delay: f.Delay, Read: f.MaxRead, ResetAfter: f.ResetAfter, Blackhole: f.Blackhole}
	if f.MaxSend > 0 {
		m.Take = memory.AtMost(f.MaxSend)
	}
	if f.Connect != nil {
		m.Connect = memory.Times(-1, f.Connect)
	}
	if f.Accept != nil {
		m.Accept = memory.Times(-1, f.Accept)
	}
	return m
}

// SetBuffer sets how many bytes each direction of a connection holds that are sent and not
// received: what the kernels' buffers are elsewhere. With a short one, a socket needs to
// drain at once when its peer does not read. Without a call it is 64 KiB.
func (n *Network) SetBuffer(bytes int) { n.network.SetBuffer(bytes) }

// Break breaks the connection of s now, as a firewall or a router does. Both ends report
// ECONNRESET, after the bytes that were sent before. Call it after OnConnect. The test fails
// if the network has no such connection. It finds a connection by its addresses, so a Unix
// socket cannot be found. A server's socket behind a PROXY header has the address that the
// proxy has announced: break the proxy's end instead.
func (n *Network) Break(s *duplex.Socket) {
	n.t.Helper()
	client, server := s.LocalAddrPort(), s.RemoteAddrPort()
	if s.Server() != nil {
		client, server = server, client
	}
	if !client.IsValid() || !n.network.Break(driver.Addr{AddrPort: client}, driver.Addr{AddrPort: server}) {
		n.t.Errorf("duplextest: the network has no connection from %v to %v to break", s.LocalAddr(), s.RemoteAddr())
	}
}
