// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/loop"
	"github.com/duplex-go/duplex/internal/target"
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

// A Resolver finds the addresses of a host. [*net.Resolver] is one. Clients and Servers
// call it on goroutines of their own, so it may block, and several calls may run at the
// same time. A Client or Server that is closed meanwhile does not wait for the answer.
// A panic of a Resolver ends the program.
type Resolver interface {
	// LookupNetIP returns the addresses of host, the preferred one first. Network is
	// "ip", "ip4" or "ip6". Ctx ends when the answer is not needed any more.
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
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
	s.out.add(p, uncounted, nil)
	if t := (*stream)(s).session(); t != nil {
		t.at = s.out.End() // the header is not sealed
	}
	(*stream)(s).count()
	return nil
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

// attemptDelay is RFC 8305's recommended Connection Attempt Delay.
const attemptDelay = 250 * time.Millisecond

// A dial makes the connection of one socket: a lookup, and attempts that race
// (RFC 8305, "Happy Eyeballs"). It lives on the socket's loop.
type dial struct {
	client *Client
	st     *stream
	local  target.Target // the address to connect from; without Addrs there is none

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
	t, err := target.Parse(network, address, "localhost")
	if ended := context.Cause(ctx); ended != nil {
		err = ended
	}
	if err == nil {
		d.local, err = target.ParseLocal(d.client.LocalAddr)
	}
	if err != nil {
		s.Destroy(opError("connect", network, nil, nil, err))
		return
	}
	ctx, d.abort = context.WithCancel(ctx)
	d.stops = append(d.stops, context.AfterFunc(ctx, func() {
		d.expire(opError("connect", t.Network, nil, nil, context.Cause(ctx)))
	}))
	if wait := d.client.Timeout; wait > 0 {
		d.stops = append(d.stops, d.st.conf.lane.After(wait, func() {
			d.expire(opError("connect", t.Network, nil, stringAddr{t.Network, address}, os.ErrDeadlineExceeded))
		}).Stop)
	}
	if t.Known() && d.local.Known() {
		d.rest = t.Addrs
		d.try()
		return
	}
	go d.lookUp(ctx, d.local, t) // until the resolver answers or ctx ends
}

// lookUp looks up the unknown parts of the two addresses, off the loop.
func (d *dial) lookUp(ctx context.Context, local, remote target.Target) {
	from := local.LookUp(ctx, nil)
	to := target.Finding{BadPort: from.BadPort}
	if from.BadPort == nil {
		to = remote.LookUp(ctx, d.client.Resolver)
	}
	d.st.conf.lane.Post(func() { d.found(from.Target, to) })
}

// found goes on with the result of the lookup, on the loop.
func (d *dial) found(local target.Target, f target.Finding) {
	if d.over() {
		return
	}
	s := (*Socket)(d.st)
	if f.BadPort != nil {
		s.Destroy(opError("connect", d.st.conf.network, nil, nil, f.BadPort))
		return
	}
	if tell := d.client.OnLookup; tell != nil && f.Host != "" {
		d.call(func(s *Socket) { tell(s, f.Host, f.IPs, f.BadHost) })
	}
	if f.BadHost != nil {
		s.Destroy(opError("getaddrinfo", f.Network, nil, nil, f.BadHost))
		return
	}
	d.local, d.rest = local, target.Interleave(f.Addrs)
	d.try()
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
	local := d.local.From(remote)
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
	if local := d.local.From(remote); local.IsValid() {
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

// A stringAddr is an address that was not resolved.
type stringAddr struct{ network, address string }

func (a stringAddr) Network() string { return a.network }
func (a stringAddr) String() string  { return a.address }
