// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"context"
	"crypto/tls"
	"errors"
	"io/fs"
	"iter"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/foreign"
	"github.com/duplex-go/duplex/internal/handover"
)

// A Server listens on an address and makes a Socket for every client. The zero Server
// with a Handler is ready. Its fields must not change from Listen to OnClose.
//
// Any goroutine may call its methods, callbacks included. Shutdown and ShutdownOver
// return an error in a callback, since they would wait for themselves.
//
// # Callbacks
//
// Callbacks of a Server may be nil. They run one at a time, never inside the call that
// caused them, and always on a loop, also if the Handler is Blocking. So they must not
// block. OnListening, Admit, OnDrop and OnError run on one loop, the one that accepts.
// OnClose runs on that loop too, if no socket is left when the server has stopped
// listening; else it runs on the loop of the last socket, just before that socket's
// OnClose. A panic or [runtime.Goexit] in one is logged and counted, and the server goes
// on.
//
// # One life
//
//   - While Listen looks up and binds an address, Addr is nil and Len is 0. Unlisten,
//     Close and Shutdown end that.
//   - When Listen has returned, Addr is the address and clients can connect. They become
//     sockets from OnListening on. A socket counts in Len and is among Sockets from the
//     moment it is accepted, before its OnConnect, until just before its OnClose.
//   - After Unlisten, Close or Shutdown, Addr is nil, and no more sockets are accepted.
//     The sockets that exist stay in Len and Sockets until they close.
//   - From OnClose on, Len is 0, and Unlisten, Close and Shutdown return
//     [net.ErrClosed]. The server may listen again, also inside OnClose; OnListening of
//     its next life comes after OnClose has returned. Before OnClose, Listen returns
//     [ErrAlreadyListening].
type Server struct {
	// Handler is that of every socket, until SetHandler. Nil discards input, and
	// ends each socket when its peer ends.
	Handler *Handler

	// Engine runs the sockets; nil is the shared one.
	Engine *Engine

	// MaxConns is the most sockets that the server has at a time. Clients beyond it are
	// refused, and OnDrop is called. Zero or negative is no limit. (Node:
	// maxConnections.)
	MaxConns int

	// MaxQueued is the most memory in which all sockets of the server together may keep
	// bytes that wait, as a Budget counts them. For a Write that would exceed it, Overflow is
	// the policy, as beyond MaxWriteBuffer, which limits one socket; before that, the bytes
	// that wait in the socket are offered to the kernel. A pipe waits, unless nothing waits in
	// its destination. Input counts, but stops at other limits. Zero or negative is no limit.
	MaxQueued int

	// MaxPerIP is the most sockets that the server has at a time from one address.
	// Clients beyond it are refused, and OnDrop is called. Zero or negative is no
	// limit. Clients of a Unix socket have no address, and are not limited.
	MaxPerIP int

	// IPv6Prefix is how many bits of an IPv6 address count for MaxPerIP and
	// AcceptRatePerIP, since one client often has all addresses of a network. Addresses
	// that agree in these bits count as one. Zero or negative is 64, as is a number
	// above 128. Zones do not count. IPv4 addresses count whole.
	IPv6Prefix int

	// AcceptRate limits how many clients the server accepts in a second, and
	// AcceptRatePerIP how many from one address. Clients that come faster are refused,
	// and OnDrop is called; they do not use up the rate. The zero Rate is no limit.
	//
	// An address that has a connection is remembered, and after that until its whole burst
	// may come again. Of the addresses without a connection, the latest 32768 are
	// remembered in any case, and more only for a while: some 6 MB at most. So a flood from
	// more addresses than that, within the time of their bursts, has some bursts more than
	// a low AcceptRatePerIP allows. AcceptRate limits it all the same, and MaxPerIP is
	// exact.
	AcceptRate, AcceptRatePerIP Rate

	// AllowList holds the addresses whose clients are served; all others are refused
	// with [ErrNotAllowed]. Nil allows all, and an empty list none. BlockList in
	// Options comes first, so an address that is in both is refused. Clients of a Unix
	// socket have no address, and are allowed.
	AllowList *BlockList

	// Admit is called for each client that no other limit refuses, before a Socket is
	// made for it. An error refuses the client, and is the Reason of its Drop. The client
	// counts for MaxConns and MaxPerIP during the call, and no more once it is refused.
	// For AcceptRate and AcceptRatePerIP it counts in any case, so they limit the calls of
	// Admit, too. A panic refuses the client with a [*PanicError]. Both addresses are zero
	// on a Unix socket.
	Admit func(local, remote netip.AddrPort) error

	// TLS makes every socket speak TLS from the first byte on, as its server; nil is
	// none. OnConnect then comes when the handshake is complete. A client whose
	// handshake fails is refused: no callback of the Handler is called, and OnDrop is.
	// The configuration needs a certificate, and must not change while the server
	// listens. GetCertificate and GetConfigForClient may return others as time goes by;
	// they may block. (Node: tls.createServer.)
	TLS *tls.Config

	// MaxHandshakes is the most TLS handshakes that the server has in progress at a
	// time. Each holds a goroutine and some 22 KB from the client's first record on. If
	// a callback of the configuration blocks, it holds them until that returns, also after
	// its client was dropped. A client beyond it is refused with [ErrMaxHandshakes]. 0 is
	// 10000, negative is no limit.
	MaxHandshakes int

	// Backlog is how many clients may wait to be accepted: 0 is as many as the system
	// allows, as in package net. A client that finds no room tries again a second
	// later, so a short backlog delays a crowd. Windows ignores Backlog.
	Backlog int

	// ReusePort allows other listeners that set it, too, to listen on the same address;
	// the system spreads the clients among them. (Node: reusePort.)
	ReusePort bool

	// FileMode is the permissions of the file of a Unix socket. A user who may write to
	// the file may connect. The permissions hold before the first client can connect. 0
	// leaves them to the process's umask. On Windows files have no permissions, and the
	// access list of the folder decides. (Node: readableAll, writableAll.)
	FileMode fs.FileMode

	// TrustedProxies holds the addresses of proxies whose connections begin with a header
	// of the PROXY protocol, version 1 or 2. The Server makes a socket of such a
	// connection when the header has come: RemoteAddr and LocalAddr are those that it
	// announces, and [Socket.ProxyHeader] returns all of it. Nothing of it is delivered.
	// A connection without a valid header is refused, and OnDrop is called. Connections
	// from other addresses are served without a header. On a Unix socket, every client is
	// trusted. Nil trusts none.
	//
	// MaxConns and AcceptRate apply when the connection is accepted, and the limits by
	// address and Admit to the client that the header announces. If the header announces
	// none, because the proxy does not know it or is the client itself, the addresses are
	// those of the connection, and only Admit applies.
	TrustedProxies *BlockList

	// ProxyTimeout is how long a PROXY header may take: 0 is 5 seconds, negative is no
	// limit. A connection whose header is late is refused with [ErrProxyTimeout].
	ProxyTimeout time.Duration

	// Resolver finds the addresses of a host to listen on; nil is
	// [net.DefaultResolver].
	Resolver Resolver

	// OnListening is called when the server accepts clients, after Listen has bound the
	// address. It is not called if the server has stopped listening by then. (Node:
	// listening.)
	OnListening func()

	// OnDrop is called for each client that was refused. (Node: drop.)
	OnDrop func(Drop)

	// OnError is called when accepting fails for the moment, for example when no
	// descriptors are left: at most once a second. The clients wait in the backlog, and
	// the server tries again. It is also called if the loop cannot serve the listener
	// at all; OnClose follows then. If OnError is nil, the engine's Logger reports the
	// error.
	OnError func(error)

	// OnClose is called when the server is closed: its descriptor is closed, and so is
	// that of its last socket, whose own OnClose follows. It is called once for each
	// Listen that succeeded. (Node: close.)
	OnClose func()

	Options

	mu       sync.Mutex
	listener *listener // from Listen until its last socket has left
	parting  *listener // while its OnClose runs
	roster   roster
	past     ServerStats // counters of lives and sockets that are over, and Accepted
	drops    drops
}

// acceptPause is how long a server waits to accept again after accepting failed. The
// clients wait in the backlog meanwhile.
const acceptPause = 100 * time.Millisecond

// Listen binds the address and accepts clients from now on. The network is "tcp"
// (with an empty host or ::, IPv6 and IPv4), "tcp4", "tcp6" or "unix", whose address is
// a path. Port 0 is any free port, which Addr returns. Of a host's addresses Listen
// takes the first (as Node does), or one of the other family if this machine lacks that
// of the first.
//
// Listen returns at once, unless it has to look up a host or the name of a port. Then
// it blocks, so it is not for callbacks. Unlisten, Close or Shutdown of the server, and
// Close of its Engine, end the lookup: Listen then returns [net.ErrClosed], and OnClose
// does not follow.
//
// The error is [ErrAlreadyListening] or a [*net.OpError], in which errors.Is finds
// EADDRINUSE, EACCES, [net.ErrClosed] and the like. After an error the server does not
// listen, and OnClose does not follow.
func (srv *Server) Listen(network, address string) error {
	return srv.listen(network, func(ctx context.Context, d driver.Driver) (driver.Conn, error) {
		t, err := srv.find(ctx, network, address)
		if err != nil {
			return driver.Conn{}, err
		}
		return srv.bind(d, t)
	})
}

// ListenOn is Listen on a listener: a [*net.TCPListener] or a [*net.UnixListener] becomes one
// of the loop's. ([net.FileListener] makes one of a descriptor.) The listener belongs to the
// server from here on, and is closed with it, or now if there is an error. Closing leaves the
// file of a Unix socket in place, unless [HandOver] has passed the listener on. Backlog,
// ReusePort and FileMode have no effect. The error wraps [errors.ErrUnsupported] for sockets
// that are no streams, and on the driver "memory"; it wraps EINVAL for a socket that does not
// listen, and for nil. (Node: listen with a handle, a server or fd.)
//
// Any other [net.Listener], such as that of [tls.Listen], is served too, on every driver, by
// a goroutine that accepts. Its connections have the same events and laws, and what
// [Client.Adopt] says of other kinds is true of them. If it is closed elsewhere, the server
// stops listening. With TrustedProxies, ListenOn refuses it as unsupported; so do File and
// HandOver.
func (srv *Server) ListenOn(ln net.Listener) error {
	if ln == nil {
		return opError("listen", "tcp", nil, nil, syscall.EINVAL)
	}
	given, owned := ln.(*handover.OwnedListener)
	if owned {
		ln = given.UnixListener
	}
	addr := addrOf(ln)
	network, ok := networkOf(ln, addr)
	taken := false
	err := srv.listen(network, func(_ context.Context, d driver.Driver) (driver.Conn, error) {
		if isForeign(ln) && srv.TrustedProxies == nil {
			taken = true
			return driver.Conn{Local: foreign.Address(addr), Handle: foreign.Listen(ln)}, nil
		}
		if !ok {
			return driver.Conn{}, opError("listen", network, nil, addr, errors.ErrUnsupported)
		}
		taken = true
		bound, err := d.Take(ln)
		if err != nil {
			return bound, opError("listen", network, nil, addr, err)
		}
		if o, ok := bound.Handle.(handover.Owner); ok && owned {
			handover.Claim(o)
		}
		return bound, nil
	})
	if !taken {
		ln.Close()
	}
	return err
}

// addrOf returns the address of ln. It returns nil for the zero value of a listener of
// package net, whose Addr panics.
func addrOf(ln net.Listener) net.Addr {
	if c, ok := ln.(syscall.Conn); ok {
		if _, err := c.SyscallConn(); err != nil {
			return nil
		}
	}
	return ln.Addr()
}

// Addr returns the address that the server listens on, with the port that the system
// chose for port 0. It returns nil before Listen has returned, and after Unlisten,
// Close or Shutdown. (Node: address.)
func (srv *Server) Addr() net.Addr {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if srv.listener == nil || srv.listener.phase != listening {
		return nil
	}
	if door := srv.listener.door(); door != nil {
		return door.Addr()
	}
	return netAddr(srv.listener.network(), srv.listener.bound.Local)
}

// Unlisten stops listening: no more clients are accepted, and the sockets stay.
// OnClose follows when the last of them is closed. It returns at once, and another
// listener can take the address then, unless another process has it from [Server.File], or
// the listener is of a kind that only ListenOn knows. While Listen looks up its address,
// Unlisten ends that, and OnClose does not follow. The error is [net.ErrClosed] if the
// server does not listen. (Node: close.)
func (srv *Server) Unlisten() error {
	if _, stopped := srv.unlisten(); !stopped {
		return net.ErrClosed
	}
	return nil
}

// unlisten stops listening, and reports whether it did. It returns the present life of
// the server, nil for none.
func (srv *Server) unlisten() (ln *listener, stopped bool) {
	srv.mu.Lock()
	ln = srv.listener
	if ln == nil || ln.phase > listening {
		srv.mu.Unlock()
		return ln, false
	}
	began := ln.phase == listening
	ln.phase = unlistening
	ln.cutPrefaces()
	if v, ok := ln.bound.Handle.(driver.Vacater); ok { // also while the loop is busy
		v.Vacate()
	}
	srv.mu.Unlock()
	switch {
	case !began:
		ln.cancel() // Listen does the rest
	case ln.lane.Here():
		ln.end()
	default:
		ln.lane.Post(ln.end)
	}
	return ln, true
}

// Close stops listening and destroys every socket, as [Socket.Destroy] with nil does.
// OnClose follows. It returns at once. The error is [net.ErrClosed] if the server is
// closed.
func (srv *Server) Close() error {
	ln, sockets := srv.stop()
	if ln == nil {
		return net.ErrClosed
	}
	for _, s := range sockets {
		s.Destroy(nil)
	}
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if ln.handedOver { // its prefaces could still become sockets
		ln.handedOver = false
		ln.cutPrefaces()
	}
	return nil
}

// stop stops listening. It returns the present life of the server and its sockets, or
// nil if there is none.
func (srv *Server) stop() (*listener, []*Socket) {
	ln, _ := srv.unlisten()
	if ln == nil {
		return nil, nil
	}
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if srv.listener != ln { // it is over by now
		return ln, nil
	}
	ln.winding = true
	return ln, srv.roster.all()
}

// Sockets yields the sockets that the server has when the loop over it begins, those
// that wait for OnConnect included. Sockets that are accepted later are not among
// them, and some may be closed by the time they are yielded.
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

// Socket returns the server's socket whose peer has the given address and port, and
// reports whether there is one. It finds a socket from before its OnConnect on. Its
// cost grows with the number of sockets.
func (srv *Server) Socket(remote netip.AddrPort) (*Socket, bool) {
	remote = unmap(remote)
	for s := range srv.Sockets() {
		if s.RemoteAddrPort() == remote {
			return s, true
		}
	}
	return nil, false
}

// Len returns how many sockets the server has: those that were accepted and are not
// closed. It is never above MaxConns, if that is positive. (Node: getConnections.)
func (srv *Server) Len() int {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	return srv.roster.n
}

// Queued returns how much memory the sockets of the server keep for bytes that wait, as
// MaxQueued counts it. It returns 0 if MaxQueued is no limit. Any goroutine may call it.
func (srv *Server) Queued() int {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if srv.listener == nil || !srv.listener.confs[0].capped {
		return 0
	}
	return int(srv.listener.confs[0].account.Queued())
}

// Ref makes Wait wait for the server again, after Unref. (Node: ref.)
func (srv *Server) Ref() { srv.setRef(true) }

// Unref makes Wait ignore the server: Wait may return while it listens. Sockets count
// all the same. Call it after Listen, for each life anew; before Listen it does
// nothing. (Node: unref.)
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

// holds reports whether st has to wait until the listener is closed: st may be the
// last socket, and the server's OnClose comes before that socket's.
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

// leave takes s off the live set, and closes the server after its last socket.
func (srv *Server) leave(s *Socket) {
	srv.mu.Lock()
	ln := srv.listener
	ln.gate.release(s.visitor())
	srv.roster.remove(s)
	srv.tally(s)
	over := srv.part(ln)
	srv.mu.Unlock()
	if over {
		ln.farewell()
	}
}

// part ends the life of ln if it is unlistened and no connection is left, and reports
// whether it did. The caller holds mu, and then calls farewell.
func (srv *Server) part(ln *listener) bool {
	if srv.roster.n > 0 || len(ln.prefaces) > 0 || ln.phase != unlistened {
		return false
	}
	srv.past.Frames += ln.frames()
	srv.listener, srv.parting = nil, ln
	return true
}
