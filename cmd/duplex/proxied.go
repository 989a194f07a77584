// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"net/netip"

	"github.com/duplex-go/duplex"
)

// everyone returns the set of all addresses.
func everyone() *duplex.BlockList {
	all := new(duplex.BlockList)
	all.AddPrefix(netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0"))
	return all
}

// proxyHeader returns the header of the PROXY protocol that connect sends: of a version,
// v1 or v2, for a client with the address source, which may be empty. It announces that
// the client has connected to address, if that is an IP address of the same family.
func proxyHeader(version, source, address string) (*duplex.ProxyHeader, error) {
	if version == "" {
		return nil, nil
	}
	h := &duplex.ProxyHeader{Version: 2}
	if version == "v1" {
		h.Version = 1
	}
	if source == "" {
		return h, nil
	}
	var err error
	if h.Source, err = netip.ParseAddrPort(source); err != nil {
		return nil, misuse("write 192.0.2.1:35890 or [2001:db8::1]:35890", "--proxy-source takes an IP address and port, not %s", source)
	}
	h.Destination, err = netip.ParseAddrPort(address)
	if err != nil || h.Destination.Addr().Is4() != h.Source.Addr().Is4() {
		unknown := netip.IPv6Unspecified()
		if h.Source.Addr().Is4() {
			unknown = netip.IPv4Unspecified()
		}
		h.Destination = netip.AddrPortFrom(unknown, h.Destination.Port())
	}
	return h, nil
}
