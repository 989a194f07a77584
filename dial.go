// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
)

// attemptDelay is RFC 8305's recommended Connection Attempt Delay.
const attemptDelay = 250 * time.Millisecond

// A dial makes the connection of one socket: a lookup, and attempts that race
// (RFC 8305, "Happy Eyeballs"). It lives on the socket's loop.
type dial struct {
	client *Client
	st     *stream
	local  driver.Addr

	rest     []driver.Addr // still to be tried
	racing   map[driver.ID]driver.Addr
	turn     *time.Timer // lets the next attempt begin
	turns    int         // counts turn's settings, so that a late one is told
	failures []error

	abort func()        // ends the lookup
	stops []func() bool // let go of what watches over the attempts
}

func (d *dial) begin(ctx context.Context, network, address string, err error) {
	d.st.conf.lane.connecting[d.st] = struct{}{}
	d.st.Advance()
	s := (*Socket)(d.st)
	if d.over() {
		return
	}
	if err != nil {
		s.Destroy(opError("connect", network, nil, nil, err))
		return
	}
	if d.st.conf.lane.engine.isClosed() {
		s.Destroy(nil)
		return
	}
	t, err := parseTarget(network, address, "localhost")
	if ended := context.Cause(ctx); ended != nil {
		err = ended
	}
	if err == nil {
		d.local, err = parseLocal(d.client.LocalAddr)
	}
	if err != nil {
		s.Destroy(opError("connect", network, nil, nil, err))
		return
	}
	ctx, d.abort = context.WithCancel(ctx)
	d.stops = append(d.stops, context.AfterFunc(ctx, func() {
		d.expire(opError("connect", t.network, nil, nil, context.Cause(ctx)))
	}))
	if wait := d.client.Timeout; wait > 0 {
		d.stops = append(d.stops, time.AfterFunc(wait, func() {
			d.expire(opError("connect", t.network, nil, stringAddr{t.network, address}, os.ErrDeadlineExceeded))
		}).Stop)
	}
	if t.host == "" {
		d.rest = t.addrs
		d.try()
		return
	}
	go d.lookup(ctx, t) // until the resolver answers or ctx ends
}

// lookup asks the resolver, off the loop.
func (d *dial) lookup(ctx context.Context, t target) {
	found, addrs, err := t.lookup(ctx, d.client.Resolver)
	d.st.conf.lane.Post(func() {
		if d.over() {
			return
		}
		if tell := d.client.OnLookup; tell != nil {
			d.call(func(s *Socket) { tell(s, t.host, found, err) })
		}
		if err != nil {
			(*Socket)(d.st).Destroy(opError("getaddrinfo", t.network, nil, nil, err))
			return
		}
		d.rest = interleave(addrs)
		d.try()
	})
}

// interleave puts the families in turn, beginning with that of the first address
// (RFC 8305, section 4).
func interleave(addrs []driver.Addr) []driver.Addr {
	var same, other []driver.Addr
	for _, a := range addrs {
		if a.Addr().Is4() == addrs[0].Addr().Is4() {
			same = append(same, a)
		} else {
			other = append(other, a)
		}
	}
	turns := make([]driver.Addr, 0, len(addrs))
	for i := range max(len(same), len(other)) {
		if i < len(same) {
			turns = append(turns, same[i])
		}
		if i < len(other) {
			turns = append(turns, other[i])
		}
	}
	return turns
}

// try begins the next attempt, and sees that another follows in its time.
func (d *dial) try() {
	if d.over() || len(d.rest) == 0 {
		return
	}
	remote := d.rest[0]
	d.rest = d.rest[1:]
	if d.client.BlockList.Contains(remote.Addr()) {
		d.fail(remote, ErrBlocked)
		d.next()
		return
	}
	if tell := d.client.OnAttempt; tell != nil && remote.Path == "" {
		d.call(func(s *Socket) { tell(s, remote.AddrPort) })
		if d.over() {
			return
		}
	}
	local := d.from(remote)
	if local.IsValid() && remote.IsValid() && local.Addr().Is4() != remote.Addr().Is4() {
		d.fail(remote, syscall.EINVAL) // of two families
		d.next()
		return
	}
	if d.racing == nil {
		d.racing = make(map[driver.ID]driver.Addr)
	}
	d.st.mu.Lock()
	o := d.st.conf.socket
	if own := d.st.more.options; own != nil {
		o = *own
	}
	d.st.mu.Unlock()
	id := d.st.conf.lane.Dial(remote, local, o, d.tried)
	d.racing[id] = remote
	d.schedule(id)
}

// from returns the local address for an attempt to reach remote.
func (d *dial) from(remote driver.Addr) driver.Addr {
	local := d.local
	if local.IsValid() && local.Addr().IsUnspecified() && remote.Addr().Is6() {
		local.AddrPort = netip.AddrPortFrom(netip.IPv6Unspecified(), local.Port())
	}
	return local
}

// schedule lets the next attempt begin when that of id has had its time.
func (d *dial) schedule(id driver.ID) {
	if d.turn != nil {
		d.turn.Stop()
	}
	if len(d.rest) == 0 {
		return
	}
	delay := d.client.AttemptDelay
	if delay <= 0 {
		delay = attemptDelay
	}
	d.turns++
	this := d.turns
	d.turn = time.AfterFunc(delay, func() {
		d.st.conf.lane.Post(func() {
			if d.turns != this || d.over() {
				return
			}
			if d.client.Sequential {
				d.giveUp(id)
			}
			d.try()
		})
	})
}

// giveUp ends an attempt that took too long.
func (d *dial) giveUp(id driver.ID) {
	remote, ok := d.racing[id]
	if ok {
		delete(d.racing, id)
		d.st.conf.lane.Cancel(id)
		d.fail(remote, os.ErrDeadlineExceeded)
	}
}

// tried takes the connection that was made, or tries the next address.
func (d *dial) tried(id driver.ID, local driver.Addr, err error) {
	st, remote := d.st, d.racing[id]
	delete(d.racing, id)
	if err == nil {
		st.mu.Lock()
		st.more.dial = nil
		st.mu.Unlock()
		d.cancel()
		delete(st.conf.lane.connecting, st)
		st.conf.lane.connected.Add(1)
		st.conf.lane.Adopt(id, st)
		st.opened(id, local, remote)
		return
	}
	d.fail(remote, err)
	d.next()
}

// next goes on after an attempt that failed.
func (d *dial) next() {
	switch s := (*Socket)(d.st); {
	case len(d.rest) > 0:
		d.try()
	case len(d.racing) > 0: // one may still succeed
	case len(d.failures) == 1:
		s.Destroy(d.failures[0])
	default:
		s.Destroy(errors.Join(d.failures...))
	}
}

// fail records why an attempt came to nothing.
func (d *dial) fail(remote driver.Addr, err error) {
	network := d.st.conf.network
	var source net.Addr
	if d.local.IsValid() {
		source = netAddr(network, d.local)
	}
	err = opError("connect", network, source, netAddr(network, remote), err)
	d.failures = append(d.failures, err)
	if tell := d.client.OnAttemptFailed; tell != nil && remote.Path == "" {
		d.call(func(s *Socket) { tell(s, remote.AddrPort, err) })
	}
}

// call calls a callback of the Client and outlives it.
func (d *dial) call(f func(*Socket)) {
	d.st.mu.Lock()
	defer d.st.mu.Unlock() // also if f never returns
	d.st.call(f)
}

// over reports whether the socket was destroyed meanwhile.
func (d *dial) over() bool {
	d.st.mu.Lock()
	defer d.st.mu.Unlock()
	return d.st.phase != connecting
}

// expire destroys the socket for want of time, on any goroutine; unless it is connected
// by now.
func (d *dial) expire(err error) {
	d.st.mu.Lock()
	defer d.st.mu.Unlock()
	if d.st.phase == connecting {
		d.st.destroy(err)
	}
}

// cancel gives up the lookup and all attempts under way.
func (d *dial) cancel() {
	for _, stop := range d.stops {
		stop()
	}
	if d.turn != nil {
		d.turn.Stop()
	}
	if d.abort != nil {
		d.abort()
	}
	for id := range d.racing {
		d.st.conf.lane.Cancel(id)
	}
	d.racing = nil
}

// parseLocal reads Client.LocalAddr.
func parseLocal(s string) (a driver.Addr, err error) {
	if s == "" {
		return a, nil
	}
	if ip, err := netip.ParseAddr(s); err == nil {
		a.AddrPort = netip.AddrPortFrom(ip, 0)
		return a, nil
	}
	t, err := parseTarget("tcp", s, "0.0.0.0")
	if err == nil && len(t.addrs) == 0 || !strings.Contains(s, ":") {
		err = &net.AddrError{Err: wrongLocal, Addr: s}
	}
	if err != nil {
		return a, err
	}
	return t.addrs[0], nil
}

// A stringAddr is an address that was not resolved.
type stringAddr struct{ network, address string }

func (a stringAddr) Network() string { return a.network }
func (a stringAddr) String() string  { return a.address }
