// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package script

import (
	"net"
	"net/netip"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// duplicate returns a copy of a descriptor. The original stays the script's.
func duplicate(fd int) (*os.File, error) {
	copied, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0) // no child's
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(copied), "fd "+strconv.Itoa(fd)), nil
}

func closeDescriptor(fd int) { _ = syscall.Close(fd) }

// listens reports whether a descriptor is a socket that does.
func listens(fd int) bool {
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	return err == nil && n != 0
}

// bindable returns the error of binding a socket to an address that it is to connect
// from.
func bindable(addr netip.AddrPort) error {
	domain := syscall.AF_INET6
	if addr.Addr().Is4() {
		domain = syscall.AF_INET
	}
	syscall.ForkLock.RLock()
	fd, err := syscall.Socket(domain, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		return err
	}
	if addr.Addr().Is4() {
		return syscall.Bind(fd, &syscall.SockaddrInet4{Port: int(addr.Port()), Addr: addr.Addr().As4()})
	}
	return syscall.Bind(fd, &syscall.SockaddrInet6{Port: int(addr.Port()), Addr: addr.Addr().As16()})
}

// failure returns the error that the connection has failed with, if the system has one
// that it has not told yet.
func failure(conn syscall.Conn) (err error) {
	raw, closed := conn.SyscallConn()
	if closed != nil {
		return nil
	}
	raw.Control(func(fd uintptr) {
		if n, failed := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_ERROR); failed == nil && n != 0 {
			err = syscall.Errno(n)
		}
	})
	return err
}

// peer returns the address of the peer of conn as the kernel has it now, the zero
// value for one that is not of IP, or if conn has no descriptor.
func peer(conn syscall.Conn) (addr netip.AddrPort, err error) {
	raw, closed := conn.SyscallConn()
	if closed != nil {
		return addr, nil
	}
	raw.Control(func(fd uintptr) {
		var name syscall.Sockaddr
		name, err = syscall.Getpeername(int(fd))
		switch name := name.(type) {
		case *syscall.SockaddrInet4:
			addr = netip.AddrPortFrom(netip.AddrFrom4(name.Addr), uint16(name.Port))
		case *syscall.SockaddrInet6:
			addr = netip.AddrPortFrom(netip.AddrFrom16(name.Addr).Unmap(), uint16(name.Port))
		}
	})
	return addr, err
}

// connectedPair returns two sockets that are connected with each other.
func connectedPair() (ends [2]net.Conn, err error) {
	syscall.ForkLock.RLock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return ends, err
	}
	for i, fd := range fds {
		file := os.NewFile(uintptr(fd), "pair")
		defer file.Close()
		if ends[i], err = net.FileConn(file); err != nil {
			if i > 0 {
				ends[0].Close()
			}
			return ends, err
		}
	}
	return ends, nil
}
