// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"errors"
	"io"
	"maps"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

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
		listeners := []net.Listener{listen(t, "tcp", "127.0.0.1:0")}
		if c.Unix {
			listeners = append(listeners, listen(t, "unix", path(t).Path))
		}
		for _, bound := range listeners {
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
		addresses := []driver.Addr{loopback}
		if c.Unix {
			addresses = append(addresses, path(t))
		}
		for _, addr := range addresses {
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
			client := l.take(conn)
			r.until("it is accepted", func() bool { return len(ln.accepted) == 1 })
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

	t.Run("Take of a closed socket is ErrClosed", func(t *testing.T) {
		l := newRig(t, c, 1).loops[0]
		ln := listen(t, "tcp", "127.0.0.1:0")
		conn, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		for _, closed := range []io.Closer{ln, conn} {
			closed.Close()
			if _, err := l.driver.Take(closed); err != net.ErrClosed {
				t.Errorf("%T: got %v, want net.ErrClosed", closed, err)
			}
		}
	})

	t.Run("Take of a socket that was never opened is EINVAL", func(t *testing.T) {
		l := newRig(t, c, 1).loops[0]
		for _, zero := range []io.Closer{new(net.TCPListener), new(net.UnixListener), new(net.TCPConn), new(net.UnixConn)} {
			if _, err := l.driver.Take(zero); !is(err, syscall.EINVAL) {
				t.Errorf("%T: got %v, want EINVAL", zero, err)
			}
		}
	})

	t.Run("Take of a socket that neither listens nor is connected is an error", func(t *testing.T) {
		l := newRig(t, c, 1).loops[0]
		for what, unfit := range unfit(t) {
			if _, err := l.driver.Take(unfit.socket); !is(err, unfit.want) {
				t.Errorf("%s: got %v, want %v", what, err, unfit.want)
			}
		}
	})

	t.Run("a taken socket has the options that the driver gives, not those it had", func(t *testing.T) {
		r := newRig(t, c, 1)
		l := r.loops[0]
		bound := listen(t, "tcp", "127.0.0.1:0")
		alter(t, bound.(*net.TCPListener))
		taken, err := l.driver.Take(bound)
		if err != nil {
			t.Fatal(err)
		}
		ln := l.serve(taken)
		conn, err := net.Dial("tcp", ln.local.String())
		if err != nil {
			t.Fatal(err)
		}
		alter(t, conn.(*net.TCPConn))
		client := l.take(conn)
		r.until("it is accepted", func() bool { return len(ln.accepted) == 1 })
		server := l.attach(ln, driver.Options{})
		for _, s := range []*socket{client, server} {
			got, want := s.inspect(), map[string]int{"TCP_NODELAY": 1, "SO_KEEPALIVE": 0, "SO_LINGER": 0, "IP_TOS": 0, "USER_TIMEOUT": 0}
			maps.DeleteFunc(got, func(name string, _ int) bool { _, ok := want[name]; return !ok })
			if !maps.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		}
	})

	t.Run("Close of a connection that was to linger takes no time", func(t *testing.T) {
		r := newRig(t, c, 1)
		l := r.loops[0]
		ln := l.listen(loopback, driver.ListenOptions{})
		conn, err := net.Dial("tcp", ln.local.String())
		if err != nil {
			t.Fatal(err)
		}
		conn.(*net.TCPConn).SetLinger(int(2 * patience / time.Second))
		client := l.take(conn)
		r.until("it is accepted", func() bool { return len(ln.accepted) == 1 })
		l.attach(ln, driver.Options{}) // and does not read
		fill(r, client)
		start := time.Now()
		client.close(false)
		r.until("it is closed", func() bool { return client.gone })
		if took := time.Since(start); took >= patience {
			t.Errorf("it took %v", took)
		}
	})

	t.Run("bytes and a reset that came before Take are reported", func(t *testing.T) {
		if !c.likeLinux() {
			t.Skip("this kernel may drop the bytes before a reset")
		}
		r := newRig(t, c, 1)
		l := r.loops[0]
		ln := l.listen(loopback, driver.ListenOptions{})
		conn, err := net.Dial("tcp", ln.local.String())
		if err != nil {
			t.Fatal(err)
		}
		r.until("it is accepted", func() bool { return len(ln.accepted) == 1 })
		server := l.attach(ln, driver.Options{})
		server.write([]byte("last words"))
		r.until("it is sent", server.flushed)
		server.close(true)
		r.until("it is closed", func() bool { return server.gone })
		client := l.take(conn)
		client.receive(true)
		r.until("it has failed", client.over)
		if string(client.data) != "last words" || !is(client.err, syscall.ECONNRESET) {
			t.Errorf("got %q and %v, want %q and ECONNRESET", client.data, client.err, "last words")
		}
	})
}

// An unfitSocket is a socket that Take must refuse, and the error that Take should return.
type unfitSocket struct {
	socket io.Closer
	want   syscall.Errno
}

// take returns the socket of a connection of package net.
func (l *loop) take(conn net.Conn) *socket {
	l.rig.t.Helper()
	taken, err := l.driver.Take(conn)
	if err != nil {
		l.rig.t.Fatalf("Take: %v", err)
	}
	s := l.add()
	s.local, s.remote = taken.Local, taken.Remote
	if err := l.driver.Attach(s.id, taken, driver.Options{}); err != nil {
		l.rig.t.Fatalf("Attach: %v", err)
	}
	return s
}

func listen(t *testing.T, network, address string) net.Listener {
	t.Helper()
	var lc net.ListenConfig
	lc.SetMultipathTCP(false) // whose listener has not all options
	ln, err := lc.Listen(t.Context(), network, address)
	if err != nil {
		t.Fatal(err)
	}
	return ln
}
