// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
)

// A Client says how to connect. The zero Client is ready. Its fields must not
// change while it connects.
type Client struct {
	// Engine runs the sockets; nil is the shared one.
	Engine *Engine

	// Near puts the socket on the same loop as another, as a proxy wants for the
	// two that it joins.
	Near *Socket

	// LocalAddr is the address, or address and port, to connect from: "127.0.0.1",
	// "127.0.0.1:35890" or ":35890". Empty leaves it to the system. (Node:
	// localAddress, localPort.)
	LocalAddr string

	// Timeout is how long the lookup and all attempts may take together; then the
	// socket fails with [os.ErrDeadlineExceeded]. 0 is as long as the system
	// tries.
	Timeout time.Duration

	// Resolver finds the addresses of a host; nil is [net.DefaultResolver].
	Resolver Resolver

	// OnLookup tells what the resolver found, on the socket's loop, before the
	// first attempt. It is not called for an IP address. (Node: lookup.)
	OnLookup func(s *Socket, host string, found []netip.Addr, err error)

	// OnAttempt tells, on the socket's loop, that a connection to addr begins.
	// (Node: connectionAttempt.)
	OnAttempt func(s *Socket, addr netip.AddrPort)

	Options
}

// Connect is [Client.Connect] of the zero Client.
func Connect(network, address string, h *Handler) *Socket {
	return new(Client).Connect(context.Background(), network, address, h)
}

// Connect begins a connection and returns its socket at once. The network is
// "tcp", "tcp4", "tcp6" or "unix"; the address is HOST:PORT, an empty host being
// localhost, or a path. The addresses of a host are tried in turn.
//
// What comes of it, the Handler hears: OnConnect; or OnError and OnClose, also
// for an address that makes no sense. Writes may be made at once; they wait for
// the connection. Until it is made, the end of ctx destroys the socket with the
// context's error.
func (c *Client) Connect(ctx context.Context, network, address string, h *Handler) *Socket {
	e := c.Engine.use()
	err := e.admit(nil)
	var near *lane
	switch {
	case err != nil:
		near = e.limbo()
	case c.Near != nil && c.Near.lane.engine == e:
		near = c.Near.lane
	default:
		near = e.pick(nil)
	}
	name := "tcp"
	if network == "unix" {
		name = network
	}
	s := newSocket(near, c.Options.config(nil, name), h)
	d := &dial{client: c, st: (*stream)(s)}
	s.more = &more{dial: d}
	near.Post(func() { d.begin(ctx, network, address, err) })
	return s
}

// A dial makes the connection of one socket. It lives on the socket's loop.
type dial struct {
	client *Client
	st     *stream
	local  driver.Addr

	id       driver.ID // of the attempt under way, if trying
	trying   bool
	rest     []driver.Addr // still to be tried
	failures []error

	abort func() // ends the lookup
	stops []func() bool
}

func (d *dial) begin(ctx context.Context, network, address string, err error) {
	d.st.lane.connecting[d.st] = struct{}{}
	d.st.Advance()
	s := (*Socket)(d.st)
	if d.over() {
		return
	}
	if err != nil {
		s.Destroy(opError("connect", network, nil, nil, err))
		return
	}
	if d.st.lane.engine.isClosed() {
		s.Destroy(nil)
		return
	}
	t, err := parseTarget(network, address, "localhost")
	if err == nil {
		d.local, err = parseLocal(d.client.LocalAddr)
	}
	if err != nil {
		s.Destroy(opError("connect", network, nil, nil, err))
		return
	}
	ctx, d.abort = context.WithCancel(ctx)
	d.stops = append(d.stops, context.AfterFunc(ctx, func() {
		s.Destroy(opError("connect", t.network, nil, nil, context.Cause(ctx)))
	}))
	if wait := d.client.Timeout; wait > 0 {
		d.stops = append(d.stops, time.AfterFunc(wait, func() {
			s.Destroy(opError("connect", t.network, nil, stringAddr{t.network, address}, os.ErrDeadlineExceeded))
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
	var r Resolver = net.DefaultResolver
	if d.client.Resolver != nil {
		r = d.client.Resolver
	}
	found, addrs, err := t.lookup(ctx, r)
	d.st.lane.Post(func() {
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
		d.rest = addrs
		d.try()
	})
}

// try begins the next attempt.
func (d *dial) try() {
	if d.over() {
		return
	}
	remote := d.rest[0]
	d.rest = d.rest[1:]
	if tell := d.client.OnAttempt; tell != nil {
		d.call(func(s *Socket) { tell(s, remote.AddrPort) })
		if d.over() {
			return
		}
	}
	local := d.local
	if local.IsValid() && local.Addr().IsUnspecified() {
		any := netip.IPv4Unspecified()
		if remote.Addr().Is6() {
			any = netip.IPv6Unspecified()
		}
		local.AddrPort = netip.AddrPortFrom(any, local.Port())
	}
	d.trying = true
	d.id = d.st.lane.Dial(remote, local, d.st.conf.socket, func(id driver.ID, local driver.Addr, err error) {
		d.trying = false
		d.tried(id, local, remote, err)
	})
}

// tried takes the connection that was made, or tries the next address.
func (d *dial) tried(id driver.ID, local, remote driver.Addr, err error) {
	st := d.st
	if err == nil {
		d.end()
		delete(st.lane.connecting, st)
		st.lane.connected.Add(1)
		st.lane.Adopt(id, st)
		st.opened(id, local, remote)
		return
	}
	d.failures = append(d.failures, opError("connect", st.conf.network, d.source(), netAddr(st.conf.network, remote), err))
	if len(d.rest) > 0 {
		d.try()
		return
	}
	if len(d.failures) == 1 {
		(*Socket)(st).Destroy(d.failures[0])
		return
	}
	(*Socket)(st).Destroy(errors.Join(d.failures...))
}

// source returns the local address that was asked for, if any.
func (d *dial) source() net.Addr {
	if !d.local.IsValid() {
		return nil
	}
	return netAddr("tcp", d.local)
}

// call calls a callback of the Client and outlives it.
func (d *dial) call(f func(*Socket)) {
	d.st.mu.Lock()
	d.st.call(f)
	d.st.mu.Unlock()
}

// over reports whether the socket was destroyed meanwhile.
func (d *dial) over() bool {
	d.st.mu.Lock()
	defer d.st.mu.Unlock()
	return d.st.phase != connecting
}

// end lets go of what watches over the attempts.
func (d *dial) end() {
	for _, stop := range d.stops {
		stop()
	}
	if d.abort != nil {
		d.abort()
	}
	d.st.mu.Lock()
	d.st.more.dial = nil
	d.st.mu.Unlock()
}

// cancel gives up the attempts of a socket that was destroyed, whose mu is held.
func (d *dial) cancel() {
	for _, stop := range d.stops {
		stop()
	}
	if d.abort != nil {
		d.abort()
	}
	if d.trying {
		d.st.lane.Cancel(d.id)
	}
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
	if err == nil && len(t.addrs) == 0 {
		err = &net.AddrError{Err: "a local address is an IP address", Addr: s}
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
