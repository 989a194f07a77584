// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
)

// hosts is a Resolver of what it holds.
type hosts map[string][]netip.Addr

func (h hosts) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if addrs, ok := h[host]; ok {
		return addrs, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func TestConnectTriesTheAddressesOfAHostInTurn(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		addr := netip.MustParseAddrPort(listen(t, e, nil, duplex.Options{}))
		port := addr.Port()
		nobody := netip.MustParseAddr("127.0.0.2")
		var found, attempts []string
		var r duplextest.Recorder
		client := &duplex.Client{
			Engine:   e,
			Resolver: hosts{"pair.test": {nobody, addr.Addr()}},
			OnLookup: func(_ *duplex.Socket, host string, addrs []netip.Addr, err error) {
				for _, a := range addrs {
					found = append(found, host+" "+a.String())
				}
			},
			OnAttempt: func(_ *duplex.Socket, a netip.AddrPort) { attempts = append(attempts, a.String()) },
		}
		s := client.Connect(t.Context(), "tcp", net.JoinHostPort("pair.test", addr.String()[len("127.0.0.1:"):]), r.Handler(nil))
		r.Expect(t, "connect")
		if s.RemoteAddrPort() != addr {
			t.Errorf("connected to %v, want %v", s.RemoteAddr(), addr)
		}
		if want := []string{"pair.test 127.0.0.2", "pair.test 127.0.0.1"}; !slices.Equal(found, want) {
			t.Errorf("OnLookup told %q, want %q", found, want)
		}
		if want := []string{netip.AddrPortFrom(nobody, port).String(), addr.String()}; !slices.Equal(attempts, want) {
			t.Errorf("OnAttempt told %q, want %q", attempts, want)
		}
	})
}

func TestConnectTellsEveryFailure(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		port := freeAddr(t, e)[len("127.0.0.1:"):]
		client := &duplex.Client{Engine: e, Resolver: hosts{"pair.test": {netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2")}}}
		var r duplextest.Recorder
		s := client.Connect(t.Context(), "tcp", "pair.test:"+port, r.Handler(nil))
		r.Expect(t, "error: ECONNREFUSED", "close: hadError")
		for _, host := range []string{"127.0.0.1:", "127.0.0.2:"} {
			if !strings.Contains(s.Err().Error(), host+port) {
				t.Errorf("Err is %q, which does not name %s%s", s.Err(), host, port)
			}
		}
		if !errors.Is(s.Err(), syscall.ECONNREFUSED) {
			t.Errorf("Err is %v, want ECONNREFUSED in it", s.Err())
		}
	})
}

func TestConnectSaysWhatIsWrong(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		for _, c := range []struct{ network, address, op, code, want string }{
			{"tcp", "nosuchhost.invalid:80", "getaddrinfo", "ENOTFOUND", "nosuchhost.invalid"},
			{"tcp", "127.0.0.1", "connect", "", "missing port in address"},
			{"tcp", "127.0.0.1:-1", "connect", "ERR_SOCKET_BAD_PORT", "a port is a number from 0 to 65535"},
			{"udp", "127.0.0.1:1", "connect", "", "unknown network udp"},
			{"unix", "", "connect", "", "missing path"},
		} {
			var r duplextest.Recorder
			s := (&duplex.Client{Engine: e, Resolver: hosts{}}).Connect(t.Context(), c.network, c.address, r.Handler(nil))
			events := r.Events(t)
			var op *net.OpError
			if len(events) != 2 || !errors.As(s.Err(), &op) || op.Op != c.op || duplex.Code(s.Err()) != c.code || !strings.Contains(s.Err().Error(), c.want) {
				t.Errorf("Connect(%q, %q): %q, %v; want %s %s … %s", c.network, c.address, events, s.Err(), c.op, c.code, c.want)
			}
		}
		for _, from := range []string{"somewhere", "somewhere:80"} {
			var r duplextest.Recorder
			s := (&duplex.Client{Engine: e, LocalAddr: from}).Connect(t.Context(), "tcp", "127.0.0.1:1", r.Handler(nil))
			r.Expect(t, "error: ERR_INVALID_IP_ADDRESS", "close: hadError")
			if !strings.Contains(s.Err().Error(), from) {
				t.Errorf("connecting from %s: %v", from, s.Err())
			}
		}
	})
}

func TestConnectFromALocalAddress(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		addr := listen(t, e, nil, duplex.Options{})
		local := freeAddr(t, e)
		for _, from := range []string{local, "127.0.0.1"} {
			var r duplextest.Recorder
			s := (&duplex.Client{Engine: e, LocalAddr: from}).Connect(t.Context(), "tcp", addr, r.Handler(nil))
			r.Expect(t, "connect")
			if !strings.HasPrefix(s.LocalAddr().String(), from) {
				t.Errorf("connected from %v, want %s", s.LocalAddr(), from)
			}
		}
	})
}

func TestNearPutsSocketsOnOneLoop(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		addr := listen(t, e, nil, duplex.Options{})
		var r duplextest.Recorder
		first := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, r.Handler(nil))
		r.Expect(t, "connect")
		for range 5 {
			var r duplextest.Recorder
			s := (&duplex.Client{Engine: e, Near: first}).Connect(t.Context(), "tcp", addr, r.Handler(nil))
			r.Expect(t, "connect")
			// On one loop, a function of one socket runs alone with one of the other.
			shared := 0
			done := make(chan struct{}, 200)
			for range 100 {
				first.Post(func() { shared++; done <- struct{}{} })
				s.Post(func() { shared++; done <- struct{}{} })
			}
			for range 200 {
				wait(t, done)
			}
			if shared != 200 {
				t.Errorf("shared is %d, want 200", shared)
			}
		}
	})
}

func TestTheContextEndsAConnectThatIsUnderWay(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		never := make(chan struct{})
		defer close(never)
		client := &duplex.Client{Engine: e, Resolver: slowResolver{never}}
		ctx, cancel := context.WithCancel(t.Context())
		var r duplextest.Recorder
		s := client.Connect(ctx, "tcp", "slow.test:80", r.Handler(nil))
		cancel()
		r.Expect(t, "error: ABORT_ERR", "close: hadError")
		if !errors.Is(s.Err(), context.Canceled) {
			t.Errorf("Err is %v, want context.Canceled", s.Err())
		}
	})
}

func TestAContextThatIsOverLetsNothingBegin(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for range 50 {
			var r duplextest.Recorder
			(&duplex.Client{Engine: e}).Connect(ctx, "tcp", "127.0.0.1:1", r.Handler(nil))
			r.Expect(t, "error: ABORT_ERR", "close: hadError")
		}
	})
}

// TestAResetThatComesAtOnceIsToldBehindItsData resets before the client may have
// noticed that it is connected.
func TestAResetThatComesAtOnceIsToldBehindItsData(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		if e.Stats().Driver == "portable" {
			t.Skip("package net makes it an attempt that failed")
		}
		addr := listen(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) {
			io.WriteString(s, "the data")
			s.Reset()
		}}, duplex.Options{})
		for range 300 {
			var r duplextest.Recorder
			(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, r.Handler(nil))
			r.Expect(t, "connect", "data: the data", "error: ECONNRESET", "close: hadError")
		}
	})
}

func TestTheContextIsOverOnceConnected(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		addr := listen(t, e, &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }}, duplex.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e}).Connect(ctx, "tcp", addr, r.Handler(nil))
		r.Expect(t, "connect")
		cancel()
		turn(t, s)
		io.WriteString(s, "hello")
		r.Expect(t, "data: hello")
	})
}

// slowResolver answers when its channel is closed, or the context ends.
type slowResolver struct{ answer chan struct{} }

func (r slowResolver) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	select {
	case <-r.answer:
		return nil, errors.New("too late")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// bubble runs f in a bubble of virtual time, with an engine on the memory driver.
func bubble(t *testing.T, f func(t *testing.T, e *duplex.Engine)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e := &duplex.Engine{Loops: 2, Driver: "memory"}
		defer e.Close()
		f(t, e)
	})
}

func TestConnectTimeout(t *testing.T) {
	bubble(t, func(t *testing.T, e *duplex.Engine) {
		never := make(chan struct{})
		client := &duplex.Client{Engine: e, Timeout: 3 * time.Second, Resolver: slowResolver{never}}
		var r duplextest.Recorder
		began := time.Now()
		s := client.Connect(t.Context(), "tcp", "slow.test:80", r.Handler(nil))
		r.Expect(t, "error: ETIMEDOUT", "close: hadError")
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("it took %v, want 3s", took)
		}
		if !errors.Is(s.Err(), os.ErrDeadlineExceeded) {
			t.Errorf("Err is %v, want os.ErrDeadlineExceeded", s.Err())
		}
	})
}

func TestATimeoutDoesNotKeepASocketThatIsClosed(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		addr := listen(t, e, nil, duplex.Options{})
		for what, addr := range map[string]string{"connected": addr, "was refused": freeAddr(t, e)} {
			gone := make(chan struct{})
			func() {
				client := &duplex.Client{Engine: e, Timeout: time.Hour, Options: duplex.Options{IdleTimeout: time.Hour}}
				var r duplextest.Recorder
				s := client.Connect(t.Context(), "tcp", addr, r.Handler(nil))
				runtime.AddCleanup(s, func(gone chan struct{}) { close(gone) }, gone)
				s.SetTimeout(time.Hour)
				s.End()
				r.Events(t)
			}()
			e.Post(func() {}) // the last turn's leftovers
			for range 100 {
				runtime.GC()
				select {
				case <-gone:
				case <-time.After(10 * time.Millisecond):
					continue
				}
				break
			}
			select {
			case <-gone:
			default:
				t.Errorf("a socket that %s and is closed is still held", what)
			}
		}
	})
}
