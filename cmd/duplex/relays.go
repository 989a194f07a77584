// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/faults"
	"github.com/duplex-go/duplex/internal/relay"
)

// newRelay returns a relay that has no addresses yet.
func (v *proxy) newRelay(name string, set *faults.Set) *relay.Relay {
	r := &relay.Relay{
		Name:    name,
		Faults:  set,
		Watched: !v.quiet || v.recordTo != "",
		Health:  v.health,
		Limits:  v.limits.times(),
		Numbers: &v.numbers,
	}
	r.NewServer = func() *duplex.Server { return v.newServer(r) }
	r.Report = func(e relay.Event) {
		if e.Name == "drop" && e.Pair.Unmade { // else another upstream has taken over
			v.unmade.Add(1)
		}
		v.printer.relayed(r, e)
	}
	r.Tune = v.tuning.set
	r.Queued, r.BrokenOff = unacknowledgedBytes, brokenOff
	r.Hold = func(s *duplex.Socket) bool { return v.printer.hold(s) }
	if v.header > 0 {
		r.Header = v.headerFor
	}
	return r
}

// newServer returns the server of a life of r.
func (v *proxy) newServer(r *relay.Relay) *duplex.Server {
	srv := &duplex.Server{Engine: v.engine, TLS: v.frontTLS}
	v.limits.apply(srv)
	v.tuning.options(&srv.Options)
	if srv.HandshakeTimeout = v.front.handshake; srv.HandshakeTimeout < 0 && v.limits.idle > 0 {
		srv.HandshakeTimeout = v.limits.idle // the relay sees no client before
	}
	at := ""
	srv.OnListening = func() {
		at = shown(srv.Addr())
		v.printer.print(event{name: "listening", srv: at, route: v.routeOf(r)})
		if v.pin != "" {
			v.pinned.Do(func() { go v.notePin(v.pin) })
		}
	}
	srv.OnDrop = func(d duplex.Drop) {
		v.printer.print(event{name: "drop", srv: at, remote: d.Remote.String(), err: d.Reason})
	}
	srv.OnError = func(err error) {
		v.printer.print(event{name: "error", srv: at, err: err})
		if opOf(err).Op == "listen" {
			v.mu.Lock()
			v.failed = err
			v.mu.Unlock()
		}
	}
	srv.OnClose = func() { v.printer.print(event{name: "close", srv: at}) }
	return srv
}

// routeOf returns what r does with its clients.
func (v *proxy) routeOf(r *relay.Relay) *route {
	shows := &route{seed: v.seed}
	if r == v.own {
		shows.toxics = v.toxics
	}
	for _, u := range r.Pool.All() {
		shows.upstreams = append(shows.upstreams, u.Shown)
	}
	shows.seeded = len(v.toxics) > 0 || v.api != "" || v.given("seed") || v.balance == string(relay.Random)
	return shows
}

// start lets r listen. The file that a killed proxy has left in the place of a Unix socket
// is removed.
func (v *proxy) start(r *relay.Relay) error {
	r.Dialer.Engine, r.Dialer.Resolver = v.engine, resolver
	v.tuning.options(&r.Dialer.Options)
	r.Dialer.LocalAddr = v.local
	r.Dialer.Timeout = v.timeout
	r.Dialer.HandshakeTimeout = v.front.handshake
	r.Dialer.WriteTimeout = v.limits.write // what is idle on one side is on the other
	err := r.Start()
	if r.Network == "unix" && errors.Is(err, syscall.EADDRINUSE) && removeAbandoned(r.Address) {
		err = r.Start()
	}
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if !slices.Contains(v.relays, r) {
		v.relays = append(v.relays, r)
	}
	return nil
}

// all returns the relays that have started.
func (v *proxy) all() []*relay.Relay {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.relays)
}

// failure returns why listening has ended, nil if it was meant to.
func (v *proxy) failure() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.failed
}

// headerFor returns the header of the PROXY protocol that announces a client.
func (v *proxy) headerFor(client *duplex.Socket) *duplex.ProxyHeader {
	h := &duplex.ProxyHeader{Version: v.header}
	if came := client.ProxyHeader(); came != nil && v.header == 2 {
		h.TLVs = came.TLVs
	}
	if client.RemoteAddrPort().IsValid() {
		h.Source, h.Destination = client.RemoteAddrPort(), client.LocalAddrPort()
	}
	return h
}

// readToxics reads the file of --toxics.
func readToxics(name string) ([]string, error) {
	const hint = "--toxics takes the name of a file with one toxic in a line"
	f, err := os.Open(name)
	if err != nil {
		return nil, &failure{exitOther, err.Error(), hint}
	}
	defer f.Close()
	texts, err := faults.ReadFile(f)
	var unread *fs.PathError
	switch {
	case errors.As(err, &unread):
		return nil, &failure{exitOther, err.Error(), hint}
	case err != nil:
		return nil, misuse(toxicHint(), "%s: %v", name, err)
	}
	return texts, nil
}

// toxicHint returns what toxics look like.
func toxicHint() string { return "there are " + strings.Join(faults.Examples(), " ") }

// A seed is a flag whose value begins what looks like chance.
type seed struct{ *uint64 }

func (s seed) String() string { return strconv.FormatUint(*s.uint64, 10) }
func (s seed) Type() string   { return "number" }

func (s seed) Set(text string) (err error) {
	if *s.uint64, err = strconv.ParseUint(text, 10, 64); err != nil {
		return errors.New("it is a number, 0 or more")
	}
	return nil
}
