// Copyright 2026 The duplex authors. MIT license.

package connect_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/driver/drivertest"
	"github.com/duplex-go/duplex/internal/rig"
	"golang.org/x/sys/unix"
)

// The tests of this file connect to a silent address: its backlog is full, so Linux
// drops the packets of a client. dial_test.go has similar tests for memory, with exact
// times.

// silentAddr returns the address, and a Client's notebook. The notebook knows two
// addresses as many.test: the silent one, and then one where a server listens at the
// same port.
func silentAddr(t *testing.T, e *duplex.Engine) (silent netip.AddrPort, n *notebook) {
	t.Helper()
	if rig.OnMemory(e) {
		t.Skip("the network of memory is inside the process")
	}
	ip := netip.MustParseAddr("127.0.0.2")
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	answers := netip.MustParseAddrPort(rig.Listen(t, e, nil, duplex.Options{}))
	silent = netip.AddrPortFrom(ip, answers.Port())
	if err := unix.Bind(fd, &unix.SockaddrInet4{Port: int(silent.Port()), Addr: ip.As4()}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", silent.String()) // it fills the backlog
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return silent, &notebook{Hosts: duplextest.Hosts{"many.test": {ip, answers.Addr()}}}
}

func TestASilentAddressIsOvertaken(t *testing.T) {
	for _, sequential := range []bool{false, true} {
		t.Run(fmt.Sprintf("Sequential=%v", sequential), func(t *testing.T) {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				silent, n := silentAddr(t, e)
				client := n.client(e)
				client.AttemptDelay, client.Sequential = 20*time.Millisecond, sequential
				var r duplextest.Recorder
				began := time.Now()
				client.Connect(t.Context(), "tcp", fmt.Sprintf("many.test:%d", silent.Port()), r.Handler(nil))
				r.Expect(t, "connect")
				if took := time.Since(began); took < client.AttemptDelay {
					t.Errorf("it took %v, less than AttemptDelay", took)
				}
				want := []string{"resolve ip many.test", "lookup many.test [127.0.0.2 127.0.0.1] ", "attempt 127.0.0.2", "attempt 127.0.0.1"}
				if sequential {
					want = slices.Insert(want, 3, "failed 127.0.0.2 ETIMEDOUT")
				}
				n.expect(t, want...)
			})
		})
	}
}

func TestASilentAddressIsGivenUp(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		silent, _ := silentAddr(t, e)
		enough := errors.New("enough")
		for _, c := range []struct {
			what   string
			client duplex.Client
			stop   func(*duplex.Socket, context.CancelFunc)
			want   []string
			err    error
		}{
			{"Timeout", duplex.Client{Timeout: 20 * time.Millisecond}, nil, []string{"error: ETIMEDOUT", "close: hadError"}, os.ErrDeadlineExceeded},
			{"IdleTimeout", duplex.Client{Options: duplex.Options{IdleTimeout: 20 * time.Millisecond}}, nil, []string{"error: ETIMEDOUT", "close: hadError"}, os.ErrDeadlineExceeded},
			{"the context", duplex.Client{}, func(_ *duplex.Socket, cancel context.CancelFunc) { cancel() }, []string{"error: ABORT_ERR", "close: hadError"}, context.Canceled},
			{"Destroy", duplex.Client{}, func(s *duplex.Socket, _ context.CancelFunc) { s.Destroy(enough) }, []string{"error: enough", "close: hadError"}, enough},
			{"Reset", duplex.Client{}, func(s *duplex.Socket, _ context.CancelFunc) { s.Reset() }, []string{"close"}, nil},
		} {
			trying := make(chan struct{})
			c.client.Engine = e
			c.client.OnAttempt = func(*duplex.Socket, netip.AddrPort) { close(trying) }
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var r duplextest.Recorder
			s := c.client.Connect(ctx, "tcp", silent.String(), r.Handler(nil))
			rig.Wait(t, trying)
			if s.State() != duplex.Opening && c.stop != nil {
				t.Errorf("%s: the state is %v, want opening", c.what, s.State())
			}
			if c.stop != nil {
				c.stop(s, cancel)
			}
			r.Expect(t, c.want...)
			if !errors.Is(s.Err(), c.err) {
				t.Errorf("%s: Err is %v, want %v", c.what, s.Err(), c.err)
			}
			if errors.Is(s.Err(), syscall.ECONNREFUSED) {
				t.Errorf("%s: the address answered", c.what)
			}
		}
	})
}

// TestOptionsThatComeWhileConnectingAreKept sets options after an attempt has begun and
// before it succeeds.
func TestOptionsThatComeWhileConnectingAreKept(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fd)
		if err := errors.Join(unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), unix.Listen(fd, 0)); err != nil {
			t.Fatal(err)
		}
		name, err := unix.Getsockname(fd)
		if err != nil {
			t.Fatal(err)
		}
		addr := fmt.Sprintf("127.0.0.1:%d", name.(*unix.SockaddrInet4).Port)
		first, err := net.Dial("tcp", addr) // it fills the backlog
		if err != nil {
			t.Fatal(err)
		}
		defer first.Close()

		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, r.Handler(nil))
		rig.Turn(t, s)
		s.SetNoDelay(false)
		s.SetKeepAlive(net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second})
		rig.Turn(t, s)
		if got := s.State(); got != duplex.Opening {
			t.Fatalf("the socket is %v; want opening, as its address keeps silent", got)
		}
		accepted, _, err := unix.Accept(fd) // now there is room
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(accepted)
		r.Expect(t, "connect")
		got := drivertest.Inspect(t, s.LocalAddrPort(), s.RemoteAddrPort())
		if got["TCP_NODELAY"] != 0 || got["SO_KEEPALIVE"] != 1 || got["TCP_KEEPIDLE"] != 30 {
			t.Errorf("the socket has %v; want Nagle's algorithm, and probes after 30 s", got)
		}
		s.Destroy(nil)
		r.Events(t)
	})
}
