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
	"github.com/duplex-go/duplex/internal/loop"
)

// attemptDelay is RFC 8305's recommended Connection Attempt Delay.
const attemptDelay = 250 * time.Millisecond

// A dial makes the connection of one socket: a lookup, and attempts that race
// (RFC 8305, "Happy Eyeballs"). It lives on the socket's loop.
type dial struct {
	client *Client
	st     *stream
	local  target // the address to connect from; without addrs there is none

	rest     []driver.Addr             // still to be tried
	racing   map[driver.ID]driver.Addr // the attempts under way
	pending  int                       // attempts that have a descriptor
	turn     *loop.Timer               // begins the next attempt
	failures []error

	abort func()        // ends the lookup
	stops []func() bool // stop the timeout and the watch on the context
}

func (d *dial) begin(ctx context.Context, network, address string, err error) {
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
		d.stops = append(d.stops, d.st.conf.lane.After(wait, func() {
			d.expire(opError("connect", t.network, nil, stringAddr{t.network, address}, os.ErrDeadlineExceeded))
		}).Stop)
	}
	if t.known() && d.local.known() {
		d.rest = t.addrs
		d.try()
		return
	}
	go d.lookUp(ctx, d.local, t) // until the resolver answers or ctx ends
}

// lookUp looks up the unknown parts of the two addresses, off the loop.
func (d *dial) lookUp(ctx context.Context, local, remote target) {
	from := local.lookUp(ctx, nil)
	to := finding{badPort: from.badPort}
	if from.badPort == nil {
		to = remote.lookUp(ctx, d.client.Resolver)
	}
	d.st.conf.lane.Post(func() { d.found(from.target, to) })
}

// found goes on with the result of the lookup, on the loop.
func (d *dial) found(local target, f finding) {
	if d.over() {
		return
	}
	s := (*Socket)(d.st)
	if f.badPort != nil {
		s.Destroy(opError("connect", d.st.conf.network, nil, nil, f.badPort))
		return
	}
	if tell := d.client.OnLookup; tell != nil && f.host != "" {
		d.call(func(s *Socket) { tell(s, f.host, f.ips, f.badHost) })
	}
	if f.badHost != nil {
		s.Destroy(opError("getaddrinfo", f.network, nil, nil, f.badHost))
		return
	}
	d.local, d.rest = local, interleave(f.addrs)
	d.try()
}

// interleave returns the addresses with their families in turn, beginning with the
// family of the first address (RFC 8305, section 4).
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

// try begins the next attempt, and schedules the one after it.
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
		d.fail(remote, syscall.EINVAL) // the addresses are of two families
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
	id := d.st.conf.lane.Dial(remote, local, o, d)
	d.pending++
	d.racing[id] = remote
	d.schedule(id)
}

// from returns the local address for an attempt to reach remote; the zero Addr leaves
// the choice to the system. The unspecified address of one family stands for that of
// the other, too. A path has no local address.
func (d *dial) from(remote driver.Addr) driver.Addr {
	if len(d.local.addrs) == 0 || remote.Path != "" {
		return driver.Addr{}
	}
	local := d.local.addrs[0]
	switch {
	case !local.Addr().IsUnspecified():
	case remote.Addr().Is4():
		local.AddrPort = netip.AddrPortFrom(netip.IPv4Unspecified(), local.Port())
	default:
		local.AddrPort = netip.AddrPortFrom(netip.IPv6Unspecified(), local.Port())
	}
	return local
}

// schedule begins the next attempt when AttemptDelay of the attempt id has passed.
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
	d.turn = d.st.conf.lane.After(delay, func() {
		if d.over() {
			return
		}
		if d.client.Sequential {
			d.giveUp(id)
		}
		d.try()
	})
}

// giveUp ends the attempt id, which took too long.
func (d *dial) giveUp(id driver.ID) {
	remote, ok := d.racing[id]
	if ok {
		delete(d.racing, id)
		d.st.conf.lane.Cancel(id)
		d.fail(remote, os.ErrDeadlineExceeded)
	}
}

// Closed is called when the descriptor of an attempt is closed. After the last one, the
// socket goes on to close.
func (d *dial) Closed(driver.ID) {
	if d.pending--; d.pending == 0 {
		d.st.Advance()
	}
}

// Connected is called when an attempt has ended. The socket gets the connection, or
// the next address is tried.
func (d *dial) Connected(id driver.ID, local driver.Addr, err error) {
	st, remote := d.st, d.racing[id]
	delete(d.racing, id)
	if err == nil {
		st.mu.Lock()
		st.more.dial = nil
		st.mu.Unlock()
		d.cancel()
		st.conf.lane.connected.Add(1)
		st.conf.lane.Adopt(id, st.id)
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

// fail records why an attempt to reach remote has failed.
func (d *dial) fail(remote driver.Addr, err error) {
	network := d.st.conf.network
	var source net.Addr
	if local := d.from(remote); local.IsValid() {
		source = netAddr(network, local)
	}
	err = opError("connect", network, source, netAddr(network, remote), err)
	d.failures = append(d.failures, err)
	if tell := d.client.OnAttemptFailed; tell != nil && remote.Path == "" {
		d.call(func(s *Socket) { tell(s, remote.AddrPort, err) })
	}
}

// call calls a callback of the Client, and survives its panic or Goexit, which destroys
// the socket.
func (d *dial) call(f func(*Socket)) {
	d.st.mu.Lock()
	defer d.st.mu.Unlock() // also after Goexit in f
	d.st.call(f)
}

// over reports whether the socket is connecting no more: it is open, or was destroyed.
func (d *dial) over() bool {
	d.st.mu.Lock()
	defer d.st.mu.Unlock()
	return d.st.phase != connecting
}

// expire destroys the socket because of err, a timeout or the end of the context,
// unless it is connected by now. Any goroutine may call it.
func (d *dial) expire(err error) {
	d.st.mu.Lock()
	defer d.st.mu.Unlock()
	if d.st.phase == connecting {
		d.st.destroy(err)
	}
}

// cancel ends the lookup and all attempts under way.
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

// parseLocal parses Client.LocalAddr.
func parseLocal(s string) (target, error) {
	if s == "" {
		return target{}, nil
	}
	if _, err := netip.ParseAddr(s); err == nil {
		s = net.JoinHostPort(s, "0")
	}
	t, err := parseTarget("tcp", s, "0.0.0.0")
	if t.host != "" || !strings.Contains(s, ":") {
		err = &net.AddrError{Err: wrongLocal, Addr: s}
	}
	return t, err
}

// A stringAddr is an address that was not resolved.
type stringAddr struct{ network, address string }

func (a stringAddr) Network() string { return a.network }
func (a stringAddr) String() string  { return a.address }
