// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"net/netip"
	"strings"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/relay"
)

// limits hold the flags that say which clients serve accepts, and for how long.
type limits struct {
	maxConns  int
	perIP     int
	rate      float64
	allow     []string
	deny      []string
	backlog   int
	idle      time.Duration
	firstByte time.Duration
	read      time.Duration
	write     time.Duration
	maxAge    time.Duration
	proxies   string
	trust     []string
	reusePort bool

	allowed, denied, trusted *duplex.BlockList
}

// flags returns the table of its flags.
func (l *limits) flags() []flag {
	return []flag{
		{"max-conns", "", count{&l.maxConns, "clients"}},
		{"per-ip", "", count{&l.perIP, "clients"}},
		{"rate", "", perTime{&l.rate}},
		{"allow", "", list{&l.allow}},
		{"deny", "", list{&l.deny}},
		{"backlog", "", count{&l.backlog, "clients"}},
		{"idle", "", span{&l.idle}},
		{"first-byte-timeout", "", span{&l.firstByte}},
		{"read-timeout", "", span{&l.read}},
		{"write-timeout", "", span{&l.write}},
		{"max-age", "", span{&l.maxAge}},
		{"proxy-protocol", "", oneOf(&l.proxies, "in")},
		{"trust", "", list{&l.trust}},
		{"reuse-port", "", yes{&l.reusePort}},
	}
}

// prepare reads the addresses.
func (l *limits) prepare() (err error) {
	if l.allowed, err = networks("--allow", l.allow); err != nil {
		return err
	}
	if l.denied, err = networks("--deny", l.deny); err != nil {
		return err
	}
	l.trusted, err = networks("--trust", l.trust)
	return err
}

// networks returns a set of addresses, nil if there are none.
func networks(flag string, rules []string) (*duplex.BlockList, error) {
	if len(rules) == 0 {
		return nil, nil
	}
	set := new(duplex.BlockList)
	for _, rule := range rules {
		prefix, err := netip.ParsePrefix(rule)
		if addr, failed := netip.ParseAddr(rule); failed == nil && addr.Zone() == "" {
			prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err == nil {
			err = set.AddPrefix(prefix)
		}
		if err != nil {
			return nil, misuse("write 10.0.0.7, 10.0.0.0/8 or 2001:db8::/32", "%s takes an address or a network, not %s", flag, rule)
		}
	}
	return set, nil
}

// patience takes those limits of time that end a connection with FIN from srv, and returns
// them for sockets whose peers must not take a part of an answer for the whole.
func (l *limits) patience(srv *duplex.Server) relay.Limits {
	srv.IdleTimeout, srv.FirstByteTimeout, srv.ReadTimeout, srv.MaxAge = 0, 0, 0, 0
	return l.times()
}

// times returns the limits of time that patience does.
func (l *limits) times() relay.Limits {
	return relay.Limits{Idle: l.idle, FirstByte: l.firstByte, Read: l.read, MaxAge: l.maxAge}
}

// ofTime returns a hint that names the limits of time that are set.
func (l *limits) ofTime() string {
	var names []string
	for _, limit := range []struct {
		name string
		time time.Duration
	}{{"--idle", l.idle}, {"--first-byte-timeout", l.firstByte}, {"--read-timeout", l.read}, {"--write-timeout", l.write}, {"--max-age", l.maxAge}} {
		if limit.time > 0 {
			names = append(names, limit.name)
		}
	}
	if len(names) == 1 {
		return names[0] + " says how long a connection may last"
	}
	return strings.Join(names, " and ") + " say how long a connection may last"
}

// apply sets the limits of a server.
func (l *limits) apply(srv *duplex.Server) {
	srv.MaxConns = l.maxConns
	srv.MaxPerIP = l.perIP
	srv.AcceptRate = duplex.Rate{PerSecond: l.rate}
	srv.AllowList, srv.BlockList = l.allowed, l.denied
	if l.proxies != "" {
		srv.TrustedProxies = l.trusted
		if l.trusted == nil {
			srv.TrustedProxies = everyone()
		}
	}
	srv.ReusePort = l.reusePort
	srv.Backlog = l.backlog
	srv.IdleTimeout = l.idle
	srv.FirstByteTimeout = l.firstByte
	srv.ReadTimeout = l.read
	srv.WriteTimeout = l.write
	srv.MaxAge = l.maxAge
}
