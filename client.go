// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/driver/foreign"
)

// A Client holds how to connect. The zero Client is ready, and may make any number of
// connections. Its fields must not change while it connects. Any goroutine may call its
// methods.
//
// Callbacks of a Client may be nil. They run on the loop of the socket, also if the
// Handler is Blocking, so they must not block. A panic or [runtime.Goexit] in one
// destroys the socket with a [*PanicError].
type Client struct {
	// Engine runs the sockets; nil is the shared one.
	Engine *Engine

	// Near puts new sockets on the loop of another socket, if that is of the same
	// Engine. A proxy sets it for the two sockets that it joins. If Near is nil, the
	// engine chooses the loop.
	Near *Socket

	// LocalAddr is the address, or address and port, to connect from: "127.0.0.1",
	// "127.0.0.1:35890" or ":35890". Without an address, and with an unspecified one
	// (0.0.0.0 or ::), it serves attempts of both families. With any other address,
	// attempts of the other family fail with EINVAL. Unix sockets ignore it. Empty
	// leaves the choice to the system. (Node: localAddress, localPort.)
	LocalAddr string

	// Timeout is how long the lookup and all attempts may take together. After it the
	// socket fails with [os.ErrDeadlineExceeded]. Zero or negative is as long as the
	// system tries.
	Timeout time.Duration

	// ProxyHeader is sent before anything else, so that the server learns for whom the
	// connection is made. It counts in BytesWritten, and MaxWriteBuffer does not refuse
	// it. If Append of it fails, no connection is made, and the socket has that error.
	// Adopt ignores it. Nil sends none.
	ProxyHeader *ProxyHeader

	// TLS makes the sockets speak TLS from the first byte on, as its client; nil is
	// none. OnConnect then comes when the handshake is complete, and a handshake that
	// fails is OnError and OnClose. Without a ServerName the host of the address is the
	// name that the server's certificate must have. Renegotiation is refused. The
	// configuration must not change. (Node: tls.connect.)
	TLS *tls.Config

	// Resolver finds the addresses of a host; nil is [net.DefaultResolver].
	Resolver Resolver

	// OnLookup is called with the answer of the resolver, before the first attempt. It
	// is not called for an IP address. (Node: lookup.)
	OnLookup func(s *Socket, host string, found []netip.Addr, err error)

	// AttemptDelay is how long an attempt runs alone before an attempt to reach the
	// next address begins beside it. The first connection that is made wins, and the
	// others are given up. After an attempt that fails, the next begins at once. Zero
	// or negative is 250 ms (RFC 8305, section 5).
	AttemptDelay time.Duration

	// Sequential makes one attempt at a time, as Node does: each but the last is
	// given up after AttemptDelay. On a slow link this fails to reach addresses that
	// answer later than that. It is for comparisons with Node.
	Sequential bool

	// OnAttempt is called before an attempt to connect to addr begins; for Unix
	// sockets it is not. (Node: connectionAttempt.)
	OnAttempt func(s *Socket, addr netip.AddrPort)

	// OnAttemptFailed is called when an attempt has failed; with
	// [os.ErrDeadlineExceeded] if Sequential gave it up; with [ErrBlocked] if the
	// BlockList forbids it. For Unix sockets it is not called. (Node:
	// connectionAttemptFailed, connectionAttemptTimeout.)
	OnAttemptFailed func(s *Socket, addr netip.AddrPort, err error)

	Options
}

// Connect is [Client.Connect] of the zero Client, with a context that never ends.
func Connect(network, address string, h *Handler) *Socket {
	return new(Client).Connect(context.Background(), network, address, h)
}

// Connect begins a connection and returns its socket at once. The network is
// "tcp", "tcp4", "tcp6" or "unix". The address is HOST:PORT, in which an empty host is
// localhost, or a path. The addresses of a host are tried one after the other, families
// in turn (RFC 8305); AttemptDelay sets the pace.
//
// OnConnect follows, or OnError and OnClose, also for an address that is malformed
// and for an engine that is closed. The program may write at once; writes wait for the
// connection. Until the connection is made, the end of ctx destroys the socket with an
// error that wraps [context.Cause] of ctx; after that ctx has no effect. A nil ctx
// panics. A nil h discards input, and ends the socket when its peer ends.
func (c *Client) Connect(ctx context.Context, network, address string, h *Handler) *Socket {
	if ctx == nil {
		panic("duplex: nil context") // here, and not on the loop
	}
	return c.socket(network, h, func(s *Socket, err error) {
		d := &dial{client: c, st: (*stream)(s)}
		s.rare().dial = d
		if c.TLS != nil {
			s.newSession(ClientSide, named(c.TLS, address))
		}
		if err == nil {
			err = s.introduce(c.ProxyHeader)
		}
		s.conf.lane.Post(func() { d.begin(ctx, network, address, err) })
	})
}

// introduce queues a PROXY header.
func (s *Socket) introduce(h *ProxyHeader) error {
	if h == nil {
		return nil
	}
	p, err := h.Append(nil)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := (*stream)(s).session(); t != nil {
		_, err = t.wire.Write(p) // before the handshake, and not as a part of it
		s.out.pass(len(p))
		(*stream)(s).count()
		return err
	}
	s.out.add(p, uncounted, nil)
	(*stream)(s).count()
	return nil
}

// Adopt makes a Socket of a connection: a [*net.TCPConn] or a [*net.UnixConn] becomes one of
// the loop's, as if it had been made here. ([net.FileConn] makes one of a descriptor.) The
// connection belongs to duplex from here on, also if that fails: the program must not use
// it. It has the client's Options and none of those that it had, such as SO_LINGER. Bytes
// that were read from it before are not delivered. Adopt returns at once. OnConnect follows,
// or OnError and OnClose; the error wraps [errors.ErrUnsupported] for sockets that are no
// streams, and on the driver "memory". (Node: the options handle and fd of new net.Socket.)
//
// Any other [net.Conn], such as a [*tls.Conn] or an end of [net.Pipe], has the same events
// and laws, on every driver. It has a goroutine that reads, with 16 KiB, and another one while
// there is something to send: Write does not block. What such a connection cannot do, its
// Socket cannot either:
//
//   - If it has no CloseWrite, End closes it when everything is sent. Bytes that the
//     peer sends after that are lost, and OnEnd is not called.
//   - Reset is Close, unless it has SetLinger, or a NetConn as a tls.Conn does: then the
//     connection below is reset or, without SetLinger, closed without close_notify.
//   - A reset after the peer's end is reported at the next write or at End.
//   - Options of the system, such as Nagle and KeepAlive, have no effect. Detach and
//     SyscallConn are [errors.ErrUnsupported].
//   - The handshake of a tls.Conn begins with the first read or write, after OnConnect.
//   - Its own Close has to end a Read and a Write that wait, or OnClose does not come.
func (c *Client) Adopt(conn net.Conn, h *Handler) *Socket {
	if isNil(conn) {
		return c.socket("tcp", h, func(s *Socket, _ error) {
			err := opError("connect", "tcp", nil, nil, syscall.EINVAL)
			s.conf.lane.Post(func() { (*stream)(s).abandon(err) })
		})
	}
	network, ok := networkOf(conn, conn.LocalAddr())
	return c.socket(network, h, func(s *Socket, err error) {
		switch {
		case err != nil:
		case isForeign(conn):
			s.conf.carry(foreign.New(conn))
		case !ok:
			err = errors.ErrUnsupported
		}
		if c.TLS != nil {
			s.newSession(ClientSide, settled(c.TLS, ClientSide))
		}
		s.conf.lane.Post(func() { (*stream)(s).adopt(network, conn, err) })
	})
}

// isNil reports whether conn is nil, or a nil pointer.
func isNil(conn net.Conn) bool {
	switch c := conn.(type) {
	case nil:
		return true
	case *net.TCPConn:
		return c == nil
	case *net.UnixConn:
		return c == nil
	}
	return false
}

// socket returns a socket on a loop of the engine. If the engine takes no sockets, that
// is the error, and the socket is on a loop that exists only to report it. Begin posts
// what the socket begins with. It is called before Close of the engine can see the
// socket, which it may destroy at once.
func (c *Client) socket(network string, h *Handler, begin func(s *Socket, err error)) (s *Socket) {
	e := c.Engine.use()
	err := e.admit(func() {
		var near *lane
		if c.Near != nil && c.Near.conf.lane.engine == e && !c.Near.conf.lane.temporary {
			near = c.Near.conf.lane
		} else {
			near = e.pick(nil)
		}
		conf := c.Options.config(nil, network, near)
		conf.limit(e.account)
		s = newSocket(conf, h)
		begin(s, nil)
	})
	if err != nil {
		s = newSocket(c.Options.config(nil, network, e.limbo()), h)
		begin(s, err)
	}
	return s
}
