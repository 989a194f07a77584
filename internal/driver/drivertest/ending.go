// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"cmp"
	"runtime"
	"syscall"
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
)

func ending(t *testing.T, c Config) {
	for kind, addr := range c.addresses(t) {
		t.Run("bytes sent after the peer's FIN arrive, "+kind, func(t *testing.T) {
			r := newRig(t, c, 2)
			ln := r.loops[0].listen(addr, driver.ListenOptions{})
			client, server := r.join(ln, ln.local)
			client.receive(true)
			server.receive(true)
			client.write([]byte("question"))
			client.shutdownFlushed(r)
			r.until("the question ends", func() bool { return server.ended })
			if string(server.data) != "question" {
				t.Errorf("got %q, want %q", server.data, "question")
			}
			server.write(pattern(1 << 20))
			server.shutdownFlushed(r)
			r.until("the answer ends", func() bool { return client.ended })
			same(t, client.data, pattern(1<<20))
		})
	}

	t.Run("a connection is half open from either side", func(t *testing.T) {
		r := newRig(t, c, 1)
		client, server := r.pair()
		client.receive(true)
		server.receive(true)
		server.shutdown()
		r.until("the client receives the end", func() bool { return client.ended })
		client.write([]byte("and yet"))
		r.until("bytes arrive", func() bool { return string(server.data) == "and yet" })
	})

	t.Run("Ended is reported after all bytes", func(t *testing.T) {
		r := newRig(t, c, 2)
		client, server := r.pair()
		client.write(pattern(1 << 20))
		server.receive(true)
		client.shutdownFlushed(r)
		r.until("the end arrives", func() bool { return server.ended })
		same(t, server.data, pattern(1<<20))
	})

	t.Run("an end that was reported costs no CPU", func(t *testing.T) {
		r := newRig(t, c, 2)
		client, server := r.pair()
		server.receive(true)
		client.shutdown()
		r.until("the end arrives", func() bool { return server.ended })
		r.loops[1].idle()
		server.shutdown()
		r.loops[1].idle()
	})

	t.Run("a reset that was reported costs no CPU", func(t *testing.T) {
		c.needResets(t)
		r := newRig(t, c, 2)
		client, server := r.pair()
		server.receive(true)
		client.close(true)
		r.until("the reset arrives", func() bool { return server.failed })
		r.loops[1].idle()
	})

	t.Run("a reset while reading is ECONNRESET after the bytes", func(t *testing.T) {
		c.needResets(t)
		r := newRig(t, c, 2)
		client, server := r.pair()
		server.receive(true)
		client.write([]byte("last words"))
		r.until("bytes arrive", func() bool { return string(server.data) == "last words" })
		client.close(true)
		r.until("the reset arrives", func() bool { return server.failed })
		if !is(server.err, syscall.ECONNRESET) {
			t.Errorf("got %v, want ECONNRESET", server.err)
		}
	})

	t.Run("a reset after an end that was reported is ECONNRESET, once, and costs no CPU", func(t *testing.T) {
		if c.Sockets && runtime.GOOS == "windows" {
			t.Skip("Windows does not report it to package net")
		}
		for _, receiving := range []bool{true, false} {
			r := newRig(t, c, 2)
			client, server := r.pair()
			server.receive(true)
			client.write([]byte("last words"))
			client.shutdownFlushed(r)
			r.until("the end arrives", func() bool { return server.ended })
			r.loops[1].idle()
			server.receive(receiving)
			client.close(true)
			r.until("the reset arrives", func() bool { return server.failed })
			if !is(server.err, syscall.ECONNRESET) || string(server.data) != "last words" {
				t.Errorf("got %v after %q, want ECONNRESET after %q", server.err, server.data, "last words")
			}
			r.loops[1].idle()
		}
	})

	t.Run("a reset after an end is reported to a sender that waits, too", func(t *testing.T) {
		if c.Sockets && runtime.GOOS == "windows" {
			t.Skip("Windows does not report it to package net")
		}
		r := newRig(t, c, 2)
		client, server := r.pair()
		server.receive(true)
		client.shutdown()
		r.until("the end arrives", func() bool { return server.ended })
		fill(r, server)
		client.close(true)
		r.until("the reset arrives", func() bool { return server.failed || server.sendErr != nil })
		if err := cmp.Or(server.err, server.sendErr); !is(err, syscall.ECONNRESET, syscall.EPIPE) {
			t.Errorf("got %v, want ECONNRESET or EPIPE", err)
		}
	})

	t.Run("an end on both sides is no failure", func(t *testing.T) {
		r := newRig(t, c, 2)
		client, server := r.pair()
		client.receive(true)
		server.receive(true)
		client.shutdown()
		r.until("the end arrives", func() bool { return server.ended })
		server.shutdown()
		r.until("both have ended", func() bool { return client.ended })
		client.close(false)
		r.until("it is closed", func() bool { return client.gone })
		r.loops[1].quiet(shortly)
		if server.failed {
			t.Errorf("Failed was reported: %v", server.err)
		}
	})

	t.Run("a Send that meets the reset first does not hide it from the reader", func(t *testing.T) {
		c.needResets(t)
		r := newRig(t, c, 2)
		client, server := r.pair()
		client.close(true)
		r.until("the peer is gone", func() bool { return client.gone })
		r.until("sending has failed", func() bool {
			if server.flushed() {
				server.write([]byte("anyone?"))
			}
			return server.sendErr != nil
		})
		server.receive(true)
		r.until("reading has ended", server.over)
		if !is(server.err, syscall.ECONNRESET) {
			t.Errorf("got %v %v, want Failed with ECONNRESET", server.events, server.err)
		}
	})
}
