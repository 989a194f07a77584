// Copyright 2026 The duplex authors. MIT license.

package memory

import (
	"time"

	"github.com/duplex-go/duplex/internal/driver"
)

// Faults are what a network does to connections besides carrying their bytes.
// The zero value is good health. The functions are called with the network
// locked and must not call it.
type Faults struct {
	// Delay is how much later bytes, FIN and RST arrive and a connect is
	// answered. An RST in answer to bytes takes it twice.
	Delay time.Duration

	// Take chooses how many of n bytes, which there is room for, a Send takes;
	// 0 is EAGAIN. Nil is all. See AtMost and Again.
	Take func(n int) int

	// ResetAfter resets a connection when one of its ends has sent that many
	// bytes since it was made. They arrive. 0 is never.
	ResetAfter int

	// Blackhole leaves a connect without an answer.
	Blackhole bool

	// Bind, Connect, Accept and Attach fail when the function returns an error.
	// Nil is never. See Times.
	Bind, Connect, Accept, Attach func() error
}

// SetFaults sets the faults of all connections but those with faults of their
// own. They hold from now on, for the connections there are as well.
func (n *Network) SetFaults(f Faults) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.faults = f
}

// SetFaultsAt sets the faults of the connections to addr, as the client names
// it.
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

// Again is a Faults.Take that takes nothing that many times, then all.
func Again(times int) func(int) int {
	return func(room int) int {
		if times > 0 {
			times--
			return 0
		}
		return room
	}
}

// Times is a Faults.Bind, Connect, Accept or Attach that fails that many times;
// always if n is negative.
func Times(n int, err error) func() error {
	return func() error {
		if n == 0 {
			return nil
		}
		n--
		return err
	}
}

// call returns what the fault says, if there is one.
func call(fault func() error) error {
	if fault == nil {
		return nil
	}
	return fault()
}
