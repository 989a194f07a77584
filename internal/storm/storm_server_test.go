// Copyright 2026 The duplex authors. MIT license.

package storm_test

import (
	"context"
	"crypto/tls"
	"math/rand/v2"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
)

// A target is an address that clients connect to.
type target struct {
	network string
	address atomic.Value // string
	steady  bool         // a server listens there during the whole run
	secure  bool         // with TLS
}

// relisten returns a function that listens and stops, at the same address if it can.
func (st *storm) relisten() func(*rand.Rand) {
	to, address := &target{network: "tcp", secure: st.secure}, "127.0.0.1:0"
	srv := st.server(st.engine, duplex.Options{}, false, to.secure)
	return func(r *rand.Rand) {
		if err := srv.Listen("tcp", address); err != nil {
			address = "127.0.0.1:0" // a client may have that port now
			return
		}
		address = srv.Addr().String()
		st.listens.Add(1)
		st.announce(to, address)
		doze(r, 50*time.Millisecond)
		if r.IntN(2) == 0 {
			srv.Unlisten()
			doze(r, 5*time.Millisecond)
		}
		ctx, cancel := context.WithTimeout(context.Background(), duplextest.Patience)
		defer cancel()
		if err := srv.Shutdown(ctx); err != nil && err != net.ErrClosed {
			st.fail(nil, "Shutdown: %v; %d sockets are left", err, srv.Len())
		}
	}
}

// reopen returns a function that starts and closes an engine, and so opens and closes
// the descriptors of its loops.
func (st *storm) reopen() func(*rand.Rand) {
	to := &target{network: "tcp", secure: st.secure}
	return func(r *rand.Rand) {
		e := &duplex.Engine{Loops: 1 + r.IntN(3), Driver: st.engine.Driver, Budget: st.engine.Budget}
		srv := st.server(e, duplex.Options{}, false, to.secure)
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			st.fail(nil, "Listen: %v", err)
			return
		}
		st.announce(to, srv.Addr().String())
		for range r.IntN(8) {
			st.connect(r, e, nil)
		}
		doze(r, 30*time.Millisecond)
		st.patiently("the close of an engine", func() { e.Close() })
		if left := e.Stats(); left.Sockets != 0 || left.Servers != 0 || left.Unread != 0 {
			st.fail(nil, "an engine closed with %+v", left)
		}
		st.connect(r, e, nil) // the engine is closed: it must fail
		st.engines.Add(1)
	}
}

// serve listens during the whole run.
func (st *storm) serve(network string, o duplex.Options, blocking, secure bool) {
	srv, address := st.server(st.engine, o, blocking, secure), "127.0.0.1:0"
	if network == "unix" {
		address = duplextest.SocketPath(st.t)
	}
	if err := srv.Listen(network, address); err != nil {
		st.t.Fatal(err)
	}
	st.listens.Add(1)
	st.servers = append(st.servers, srv)
	st.announce(&target{network: network, steady: true, secure: secure}, srv.Addr().String())
}

// announce adds a target for clients, or moves it to a new address.
func (st *storm) announce(to *target, address string) {
	to.address.Store(address)
	st.mu.Lock()
	defer st.mu.Unlock()
	if !slices.Contains(st.targets, to) {
		st.targets = append(st.targets, to)
	}
}

// config returns the TLS configuration of a client, nil if it needs none.
func (to *target) config() (client *tls.Config) {
	if to.secure {
		_, client = testrun.TLS()
	}
	return client
}

// target returns a random target.
func (st *storm) target(r *rand.Rand) *target {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.targets[r.IntN(len(st.targets))]
}

func (st *storm) server(e *duplex.Engine, o duplex.Options, blocking, secure bool) *duplex.Server {
	o.Linger, o.HandshakeTimeout = time.Minute, -1
	srv := &duplex.Server{Engine: e, Options: o, OnClose: func() {
		if e == st.engine {
			st.shut.Add(1)
		}
	}}
	if secure {
		srv.TLS, _ = testrun.TLS()
	}
	srv.Handler = st.handler(func(s *duplex.Socket) *party {
		if s.Value == nil {
			p := st.join(e, "accepted at", s.LocalAddr())
			s.Value = p
			st.enlist(p, s)
			if p.own {
				st.accepts.Add(1)
			}
		}
		return s.Value.(*party)
	}, 0, blocking)
	return srv
}
