// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
)

// A Client says how to connect. The zero Client is ready. Its fields must not
// change while it connects; any goroutine may call its methods, any number of times.
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

	// AttemptDelay is how long an attempt has before the next address is tried
	// beside it; the first connection that is made wins, the others are given up.
	// An attempt that fails is followed at once. 0 is 250 ms (RFC 8305, section 5).
	AttemptDelay time.Duration

	// Sequential makes one attempt at a time, as Node does: each but the last is
	// given up after AttemptDelay. On a slow link that finds nobody who takes
	// longer; it is for those who compare.
	Sequential bool

	// OnAttempt tells, on the socket's loop, that a connection to addr begins.
	// (Node: connectionAttempt.)
	OnAttempt func(s *Socket, addr netip.AddrPort)

	// OnAttemptFailed tells, on the socket's loop, that an attempt failed, or, with
	// [os.ErrDeadlineExceeded], that it was given up for another. (Node:
	// connectionAttemptFailed, connectionAttemptTimeout.)
	OnAttemptFailed func(s *Socket, addr netip.AddrPort, err error)

	Options
}

// Connect is [Client.Connect] of the zero Client.
func Connect(network, address string, h *Handler) *Socket {
	return new(Client).Connect(context.Background(), network, address, h)
}

// Connect begins a connection and returns its socket at once. The network is
// "tcp", "tcp4", "tcp6" or "unix"; the address is HOST:PORT, an empty host being
// localhost, or a path. The addresses of a host are tried as AttemptDelay says,
// families in turn.
//
// What comes of it, the Handler hears: OnConnect; or OnError and OnClose, also
// for an address that makes no sense. Writes may be made at once; they wait for
// the connection. Until it is made, the end of ctx destroys the socket with the
// context's error.
func (c *Client) Connect(ctx context.Context, network, address string, h *Handler) *Socket {
	if ctx == nil {
		panic("duplex: nil context") // here, and not on the loop
	}
	s, err := c.socket(network, h)
	d := &dial{client: c, st: (*stream)(s)}
	s.more = &more{dial: d}
	s.conf.lane.Post(func() { d.begin(ctx, network, address, err) })
	return s
}

// Adopt makes a Socket of a connection that exists: a [*net.TCPConn] or a
// [*net.UnixConn]. (For a descriptor there is [net.FileConn].) The connection belongs
// to duplex from here on, with the client's Options; what was read from it before is
// not told. OnConnect follows; or OnError and OnClose, with [errors.ErrUnsupported]
// for any other kind of connection and on the driver "memory". (Node: the options
// handle and fd of new net.Socket.)
func (c *Client) Adopt(conn net.Conn, h *Handler) *Socket {
	network, ok := networkOf(conn, conn.LocalAddr())
	s, err := c.socket(network, h)
	if err == nil && !ok {
		err = errors.ErrUnsupported
	}
	s.conf.lane.Post(func() { (*stream)(s).adopt(network, conn, err) })
	return s
}

// socket returns a socket on its loop; with an error, on one that is only there to
// tell it.
func (c *Client) socket(network string, h *Handler) (s *Socket, err error) {
	e := c.Engine.use()
	err = e.admit(func() {
		var near *lane
		if c.Near != nil && c.Near.conf.lane.engine == e {
			near = c.Near.conf.lane
		} else {
			near = e.pick(nil)
		}
		s = newSocket(c.Options.config(nil, network, near), h)
	})
	if err != nil {
		s = newSocket(c.Options.config(nil, network, e.limbo()), h)
	}
	return s, err
}

// adopt takes over a connection of package net, on the socket's loop.
func (st *stream) adopt(network string, conn net.Conn, err error) {
	if err == nil && st.conf.lane.engine.isClosed() {
		err = net.ErrClosed
	}
	var taken driver.Conn
	if err != nil {
		conn.Close()
	} else {
		taken, err = st.conf.lane.Driver.Take(conn)
	}
	if err != nil {
		st.abandon(opError("connect", network, conn.LocalAddr(), conn.RemoteAddr(), err))
		return
	}
	st.conf.lane.connected.Add(1)
	st.attach(taken)
}
