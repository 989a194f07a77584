// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"io"
	"net"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
)

// sharing tests sockets that another process shares. That process can make the open file
// description blocking at any time.
func sharing(t *testing.T, c Config) {
	if !c.Sockets {
		t.Skip("the sockets of this driver are shared with no other process")
	}

	t.Run("a listener that became blocking stops no loop, and closes", func(t *testing.T) {
		r := newRig(t, c, 1)
		l := r.loops[0]
		taken, err := l.driver.Take(listen(t, "tcp", "127.0.0.1:0"))
		if err != nil {
			t.Fatal(err)
		}
		ln := l.serve(taken)
		r.join(ln, ln.local) // so that accepting is under way
		start := time.Now()
		for range 3 {
			restore := block(t, ln.local.AddrPort, driver.Addr{}.AddrPort)
			client, server := r.join(ln, ln.local)
			l.quiet(time.Millisecond)
			converse(r, client, server)
			restore()
		}
		defer block(t, ln.local.AddrPort, driver.Addr{}.AddrPort)()
		r.join(ln, ln.local)
		ln.close(false)
		r.until("the listener is closed", func() bool { return ln.gone })
		if took := time.Since(start); took >= standstill {
			t.Errorf("the loop stood still: it took %v", took)
		}
	})

	t.Run("a listener that retires loses no client", func(t *testing.T) {
		if runtime.GOOS == "windows" {
			t.Skip("a process of Windows does not pass its sockets on")
		}
		for range 10 {
			retires(t, newRig(t, c, 1))
		}
	})

	t.Run("a connection that became blocking stops no loop", func(t *testing.T) {
		r := newRig(t, c, 2)
		client, server := r.pair()
		start := time.Now()
		defer block(t, client.local.AddrPort, server.local.AddrPort)()
		defer block(t, server.local.AddrPort, server.remote.AddrPort)()
		client.receive(true)
		server.receive(true)
		r.loops[0].quiet(time.Millisecond)
		r.loops[1].quiet(time.Millisecond)
		converse(r, client, server)
		server.receive(false)
		fill(r, client) // more than there is room for
		r.loops[0].quiet(time.Millisecond)
		server.receive(true)
		r.until("all arrives", func() bool { return client.flushed() && len(server.data) == client.sent })
		client.shutdown()
		r.until("the end arrives", func() bool { return server.ended })
		fill(r, server)
		server.close(false)
		client.close(false)
		r.until("both are closed", func() bool { return client.gone && server.gone })
		if took := time.Since(start); took >= standstill {
			t.Errorf("the loop stood still: it took %v", took)
		}
	})

	t.Run("Close takes no time although SO_LINGER was set by the descriptor", func(t *testing.T) {
		r := newRig(t, c, 2)
		client, _ := r.pair()
		d, ok := client.loop.driver.(driver.Describer)
		if !ok {
			t.Skip("this driver shows no descriptors")
		}
		fd, ok := d.Descriptor(client.id)
		if !ok {
			t.Fatal("it has no descriptor")
		}
		linger(t, fd, 2*patience)
		fill(r, client)
		start := time.Now()
		client.close(false)
		if took := time.Since(start); took >= patience {
			t.Errorf("it took %v", took)
		}
	})

	t.Run("splicing between connections that became blocking stops no loop", func(t *testing.T) {
		d := newRig(t, c, 1).loops[0].driver
		_, splices := d.(driver.Splicer)
		_, describes := d.(driver.Describer)
		if !splices || !describes {
			t.Skip("this driver does not splice between descriptors")
		}
		for _, which := range []string{"source", "sink"} {
			s := newStretch(t, c)
			for _, end := range []*socket{s.in, s.out} {
				if _, ok := end.loop.driver.(driver.Describer).Descriptor(end.id); !ok {
					t.Fatal("it has no descriptor")
				}
			}
			start := time.Now()
			if which == "source" {
				defer block(t, s.in.local.AddrPort, s.in.remote.AddrPort)()
			} else {
				defer block(t, s.out.local.AddrPort, s.sink.local.AddrPort)()
			}
			s.in.receive(true)
			s.source.write(pattern(flood))
			s.loops[0].quiet(time.Millisecond)
			s.loops[1].quiet(time.Millisecond)
			s.sink.receive(true)
			s.arrive(flood)
			if took := time.Since(start); took >= standstill {
				t.Errorf("the %s is blocking: the loop stood still for %v", which, took)
			}
		}
	})
}

// retires has clients connect while their listener retires. A copy of its descriptor,
// which another process might have, accepts those that it has not.
func retires(t *testing.T, r *rig) {
	l := r.loops[0]
	bound, err := l.driver.Bind(loopback, driver.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	file, err := bound.Handle.(interface{ File() (*os.File, error) }).File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	other, err := net.FileListener(file)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	ln := l.serve(bound)
	const clients = 200
	served := make(chan error, clients)
	for range clients {
		go func() { served <- dialOnce(ln.local.String()) }()
	}
	r.until("some are accepted", func() bool { return len(ln.accepted) > 20 })
	ln.retire()
	r.until("it is closed", func() bool { return ln.gone })
	for _, c := range ln.accepted { // FIN is the answer
		c.Handle.Close()
	}
	other.(*net.TCPListener).SetDeadline(time.Now().Add(patience))
	for range clients - len(ln.accepted) {
		c, err := other.Accept()
		if err != nil {
			t.Fatalf("of %d clients the retired listener has %d, and then: %v", clients, len(ln.accepted), err)
		}
		c.Close()
	}
	for range clients {
		if err := <-served; err != nil {
			t.Errorf("a client got %v, want the end", err)
		}
	}
}

// dialOnce connects, and returns nil at the end that it is served with.
func dialOnce(addr string) error {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	_, err = io.Copy(io.Discard, c)
	return err
}
