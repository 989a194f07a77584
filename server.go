// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
)

// A Server listens on an address and gives every client a Socket of its own. The
// zero Server with a Handler is ready. Its fields must not change from Listen to
// OnClose.
//
// Any goroutine may call its methods, but Shutdown not from a callback. Callbacks of a
// Server may be nil; they run one at a time, on loops, and must not block.
type Server struct {
	// Handler hears of everything that happens to the sockets; nil does nothing with
	// them but take part in their end.
	Handler *Handler

	// Engine runs the sockets; nil is the shared one.
	Engine *Engine

	// MaxConns is the most sockets that the server has at a time: clients beyond
	// it are refused, and OnDrop is told. 0 is no limit. (Node: maxConnections.)
	MaxConns int

	// Backlog is how many clients may wait to be accepted: 0 is 511, as in Node.
	// The system may allow fewer.
	Backlog int

	// ReusePort lets others, which ask for it too, listen on the same address; the
	// system spreads the clients among them. (Node: reusePort.)
	ReusePort bool

	// FileMode is the permissions of the file of a Unix socket: who may write to it
	// may connect. 0 leaves them to the process's umask. (Node: readableAll,
	// writableAll.)
	FileMode fs.FileMode

	// Resolver finds the address of a host to listen on; nil is
	// [net.DefaultResolver].
	Resolver Resolver

	// OnListening tells that the server accepts clients. (Node: listening.)
	OnListening func()

	// OnDrop tells of a client that was refused. (Node: drop.)
	OnDrop func(Drop)

	// OnError tells that accepting fails for the moment, as when descriptors have
	// run out: at most once a second, while clients wait and the server goes on
	// trying. Without it the engine's Logger is told.
	OnError func(error)

	// OnClose tells that the server is closed: it does not listen any more, and
	// its last socket is closing. (Node: close.)
	OnClose func()

	Options

	mu       sync.Mutex
	listener *listener // from Listen to OnClose
	roster   roster
}

// A Drop is a client that a Server refused.
type Drop struct {
	// Local is the address it came to, Remote its own: both zero on a Unix socket.
	Local, Remote netip.AddrPort

	// Reason is [ErrMaxConns], [ErrBlocked], or [net.ErrClosed] for one that came
	// as the server stopped listening.
	Reason error
}

// ErrMaxConns is the Reason to drop a client of a Server that has MaxConns
// sockets already.
var ErrMaxConns = errors.New("duplex: the server has its maximum of connections")

// acceptPause is how long a server leaves accepting alone after it failed; clients
// wait in the backlog meanwhile.
const acceptPause = 100 * time.Millisecond

// Listen binds the address and accepts clients from now on. The network is "tcp"
// (with an empty or unspecified host: IPv6 and IPv4), "tcp4", "tcp6" or "unix";
// port 0 is any free port, which Addr tells. It returns at once, unless a host
// name has to be looked up.
//
// The error is a [*net.OpError] (errors.Is finds EADDRINUSE, EACCES and the
// like) or [ErrAlreadyListening].
func (srv *Server) Listen(network, address string) error {
	return srv.listen(network, func(d driver.Driver) (driver.Conn, error) {
		return srv.bind(d, network, address)
	})
}

// ListenOn is Listen on what listens already: a [*net.TCPListener] or a
// [*net.UnixListener]. (For a descriptor there is [net.FileListener].) The listener
// belongs to the server from here on, and is closed with it, or now if there is an
// error; the file of a Unix socket then stays. Backlog, ReusePort and FileMode are as
// they are. The error is [errors.ErrUnsupported] for any other kind of listener, and
// on the driver "memory". (Node: listen with a handle, a server or fd.)
func (srv *Server) ListenOn(ln net.Listener) error {
	network, ok := networkOf(ln, ln.Addr())
	taken := false
	err := srv.listen(network, func(d driver.Driver) (driver.Conn, error) {
		if !ok {
			return driver.Conn{}, opError("listen", network, nil, ln.Addr(), errors.ErrUnsupported)
		}
		taken = true
		bound, err := d.Take(ln)
		if err != nil {
			err = opError("listen", network, nil, ln.Addr(), err)
		}
		return bound, err
	})
	if !taken {
		ln.Close()
	}
	return err
}

// listen accepts clients of what bind returns, from now on.
func (srv *Server) listen(network string, bind func(driver.Driver) (driver.Conn, error)) error {
	e := srv.Engine.use()
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if srv.listener != nil {
		return ErrAlreadyListening
	}
	if err := e.admit(func() { e.servers[srv] = struct{}{} }); err != nil {
		return opError("listen", network, nil, nil, err)
	}
	lane := e.pick(nil)
	bound, err := bind(lane.Driver)
	if err != nil {
		e.dismiss(srv)
		return err
	}
	ln := &listener{srv: srv, lane: lane, bound: bound, done: make(chan struct{})}
	for _, l := range e.lanes {
		ln.confs = append(ln.confs, srv.Options.config(srv, network, l))
	}
	srv.listener = ln
	e.ref() // until OnClose
	e.ref() // until OnListening
	lane.Post(ln.begin)
	return nil
}

// bind binds the first address of the target that can be bound.
func (srv *Server) bind(d driver.Driver, network, address string) (driver.Conn, error) {
	t, err := parseTarget(network, address, "::")
	if err == nil && t.host != "" {
		_, t.addrs, err = t.lookup(context.Background(), srv.Resolver)
		if err != nil {
			return driver.Conn{}, opError("getaddrinfo", network, nil, nil, err)
		}
	}
	if err != nil && network == "tcp4" {
		t, err = parseTarget(network, address, "0.0.0.0")
	}
	if err != nil {
		return driver.Conn{}, opError("listen", network, nil, nil, err)
	}
	addr := t.addrs[0]
	o := driver.ListenOptions{Backlog: srv.Backlog, V6Only: t.family == "ip6", ReusePort: srv.ReusePort, Mode: srv.FileMode}
	bound, err := d.Bind(addr, o)
	if err != nil && t.family == "ip" && addr.Addr() == netip.IPv6Unspecified() &&
		(errors.Is(err, syscall.EAFNOSUPPORT) || errors.Is(err, syscall.EADDRNOTAVAIL)) {
		addr.AddrPort = netip.AddrPortFrom(netip.IPv4Unspecified(), addr.Port()) // no IPv6 here
		bound, err = d.Bind(addr, o)
	}
	if err != nil {
		return bound, opError("listen", t.network, nil, netAddr(t.network, addr), err)
	}
	return bound, nil
}

// Addr returns the address that the server listens on, with the port chosen for
// 0, or nil if it does not listen. (Node: address.)
func (srv *Server) Addr() net.Addr {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if srv.listener == nil || srv.listener.phase != listening {
		return nil
	}
	return netAddr(srv.listener.network(), srv.listener.bound.Local)
}

// Unlisten stops listening: no client is accepted any more, the sockets stay.
// OnClose follows when the last of them is closed. The error is [net.ErrClosed]
// if the server does not listen. (Node: close.)
func (srv *Server) Unlisten() error {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	ln := srv.listener
	if ln == nil || ln.phase != listening {
		return net.ErrClosed
	}
	ln.phase = unlistening
	if ln.lane.Here() {
		ln.end() // so that another can listen there at once
	} else {
		ln.lane.Post(ln.end)
	}
	return nil
}

// Shutdown stops listening, ends every socket (what is queued is sent first) and
// returns when all are closed, or with the context's error when that comes first:
// Close then ends the rest. It must not be called from a callback.
func (srv *Server) Shutdown(ctx context.Context) error {
	done := srv.wind((*Socket).End)
	if done == nil {
		return net.ErrClosed
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close stops listening and destroys every socket. OnClose follows. The error is
// [net.ErrClosed] if the server is closed.
func (srv *Server) Close() error {
	if srv.wind(func(s *Socket) { s.Destroy(nil) }) == nil {
		return net.ErrClosed
	}
	return nil
}

// wind stops listening and lets every socket stop. It returns the channel that
// tells when all is over, or nil if it is.
func (srv *Server) wind(stop func(*Socket)) <-chan struct{} {
	srv.Unlisten()
	srv.mu.Lock()
	if srv.listener == nil {
		srv.mu.Unlock()
		return nil
	}
	done, sockets := srv.listener.done, srv.roster.all()
	srv.mu.Unlock()
	for _, s := range sockets {
		stop(s)
	}
	return done
}

// Sockets yields the sockets that the server has. Those that come or go meanwhile
// may be missed.
func (srv *Server) Sockets() iter.Seq[*Socket] {
	return func(yield func(*Socket) bool) {
		srv.mu.Lock()
		sockets := srv.roster.all()
		srv.mu.Unlock()
		for _, s := range sockets {
			if !yield(s) {
				return
			}
		}
	}
}

// Socket returns the server's socket whose peer has the given address and port,
// if there is one. It looks at one socket after the other.
func (srv *Server) Socket(remote netip.AddrPort) (*Socket, bool) {
	remote = unmap(remote)
	for s := range srv.Sockets() {
		if s.RemoteAddrPort() == remote {
			return s, true
		}
	}
	return nil, false
}

// Len returns how many sockets the server has. (Node: getConnections.)
func (srv *Server) Len() int {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	return srv.roster.n
}

// Ref lets Wait wait for the server again, after Unref. (Node: ref.)
func (srv *Server) Ref() { srv.setRef(true) }

// Unref lets Wait return although the server listens. It is to be called after
// Listen. (Node: unref.)
func (srv *Server) Unref() { srv.setRef(false) }

func (srv *Server) setRef(on bool) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	ln := srv.listener
	if ln == nil || ln.unrefd != on {
		return
	}
	ln.unrefd = !on
	if on {
		ln.lane.engine.ref()
	} else {
		ln.lane.engine.unref()
	}
}

// holds reports whether st has to wait until the listener is closed, since it may
// be the last socket, and the server's OnClose comes before that one's.
func (srv *Server) holds(st *stream) bool {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	ln := srv.listener
	if ln.phase != unlistening {
		return false
	}
	ln.held = append(ln.held, st)
	return true
}

// leave takes s off the live set and closes the server behind its last socket.
func (srv *Server) leave(s *Socket) {
	srv.mu.Lock()
	srv.roster.remove(s)
	ln := srv.listener
	over := srv.roster.n == 0 && ln.phase == unlistened
	if over {
		srv.listener = nil
	}
	srv.mu.Unlock()
	if over {
		ln.farewell()
	}
}

// A listener is what a Server is from Listen to OnClose, as its loop sees it.
type listener struct {
	srv   *Server
	lane  *lane
	confs []*config // of the sockets, by the number of their lane
	bound driver.Conn
	done  chan struct{} // closed after OnClose

	// Owned by the loop.
	id     driver.ID
	served bool
	failed bool  // it will not be served
	warned int64 // lane.Now() when OnError was last told

	// Guarded by the server's mu.
	phase  listenPhase
	unrefd bool
	held   []*stream // sockets that wait to leave until the listener is closed
}

// A listenPhase is how far a listener's life has come.
type listenPhase uint8

const (
	listening   listenPhase = iota
	unlistening             // Unlisten was called
	unlistened              // the descriptor is closed; sockets may remain
)

// begin starts accepting, on the loop.
func (ln *listener) begin() {
	defer ln.lane.engine.unref()
	if ln.failed { // it was closed before it began
		ln.Closed()
		return
	}
	var err error
	if ln.id, err = ln.lane.Serve(ln.bound, ln); err != nil {
		ln.failed = true
		defer ln.Closed() // also if OnError never returns
		ln.tellError(opError("listen", ln.network(), nil, netAddr(ln.network(), ln.bound.Local), err))
		return
	}
	ln.served = true
	ln.srv.mu.Lock()
	phase := ln.phase
	ln.srv.mu.Unlock()
	if f := ln.srv.OnListening; f != nil && phase == listening {
		ln.call(f)
	}
}

// network returns "tcp" or "unix".
func (ln *listener) network() string { return ln.confs[0].network }

// end stops listening, on the loop.
func (ln *listener) end() {
	if ln.served {
		ln.lane.Driver.Close(ln.id, false)
	} else if !ln.failed {
		ln.failed = true
		ln.bound.Handle.Close()
	}
}

// Accepted makes a socket of the connection, on the loop that has the fewest.
func (ln *listener) Accepted(c driver.Conn) {
	srv := ln.srv
	lane := ln.lane.engine.pick(ln.lane)
	srv.mu.Lock()
	var refused error
	switch {
	case ln.phase != listening:
		refused = net.ErrClosed
	case srv.BlockList.Contains(c.Remote.Addr()):
		refused = ErrBlocked
	case srv.MaxConns > 0 && srv.roster.n >= srv.MaxConns:
		refused = ErrMaxConns
	}
	if refused != nil {
		srv.mu.Unlock()
		ln.drop(c, refused)
		return
	}
	s := newSocket(ln.confs[lane.number], srv.Handler)
	srv.roster.add(s)
	srv.mu.Unlock()
	lane.accepted.Add(1)
	if lane == ln.lane {
		(*stream)(s).attach(c)
		return
	}
	lane.Post(func() { (*stream)(s).attach(c) })
}

// attach takes over a connection that is made, on the socket's loop.
func (st *stream) attach(c driver.Conn) {
	st.mu.Lock()
	gone := st.phase > ending // the server was closed, and nothing was left to wait for
	st.mu.Unlock()
	if gone {
		c.Handle.Close()
		return
	}
	id, err := st.conf.lane.Attach(c, st.conf.socket, st)
	if err != nil {
		st.abandon(st.opError("accept", err))
		return
	}
	st.opened(id, c.Local, c.Remote)
}

// abandon destroys, on the loop, a socket that comes to nothing.
func (st *stream) abandon(err error) {
	st.mu.Lock()
	st.destroy(err)
	st.run()
}

// drop refuses a connection.
func (ln *listener) drop(c driver.Conn, reason error) {
	c.Handle.Close()
	ln.lane.engine.dropped.Add(1)
	if f := ln.srv.OnDrop; f != nil {
		ln.call(func() { f(Drop{Local: unmap(c.Local.AddrPort), Remote: unmap(c.Remote.AddrPort), Reason: reason}) })
	}
}

// AcceptFailed tries again in a moment. The clients wait in the backlog.
func (ln *listener) AcceptFailed(err error) {
	time.AfterFunc(acceptPause, func() { ln.lane.Post(ln.resume) })
	if now := ln.lane.Now(); ln.warned == 0 || now-ln.warned >= int64(time.Second) {
		ln.warned = max(1, now) // 0 is never
		ln.tellError(opError("accept", ln.network(), nil, netAddr(ln.network(), ln.bound.Local), err))
	}
}

func (ln *listener) resume() {
	ln.srv.mu.Lock()
	phase := ln.phase
	ln.srv.mu.Unlock()
	if phase == listening {
		ln.lane.Driver.Accept(ln.id, true)
	}
}

func (ln *listener) tellError(err error) {
	if f := ln.srv.OnError; f != nil {
		ln.call(func() { f(err) })
		return
	}
	ln.lane.engine.logger().Error("duplex: a server cannot accept", "err", err)
}

// Closed tells that the descriptor is closed.
func (ln *listener) Closed() {
	srv := ln.srv
	srv.mu.Lock()
	ln.phase = unlistened
	over := srv.roster.n == 0
	if over {
		srv.listener = nil
	}
	srv.mu.Unlock()
	if over {
		ln.farewell()
	}
	for _, st := range ln.held {
		st.release()
	}
}

// farewell tells OnClose, and stops counting the server.
func (ln *listener) farewell() {
	srv, engine := ln.srv, ln.lane.engine
	defer func() {
		srv.mu.Lock()
		counted := !ln.unrefd
		ln.unrefd = true
		if srv.listener == nil { // OnClose may have listened again
			engine.dismiss(srv)
		}
		srv.mu.Unlock()
		close(ln.done)
		if counted {
			engine.unref()
		}
	}()
	if srv.OnClose != nil {
		ln.call(srv.OnClose)
	}
}

// call calls a callback of the Server and outlives it.
func (ln *listener) call(f func()) {
	ln.lane.call(f, "duplex: a callback of a server crashed", "addr", ln.bound.Local.String())
}
