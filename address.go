// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"syscall"
	"unique"

	"github.com/duplex-go/duplex/internal/driver"
)

// A Resolver finds the addresses of a host. [*net.Resolver] is one. Clients and Servers
// call it on goroutines of their own, so it may block, and several calls may run at the
// same time. A Client or Server that is closed meanwhile does not wait for the answer.
// A panic of a Resolver ends the program.
type Resolver interface {
	// LookupNetIP returns the addresses of host, the preferred one first. Network is
	// "ip", "ip4" or "ip6". Ctx ends when the answer is not needed any more.
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// A target is an address to connect to or to listen on. Its addresses are known, or a
// host or a service has to be looked up first.
type target struct {
	network string // "tcp" or "unix"
	family  string // "ip", "ip4" or "ip6", for the lookup
	host    string // to look up; "" if there is none
	service string // to look up; "" if port is known
	port    uint16
	addrs   []driver.Addr // the known addresses
}

// parseTarget parses an address as package net does. EmptyHost takes the place of an
// empty host. It looks nothing up, so it may be called on a loop.
func parseTarget(network, address, emptyHost string) (target, error) {
	t := target{network: "tcp"}
	switch network {
	case "tcp":
		t.family = "ip"
	case "tcp4":
		t.family = "ip4"
	case "tcp6":
		t.family = "ip6"
	case "unix":
		if address == "" {
			return t, &net.AddrError{Err: "missing path", Addr: address}
		}
		return target{network: "unix", addrs: []driver.Addr{{Path: address}}}, nil
	default:
		return t, net.UnknownNetworkError(network)
	}
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return t, err
	}
	if t.port, t.service, err = parsePort(service); err != nil {
		return t, err
	}
	if host == "" {
		host = emptyHost
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		t.addrs = t.only([]netip.Addr{ip})
		if len(t.addrs) == 0 {
			return t, &net.AddrError{Err: "not an address of network " + network, Addr: host}
		}
		return t, nil
	}
	t.host = host
	return t, nil
}

// The faults of an address for which Node has a code.
const (
	wrongPort  = "a port is a number from 0 to 65535"
	wrongName  = "unknown port"
	wrongLocal = "a local address is an IP address"
)

// parsePort reads a port, or returns the name of a service that has to be looked up.
func parsePort(text string) (port uint16, service string, err error) {
	n, err := strconv.Atoi(text)
	switch {
	case text == "":
		return 0, "", nil
	case err == nil && n >= 0 && n <= 65535:
		return uint16(n), "", nil
	case err == nil || errors.Is(err, strconv.ErrRange):
		return 0, "", &net.AddrError{Err: wrongPort, Addr: text}
	}
	return 0, text, nil
}

// known reports whether there is nothing to look up.
func (t target) known() bool { return t.host == "" && t.service == "" }

// only returns the addresses of ips that are of t's family, with t's port.
func (t target) only(ips []netip.Addr) (addrs []driver.Addr) {
	for _, ip := range ips {
		ip = ip.Unmap()
		if t.family == "ip4" && !ip.Is4() || t.family == "ip6" && ip.Is4() {
			continue
		}
		addrs = append(addrs, driver.Addr{AddrPort: netip.AddrPortFrom(ip, t.port)})
	}
	return addrs
}

// A finding is the result of looking up a target.
type finding struct {
	target               // known, if there is no error
	ips     []netip.Addr // the addresses of the host
	badPort error        // why there is no port of the service; then no host was looked up
	badHost error        // why there is no address of the host
}

// lookUp looks up the unknown parts of t. A nil Resolver is net.DefaultResolver. It may
// block.
func (t target) lookUp(ctx context.Context, r Resolver) finding {
	f := finding{target: t}
	if f.service != "" {
		n, err := net.DefaultResolver.LookupPort(ctx, f.network, f.service)
		if err != nil {
			f.badPort = &net.AddrError{Err: wrongName, Addr: f.service}
			return f
		}
		f.port, f.service = uint16(n), ""
		for i, a := range f.addrs {
			f.addrs[i].AddrPort = netip.AddrPortFrom(a.Addr(), f.port)
		}
	}
	if f.host == "" {
		return f
	}
	if r == nil {
		r = net.DefaultResolver
	}
	ips, err := r.LookupNetIP(ctx, f.family, f.host)
	if err != nil {
		f.badHost = err
		return f
	}
	f.ips = slices.Clone(ips)
	for i, ip := range f.ips {
		f.ips[i] = ip.Unmap() // the resolver of package net gives IPv4 as IPv6
	}
	if f.addrs = f.only(f.ips); len(f.addrs) == 0 {
		f.badHost = &net.DNSError{Err: "no such host", Name: f.host, IsNotFound: true}
	}
	return f
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

// SyscallConn gives access to the descriptor of the socket, for options that duplex
// does not have. Control of the RawConn calls f before it returns. f must not close the
// descriptor, nor call methods of the socket, which would deadlock. The error of
// Control is [net.ErrClosed] before the connection is made and once the socket is
// destroyed or closed, and [errors.ErrUnsupported] on the drivers "memory" and
// "portable". Read and Write always return errors.ErrUnsupported, since only the loop
// may read and write. SyscallConn itself returns no error.
func (s *Socket) SyscallConn() (syscall.RawConn, error) {
	return control(func(f func(uintptr)) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		d, ok := s.conf.driver.(driver.Describer)
		switch {
		case !ok:
			return errors.ErrUnsupported
		case s.phase != open:
			return net.ErrClosed
		}
		fd, ok := d.Descriptor(s.id)
		if !ok {
			return net.ErrClosed
		}
		f(fd)
		return nil
	}), nil
}

// SyscallConn gives access to the descriptor that the server listens on, as that of
// [Socket.SyscallConn] does for a socket; f must not call methods of the server. The
// error of Control is [net.ErrClosed] while the server does not listen.
func (srv *Server) SyscallConn() (syscall.RawConn, error) {
	return control(func(f func(uintptr)) error {
		srv.mu.Lock()
		defer srv.mu.Unlock()
		if srv.listener == nil || srv.listener.phase != listening {
			return net.ErrClosed
		}
		d, ok := srv.listener.bound.Handle.(interface{ Descriptor() uintptr })
		if !ok {
			return errors.ErrUnsupported
		}
		f(d.Descriptor())
		return nil
	}), nil
}

// A control is a RawConn that has Control only.
type control func(func(fd uintptr)) error

func (c control) Control(f func(fd uintptr)) error { return c(f) }

func (c control) Read(func(fd uintptr) bool) error { return errors.ErrUnsupported }

func (c control) Write(func(fd uintptr) bool) error { return errors.ErrUnsupported }

var (
	_ syscall.Conn = (*Socket)(nil)
	_ syscall.Conn = (*Server)(nil)
)
