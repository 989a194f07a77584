// Copyright 2026 The duplex authors. MIT license.

package connect_test

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestALocalAddressOfTheOtherFamilyIsEINVAL(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		err := fails(t, &duplex.Client{Engine: e, LocalAddr: "::1"}, "tcp", rig.FreeAddr(t))
		if got := duplex.Code(err); got != "EINVAL" {
			t.Errorf("Code is %s, want EINVAL: %v", got, err)
		}
	})
}

// TestTheUnspecifiedLocalAddressIsThatOfEitherFamily connects to both families from each
// form of the address: in the only attempt, and in one of several whose others fail.
func TestTheUnspecifiedLocalAddressIsThatOfEitherFamily(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e}
		if err := srv.Listen("tcp", "127.0.0.1:"+rig.FreePort(t)); err != nil { // free on ::1, too
			t.Fatal(err)
		}
		four := srv.Addr().(*net.TCPAddr).AddrPort()
		both := &duplex.Server{Engine: e}
		if err := both.Listen("tcp", "[::1]:"+rig.FreePort(t)); err != nil {
			t.Skip("this machine has no IPv6")
		}
		six := both.Addr().(*net.TCPAddr).AddrPort()
		refused := netip.MustParseAddr("127.0.0.3")
		for _, c := range []struct {
			to    netip.AddrPort
			found []netip.Addr
		}{
			{four, []netip.Addr{four.Addr()}},
			{six, []netip.Addr{six.Addr()}},
			{four, []netip.Addr{six.Addr(), four.Addr()}},
			{six, []netip.Addr{refused, six.Addr()}},
			{four, []netip.Addr{six.Addr(), refused, four.Addr()}},
		} {
			for _, form := range []string{"::", "0.0.0.0", "::ffff:0.0.0.0", ":PORT", "[::]:PORT", "0.0.0.0:PORT"} {
				for _, sequential := range []bool{false, true} {
					port := rig.FreePort(t)
					local := strings.ReplaceAll(form, "PORT", port)
					var r duplextest.Recorder
					s := (&duplex.Client{
						Engine: e, LocalAddr: local, Sequential: sequential,
						Resolver: duplextest.Hosts{"many.test": c.found},
					}).Connect(t.Context(), "tcp", net.JoinHostPort("many.test", fmt.Sprint(c.to.Port())), r.Handler(&duplex.Handler{
						OnConnect: func(s *duplex.Socket) { s.Reset() },
					}))
					if got := r.Events(t); s.RemoteAddrPort() != c.to {
						t.Errorf("from %s to %v: %q, %v; want a connection to %v", local, c.found, got, s.Err(), c.to)
					} else if got := fmt.Sprint(s.LocalAddrPort().Port()); local != form && got != port {
						t.Errorf("from %s to %v: it has port %s", local, c.found, got)
					}
				}
			}
		}
	})
}

// TestALocalAddressLeavesOutTheOtherFamily connects to a host whose first address is not
// of the local address's family: that attempt fails, and the next one is made.
func TestALocalAddressLeavesOutTheOtherFamily(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		addr := netip.MustParseAddrPort(rig.Listen(t, e, nil, duplex.Options{}))
		for _, local := range []string{"127.0.0.1", "127.0.0.1:PORT", "::ffff:127.0.0.1", "[::ffff:127.0.0.1]:PORT"} {
			local = strings.ReplaceAll(local, "PORT", rig.FreePort(t))
			var failed []string
			var r duplextest.Recorder
			s := (&duplex.Client{
				Engine: e, LocalAddr: local,
				Resolver: duplextest.Hosts{"both.test": {netip.IPv6Loopback(), addr.Addr()}},
				OnAttemptFailed: func(_ *duplex.Socket, to netip.AddrPort, err error) {
					failed = append(failed, to.Addr().String()+" "+duplex.Code(err))
				},
			}).Connect(t.Context(), "tcp", net.JoinHostPort("both.test", fmt.Sprint(addr.Port())), r.Handler(nil))
			r.Expect(t, "connect")
			if want := []string{"::1 EINVAL"}; !slices.Equal(failed, want) || s.LocalAddrPort().Addr() != addr.Addr() {
				t.Errorf("from %s: it failed %q, and connected from %v; want %q and %v", local, failed, s.LocalAddr(), want, addr.Addr())
			}
			s.Reset()
		}
	})
}

// TestAnErrorNamesTheLocalAddressOfItsOwnAttempt gives the local address once for both
// families.
func TestAnErrorNamesTheLocalAddressOfItsOwnAttempt(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		to, from := rig.FreePort(t), rig.FreePort(t)
		sources := make(map[string]string)
		client := &duplex.Client{
			Engine: e, LocalAddr: ":" + from,
			Resolver: duplextest.Hosts{"both.test": {netip.IPv6Loopback(), netip.MustParseAddr("127.0.0.1")}},
			OnAttemptFailed: func(_ *duplex.Socket, to netip.AddrPort, err error) {
				var op *net.OpError
				if errors.As(err, &op) {
					sources[to.Addr().String()] = op.Source.String() + " " + op.Addr.(*net.TCPAddr).IP.String()
				}
			},
		}
		fails(t, client, "tcp", "both.test:"+to)
		if six := "[::]:" + from + " ::1"; sources["::1"] != six {
			t.Errorf("the error of IPv6 names %s, want %s", sources["::1"], six)
		}
		if four := "0.0.0.0:" + from + " 127.0.0.1"; sources["127.0.0.1"] != four {
			t.Errorf("the error of IPv4 names %s, want %s", sources["127.0.0.1"], four)
		}
	})
}

// TestSeveralConnectionsMayHaveOneLocalPort matters for attempts that race: they share
// one port.
func TestSeveralConnectionsMayHaveOneLocalPort(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		if runtime.GOOS == "windows" && !rig.OnMemory(e) {
			t.Skip("Windows gives a port to one connection")
		}
		local := ":" + rig.FreePort(t)
		for range 3 {
			addr := rig.Listen(t, e, nil, duplex.Options{})
			var r duplextest.Recorder
			s := (&duplex.Client{Engine: e, LocalAddr: local}).Connect(t.Context(), "tcp", addr, r.Handler(nil))
			r.Expect(t, "connect")
			if got := s.LocalAddr().String(); got != "127.0.0.1"+local {
				t.Errorf("it has connected from %s, want port %s", got, local)
			}
		}
	})
}

// TestAPathIsReachedWithoutALocalAddress agrees with Node, which ignores the local
// address for a path.
func TestAPathIsReachedWithoutALocalAddress(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		path := rig.SocketPath(t, e)
		if err := (&duplex.Server{Engine: e}).Listen("unix", path); err != nil {
			t.Fatal(err)
		}
		for _, local := range []string{"127.0.0.1", "::", ":" + rig.FreePort(t)} {
			var r duplextest.Recorder
			(&duplex.Client{Engine: e, LocalAddr: local}).Connect(t.Context(), "unix", path, r.Handler(nil))
			r.Expect(t, "connect")
		}
	})
}
