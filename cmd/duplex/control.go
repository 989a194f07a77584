// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/duplex-go/duplex/internal/faults"
	"github.com/duplex-go/duplex/internal/relay"
	"github.com/duplex-go/duplex/internal/toxiproxy"
)

// serveAPI serves the interface of Toxiproxy.
func (v *proxy) serveAPI() error {
	network, address, err := parseAddress(v.api)
	if err != nil {
		return err
	}
	ln, err := net.Listen(network, address)
	if err != nil {
		return err
	}
	v.interfaces = &toxiproxy.API{
		Make:    v.made,
		Start:   v.start,
		Product: "duplex " + version(),
		Changed: func(r *relay.Relay, what string) {
			v.printer.print(event{name: "toxic", srv: shown(r.Addr()), toxic: r.Name + ": " + what})
		},
	}
	v.door = &http.Server{Handler: v.interfaces, ReadTimeout: 30 * time.Second, MaxHeaderBytes: 16 << 10}
	v.printer.print(event{name: "listening", srv: shown(ln.Addr()), route: &route{api: true}})
	go v.door.Serve(ln) // until endAPI
	return nil
}

// endAPI answers no more requests.
func (v *proxy) endAPI() { v.door.Close() }

// made returns a relay for a proxy of the API.
func (v *proxy) made(name, listen, upstream string) (*relay.Relay, error) {
	r := v.newRelay(name, &faults.Set{Seed: v.seed})
	if listen == "" {
		listen = "127.0.0.1:0"
	}
	var err error
	if r.Network, r.Address, err = parseAddress(listen); err != nil {
		return nil, err
	}
	var upstreams []*relay.Upstream
	for one := range strings.SplitSeq(upstream, ",") {
		u, err := v.parseUpstream(one, true)
		if err != nil {
			return nil, err
		}
		upstreams = append(upstreams, u)
	}
	r.Pool = relay.NewPool(relay.Policy(v.balance), v.seed, upstreams...)
	if v.backTLS == nil && slices.ContainsFunc(upstreams, func(u *relay.Upstream) bool { return u.Secure }) {
		v.back.tls = true
		v.backTLS, err = v.back.client()
	}
	r.Dialer.TLS = v.backTLS
	return r, err
}
