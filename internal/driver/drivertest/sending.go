// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"sync"
	"syscall"
	"testing"
)

func sending(t *testing.T, c Config) {
	t.Run("Send takes at once all bytes that there is room for", func(t *testing.T) {
		r := newRig(t, c, 2)
		if got := r.loops[0].driver.Tries(); got != c.TriesAtOnce {
			t.Errorf("Tries is %v, want %v", got, c.TriesAtOnce)
		}
		if !c.TriesAtOnce {
			t.Skip("this driver lends all")
		}
		client, server := r.pair()
		client.write([]byte("at once"))
		if !client.flushed() {
			t.Error("a small Send on a new connection was short")
		}
		server.receive(true)
		r.until("it arrives", func() bool { return string(server.data) == "at once" })
	})

	t.Run("a short Send is followed by one Sent, when there is room", func(t *testing.T) {
		r := newRig(t, c, 2)
		client, server := r.pair()
		fill(r, client)
		r.loops[0].idle()
		server.receive(true)
		r.until("all is sent", client.flushed)
		r.until("all arrives", func() bool { return len(server.data) == client.sent })
		same(t, server.data, pattern(flood))
	})

	t.Run("Send after Shutdown is EPIPE, and reading goes on", func(t *testing.T) {
		r := newRig(t, c, 1)
		client, server := r.pair()
		client.shutdown()
		client.write([]byte("too late"))
		r.until("sending has failed", func() bool { return client.sendErr != nil })
		if !is(client.sendErr, syscall.EPIPE) {
			t.Errorf("got %v, want EPIPE", client.sendErr)
		}
		client.receive(true)
		server.write([]byte("never mind"))
		r.until("bytes arrive", func() bool { return string(client.data) == "never mind" })
		server.shutdownFlushed(r)
		r.until("reading has ended", client.over)
		if client.failed {
			t.Error("the peer's end was reported as a failure, since sending had failed")
		}
	})

	t.Run("Send to a peer that is gone fails, and reading ends", func(t *testing.T) {
		r := newRig(t, c, 2)
		client, server := r.pair()
		client.close(false)
		r.until("the peer is gone", func() bool { return client.gone })
		r.until("sending has failed", func() bool {
			if server.flushed() {
				server.write([]byte("anyone?"))
			}
			return server.sendErr != nil
		})
		if !is(server.sendErr, syscall.EPIPE, syscall.ECONNRESET) {
			t.Errorf("got %v, want EPIPE or ECONNRESET", server.sendErr)
		}
		server.receive(true)
		r.until("reading has ended", server.over)
	})

	t.Run("Send may be called from any goroutine", func(t *testing.T) {
		const each = 1 << 20
		r := newRig(t, c, 2)
		var senders sync.WaitGroup
		var clients, servers []*socket
		for range 8 {
			client, server := r.pair()
			client.news = make(chan struct{}, 1)
			server.receive(true)
			clients, servers = append(clients, client), append(servers, server)
			senders.Go(func() { client.sendAll(pattern(each)) })
		}
		r.until("all arrives", all(servers, func(s *socket) bool { return len(s.data) == each }))
		r.until("all is sent", all(clients, (*socket).flushed))
		senders.Wait()
		for _, s := range servers {
			same(t, s.data, pattern(each))
		}
	})
}

// sendAll sends p and waits until no bytes are lent, on a goroutine of its own.
func (s *socket) sendAll(p []byte) {
	for len(p) > 0 {
		n := min(len(p), 10_000)
		s.write(p[:n])
		p = p[n:]
		for !s.flushed() {
			<-s.news
			s.write(nil)
		}
	}
}
