// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
)

func connecting(t *testing.T, c Config) {
	for kind, addr := range c.addresses(t) {
		t.Run("a client converses, "+kind, func(t *testing.T) {
			r := newRig(t, c, 2)
			ln := r.loops[0].listen(addr, driver.ListenOptions{})
			client, server := r.join(ln, ln.local)
			converse(r, client, server)
		})
	}

	t.Run("an address without a listener is ECONNREFUSED, and Close ends the attempt", func(t *testing.T) {
		r := newRig(t, c, 1)
		ln := r.loops[0].listen(loopback, driver.ListenOptions{})
		ln.close(false)
		r.until("the port is free", func() bool { return ln.gone })
		client := r.loops[0].connect(ln.local)
		r.until("Connect has failed", func() bool { return client.connected })
		if !is(client.err, syscall.ECONNREFUSED) {
			t.Errorf("got %v, want ECONNREFUSED", client.err)
		}
		r.loops[0].quiet(time.Millisecond)
		client.close(false)
		r.until("it is closed", func() bool { return client.gone })
		if want := []string{"connected", "closed"}; !slices.Equal(client.events, want) {
			t.Errorf("got %v, want %v", client.events, want)
		}
	})

	t.Run("a client comes from the address it asks for", func(t *testing.T) {
		r := newRig(t, c, 1)
		l := r.loops[0]
		ln := l.listen(loopback, driver.ListenOptions{})
		spare := l.listen(loopback, driver.ListenOptions{})
		spare.close(false)
		r.until("a port is free", func() bool { return spare.gone })
		for _, local := range []driver.Addr{loopback, spare.local} {
			client := l.add()
			l.driver.Connect(client.id, ln.local, local, driver.Options{})
			r.until("it is accepted", func() bool { return client.connected && len(ln.accepted) == 1 })
			server := l.attach(ln, driver.Options{})
			crosswise(t, client, server)
			if got := client.local; got.Addr() != local.Addr() || local.Port() != 0 && got != local {
				t.Errorf("got %v, want %v", got, local)
			}
		}
	})

	t.Run("a local address in use is EADDRINUSE", func(t *testing.T) {
		r := newRig(t, c, 1)
		l := r.loops[0]
		ln := l.listen(loopback, driver.ListenOptions{})
		other := l.listen(loopback, driver.ListenOptions{})
		client := l.add()
		l.driver.Connect(client.id, ln.local, other.local, driver.Options{})
		r.until("Connect has failed", func() bool { return client.connected })
		if !is(client.err, syscall.EADDRINUSE) {
			t.Errorf("got %v, want EADDRINUSE", client.err)
		}
	})

	t.Run("Close takes the place of Connected", func(t *testing.T) {
		r := newRig(t, c, 1)
		ln := r.loops[0].listen(loopback, driver.ListenOptions{})
		for range 20 {
			client := r.loops[0].connect(ln.local)
			client.close(false)
			r.until("it is closed", func() bool { return client.gone })
			if want := []string{"closed"}; !slices.Equal(client.events, want) {
				t.Fatalf("got %v, want %v", client.events, want)
			}
		}
	})

	t.Run("Closed of an attempt under way comes when its descriptor is closed", func(t *testing.T) {
		if !c.Sockets || descriptors() < 0 {
			t.Skip("there are no descriptors to count")
		}
		r := newRig(t, c, 1)
		l := r.loops[0]
		ln, err := l.driver.Bind(loopback, driver.ListenOptions{Backlog: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Handle.Close()
		silent := func() *socket { // connects until there is no answer
			for range 10 {
				s := l.connect(ln.Local)
				l.quiet(shortly)
				if !s.connected {
					return s
				}
			}
			t.Skip("this kernel answers although the backlog is full")
			return nil
		}()
		files, now := descriptors(), 0
		l.after = func(s *socket, event string) {
			if s == silent && event == "closed" {
				now = descriptors()
			}
		}
		silent.close(false)
		r.until("it is closed", func() bool { return silent.gone })
		if now != files-1 {
			t.Errorf("there are %d descriptors, want one less than %d", now, files)
		}
	})

	t.Run("sending and receiving may begin in Connected", func(t *testing.T) {
		r := newRig(t, c, 1)
		l := r.loops[0]
		l.after = func(s *socket, event string) {
			switch event {
			case "connected":
				s.receive(true)
				s.write([]byte("hello"))
			case "accepted":
				peer := l.attach(s, driver.Options{})
				peer.write([]byte("welcome"))
				peer.receive(true)
			}
		}
		ln := l.listen(loopback, driver.ListenOptions{})
		client := l.connect(ln.local)
		r.until("the client is welcome", func() bool { return string(client.data) == "welcome" })
	})
}
