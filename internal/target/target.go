// Copyright 2026 The duplex authors. MIT license.

// Package target reads the addresses that programs name, to connect to or to listen on, and
// looks them up.
package target

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/duplex-go/duplex/internal/driver"
)

// A Target is an address to connect to or to listen on. Its addresses are known, or a
// host or a service has to be looked up first.
type Target struct {
	Network string // "tcp" or "unix"
	Family  string // "ip", "ip4" or "ip6", for the lookup
	Host    string // to look up; "" if there is none
	Service string // to look up; "" if Port is known
	Port    uint16
	Addrs   []driver.Addr // the known addresses
}

// Parse parses an address as package net does. EmptyHost takes the place of an
// empty host. It looks nothing up, so it may be called on a loop.
func Parse(network, address, emptyHost string) (Target, error) {
	t := Target{Network: "tcp"}
	switch network {
	case "tcp":
		t.Family = "ip"
	case "tcp4":
		t.Family = "ip4"
	case "tcp6":
		t.Family = "ip6"
	case "unix":
		if address == "" {
			return t, &net.AddrError{Err: "missing path", Addr: address}
		}
		return Target{Network: "unix", Addrs: []driver.Addr{{Path: address}}}, nil
	default:
		return t, net.UnknownNetworkError(network)
	}
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return t, err
	}
	if t.Port, t.Service, err = parsePort(service); err != nil {
		return t, err
	}
	if host == "" {
		host = emptyHost
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		t.Addrs = t.only([]netip.Addr{ip})
		if len(t.Addrs) == 0 {
			return t, &net.AddrError{Err: "not an address of network " + network, Addr: host}
		}
		return t, nil
	}
	t.Host = host
	return t, nil
}

// ParseLocal parses Client.LocalAddr. A Target without addresses leaves the choice to the
// system.
func ParseLocal(s string) (Target, error) {
	if s == "" {
		return Target{}, nil
	}
	if _, err := netip.ParseAddr(s); err == nil {
		s = net.JoinHostPort(s, "0")
	}
	t, err := Parse("tcp", s, "0.0.0.0")
	if t.Host != "" || !strings.Contains(s, ":") {
		err = &net.AddrError{Err: WrongLocal, Addr: s}
	}
	return t, err
}

// The faults of an address for which Node has a code: the Err of a *net.AddrError.
const (
	WrongPort  = "a port is a number from 0 to 65535"
	WrongName  = "unknown port"
	WrongLocal = "a local address is an IP address"
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
		return 0, "", &net.AddrError{Err: WrongPort, Addr: text}
	}
	return 0, text, nil
}

// Known reports whether there is nothing to look up.
func (t Target) Known() bool { return t.Host == "" && t.Service == "" }

// only returns the addresses of ips that are of t's family, with t's port.
func (t Target) only(ips []netip.Addr) (addrs []driver.Addr) {
	for _, ip := range ips {
		ip = ip.Unmap()
		if t.Family == "ip4" && !ip.Is4() || t.Family == "ip6" && ip.Is4() {
			continue
		}
		addrs = append(addrs, driver.Addr{AddrPort: netip.AddrPortFrom(ip, t.Port)})
	}
	return addrs
}

// A Finding is the result of looking up a Target.
type Finding struct {
	Target               // known, if there is no error
	IPs     []netip.Addr // the addresses of the host
	BadPort error        // why there is no port of the service; then no host was looked up
	BadHost error        // why there is no address of the host
}

// A Resolver is a duplex.Resolver.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// LookUp looks up the unknown parts of t. A nil Resolver is net.DefaultResolver. It may
// block.
func (t Target) LookUp(ctx context.Context, r Resolver) Finding {
	f := Finding{Target: t}
	if f.Service != "" {
		n, err := net.DefaultResolver.LookupPort(ctx, f.Network, f.Service)
		if err != nil {
			f.BadPort = &net.AddrError{Err: WrongName, Addr: f.Service}
			return f
		}
		f.Port, f.Service = uint16(n), ""
		for i, a := range f.Addrs {
			f.Addrs[i].AddrPort = netip.AddrPortFrom(a.Addr(), f.Port)
		}
	}
	if f.Host == "" {
		return f
	}
	if r == nil {
		r = net.DefaultResolver
	}
	ips, err := r.LookupNetIP(ctx, f.Family, f.Host)
	if err != nil {
		f.BadHost = err
		return f
	}
	f.IPs = slices.Clone(ips)
	for i, ip := range f.IPs {
		f.IPs[i] = ip.Unmap() // the resolver of package net gives IPv4 as IPv6
	}
	if f.Addrs = f.only(f.IPs); len(f.Addrs) == 0 {
		f.BadHost = &net.DNSError{Err: "no such host", Name: f.Host, IsNotFound: true}
	}
	return f
}

// Interleave returns the addresses with their families in turn, beginning with the
// family of the first address (RFC 8305, section 4).
func Interleave(addrs []driver.Addr) []driver.Addr {
	var same, other []driver.Addr
	for _, a := range addrs {
		if a.Addr().Is4() == addrs[0].Addr().Is4() {
			same = append(same, a)
		} else {
			other = append(other, a)
		}
	}
	turns := make([]driver.Addr, 0, len(addrs))
	for i := range max(len(same), len(other)) {
		if i < len(same) {
			turns = append(turns, same[i])
		}
		if i < len(other) {
			turns = append(turns, other[i])
		}
	}
	return turns
}

// From returns the address of t, which is a local one, for an attempt to reach remote; the
// zero Addr leaves the choice to the system. The unspecified address of one family stands
// for that of the other, too. A path has no local address.
func (t Target) From(remote driver.Addr) driver.Addr {
	if len(t.Addrs) == 0 || remote.Path != "" {
		return driver.Addr{}
	}
	local := t.Addrs[0]
	switch {
	case !local.Addr().IsUnspecified():
	case remote.Addr().Is4():
		local.AddrPort = netip.AddrPortFrom(netip.IPv4Unspecified(), local.Port())
	default:
		local.AddrPort = netip.AddrPortFrom(netip.IPv6Unspecified(), local.Port())
	}
	return local
}
