// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strconv"

	"github.com/duplex-go/duplex/internal/driver"
)

// A Resolver finds the addresses of a host. [*net.Resolver] is one. Clients call it on
// goroutines of their own, several at a time, and may not wait for its answer; Servers
// in Listen. It may block; a panic of it is the program's end.
type Resolver interface {
	// LookupNetIP returns the addresses of host in the order in which they are to
	// be tried. Network is "ip", "ip4" or "ip6".
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// A target is where to connect or to listen: addresses that are known, or a host
// that has to be looked up first.
type target struct {
	network string // "tcp" or "unix"
	family  string // "ip", "ip4" or "ip6", for the lookup
	host    string // to look up; "" if there is nothing to look up
	port    uint16
	addrs   []driver.Addr
}

// parseTarget reads an address as package net does. An empty host stands for
// whatever the caller puts there.
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
	if t.port, err = parsePort(network, service); err != nil {
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

// What is wrong with an address, where Node has a code for it.
const (
	wrongPort  = "a port is a number from 0 to 65535"
	wrongName  = "unknown port"
	wrongLocal = "a local address is an IP address"
)

// parsePort reads a port number or the name of a service.
func parsePort(network, service string) (uint16, error) {
	if n, err := strconv.Atoi(service); err == nil && (n < 0 || n > 65535) {
		return 0, &net.AddrError{Err: wrongPort, Addr: service}
	}
	n, err := net.LookupPort(network, service)
	if err != nil {
		return 0, &net.AddrError{Err: wrongName, Addr: service}
	}
	return uint16(n), nil
}

// only returns the addresses of t's family among ips.
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

// lookup finds the addresses of t's host. A nil Resolver is net.DefaultResolver.
func (t target) lookup(ctx context.Context, r Resolver) ([]netip.Addr, []driver.Addr, error) {
	if r == nil {
		r = net.DefaultResolver
	}
	ips, err := r.LookupNetIP(ctx, t.family, t.host)
	if err != nil {
		return nil, nil, err
	}
	ips = slices.Clone(ips)
	for i, ip := range ips {
		ips[i] = ip.Unmap() // the resolver of package net gives IPv4 as IPv6
	}
	addrs := t.only(ips)
	if len(addrs) == 0 {
		return ips, nil, &net.DNSError{Err: "no such host", Name: t.host, IsNotFound: true}
	}
	return ips, addrs, nil
}

// networkOf returns the network of a listener or connection of package net, and
// whether it is one that a driver can take over: TCP or a Unix stream.
func networkOf(socket any, addr net.Addr) (network string, ok bool) {
	switch socket.(type) {
	case *net.TCPListener, *net.UnixListener, *net.TCPConn, *net.UnixConn:
		network = addr.Network()
	}
	return network, network == "tcp" || network == "unix"
}

// unmap shows an IPv4 address as one, also at a socket of both families.
func unmap(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// netAddr returns a as package net shows it.
func netAddr(network string, a driver.Addr) net.Addr {
	if network == "unix" {
		return &net.UnixAddr{Name: a.Path, Net: "unix"}
	}
	return net.TCPAddrFromAddrPort(a.AddrPort)
}
