// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
)

// probing tests a driver that is a driver.Prober. The loop of the socket that is probed
// does not turn meanwhile.
func probing(t *testing.T, c Config) {
	pair := func(t *testing.T) (r *rig, client, server *socket, probe func() (int, bool)) {
		r = newRig(t, c, 2)
		d, ok := r.loops[1].driver.(driver.Prober)
		if !ok {
			t.Skip("the driver is no Prober")
		}
		client, server = r.pair()
		return r, client, server, func() (int, bool) { return d.Probe(server.id) }
	}

	t.Run("bytes and the end are seen before they are reported", func(t *testing.T) {
		r, client, server, probe := pair(t)
		server.receive(true)
		r.loops[1].quiet(shortly)
		if n, room := probe(); n != 0 || room {
			t.Fatalf("got %d and %t of a silent connection", n, room)
		}
		client.write([]byte("hello"))
		r.loops[0].until("the bytes are seen", func() bool { n, _ := probe(); return n == 5 })
		if len(server.data) > 0 {
			t.Fatal("they were reported")
		}
		r.until("they are reported", func() bool { return string(server.data) == "hello" })
		r.loops[1].quiet(shortly)
		if n, _ := probe(); n != 0 {
			t.Errorf("%d bytes are seen after that", n)
		}
		client.shutdownFlushed(r)
		r.loops[0].until("the end is seen", func() bool { n, _ := probe(); return n > 0 })
		r.until("it is reported", func() bool { return server.ended })
		if n, _ := probe(); n != 0 {
			t.Errorf("got %d after the end", n)
		}
	})

	t.Run("a reset is seen", func(t *testing.T) {
		r, client, server, probe := pair(t)
		server.receive(true)
		client.close(true)
		r.loops[0].until("it is seen", func() bool { n, _ := probe(); return n > 0 })
		r.until("it is reported", server.over)
	})

	t.Run("nothing is seen of a connection that does not read", func(t *testing.T) {
		r, client, _, probe := pair(t)
		client.write([]byte("hello"))
		client.shutdownFlushed(r)
		r.loops[0].quiet(shortly)
		if n, _ := probe(); n != 0 {
			t.Errorf("got %d", n)
		}
	})

	t.Run("room is seen before Sent", func(t *testing.T) {
		r, client, server, probe := pair(t)
		fill(r, server)
		if _, room := probe(); room {
			t.Error("there is room although the peer does not read")
		}
		sent := server.sent
		client.receive(true)
		r.loops[0].until("room is seen", func() bool { _, room := probe(); return room })
		if server.sent != sent {
			t.Error("it was reported")
		}
		r.until("it is reported", func() bool { return server.sent > sent })
	})
}
