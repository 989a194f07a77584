// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
)

func listening(t *testing.T, c Config) {
	t.Run("Bind returns the port chosen for 0", func(t *testing.T) {
		l := newRig(t, c, 1).loops[0]
		ln := l.listen(loopback, driver.ListenOptions{})
		if got := ln.local; got.Addr() != loopback.Addr() || got.Port() == 0 {
			t.Errorf("got %v, want a port of %v", show(got), loopback.Addr())
		}
		other := l.listen(loopback, driver.ListenOptions{})
		if other.local == ln.local {
			t.Errorf("two listeners got the port %v", show(ln.local))
		}
	})

	t.Run("an address in use is EADDRINUSE", func(t *testing.T) {
		r := newRig(t, c, 2)
		ln := r.loops[0].listen(loopback, driver.ListenOptions{})
		refused := []driver.Addr{ln.local}
		if c.likeLinux() {
			refused = append(refused, port("0.0.0.0", ln.local))
			if c.hasIPv6() {
				refused = append(refused, port("::", ln.local))
			}
		}
		for _, l := range r.loops {
			for _, addr := range refused {
				if _, err := l.driver.Bind(addr, driver.ListenOptions{}); !is(err, syscall.EADDRINUSE) {
					t.Errorf("Bind(%v) beside %v: got %v, want EADDRINUSE", show(addr), show(ln.local), err)
				}
			}
		}
	})

	t.Run("an address is free once its listener is Closed", func(t *testing.T) {
		r := newRig(t, c, 1)
		l := r.loops[0]
		ln := l.listen(loopback, driver.ListenOptions{})
		client, server := r.join(ln, ln.local)
		for range 3 {
			ln.close(false)
			r.until("the listener is closed", func() bool { return ln.gone })
			ln = l.listen(ln.local, driver.ListenOptions{})
		}
		server.receive(true)
		client.write([]byte("still here"))
		r.until("bytes arrive", func() bool { return string(server.data) == "still here" })
	})

	t.Run("an address is free as soon as Close returns", func(t *testing.T) {
		l := newRig(t, c, 1).loops[0]
		ln := l.listen(loopback, driver.ListenOptions{})
		for range 3 {
			ln.close(false)
			ln = l.listen(ln.local, driver.ListenOptions{})
		}
	})

	t.Run("an address is free as soon as Vacate returns", func(t *testing.T) {
		r := newRig(t, c, 2)
		l, other := r.loops[0], r.loops[1]
		ln := l.listen(loopback, driver.ListenOptions{})
		for range 3 {
			v, ok := ln.handle.(driver.Vacater)
			if !ok {
				t.Fatal("its handle is no Vacater")
			}
			v.Vacate() // l has no turn before the next Bind
			next := other.listen(ln.local, driver.ListenOptions{})
			ln.close(false)
			client, server := r.join(next, next.local)
			crosswise(t, client, server)
			r.until("the first is closed", func() bool { return ln.gone })
			if ln.err != nil || len(ln.accepted) > 0 {
				t.Errorf("the first has accepted %d clients, and reported %v", len(ln.accepted), ln.err)
			}
			l, other, ln = other, l, next
		}
	})

	t.Run("an address is free once its handle is closed", func(t *testing.T) {
		l := newRig(t, c, 1).loops[0]
		addr := loopback
		for range 3 {
			ln, err := l.driver.Bind(addr, driver.ListenOptions{})
			if err != nil {
				t.Fatal(err)
			}
			ln.Handle.Close()
			addr = ln.Local
		}
	})

	t.Run("clients wait for a listener to be served", func(t *testing.T) {
		r := newRig(t, c, 2)
		ln, err := r.loops[0].driver.Bind(loopback, driver.ListenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		client := r.loops[0].connect(ln.Local)
		r.until("the client is connected", func() bool { return client.connected })
		served := r.loops[1].serve(ln)
		r.until("it is accepted by the sibling", func() bool { return len(served.accepted) == 1 })
	})

	t.Run("any goroutine may Bind while the loop waits", func(t *testing.T) {
		r := newRig(t, c, 1)
		l := r.loops[0]
		lns := make(chan driver.Conn, 100)
		go func() { // until it has bound them
			defer l.driver.Wake()
			defer close(lns)
			for range cap(lns) {
				if ln, err := l.driver.Bind(loopback, driver.ListenOptions{}); err == nil {
					lns <- ln
				}
			}
		}()
		r.until("all are bound", func() bool { return len(lns) == cap(lns) })
		for ln := range lns {
			ln.Handle.Close()
		}
	})

	t.Run("Serve of a handle that is no listener closes it and leaves the ID free", func(t *testing.T) {
		l := newRig(t, c, 1).loops[0]
		s, f := l.add(), new(foreign)
		if err := l.driver.Serve(s.id, driver.Conn{Handle: f}); err == nil || !f.closed {
			t.Errorf("got %v, closed: %v; want an error, closed: true", err, f.closed)
		}
		l.forget(s)
		l.listen(loopback, driver.ListenOptions{})
	})

	t.Run("an IPv6 wildcard takes IPv4 clients unless V6Only", func(t *testing.T) {
		if !c.hasIPv6() {
			t.Skip("this machine has no IPv6")
		}
		r := newRig(t, c, 1)
		l := r.loops[0]
		both := l.listen(tcp("[::]:0"), driver.ListenOptions{})
		client, server := r.join(both, port("127.0.0.1", both.local))
		crosswise(t, client, server)

		only := l.listen(tcp("[::]:0"), driver.ListenOptions{V6Only: true})
		client = l.connect(port("127.0.0.1", only.local))
		r.until("Connect has ended", func() bool { return client.connected })
		if !is(client.err, syscall.ECONNREFUSED) {
			t.Errorf("an IPv4 client of a V6Only listener: got %v, want ECONNREFUSED", client.err)
		}
	})

	t.Run("ReusePort shares an address among listeners that ask for it", func(t *testing.T) {
		if !c.likeLinux() {
			t.Skip("not every platform can")
		}
		r := newRig(t, c, 2)
		a := r.loops[0].listen(loopback, driver.ListenOptions{ReusePort: true})
		r.loops[1].listen(a.local, driver.ListenOptions{ReusePort: true})
		if _, err := r.loops[0].driver.Bind(a.local, driver.ListenOptions{}); !is(err, syscall.EADDRINUSE) {
			t.Errorf("without ReusePort: got %v, want EADDRINUSE", err)
		}
	})

	t.Run("Mode is that of the path", func(t *testing.T) {
		if !c.Unix || !c.Sockets {
			t.Skip("this driver has no files, or the system no Unix sockets")
		}
		if runtime.GOOS == "windows" {
			t.Skip("files have no such permissions on Windows")
		}
		l := newRig(t, c, 1).loops[0]
		for _, mode := range []fs.FileMode{0o600, 0o666} {
			ln := l.listen(path(t), driver.ListenOptions{Mode: mode})
			file, err := os.Stat(ln.local.Path)
			if err != nil {
				t.Fatal(err)
			}
			if file.Mode().Perm() != mode {
				t.Errorf("got %v, want %v", file.Mode().Perm(), mode)
			}
		}
	})

	t.Run("Mode holds from the first client on", func(t *testing.T) {
		if !c.Unix || !c.Sockets {
			t.Skip("this driver has no files, or the system no Unix sockets")
		}
		if runtime.GOOS == "windows" {
			t.Skip("files have no such permissions on Windows")
		}
		l := newRig(t, c, 1).loops[0]
		folder := filepath.Dir(path(t).Path)
		var round atomic.Int64
		early := make(chan int)
		go func() { // until the last round is over
			n := 0
			for i := round.Load(); i >= 0; i = round.Load() {
				file := filepath.Join(folder, strconv.FormatInt(i, 10))
				before, err := os.Lstat(file)
				if err != nil || before.Mode().Perm() == 0o600 {
					continue
				}
				if conn, err := net.Dial("unix", file); err == nil {
					if now, err := os.Lstat(file); err == nil && now.Mode().Perm() != 0o600 {
						n++
					}
					conn.Close()
				}
			}
			early <- n
		}()
		for i := range int64(1000) {
			round.Store(i)
			addr := driver.Addr{Path: filepath.Join(folder, strconv.FormatInt(i, 10))}
			ln, err := l.driver.Bind(addr, driver.ListenOptions{Mode: 0o600})
			if err != nil {
				t.Fatal(err)
			}
			ln.Handle.Close()
		}
		round.Store(-1)
		if n := <-early; n > 0 {
			t.Errorf("%d clients were connected before the file had its permissions", n)
		}
	})

	t.Run("Close removes the file that Bind has made, and no other", func(t *testing.T) {
		if !c.Unix || !c.Sockets {
			t.Skip("this driver has no files, or the system no Unix sockets")
		}
		r := newRig(t, c, 1)
		l := r.loops[0]
		ln := l.listen(path(t), driver.ListenOptions{})
		next := l.listen(path(t), driver.ListenOptions{})
		if err := os.Rename(next.local.Path, ln.local.Path); err != nil {
			t.Fatal(err)
		}
		ln.close(false)
		r.until("the listener is closed", func() bool { return ln.gone })
		client, server := r.join(next, ln.local) // by the path that it has taken over
		converse(r, client, server)

		last := l.listen(path(t), driver.ListenOptions{})
		last.close(false)
		r.until("the listener is closed", func() bool { return last.gone })
		if _, err := os.Lstat(last.local.Path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the file of a listener that is closed: got %v, want none", err)
		}
	})

	t.Run("a path with a NUL is EINVAL", func(t *testing.T) {
		if !c.Unix || !c.Sockets {
			t.Skip("this driver has no files, or the system no Unix sockets")
		}
		r := newRig(t, c, 1)
		l := r.loops[0]
		ln := l.listen(path(t), driver.ListenOptions{})
		addr := driver.Addr{Path: ln.local.Path + "\x00beyond"}
		if _, err := l.driver.Bind(addr, driver.ListenOptions{}); !is(err, syscall.EINVAL) {
			t.Errorf("Bind: got %v, want EINVAL", err)
		}
		client := l.connect(addr)
		r.until("Connect has ended", func() bool { return client.connected })
		if !is(client.err, syscall.EINVAL) {
			t.Errorf("Connect: got %v, want EINVAL", client.err)
		}
	})

	t.Run("a path in use is EADDRINUSE", func(t *testing.T) {
		if !c.Unix {
			t.Skip("this driver has no Unix sockets")
		}
		l := newRig(t, c, 1).loops[0]
		ln := l.listen(path(t), driver.ListenOptions{})
		if _, err := l.driver.Bind(ln.local, driver.ListenOptions{}); !is(err, syscall.EADDRINUSE) {
			t.Errorf("got %v, want EADDRINUSE", err)
		}
	})
}

// A foreign is a handle that no driver knows.
type foreign struct{ closed bool }

func (f *foreign) Close() error {
	f.closed = true
	return nil
}
