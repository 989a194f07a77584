// Copyright 2026 The duplex authors. MIT license.

package connect_test

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
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestConnectTriesTheAddressesOfAHostInTurn(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		addr := netip.MustParseAddrPort(rig.Listen(t, e, nil, duplex.Options{}))
		port := addr.Port()
		nobody := netip.MustParseAddr("127.0.0.2")
		var found, attempts []string
		var r duplextest.Recorder
		client := &duplex.Client{
			Engine:   e,
			Resolver: duplextest.Hosts{"pair.test": {nobody, addr.Addr()}},
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
			t.Errorf("OnLookup reported %q, want %q", found, want)
		}
		if want := []string{netip.AddrPortFrom(nobody, port).String(), addr.String()}; !slices.Equal(attempts, want) {
			t.Errorf("OnAttempt reported %q, want %q", attempts, want)
		}
	})
}

func TestConnectReportsEveryFailure(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		port := rig.FreePort(t)
		client := &duplex.Client{Engine: e, Resolver: duplextest.Hosts{"pair.test": {netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2")}}}
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

func TestErrorsOfConnectNameTheFault(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for _, c := range []struct{ network, address, op, code, want string }{
			{"tcp", "nosuchhost.invalid:80", "getaddrinfo", "ENOTFOUND", "nosuchhost.invalid"},
			{"tcp", "127.0.0.1", "connect", "", "missing port in address"},
			{"tcp", "127.0.0.1:-1", "connect", "ERR_SOCKET_BAD_PORT", "a port is a number from 0 to 65535"},
			{"udp", "127.0.0.1:1", "connect", "", "unknown network udp"},
			{"unix", "", "connect", "", "missing path"},
		} {
			var r duplextest.Recorder
			s := (&duplex.Client{Engine: e, Resolver: duplextest.Hosts{}}).Connect(t.Context(), c.network, c.address, r.Handler(nil))
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
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		addr := rig.Listen(t, e, nil, duplex.Options{})
		local := rig.FreeAddr(t)
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
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		addr := rig.Listen(t, e, nil, duplex.Options{})
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
				rig.Wait(t, done)
			}
			if shared != 200 {
				t.Errorf("shared is %d, want 200", shared)
			}
		}
	})
}

// The engine could not start when the socket was made, so the socket is on a loop of its
// own, which does not last.
func TestNearASocketThatWasNeverOnTheEngineIsAnyLoop(t *testing.T) {
	t.Setenv("DUPLEX_DRIVER", "none")
	e := new(duplex.Engine)
	defer e.Close()
	reported := make(chan struct{})
	next := make(chan struct{})
	early := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", "127.0.0.1:1", &duplex.Handler{
		OnError: func(*duplex.Socket, error) { close(reported); <-next },
	})
	rig.Wait(t, reported)
	t.Setenv("DUPLEX_DRIVER", "portable")
	addr := rig.Listen(t, e, nil, duplex.Options{})
	var r duplextest.Recorder
	s := (&duplex.Client{Engine: e, Near: early}).Connect(t.Context(), "tcp", addr, r.Handler(nil))
	close(next)
	r.Expect(t, "connect")
	s.End()
	r.Expect(t, "end", "close")
}

// The driver has an event of its own in each turn: an attempt fails at once, or its socket
// is closed.
func TestAClientThatFailsAgainAndAgainLeavesTheLoopToOthers(t *testing.T) {
	rig.Run(t, func(t *testing.T, two *duplex.Engine) {
		path := rig.SocketPath(t, two) // no server listens there
		e := &duplex.Engine{Loops: 1, Driver: two.Driver}
		defer e.Close()
		var over atomic.Bool
		defer over.Store(true)
		var again func(*duplex.Socket)
		again = func(*duplex.Socket) {
			if !over.Load() {
				(&duplex.Client{Engine: e}).Connect(t.Context(), "unix", path, &duplex.Handler{OnClose: again})
			}
		}
		e.Post(func() { again(nil) })
		addr := rig.Listen(t, e, &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }}, duplex.Options{})
		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, r.Handler(nil))
		r.Expect(t, "connect")
		for range 10 {
			s.WriteString("x")
			r.Expect(t, "data: x")
		}
	})
}

func TestTheContextEndsAConnectThatIsUnderWay(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		never := make(chan struct{})
		defer close(never)
		client := &duplex.Client{Engine: e, Resolver: rig.SlowResolver{Answer: never}}
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
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for range 50 {
			var r duplextest.Recorder
			(&duplex.Client{Engine: e}).Connect(ctx, "tcp", "127.0.0.1:1", r.Handler(nil))
			r.Expect(t, "error: ABORT_ERR", "close: hadError")
		}
	})
}

// TestAnImmediateResetIsReportedAfterItsData resets before the client may have
// noticed that it is connected.
func TestAnImmediateResetIsReportedAfterItsData(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		if e.Stats().Driver == "portable" {
			t.Skip("package net makes it an attempt that failed")
		}
		addr := rig.Listen(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) {
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
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		addr := rig.Listen(t, e, &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }}, duplex.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e}).Connect(ctx, "tcp", addr, r.Handler(nil))
		r.Expect(t, "connect")
		cancel()
		rig.Turn(t, s)
		io.WriteString(s, "hello")
		r.Expect(t, "data: hello")
	})
}

func TestConnectTimeout(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		never := make(chan struct{})
		client := &duplex.Client{Engine: e, Timeout: 3 * time.Second, Resolver: rig.SlowResolver{Answer: never}}
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
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		addr := rig.Listen(t, e, nil, duplex.Options{})
		for what, addr := range map[string]string{"connected": addr, "was refused": rig.FreeAddr(t)} {
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
			rig.Collected(t, e, gone, "a socket that "+what+" and is closed")
		}
	})
}

func TestAConnectTimesOut(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		never := make(chan struct{})
		defer close(never)
		client := &duplex.Client{Engine: e, Resolver: rig.SlowResolver{Answer: never}, Timeout: 20 * time.Millisecond}
		var r duplextest.Recorder
		s := client.Connect(t.Context(), "tcp", "slow.test:80", r.Handler(nil))
		r.Expect(t, "error: ETIMEDOUT", "close: hadError")
		if !errors.Is(s.Err(), os.ErrDeadlineExceeded) {
			t.Errorf("Err is %v, want os.ErrDeadlineExceeded", s.Err())
		}

		// Timeout ends when the connection is made.
		client.Timeout = 250 * time.Millisecond // for a slow machine
		r = duplextest.Recorder{}
		s = client.Connect(t.Context(), "tcp", rig.Listen(t, e, nil, duplex.Options{}), r.Handler(nil))
		r.Expect(t, "connect")
		late := make(chan struct{})
		s.AfterFunc(2*client.Timeout, func() { close(late) })
		rig.Wait(t, late)
		if s.State() != duplex.Open {
			t.Errorf("the state is %v after Timeout, want open", s.State())
		}
	})
}

func TestAResetBeforeTheConnectionGivesItUp(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		never := make(chan struct{})
		defer close(never)
		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e, Resolver: rig.SlowResolver{Answer: never}}).Connect(t.Context(), "tcp", "slow.test:80", r.Handler(nil))
		io.WriteString(s, "lost")
		s.Reset()
		r.Expect(t, "close")
		if s.Err() != nil || s.BytesWritten() != 4 {
			t.Errorf("Err is %v, BytesWritten %d; want nil, 4", s.Err(), s.BytesWritten())
		}
	})
}

func TestACallbackOfAClientMayCrash(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		e.Logger = rig.Quiet
		port := rig.FreePort(t)
		for _, crash := range []func(){func() { panic("on purpose") }, runtime.Goexit} {
			for _, callback := range []string{"lookup", "attempt", "failed"} {
				in := func(name string) {
					if name == callback {
						crash()
					}
				}
				var r duplextest.Recorder
				s := (&duplex.Client{
					Engine:          e,
					Resolver:        duplextest.Hosts{"host.test": {netip.MustParseAddr("127.0.0.1")}},
					OnLookup:        func(*duplex.Socket, string, []netip.Addr, error) { in("lookup") },
					OnAttempt:       func(*duplex.Socket, netip.AddrPort) { in("attempt") },
					OnAttemptFailed: func(*duplex.Socket, netip.AddrPort, error) { in("failed") },
				}).Connect(t.Context(), "tcp", "host.test:"+port, r.Handler(nil))
				got := r.Events(t)
				var crashed *duplex.PanicError
				if len(got) != 2 || got[1] != "close: hadError" || !errors.As(s.Err(), &crashed) {
					t.Errorf("%s: got %q, Err %v; want an error, which is a PanicError, and close", callback, got, s.Err())
				}
			}
		}
	})
}

// A nil context is a mistake of the caller: Connect panics there, and not on the loop.
func TestANilContextIsTheCallersMistake(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("Connect did not panic")
		}
	}()
	new(duplex.Client).Connect(nil, "tcp", "127.0.0.1:1", nil) //lint:ignore SA1012 that is the point
}
