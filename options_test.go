// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"maps"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/driver/drivertest"
)

func TestOptionsReachTheKernel(t *testing.T) {
	runOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		probes := net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 5 * time.Second, Count: 3}
		expect := func(who string, s *duplextest.End, want map[string]int) {
			t.Helper()
			turn(t, s.Socket)
			got := drivertest.Inspect(t, s.LocalAddrPort(), s.RemoteAddrPort())
			maps.DeleteFunc(got, func(name string, _ int) bool { _, ok := want[name]; return !ok })
			if !maps.Equal(got, want) {
				t.Errorf("%s has %v, want %v", who, got, want)
			}
		}
		plain := map[string]int{"TCP_NODELAY": 1, "SO_KEEPALIVE": 0, "IP_TOS": 0}
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

		a, b = duplextest.Pipe(t, e, duplex.Options{Nagle: true, KeepAlive: probes, TypeOfService: 0x28})
		expect("a client of all options", a, all)
		expect("a server's socket of all options", b, all)
		a.Destroy(nil)
		b.Expect(t, "end", "close")

		var r duplextest.Recorder
		c := &duplextest.End{Recorder: &r}
		c.Socket = (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", listen(t, e, nil, duplex.Options{}), r.Handler(nil))
		c.SetNoDelay(false)
		c.SetKeepAlive(probes)
		c.SetTypeOfService(0x28)
		r.Expect(t, "connect")
		expect("a client that was given them while connecting", c, all)
	})
}

func TestTheBacklogIs511UnlessAskedOtherwise(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		if onMemory(e) {
			t.Skip("there is no kernel to ask; TestConnectWaitsForRoomInTheBacklog is memory's own")
		}
		for asked, want := range map[int]int{0: 511, 7: 7} {
			srv := &duplex.Server{Engine: e, Backlog: asked}
			if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			got := drivertest.Inspect(t, srv.Addr().(*net.TCPAddr).AddrPort(), netip.AddrPort{})["backlog"]
			if got != want {
				t.Errorf("Backlog %d: the kernel has %d, want %d", asked, got, want)
			}
		}
	})
}

// TestWritesOfATurnAreOneSegment is why TCP_NODELAY can be on.
func TestWritesOfATurnAreOneSegment(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		if onMemory(e) {
			t.Skip("memory has no segments")
		}
		a, b := duplextest.Pipe(t, e)
		segments := func() int { return drivertest.Inspect(t, a.LocalAddrPort(), a.RemoteAddrPort())["segments"] }
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
