// Copyright 2026 The duplex authors. MIT license.

package connect_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/memory"
	"github.com/duplex-go/duplex/internal/rig"
)

// TestAPortMayHaveAName runs on the driver that can listen on any port.
func TestAPortMayHaveAName(t *testing.T) {
	e := duplextest.Engine(t, "memory")
	srv := &duplex.Server{Engine: e}
	if err := srv.Listen("tcp", "127.0.0.1:http"); err != nil || srv.Addr().String() != "127.0.0.1:80" {
		t.Fatalf("it listens on %v, %v; want port 80", srv.Addr(), err)
	}
	var r duplextest.Recorder
	client := &duplex.Client{Engine: e, LocalAddr: ":domain", Resolver: duplextest.Hosts{"home.test": {netip.MustParseAddr("127.0.0.1")}}}
	s := client.Connect(t.Context(), "tcp", "home.test:http", r.Handler(nil))
	r.Expect(t, "connect")
	if got := s.LocalAddrPort().Port(); got != 53 {
		t.Errorf("it has connected from port %d, want 53", got)
	}
	for _, c := range []struct{ local, address string }{{":nosuchservice", "127.0.0.1:80"}, {"", "127.0.0.1:nosuchservice"}, {"", "home.test:nosuchservice"}} {
		client := &duplex.Client{Engine: e, LocalAddr: c.local, Resolver: client.Resolver}
		client.OnLookup = func(*duplex.Socket, string, []netip.Addr, error) { t.Error("a host was looked up without a port") }
		err := fails(t, client, "tcp", c.address)
		var op *net.OpError
		if !errors.As(err, &op) || op.Op != "connect" || duplex.Code(err) != "ERR_SOCKET_BAD_PORT" {
			t.Errorf("from %q to %q: %v, want connect ERR_SOCKET_BAD_PORT", c.local, c.address, err)
		}
	}
}

// TestListenTakesTheFirstAddressOfAHost also holds the exception: the machine lacks the
// family of that address. Only the network inside the process can lack it at will.
func TestListenTakesTheFirstAddressOfAHost(t *testing.T) {
	six, otherSix := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")
	four := netip.MustParseAddr("192.0.2.1")
	for _, c := range []struct {
		found   []netip.Addr
		network string
		refused error
		want    string // the address, or that of the error
	}{
		{[]netip.Addr{six, four}, "tcp", nil, "2001:db8::1"},
		{[]netip.Addr{four, six}, "tcp", nil, "192.0.2.1"},
		{[]netip.Addr{four, six}, "tcp6", nil, "2001:db8::1"},
		{[]netip.Addr{six, four}, "tcp4", nil, "192.0.2.1"},
		{[]netip.Addr{six, otherSix, four}, "tcp", syscall.EAFNOSUPPORT, "192.0.2.1"},
		{[]netip.Addr{six, four}, "tcp", syscall.EADDRNOTAVAIL, "192.0.2.1"},
		{[]netip.Addr{six, otherSix}, "tcp", syscall.EAFNOSUPPORT, "2001:db8::1"},
		{[]netip.Addr{six, four}, "tcp6", syscall.EAFNOSUPPORT, "2001:db8::1"},
		{[]netip.Addr{six, four}, "tcp", syscall.EADDRINUSE, "2001:db8::1"},
	} {
		name := t.Name()
		network := memory.Named(name)
		e := duplextest.Engine(t, "memory:"+name)
		if c.refused != nil {
			addr := driver.Addr{AddrPort: netip.AddrPortFrom(six, 80)}
			network.SetFaultsAt(addr, memory.Faults{Bind: memory.Times(-1, c.refused)})
		}
		srv := &duplex.Server{Engine: e, Resolver: duplextest.Hosts{"many.test": c.found}}
		err := srv.Listen(c.network, "many.test:80")
		var op *net.OpError
		switch {
		case err == nil && srv.Addr().(*net.TCPAddr).IP.String() == c.want:
		case errors.As(err, &op) && errors.Is(err, c.refused) && op.Addr.(*net.TCPAddr).IP.String() == c.want:
		default:
			t.Errorf("%s of %v where %v is %v: %v, %v; want %s", c.network, c.found, six, c.refused, srv.Addr(), err, c.want)
		}
		memory.Forget(name)
	}
}

func TestErrorsOfListenNameTheFault(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for _, c := range []struct{ network, address, want string }{
			{"udp", "127.0.0.1:0", "unknown network udp"},
			{"tcp", "127.0.0.1", "missing port in address"},
			{"tcp", "127.0.0.1:65536", "a port is a number from 0 to 65535"},
			{"tcp", "127.0.0.1:nosuchservice", "nosuchservice: unknown port"},
			{"tcp", "::1:80", "too many colons in address"},
			{"tcp4", "[::1]:0", "not an address of network tcp4"},
			{"tcp6", "127.0.0.1:0", "not an address of network tcp6"},
			{"unix", "", "missing path"},
		} {
			err := (&duplex.Server{Engine: e}).Listen(c.network, c.address)
			var op *net.OpError
			if !errors.As(err, &op) || op.Op != "listen" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Listen(%q, %q): %v, want listen … %s", c.network, c.address, err, c.want)
			}
		}
		for _, port := range []string{"65536", "-1", "nosuchservice"} {
			if got := duplex.Code((&duplex.Server{Engine: e}).Listen("tcp", "127.0.0.1:"+port)); got != "ERR_SOCKET_BAD_PORT" {
				t.Errorf("the code for port %s is %q, want ERR_SOCKET_BAD_PORT", port, got)
			}
		}
		if n := e.Stats().Servers; n != 0 {
			t.Errorf("Stats counts %d servers after failures, want 0", n)
		}
	})
}

func TestAServerMayHaveAName(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e, Resolver: duplextest.Hosts{"home.test": {netip.MustParseAddr("127.0.0.1")}}}
		err := srv.Listen("tcp", "away.test:0")
		var op *net.OpError
		if !errors.As(err, &op) || op.Op != "getaddrinfo" || duplex.Code(err) != "ENOTFOUND" {
			t.Errorf("an unknown name: %v, want getaddrinfo ENOTFOUND", err)
		}
		if err := srv.Listen("tcp", "home.test:0"); err != nil || !strings.HasPrefix(srv.Addr().String(), "127.0.0.1:") {
			t.Errorf("listening on %v, %v; want 127.0.0.1", srv.Addr(), err)
		}
	})
}

func TestAnUnspecifiedAddressTakesBothFamilies(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{
			OnConnect: func(s *duplex.Socket) { io.WriteString(s, s.RemoteAddrPort().Addr().String()); s.End() },
		}}
		if err := srv.Listen("tcp", ":0"); err != nil {
			t.Fatal(err)
		}
		port := srv.Addr().(*net.TCPAddr).AddrPort().Port()
		for _, host := range []string{"127.0.0.1", "::1"} {
			var r duplextest.Recorder
			addr := netip.AddrPortFrom(netip.MustParseAddr(host), port).String()
			(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, r.Handler(nil))
			r.Expect(t, "connect", "data: "+host, "end", "close")
		}
	})
}

// Only the network inside the process can be without IPv6 at will.
func TestListenFallsBackToIPv4WhereThereIsNoIPv6(t *testing.T) {
	network := memory.Named(t.Name())
	defer memory.Forget(t.Name())
	e := duplextest.Engine(t, "memory:"+t.Name())
	for _, reason := range []syscall.Errno{syscall.EAFNOSUPPORT, syscall.EADDRNOTAVAIL} {
		network.SetFaultsAt(driver.Addr{AddrPort: netip.MustParseAddrPort("[::]:0")}, memory.Faults{Bind: memory.Times(-1, reason)})
		srv := &duplex.Server{Engine: e}
		if err := srv.Listen("tcp", ":0"); err != nil || !strings.HasPrefix(srv.Addr().String(), "0.0.0.0:") {
			t.Errorf("after %v it listens on %v, %v; want 0.0.0.0", reason, srv.Addr(), err)
		}
		if err := (&duplex.Server{Engine: e}).Listen("tcp6", ":0"); !errors.Is(err, reason) {
			t.Errorf("tcp6 without IPv6: %v, want %v", err, reason)
		}
	}
}

func TestANetworkOfOneFamilyTakesNoOther(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for _, c := range []struct{ network, want, four, six string }{
			{"tcp4", "0.0.0.0", "connect", "ECONNREFUSED"},
			{"tcp6", "::", "ECONNREFUSED", "connect"},
			{"tcp", "::", "connect", "connect"},
		} {
			srv := &duplex.Server{Engine: e}
			err := srv.Listen(c.network, ":0")
			if errors.Is(err, syscall.EAFNOSUPPORT) || errors.Is(err, syscall.EADDRNOTAVAIL) {
				t.Skip("this machine has no IPv6")
			}
			if err != nil {
				t.Fatal(err)
			}
			host, port, _ := net.SplitHostPort(srv.Addr().String())
			if host != c.want {
				t.Errorf("%s without a host listens at %s, want %s", c.network, host, c.want)
			}
			if got := rig.Reach(t, e, "tcp", "127.0.0.1:"+port); got != c.four {
				t.Errorf("%s: an IPv4 client got %s, want %s", c.network, got, c.four)
			}
			if got := rig.Reach(t, e, "tcp", "[::1]:"+port); got != c.six {
				t.Errorf("%s: an IPv6 client got %s, want %s", c.network, got, c.six)
			}
			srv.Close()
		}
	})
}

// TestIPv4InIPv6IsIPv4 holds a difference: Node listens on IPv6 and reports IPv6.
func TestIPv4InIPv6IsIPv4(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e}
		if err := srv.Listen("tcp", "[::ffff:127.0.0.1]:0"); err != nil {
			t.Fatal(err)
		}
		addr := srv.Addr().(*net.TCPAddr).AddrPort()
		if want := netip.MustParseAddr("127.0.0.1"); addr.Addr() != want {
			t.Errorf("it listens at %v, want %v", addr, want)
		}
		if got := rig.Reach(t, e, "tcp", fmt.Sprintf("[::ffff:127.0.0.1]:%d", addr.Port())); got != "connect" {
			t.Errorf("a client got %s, want connect", got)
		}
	})
}
