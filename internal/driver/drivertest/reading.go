// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"syscall"
	"testing"
	"time"
)

func reading(t *testing.T, c Config) {
	t.Run("nothing is read before Receive", func(t *testing.T) {
		r := newRig(t, c, 2)
		client, server := r.pair()
		client.write([]byte("early"))
		client.shutdownFlushed(r)
		r.loops[1].quiet(shortly)
		if len(server.events) > 0 {
			t.Fatalf("got %v, want nothing yet", server.events)
		}
		server.receive(true)
		r.until("the end arrives", func() bool { return server.ended })
		if string(server.data) != "early" {
			t.Errorf("got %q, want %q", server.data, "early")
		}
	})

	for _, paused := range []struct {
		name string
		then func(r *rig, peer *socket)
		want func(s *socket) bool
	}{
		{"bytes", func(r *rig, peer *socket) {}, func(s *socket) bool { return !s.over() }},
		{"a FIN", func(r *rig, peer *socket) { peer.shutdownFlushed(r) }, func(s *socket) bool { return s.ended }},
		{"the peer's Close", func(r *rig, peer *socket) { peer.close(false) }, func(s *socket) bool { return s.ended }},
		{"a reset", func(r *rig, peer *socket) { peer.close(true) }, func(s *socket) bool { return s.failed }},
	} {
		t.Run("a stopped connection lets "+paused.name+" wait and costs no CPU", func(t *testing.T) {
			if paused.name == "a reset" && !c.likeLinux() {
				t.Skip("this kernel may drop the bytes before a reset")
			}
			r := newRig(t, c, 2)
			client, server := r.pair()
			server.receive(true)
			client.write([]byte("begin,"))
			r.until("reading is under way", func() bool { return len(server.data) == len("begin,") })

			server.receive(false)
			for range 3 {
				client.write([]byte("more,"))
				r.until("it is sent", client.flushed)
			}
			paused.then(r, client)
			r.loops[0].until("the peer is done", func() bool { return client.flushed() && client.gone == client.closing })
			r.loops[1].idle()

			server.receive(true)
			r.until("all was reported", func() bool {
				return string(server.data) == "begin,more,more,more," && paused.want(server)
			})
			if server.failed && !is(server.err, syscall.ECONNRESET) {
				t.Errorf("got %v, want ECONNRESET", server.err)
			}
		})
	}

	t.Run("a connection that only sends receives a reset by Sent or Send and costs no CPU", func(t *testing.T) {
		r := newRig(t, c, 2)
		client, server := r.pair()
		fill(r, server)
		client.close(true)
		r.until("sending has failed", func() bool { return server.sendErr != nil })
		if !is(server.sendErr, syscall.ECONNRESET, syscall.EPIPE) {
			t.Errorf("got %v, want ECONNRESET or EPIPE", server.sendErr)
		}
		r.loops[1].idle()
		server.receive(true)
		r.until("reading has ended", server.over)
	})

	t.Run("Receive may be called in Received", func(t *testing.T) {
		r := newRig(t, c, 2)
		client, server := r.pair()
		stops := 0
		r.loops[1].after = func(s *socket, event string) {
			if event == "received" && s.receiving {
				stops++
				s.receive(false)
			}
		}
		p := pattern(1 << 20)
		client.write(p)
		r.until("all bytes arrive", func() bool {
			server.receive(true)
			return len(server.data) == len(p)
		})
		same(t, server.data, pattern(1<<20))
		if stops == 0 {
			t.Error("reading was never stopped")
		}
	})

	t.Run("a conversation that feeds itself keeps neither Wait nor others waiting", func(t *testing.T) {
		r := newRig(t, c, 1)
		l := r.loops[0]
		a, b := r.pair()
		lonely, other := r.pair()
		other.receive(true)
		a.receive(true)
		b.receive(true)
		turns, last := 0, 0
		l.after = func(s *socket, event string) {
			if l.told > last+1000 {
				l.errorf(s, "Wait reported 1000 events and did not return")
				l.after = nil
			}
			if event == "received" {
				s.write([]byte("and so on"))
			}
		}
		a.write([]byte("ping"))
		b.write([]byte("pong"))
		lonely.write([]byte("me too"))
		r.until("the others have had their turns", func() bool {
			last = l.told
			turns++
			return turns > 1000 && string(other.data) == "me too"
		})
	})
}

// shutdownFlushed ends sending after all written bytes were sent.
func (s *socket) shutdownFlushed(r *rig) {
	r.t.Helper()
	r.until("all is sent", s.flushed)
	s.shutdown()
}

// flood is more than any kernel holds of one connection.
const flood = 16 << 20

// fill writes more to s than the kernel takes while its peer does not read.
func fill(r *rig, s *socket) {
	r.t.Helper()
	s.write(pattern(flood))
	for range 10 {
		s.loop.wait(time.Millisecond)
	}
	if s.flushed() {
		r.t.Fatalf("the kernel took %d bytes that the peer does not read", flood)
	}
}
