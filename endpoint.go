// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
	"unique"

	"github.com/duplex-go/duplex/internal/driver"
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
		d, ok := s.conf.lane.Driver.(driver.Describer)
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
