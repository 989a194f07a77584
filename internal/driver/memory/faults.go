// Copyright 2026 The duplex authors. MIT license.

package memory

import (
	"time"

	"github.com/duplex-go/duplex/internal/driver"
)

// Faults are the faults of a network's connections. The zero value has none. The functions
// are called with the network locked and must not call it.
type Faults struct {
	// Delay is the time after which bytes, FIN and RST arrive, and after which a connect
	// is answered. An RST in answer to bytes takes twice that time.
	Delay time.Duration

	// Take chooses how many bytes a Send takes, of n bytes that there is room for; 0 is
	// EAGAIN. Nil is all. See AtMost and Again.
	Take func(n int) int

	// Read is the most bytes that one Received reports; 0 is no limit.
	Read int

	// ResetAfter resets a connection when one of its ends has sent that many bytes since
	// the connection was made. Those bytes arrive. 0 is never.
	ResetAfter int

	// Blackhole leaves a connect without an answer.
	Blackhole bool

	// Bind, Connect, Accept, Attach and Send fail when the function returns an error. Nil
	// never fails. See Times. ENOBUFS and ENOMEM of a Send are passing: the Send takes
	// nothing, and Sent follows after a pause. Receiving goes on after any error of Send,
	// as if the network had not failed.
	Bind, Connect, Accept, Attach, Send func() error
}

// SetFaults sets the faults of all connections but those with faults of their own. They
// hold from now on, for existing connections too.
func (n *Network) SetFaults(f Faults) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.faults = f
}

// SetFaultsAt sets the faults of the connections to addr, in the client's form of the
// address.
func (n *Network) SetFaultsAt(addr driver.Addr, f Faults) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.faultsAt[dialed(addr)] = f
}

// faultsOf returns the faults of the connections to addr.
func (n *Network) faultsOf(addr driver.Addr) Faults {
	if f, ok := n.faultsAt[addr]; ok {
		return f
	}
	return n.faults
}

// AtMost is a Faults.Take of short writes: n bytes, or fewer.
func AtMost(n int) func(int) int {
	return func(room int) int { return min(n, room) }
}

// Again is a Faults.Take that takes nothing the given number of times, and then all.
func Again(times int) func(int) int {
	return func(room int) int {
		if times > 0 {
			times--
			return 0
		}
		return room
	}
}

// Times is a Faults.Bind, Connect, Accept, Attach or Send that fails n times; always if n
// is negative.
func Times(n int, err error) func() error {
	return func() error {
		if n == 0 {
			return nil
		}
		n--
		return err
	}
}

// call returns the error of the fault, if there is one.
func call(fault func() error) error {
	if fault == nil {
		return nil
	}
	return fault()
}
