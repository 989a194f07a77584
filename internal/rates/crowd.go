// Copyright 2026 The duplex authors. MIT license.

package rates

import (
	"net/netip"
	"slices"
)

// A Crowd counts connections by the address that they come from. A lock of its owner guards
// it.
type Crowd struct {
	// Constant.
	max  int // connections from one address; zero or negative is no limit
	bits int // of an IPv6 address; those after them do not count
	pace Pace

	visitors map[netip.Addr]visitor
	crowded  int // the number of visitors at which thin looks for those that may be forgotten
}

// A visitor is what a Crowd knows of the connections from one address.
type visitor struct {
	in  int   // those that have entered and not left
	due int64 // of pace
}

// NewCrowd returns a Crowd that limits how many connections from one address there are at a
// time, unless max is zero or negative, and how often they come. Of an IPv6 address the first
// bits count, 64 if bits is not from 1 to 128.
func NewCrowd(max, bits int, pace Pace) Crowd {
	if bits <= 0 || bits > 128 {
		bits = 64
	}
	return Crowd{max: max, bits: bits, pace: pace}
}

// A Verdict says whether a connection may enter.
type Verdict uint8

const (
	Welcome Verdict = iota // it has entered
	Full                   // its address has as many as it may have
	Early                  // its address comes too often
)

// Enter takes a place of the address, if there is one. Each connection that is welcome needs
// one Leave. The zero Addr is always welcome.
func (c *Crowd) Enter(remote netip.Addr, now int64) Verdict {
	if !c.counts(remote) {
		return Welcome
	}
	key := c.key(remote)
	v := c.visitors[key]
	switch {
	case c.max > 0 && v.in >= c.max:
		return Full
	case !c.pace.Allows(v.due, now):
		return Early
	}
	v.in++
	v.due = c.pace.After(v.due, now)
	if c.visitors == nil || len(c.visitors) >= c.crowded {
		c.thin(now)
	}
	c.visitors[key] = v
	return Welcome
}

// Leave gives back the place of a connection that has entered with the address.
func (c *Crowd) Leave(remote netip.Addr) {
	if !c.counts(remote) {
		return
	}
	key := c.key(remote)
	v := c.visitors[key]
	if v.in--; v.in == 0 && c.pace.interval == 0 {
		delete(c.visitors, key)
		return
	}
	c.visitors[key] = v
}

// Len returns how many addresses are remembered.
func (c *Crowd) Len() int { return len(c.visitors) }

// counts reports whether a limit concerns the connections of each address by itself.
func (c *Crowd) counts(remote netip.Addr) bool {
	return remote.IsValid() && (c.max > 0 || c.pace.interval > 0)
}

// key returns what remote has in common with the addresses that count as one with it.
func (c *Crowd) key(remote netip.Addr) netip.Addr {
	remote = remote.Unmap().WithZone("")
	if remote.Is4() {
		return remote
	}
	prefix, _ := remote.Prefix(c.bits) // bits is in range
	return prefix.Addr()
}

// fewestVisitors is how many visitors are kept without a look whether all have to be.
const fewestVisitors = 1 << 10

// absentMost is how many visitors without a connection are kept, whatever the rate is.
// They take some 6 MB.
const absentMost = 1 << 16

// thin forgets the visitors that nothing is to be remembered of: none of their
// connections is left, and a whole burst may come. It runs when their number has doubled,
// so the cost is spread over as many connections. An address is kept only until its burst
// may come again, also in a flood from ever new addresses. If more than half of
// absentMost are left without a connection, those whose burst comes first are forgotten,
// so a flood cannot fill the memory at a low rate either.
func (c *Crowd) thin(now int64) {
	const enough = absentMost / 2
	last, room := now, 0 // of those that are due at last, room are kept
	if len(c.visitors) > enough {
		last, room = c.latest(now, enough)
	}
	kept := make(map[netip.Addr]visitor)
	for key, v := range c.visitors {
		switch {
		case v.in > 0 || v.due > last:
			kept[key] = v
		case v.due == last && room > 0:
			kept[key] = v
			room--
		}
	}
	c.visitors = kept
	c.crowded = max(fewestVisitors, 2*len(kept))
}

// latest returns when the first of the latest n visitors without a connection is due, and
// how many of these are due at that time. If there are fewer than n that are due after
// now, it returns now and 0.
func (c *Crowd) latest(now int64, n int) (last int64, room int) {
	var dues []int64
	for _, v := range c.visitors {
		if v.in == 0 && v.due > now {
			dues = append(dues, v.due)
		}
	}
	if len(dues) <= n {
		return now, 0
	}
	slices.Sort(dues)
	dues = dues[len(dues)-n:]
	for room < n && dues[room] == dues[0] {
		room++
	}
	return dues[0], room
}
