// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"errors"
	"net"
	"os"
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
)

func taking(t *testing.T, c Config) {
	if !c.Sockets {
		t.Run("Take of a system's socket is ErrUnsupported and closes it", func(t *testing.T) {
			l := newRig(t, c, 1).loops[0]
			f := new(foreign)
			if _, err := l.driver.Take(f); !errors.Is(err, errors.ErrUnsupported) || !f.closed {
				t.Errorf("got %v, closed: %v; want ErrUnsupported, closed: true", err, f.closed)
			}
		})
		return
	}

	t.Run("a listener of package net is served like any other", func(t *testing.T) {
		r := newRig(t, c, 2)
		for _, bound := range []net.Listener{listen(t, "tcp", "127.0.0.1:0"), listen(t, "unix", path(t).Path)} {
			ln, err := r.loops[0].driver.Take(bound)
			if err != nil {
				t.Fatal(err)
			}
			served := r.loops[1].serve(ln)
			client, server := r.join(served, ln.Local)
			converse(r, client, server)
			served.close(false)
			r.until("the listener is closed", func() bool { return served.gone })
			if ln.Local.Path != "" {
				if _, err := os.Stat(ln.Local.Path); err != nil {
					t.Errorf("the file does not stay: %v", err)
				}
			}
		}
	})

	t.Run("a connection of package net is attached like any other", func(t *testing.T) {
		for _, addr := range []driver.Addr{loopback, path(t)} {
			r := newRig(t, c, 1)
			l := r.loops[0]
			ln := l.listen(addr, driver.ListenOptions{})
			network, address := "tcp", ln.local.String()
			if addr.Path != "" {
				network, address = "unix", addr.Path
			}
			conn, err := net.Dial(network, address)
			if err != nil {
				t.Fatal(err)
			}
			taken, err := l.driver.Take(conn)
			if err != nil {
				t.Fatal(err)
			}
			r.until("it is accepted", func() bool { return len(ln.accepted) == 1 })
			client := l.add()
			client.local, client.remote = taken.Local, taken.Remote
			if err := l.driver.Attach(client.id, taken, driver.Options{}); err != nil {
				t.Fatal(err)
			}
			server := l.attach(ln, driver.Options{})
			if client.remote != ln.local || client.local.AddrPort != server.remote.AddrPort {
				t.Errorf("it is from %v to %v, want from %v to %v", show(client.local), show(client.remote), show(server.remote), show(ln.local))
			}
			converse(r, client, server)
			if network == "tcp" {
				got := client.inspect()
				if got["TCP_NODELAY"] != 1 || got["SO_KEEPALIVE"] != 0 || got["O_NONBLOCK"] != 1 || got["FD_CLOEXEC"] != 1 {
					t.Errorf("its options are %v", got)
				}
			}
		}
	})

	t.Run("Take of what is closed fails", func(t *testing.T) {
		l := newRig(t, c, 1).loops[0]
		ln := listen(t, "tcp", "127.0.0.1:0")
		ln.Close()
		if _, err := l.driver.Take(ln); err == nil {
			t.Error("got no error")
		}
	})
}

func listen(t *testing.T, network, address string) net.Listener {
	t.Helper()
	ln, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	return ln
}
