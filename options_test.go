// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"errors"
	"maps"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/driver/drivertest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestOptionsReachTheKernel(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		probes := net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 5 * time.Second, Count: 3}
		expect := func(who string, s *duplextest.End, want map[string]int) {
			t.Helper()
			rig.Turn(t, s.Socket)
			got := drivertest.Inspect(t, s.LocalAddrPort(), s.RemoteAddrPort())
			maps.DeleteFunc(got, func(name string, _ int) bool { _, ok := want[name]; return !ok })
			if !maps.Equal(got, want) {
				t.Errorf("%s has %v, want %v", who, got, want)
			}
		}
		plain := map[string]int{"TCP_NODELAY": 1, "SO_KEEPALIVE": 0, "IP_TOS": 0, "USER_TIMEOUT": 0}
		all := map[string]int{"TCP_NODELAY": 0, "SO_KEEPALIVE": 1, "TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "IP_TOS": 0x28}

		a, b := duplextest.Pipe(t, e)
		expect("a client of no options", a, plain)
		expect("a server's socket of no options", b, plain)
		a.SetNoDelay(false)
		a.SetKeepAlive(probes)
		a.SetTypeOfService(0x28)
		expect("a socket that was given them", a, all)
		a.SetNoDelay(true)
		a.SetKeepAlive(net.KeepAliveConfig{})
		a.SetTypeOfService(0)
		expect("a socket that lost them again", a, plain)
		a.Destroy(nil)
		b.Expect(t, "end", "close")

		a, b = duplextest.Pipe(t, e, duplex.Options{Nagle: true, KeepAlive: probes, TypeOfService: 0x28, UserTimeout: time.Minute})
		all["USER_TIMEOUT"] = 60_000
		expect("a client of all options", a, all)
		expect("a server's socket of all options", b, all)
		a.SetNoDelay(false) // leaves the others alone
		expect("a client that was given one again", a, all)
		delete(all, "USER_TIMEOUT")
		a.Destroy(nil)
		b.Expect(t, "end", "close")

		var r duplextest.Recorder
		c := &duplextest.End{Recorder: &r}
		c.Socket = (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", rig.Listen(t, e, nil, duplex.Options{}), r.Handler(nil))
		c.SetNoDelay(false)
		c.SetKeepAlive(probes)
		c.SetTypeOfService(0x28)
		r.Expect(t, "connect")
		expect("a client that was given them while connecting", c, all)
	})
}

func TestTheBacklogIsTheSystemsMaximumUnlessAskedOtherwise(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		if rig.OnMemory(e) {
			t.Skip("there is no kernel to ask; TestConnectWaitsForRoomInTheBacklog is memory's own")
		}
		model, err := net.Listen("tcp", "127.0.0.1:0") // package net asks for the maximum
		if err != nil {
			t.Fatal(err)
		}
		defer model.Close()
		maximum := drivertest.Counter(t, model.Addr().(*net.TCPAddr).AddrPort(), netip.AddrPort{}, "backlog")
		for asked, want := range map[int]int{0: maximum, 7: 7} {
			srv := &duplex.Server{Engine: e, Backlog: asked}
			if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			got := drivertest.Counter(t, srv.Addr().(*net.TCPAddr).AddrPort(), netip.AddrPort{}, "backlog")
			if got != want {
				t.Errorf("Backlog %d: the kernel has %d, want %d", asked, got, want)
			}
		}
	})
}

// TestWritesOfATurnAreOneSegment holds the reason why TCP_NODELAY can be on.
func TestWritesOfATurnAreOneSegment(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		if rig.OnMemory(e) {
			t.Skip("memory has no segments")
		}
		a, b := duplextest.Pipe(t, e)
		segments := func() int { return drivertest.Counter(t, a.LocalAddrPort(), a.RemoteAddrPort(), "segments") }
		before := segments()
		a.Post(func() {
			for range 10 {
				a.WriteString("ten times ")
			}
		})
		b.Expect(t, "data: "+strings.Repeat("ten times ", 10))
		if sent := segments() - before; sent != 1 {
			t.Errorf("ten writes were %d segments, want 1", sent)
		}
	})
}

// controlled returns the error of c's Control, and whether it has seen a descriptor.
func controlled(t *testing.T, c syscall.Conn) (seen bool, err error) {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if got := raw.Read(func(uintptr) bool { return true }); !errors.Is(got, errors.ErrUnsupported) {
		t.Errorf("Read: %v, want errors.ErrUnsupported", got)
	}
	if got := raw.Write(func(uintptr) bool { return true }); !errors.Is(got, errors.ErrUnsupported) {
		t.Errorf("Write: %v, want errors.ErrUnsupported", got)
	}
	err = raw.Control(func(fd uintptr) { seen = fd > 2 })
	return seen, err
}

func TestSyscallConnShowsTheDescriptorWhereThereIsOne(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, _ := duplextest.Pipe(t, e)
		seen, err := controlled(t, a.Socket)
		if !seen && !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("Control of a socket: %v, without a descriptor", err)
		}
		srv := &duplex.Server{Engine: e}
		if _, err := controlled(t, srv); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Control before Listen: %v, want net.ErrClosed", err)
		}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		if seen, err := controlled(t, srv); !seen && !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("Control of a server: %v, without a descriptor", err)
		}
		srv.Close()
	})
}
