// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"syscall"
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
)

func accepting(t *testing.T, c Config) {
	for kind, addr := range c.addresses(t) {
		t.Run("Accepted bears the addresses of the client, "+kind, func(t *testing.T) {
			r := newRig(t, c, 1)
			ln := r.loops[0].listen(addr, driver.ListenOptions{})
			client, server := r.join(ln, ln.local)
			crosswise(t, client, server)
			if server.local != ln.local {
				t.Errorf("the local address is %v, want the listener's %v", show(server.local), show(ln.local))
			}
		})
	}

	t.Run("a stopped listener accepts no client until resumed", func(t *testing.T) {
		r := newRig(t, c, 2)
		l, m := r.loops[0], r.loops[1]
		ln := l.listen(loopback, driver.ListenOptions{})
		r.join(ln, ln.local) // so that accepting is under way
		for range 3 {
			l.driver.Accept(ln.id, false)
			var clients []*socket
			for range 3 {
				clients = append(clients, m.connect(ln.local))
			}
			m.until("the clients are connected", func() bool {
				return clients[0].connected && clients[1].connected && clients[2].connected
			})
			l.idle()
			if n := len(ln.accepted); n > 0 {
				t.Fatalf("%d clients were accepted while stopped", n)
			}
			l.driver.Accept(ln.id, true)
			r.until("the clients are accepted", func() bool { return len(ln.accepted) == 3 })
			for range clients {
				l.attach(ln, driver.Options{})
			}
		}
	})

	t.Run("a listener that cannot accept reports it, and stops until resumed", func(t *testing.T) {
		r := newRig(t, c, 2)
		l := r.loops[0]
		ln := l.listen(loopback, driver.ListenOptions{})
		l.driver.Accept(ln.id, false)
		client := r.loops[1].connect(ln.local)
		r.loops[1].until("the client is connected", func() bool { return client.connected })
		if c.Exhaust == nil {
			c.Exhaust = exhaust
		}
		restore := c.Exhaust(t)
		defer restore()
		for range 2 {
			ln.err = nil
			l.driver.Accept(ln.id, true)
			l.until("accepting has failed", func() bool { return ln.err != nil })
			if !is(ln.err, syscall.EMFILE) {
				t.Errorf("got %v, want EMFILE", ln.err)
			}
			l.idle()
		}
		restore()
		l.driver.Accept(ln.id, true)
		r.until("the client is accepted", func() bool { return len(ln.accepted) == 1 })
	})

	t.Run("a client that has reset before it is accepted does not stop the listener", func(t *testing.T) {
		r := newRig(t, c, 2)
		l, m := r.loops[0], r.loops[1]
		ln := l.listen(loopback, driver.ListenOptions{})
		r.join(ln, ln.local) // so that accepting is under way
		l.driver.Accept(ln.id, false)
		for range 3 {
			client := m.connect(ln.local)
			m.until("the client is connected", func() bool { return client.connected })
			client.close(true)
			m.until("the client has reset", func() bool { return client.gone })
		}
		l.driver.Accept(ln.id, true)
		client := m.connect(ln.local)
		r.until("the next client is accepted", func() bool {
			for len(ln.accepted) > 0 && plain(ln.accepted[0].Remote) != plain(client.local) {
				ln.accepted[0].Handle.Close() // a kernel may hand out those as well
				ln.accepted = ln.accepted[1:]
			}
			return client.connected && len(ln.accepted) == 1
		})
		if ln.err != nil {
			t.Errorf("AcceptFailed was reported: %v", ln.err)
		}
		converse(r, client, l.attach(ln, driver.Options{}))
	})

	t.Run("Accept may be called in Accepted", func(t *testing.T) {
		r := newRig(t, c, 2)
		l, m := r.loops[0], r.loops[1]
		ln := l.listen(loopback, driver.ListenOptions{})
		l.driver.Accept(ln.id, false)
		clients := []*socket{m.connect(ln.local), m.connect(ln.local)}
		m.until("the clients are connected", func() bool { return clients[0].connected && clients[1].connected })
		l.after = func(s *socket, event string) {
			if event == "accepted" {
				l.driver.Accept(s.id, false)
				l.driver.Accept(s.id, true)
				l.attach(s, driver.Options{})
			}
		}
		l.driver.Accept(ln.id, true)
		r.until("the clients are attached", func() bool { return len(l.sockets) == 3 })
	})

	t.Run("a connection is attached to any sibling", func(t *testing.T) {
		r := newRig(t, c, 3)
		ln := r.loops[0].listen(loopback, driver.ListenOptions{})
		for _, l := range r.loops {
			client := r.loops[0].connect(ln.local)
			r.until("the client is accepted", func() bool { return client.connected && len(ln.accepted) == 1 })
			server := l.attach(ln, driver.Options{})
			converse(r, client, server)
		}
	})

	t.Run("a connection may be attached in Accepted", func(t *testing.T) {
		r := newRig(t, c, 1)
		l := r.loops[0]
		var server *socket
		l.after = func(s *socket, event string) {
			if event == "accepted" {
				server = l.attach(s, driver.Options{})
			}
		}
		ln := l.listen(loopback, driver.ListenOptions{})
		client := l.connect(ln.local)
		r.until("both are there", func() bool { return client.connected && server != nil })
		converse(r, client, server)
	})

	t.Run("a connection not attached ends with its handle", func(t *testing.T) {
		r := newRig(t, c, 1)
		ln := r.loops[0].listen(loopback, driver.ListenOptions{})
		client := r.loops[0].connect(ln.local)
		r.until("the client is accepted", func() bool { return client.connected && len(ln.accepted) == 1 })
		ln.accepted[0].Handle.Close()
		ln.accepted = nil
		client.receive(true)
		r.until("the client receives the end", func() bool { return client.ended })
	})

	t.Run("Attach of a handle that is no connection closes it and leaves the ID free", func(t *testing.T) {
		r := newRig(t, c, 1)
		l := r.loops[0]
		s, f := l.add(), new(foreign)
		if err := l.driver.Attach(s.id, driver.Conn{Handle: f}, driver.Options{}); err == nil || !f.closed {
			t.Errorf("got %v, closed: %v; want an error, closed: true", err, f.closed)
		}
		l.forget(s)
		client, server := r.pair()
		converse(r, client, server)
	})
}

// crosswise fails the test unless each end has the address of the other end.
func crosswise(t *testing.T, client, server *socket) {
	t.Helper()
	if plain(server.remote) != plain(client.local) {
		t.Errorf("the client connected from %v and was accepted from %v", show(client.local), show(server.remote))
	}
}

// converse sends a few bytes both ways.
func converse(r *rig, a, b *socket) {
	r.t.Helper()
	a.receive(true)
	b.receive(true)
	a.write([]byte("ping"))
	b.write([]byte("pong"))
	r.until("both have the other's bytes", func() bool {
		return string(a.data) == "pong" && string(b.data) == "ping"
	})
}
