// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"bytes"
	"runtime"
	"slices"
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
)

func closing(t *testing.T, c Config) {
	t.Run("Close is FIN after the bytes", func(t *testing.T) {
		r := newRig(t, c, 2)
		client, server := r.pair()
		server.receive(true)
		client.write([]byte("last words"))
		client.close(false)
		r.until("the end arrives", server.over)
		if string(server.data) != "last words" || !server.ended {
			t.Errorf("got %q and %v, want %q and the end", server.data, server.events, "last words")
		}
	})

	t.Run("Closed comes from a later Wait, once and last", func(t *testing.T) {
		r := newRig(t, c, 1)
		l := r.loops[0]
		client, server := r.pair()
		calling := false
		l.after = func(s *socket, event string) {
			switch {
			case event == "closed" && calling:
				t.Error("Closed was reported inside the call of Close")
			case event == "received":
				calling = true
				s.close(false)
				s.loop.driver.Close(s.id, false) // of a socket that is being closed: nothing
				calling = false
			}
		}
		server.receive(true)
		client.write([]byte("x"))
		r.until("it is closed", func() bool { return server.gone })
		client.receive(true)
		r.until("its peer has ended", client.over) // time for a Closed too many
		if want := []string{"received", "closed"}; !slices.Equal(server.events, want) {
			t.Errorf("got %v, want %v", server.events, want)
		}
	})

	t.Run("Close in a call drops the events of the same turn", func(t *testing.T) {
		r := newRig(t, c, 2)
		l := r.loops[1]
		for range 20 {
			var servers []*socket
			for range 4 {
				client, server := r.pair()
				client.write([]byte("news"))
				client.shutdownFlushed(r)
				servers = append(servers, server)
			}
			l.after = func(s *socket, event string) {
				l.after = nil
				for _, other := range servers {
					if other != s {
						other.close(false)
					}
				}
			}
			for _, s := range servers {
				s.receive(true)
			}
			r.until("one is left", func() bool { return l.after == nil })
			r.until("the others are closed", all(servers, func(s *socket) bool { return s.gone == s.closing }))
		}
	})

	t.Run("a new socket in the slot receives no event of the old one", func(t *testing.T) {
		r := newRig(t, c, 2)
		ln := r.loops[0].listen(loopback, driver.ListenOptions{})
		for i := range 100 {
			mark := byte(i)
			client, server := r.join(ln, ln.local)
			server.receive(true)
			client.write(bytes.Repeat([]byte{mark}, 100_000))
			r.until("bytes arrive", func() bool { return len(server.data) > 0 })
			if bytes.Count(server.data, []byte{mark}) != len(server.data) {
				t.Fatalf("round %d: bytes of an earlier round arrived", i)
			}
			server.close(i%2 == 0)
			if i%3 == 0 {
				client.close(i%4 == 0)
			}
			r.until("the slot is free", func() bool { return server.gone })
		}
	})

	t.Run("Close gives back lent bytes, and the peer gets no other bytes", func(t *testing.T) {
		r := newRig(t, c, 2)
		client, server := r.pair()
		fill(r, client)
		client.close(false)
		r.until("it is closed", func() bool { return client.gone })
		server.receive(true)
		r.until("the end arrives", server.over)
		if want := pattern(flood); !bytes.HasPrefix(want, server.data) {
			t.Error("what arrived is not what was sent")
		}
	})

	t.Run("Unacked counts what the peer's system has not acknowledged", func(t *testing.T) {
		if runtime.GOOS != "linux" {
			t.Skip("only Linux is asked")
		}
		r := newRig(t, c, 2)
		client, server := r.pair()
		d, ok := client.loop.driver.(driver.Confirmer)
		if !ok {
			t.Skip("this driver loses nothing that it has taken")
		}
		if n := d.Unacked(client.id); n != 0 {
			t.Errorf("it is %d before the first byte, want 0", n)
		}
		fill(r, client)
		if n := d.Unacked(client.id); n == 0 {
			t.Error("it is 0 though the peer does not read")
		}
		server.receive(true)
		r.until("everything is acknowledged", func() bool {
			return client.flushed() && d.Unacked(client.id) == 0 && len(server.data) == flood
		})
		same(t, server.data, pattern(flood))
		client.close(false)
		if n := d.Unacked(client.id); n != 0 {
			t.Errorf("it is %d after Close, want 0", n)
		}
	})

	t.Run("the listener's connections outlive it", func(t *testing.T) {
		r := newRig(t, c, 1)
		client, server := r.pair() // whose listener is closing
		converse(r, client, server)
	})

	t.Run("a listener that is closed accepts no client that waits", func(t *testing.T) {
		r := newRig(t, c, 2)
		for range 20 {
			ln := r.loops[1].listen(loopback, driver.ListenOptions{})
			client := r.loops[0].connect(ln.local)
			r.loops[0].until("the client is connected", func() bool { return client.connected })
			ln.close(false)
			client.receive(true)
			r.until("the client is turned away", func() bool { return ln.gone && client.over() })
		}
	})
}
