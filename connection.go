// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"syscall"
	"unique"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/foreign"
)

// RemoteAddr returns the peer's address: a [*net.TCPAddr] or a [*net.UnixAddr]. It
// returns nil until a client's connection is made; a server's socket has the address
// from the start. The address stays readable after OnClose.
func (s *Socket) RemoteAddr() net.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.remoteAddr()
}

func (s *Socket) remoteAddr() net.Addr {
	if f := s.conf.foreign(); f != nil {
		return f.RemoteAddr()
	}
	if s.conf.network == "unix" && s.remoteIP == [16]byte{} && (s.phase != connecting || s.conf.server != nil) {
		path := ""
		if s.more != nil {
			path = s.more.path
		}
		return &net.UnixAddr{Name: path, Net: "unix"}
	}
	remote := s.remoteAddrPort()
	if !remote.IsValid() {
		return nil
	}
	return net.TCPAddrFromAddrPort(remote)
}

// LocalAddr returns our own address: a [*net.TCPAddr] or a [*net.UnixAddr]. It returns
// nil until a client's connection is made; a server's socket has the address from the
// start. The address stays readable after OnClose.
func (s *Socket) LocalAddr() net.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.localAddr()
}

func (s *Socket) localAddr() net.Addr {
	if f := s.conf.foreign(); f != nil {
		return f.LocalAddr()
	}
	if s.local == (unique.Handle[driver.Addr]{}) {
		return nil
	}
	return netAddr(s.conf.network, s.local.Value())
}

// RemoteAddrPort returns the peer's IP address and port. It returns the zero value for
// a Unix socket, and until a client's connection is made.
func (s *Socket) RemoteAddrPort() netip.AddrPort {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.remoteAddrPort()
}

func (s *Socket) remoteAddrPort() netip.AddrPort {
	if s.remoteIP == [16]byte{} {
		return netip.AddrPort{}
	}
	ip := netip.AddrFrom16(s.remoteIP).Unmap()
	if s.more != nil {
		ip = ip.WithZone(s.more.zone)
	}
	return netip.AddrPortFrom(ip, s.remotePort)
}

// ProxyHeader returns the header of the PROXY protocol that the connection began with, or
// nil if it began with none. Only a socket of a Server has one: see TrustedProxies. It
// must not be changed. It stays readable after OnClose.
func (s *Socket) ProxyHeader() *ProxyHeader {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.more == nil {
		return nil
	}
	return s.more.proxy
}

// setAddrs records the addresses of both ends. The caller holds mu, or no other
// goroutine has the socket yet.
func (s *Socket) setAddrs(local, remote driver.Addr) {
	local.AddrPort = unmap(local.AddrPort)
	s.local = unique.Make(local)
	s.setRemote(remote)
}

// setRemote records the peer's address.
func (s *Socket) setRemote(remote driver.Addr) {
	if remote.Path != "" {
		s.rare().path = remote.Path
	}
	if !remote.IsValid() {
		return
	}
	s.remoteIP, s.remotePort = remote.Addr().As16(), remote.Port()
	if zone := remote.Addr().Zone(); zone != "" {
		s.rare().zone = zone
	}
}

// LocalAddrPort returns our own IP address and port. It returns the zero value for a
// Unix socket, and until a client's connection is made.
func (s *Socket) LocalAddrPort() netip.AddrPort {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.localAddrPort()
}

func (s *Socket) localAddrPort() netip.AddrPort {
	if s.local == (unique.Handle[driver.Addr]{}) {
		return netip.AddrPort{}
	}
	return s.local.Value().AddrPort
}

// unmap returns a, with an IPv4 address in IPv6 form turned into IPv4 form. A listener
// of both families reports the IPv6 form.
func unmap(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// netAddr returns a as a net.Addr.
func netAddr(network string, a driver.Addr) net.Addr {
	if network == "unix" && !a.IsValid() { // a proxy may have announced another
		return &net.UnixAddr{Name: a.Path, Net: "unix"}
	}
	return net.TCPAddrFromAddrPort(a.AddrPort)
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

// networkOf returns the network of a listener or connection of package net, and reports
// whether a driver can take it over: it is TCP or a Unix stream. The zero value of one
// has no address; the driver refuses it.
func networkOf(socket any, addr net.Addr) (network string, ok bool) {
	switch socket.(type) {
	case *net.TCPListener, *net.TCPConn:
		network = "tcp"
	case *net.UnixListener, *net.UnixConn:
		network = "unix"
	}
	if network != "" && addr != nil {
		network = addr.Network() // it may be "unixpacket"
	}
	return network, network == "tcp" || network == "unix"
}

// isForeign reports whether a connection or a listener is of a kind that no driver takes
// over, because it is not one of package net's sockets.
func isForeign(socket any) bool {
	switch socket.(type) {
	case *net.TCPConn, *net.UnixConn, *net.TCPListener, *net.UnixListener:
		return false
	}
	return socket != nil
}

// foreign returns the connection of c if no driver can take that over, or nil.
func (c *config) foreign() *foreign.Conn {
	f, _ := c.driver.(*foreign.Conn)
	return f
}

// carry makes f the connection of the one socket that has c.
func (c *config) carry(f *foreign.Conn) {
	c.driver, c.tries = f, false
	if addr := f.LocalAddr(); addr != nil {
		c.network = addr.Network()
	}
}

// confOf returns the config of a socket of ln on a lane: that of all, unless the connection
// is a foreign one.
func (ln *listener) confOf(l *lane, handle any) *config {
	conf := ln.confs[l.number]
	if h, ok := handle.(foreign.Handle); ok {
		own := *conf
		conf = &own
		conf.carry(h.Conn)
	}
	return conf
}

// started starts a foreign connection, and reports whether c is one.
func (st *stream) started(c driver.Conn) bool {
	h, ok := c.Handle.(foreign.Handle)
	if ok {
		h.Start(st.conf.lane.Post, (*foreigner)(st))
	}
	return ok
}

// A foreigner is a stream whose connection is foreign: no driver gives back its ID.
type foreigner stream

func (f *foreigner) Received(p []byte)     { (*stream)(f).Received(p) }
func (f *foreigner) Ended()                { (*stream)(f).Ended() }
func (f *foreigner) Failed(err error)      { (*stream)(f).Failed(err) }
func (f *foreigner) Sent(n int, err error) { (*stream)(f).Sent(n, err) }

func (f *foreigner) Closed() {
	f.conf.lane.Forget(f.id)
	(*stream)(f).Closed()
}

// door returns the listener if it is foreign, or nil.
func (ln *listener) door() *foreign.Listener {
	d, _ := ln.bound.Handle.(*foreign.Listener)
	return d
}

// A detaching is a Detach that is not complete.
type detaching struct {
	done     func(net.Conn, error)
	released driver.Released
	begun    bool   // it has its turn among the verbs: when the queue is empty, the driver gives up
	left     bool   // the driver has given the connection up
	unread   []byte // what the socket has not reported
}

var errPiped = errors.New("duplex: Detach of a socket that is piped, or copied by WriteTo")

// Detach gives the connection back to package net: done is called with a net.Conn when all
// bytes that were written before are with the kernel. Its Read returns first what duplex has
// read from the kernel and not reported. So a protocol that is written for package net can
// take a connection over; package netconn lets it, too, and keeps the socket on its loop.
//
// From the call on, the socket reads no more (in a callback no OnData follows, not even the
// rest of the same read), and Write returns [net.ErrClosed], as after End. A peer that does
// not read delays done: the timeouts of Options apply until then. When done has returned,
// OnClose follows, with a nil Err and without OnEnd and OnFinish: the socket is over, and the
// connection is not. Detach is a verb like End: it takes effect after the functions that were
// posted before. While the socket is connecting, it waits for OnConnect.
//
// Done runs where the callbacks run, in turn with them. If the socket fails or is destroyed
// before, the connection is nil, and the error says why; OnError and OnClose are called as
// ever, and done may come before or after OnError. Close, before the connection is given, ends
// the Detach with [net.ErrClosed]: it discards input. A panic of done closes the connection.
//
// The connection is a [*net.TCPConn] or a [*net.UnixConn] with the options of package net, if
// no bytes are left to be read, or else a net.Conn with CloseWrite and NetConn, which returns
// that. Its descriptor counts no more for the Engine.
//
// If Detach itself returns an error, done is not called, and nothing has changed: it is
// [net.ErrClosed] after End, Close, Destroy, Reset and Detach, or [errors.ErrUnsupported] with
// TLS, or with a StartTLS that waits for a posted function, on the driver "memory", and for a connection of another kind than package net's sockets. Another error says that the socket is piped. Input that an
// Encoding has decoded, or that was discarded after [bufio.ErrFinalToken], cannot be given
// back: then done has an error, and the socket is destroyed with it. So it is if a function
// that was posted before starts TLS. A nil done panics.
func (s *Socket) Detach(done func(conn net.Conn, err error)) error {
	mustHave(done != nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	st := (*stream)(s)
	_, ok := s.conf.driver.(driver.Releaser)
	switch {
	case st.refuses(s.behind()) == net.ErrClosed || st.detaching() != nil:
		return net.ErrClosed
	case st.sending == broken:
		return s.more.err
	case !ok || st.session() != nil || st.out.secures(s.behind()):
		return errors.ErrUnsupported
	case s.more != nil && (len(s.more.outlets) > 0 || len(s.more.sources) > 0):
		return errPiped
	}
	s.rare().detaching = &detaching{done: done}
	st.do(op{kind: opDetach})
	st.advanceLater()
	st.count()
	return nil
}

// detach begins the Detach that is due among the verbs.
func (st *stream) detach() {
	if st.phase > open || st.sending != writable { // a posted function has ended the socket
		st.endDetach(st.undelivered())
		return
	}
	if st.session() != nil { // a posted function has started TLS
		st.destroy(st.opError("detach", errors.ErrUnsupported))
		return
	}
	st.detaching().begun = true
	st.perform(op{kind: opEnd})
}

// detaching returns the Detach that is not complete, or nil.
func (st *stream) detaching() *detaching {
	if st.more == nil {
		return nil
	}
	return st.more.detaching
}

// giveUp gives up the connection, all of whose bytes are with the kernel. It runs on the
// loop.
func (st *stream) giveUp(d *detaching) {
	var err error
	if d.unread, err = st.takeUnread(); err != nil {
		st.destroy(st.opError("detach", err))
		return
	}
	d.left = true
	st.leaveGroups()
	st.lapse()
	st.phase = closing
	st.note(resting)
	st.conf.driver.(driver.Releaser).Release(st.id, &d.released)
}

// takeUnread takes the bytes that were not reported.
func (st *stream) takeUnread() (unread []byte, err error) {
	if st.in.interest == muted {
		return nil, errMuted
	}
	tail := st.in.tail
	unread = tail.bytes[:tail.n]
	if st.more != nil {
		k := &st.more.kept
		if k.decoded && k.text.Len() > 0 {
			return nil, errDecoded
		}
		unread = slices.Concat(k.text.Bytes(), unread, k.raw.Bytes())
		*k = kept{}
	}
	st.in.tail = newTail(nil)
	return unread, nil
}

// endDetach makes the completion of a Detach due: with the connection if the driver has given
// it up, or else with err.
func (st *stream) endDetach(err error) {
	d := st.detaching()
	if d == nil {
		return
	}
	st.more.detaching = nil
	var conn net.Conn
	if d.left {
		if conn, err = d.released.Conn, d.released.Err; err != nil {
			err = st.opError("detach", err)
			(*Socket)(st).rare().err = err
		} else if unread := append(d.unread, d.released.Unread...); len(unread) > 0 {
			conn = &detached{Conn: conn, unread: unread}
		}
	}
	st.out.extra().complete(notice{done: func(error) {
		returned := false
		defer func() {
			if !returned && conn != nil {
				conn.Close()
			}
		}()
		d.done(conn, err)
		returned = true
	}}, nil)
	st.advanceLater()
}

// A detached is a connection of package net with bytes that come before those of the kernel.
type detached struct {
	net.Conn
	mu     sync.Mutex
	unread []byte
}

// Read implements net.Conn. It does not wait while there are unread bytes.
func (c *detached) Read(p []byte) (int, error) {
	c.mu.Lock()
	if len(c.unread) == 0 {
		c.mu.Unlock()
		return c.Conn.Read(p)
	}
	defer c.mu.Unlock()
	n := copy(p, c.unread)
	c.unread = c.unread[n:]
	return n, nil
}

// CloseWrite is that of the connection of package net.
func (c *detached) CloseWrite() error {
	return c.Conn.(interface{ CloseWrite() error }).CloseWrite()
}

// NetConn returns the connection of package net.
func (c *detached) NetConn() net.Conn { return c.Conn }
