// Copyright 2026 The duplex authors. MIT license.

package portable

import (
	"net"
	"net/netip"

	"github.com/duplex-go/duplex/internal/driver"
)

// network returns package net's name for the kind of a.
func network(a driver.Addr) string {
	switch {
	case a.Path != "":
		return "unix"
	case a.Addr().Unmap().Is4():
		return "tcp4"
	default:
		return "tcp6"
	}
}

// text returns a in the form that package net reads.
func text(a driver.Addr) string {
	if a.Path != "" {
		return a.Path
	}
	return unmap(a.AddrPort).String()
}

// source returns a in the form in which package net takes the local end of a connection.
func source(a driver.Addr) net.Addr {
	switch {
	case a == driver.Addr{}:
		return nil
	case a.Path != "":
		return &net.UnixAddr{Name: a.Path, Net: "unix"}
	default:
		return net.TCPAddrFromAddrPort(unmap(a.AddrPort))
	}
}

// unmap returns an IPv4 address that is written as IPv6 in its IPv4 form, as package net
// always does.
func unmap(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// address returns a in the form that a driver reports.
func address(a net.Addr) driver.Addr {
	switch a := a.(type) {
	case *net.TCPAddr:
		return driver.Addr{AddrPort: a.AddrPort()}
	case *net.UnixAddr:
		if a.Name == "@" { // how Linux reads a socket that was not bound
			return driver.Addr{}
		}
		return driver.Addr{Path: a.Name}
	}
	return driver.Addr{}
}
