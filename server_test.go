// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/memory"
)

func TestServerTellsListeningAndItsAddress(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		told := make(chan string, 1)
		srv := &duplex.Server{Engine: e}
		srv.OnListening = func() { told <- srv.Addr().String() }
		if srv.Addr() != nil {
			t.Errorf("Addr is %v before Listen", srv.Addr())
		}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		addr := srv.Addr().String()
		if got := wait(t, told); got != addr || strings.HasSuffix(addr, ":0") {
			t.Errorf("OnListening saw %s, Listen's caller %s", got, addr)
		}
	})
}

func TestServerGivesEveryClientItsOwnSocket(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		connected := make(chan *duplex.Socket, 10)
		srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{
			OnConnect: func(s *duplex.Socket) { connected <- s },
		}}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		for range 10 {
			var r duplextest.Recorder
			c := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), r.Handler(nil))
			r.Expect(t, "connect")
			s := wait(t, connected)
			if s.RemoteAddrPort() != c.LocalAddrPort() || s.LocalAddrPort() != c.RemoteAddrPort() {
				t.Errorf("ends are %v-%v and %v-%v", s.LocalAddr(), s.RemoteAddr(), c.LocalAddr(), c.RemoteAddr())
			}
			if found, ok := srv.Socket(c.LocalAddrPort()); !ok || found != s || s.Server() != srv || c.Server() != nil {
				t.Errorf("the server does not find the socket of %v", c.LocalAddr())
			}
		}
		if _, ok := srv.Socket(netip.MustParseAddrPort("192.0.2.1:1")); ok {
			t.Error("the server finds a socket that it does not have")
		}
		n := 0
		for range srv.Sockets() {
			n++
		}
		if n != 10 || srv.Len() != 10 {
			t.Errorf("the server has %d sockets, Len %d; want 10", n, srv.Len())
		}
	})
}

func TestUnlistenLeavesTheSockets(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		var b duplextest.Recorder
		var order sync.Mutex
		var events []string
		add := func(event string) {
			order.Lock()
			defer order.Unlock()
			events = append(events, event)
		}
		closed := make(chan struct{})
		srv := &duplex.Server{
			Engine:  e,
			Handler: b.Handler(&duplex.Handler{OnClose: func(*duplex.Socket) { add("socket"); close(closed) }}),
			OnClose: func() { add("server") },
		}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		addr := srv.Addr().String()
		var a duplextest.Recorder
		c := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, a.Handler(nil))
		a.Expect(t, "connect")
		b.Expect(t, "connect")

		if err := srv.Unlisten(); err != nil {
			t.Fatal(err)
		}
		if err := srv.Unlisten(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("a second Unlisten: %v, want net.ErrClosed", err)
		}
		if srv.Addr() != nil {
			t.Errorf("Addr is %v after Unlisten", srv.Addr())
		}
		io.WriteString(c, "still here")
		b.Expect(t, "data: still here")
		for refused := false; !refused; { // once the loop has closed the listener
			var r duplextest.Recorder
			(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, r.Handler(nil))
			refused = r.Events(t)[0] == "error: ECONNREFUSED"
		}
		if srv.Len() != 1 {
			t.Errorf("the server has %d sockets after Unlisten, want 1", srv.Len())
		}

		c.End()
		wait(t, closed)
		if got := strings.Join(events, " "); got != "server socket" {
			t.Errorf("closed: %s; want the server just before its last socket", got)
		}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Errorf("Listen after OnClose: %v", err)
		}
	})
}

// TestTheServerClosesBeforeItsLastSocket takes all of them away at once, when the
// listener may still be about to close.
func TestTheServerClosesBeforeItsLastSocket(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		for round := range 300 {
			clients := 1 + round%2
			connected, told := make(chan bool, clients), make(chan string, 3)
			srv := &duplex.Server{
				Engine:  e,
				OnClose: func() { told <- "server" },
				Handler: &duplex.Handler{
					OnConnect: func(s *duplex.Socket) { connected <- true },
					OnClose:   func(*duplex.Socket) { told <- "socket" },
				},
			}
			if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			for range clients {
				(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), nil)
				wait(t, connected)
			}
			srv.Close()
			var order []string
			for range clients + 1 {
				order = append(order, wait(t, told))
			}
			if order[clients] != "socket" {
				t.Fatalf("closed: %q; want a socket last", order)
			}
		}
	})
}

func TestListeningIsToldThoughNothingWaitsForTheServer(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		var told atomic.Bool
		srv := &duplex.Server{Engine: e, OnListening: func() { told.Store(true) }}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		srv.Unref()
		e.Wait()
		if !told.Load() {
			t.Error("Wait returned before OnListening")
		}
	})
}

func TestAServerMayListenAgainInsideOnClose(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e}
		again := make(chan error, 1)
		srv.OnClose = func() {
			srv.OnClose = nil
			again <- srv.Listen("tcp", "127.0.0.1:0")
		}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		srv.Unlisten()
		if err := wait(t, again); err != nil {
			t.Error(err)
		}
		if err := e.Close(); err != nil || srv.Addr() != nil {
			t.Errorf("Engine.Close: %v, and the server listens on %v", err, srv.Addr())
		}
	})
}

func TestUnlistenWithoutSocketsClosesAtOnce(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		closed := make(chan struct{})
		srv := &duplex.Server{Engine: e, OnClose: func() { close(closed) }}
		if err := srv.Unlisten(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Unlisten before Listen: %v, want net.ErrClosed", err)
		}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		srv.Unlisten()
		wait(t, closed)
		e.Wait()
	})
}

func TestShutdownEndsGracefully(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		var b duplextest.Recorder
		srv := &duplex.Server{Engine: e, Handler: b.Handler(nil)}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		var a duplextest.Recorder
		c := (&duplex.Client{Engine: e, Options: duplex.Options{AllowHalfOpen: true}}).Connect(t.Context(), "tcp", srv.Addr().String(), a.Handler(nil))
		a.Expect(t, "connect")
		b.Expect(t, "connect")

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := srv.Shutdown(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Shutdown with a client that stays: %v, want context.Canceled", err)
		}
		a.Expect(t, "end")
		io.WriteString(c, "my last words")
		c.End()
		srv.Shutdown(t.Context())
		b.Expect(t, "data: my last words", "end", "close")
		a.Expect(t, "close")
		if err := srv.Shutdown(t.Context()); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Shutdown of a closed server: %v, want net.ErrClosed", err)
		}
	})
}

func TestCloseOfAServerDestroysItsSockets(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		var b, a duplextest.Recorder
		srv := &duplex.Server{Engine: e, Handler: b.Handler(nil)}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), a.Handler(nil))
		b.Expect(t, "connect")
		srv.Close()
		b.Expect(t, "close")
		a.Expect(t, "connect", "end", "close")
		e.Wait()
		if err := srv.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("a second Close: %v, want net.ErrClosed", err)
		}
	})
}

func TestClientsBeyondMaxConnsAreDropped(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		drops := make(chan duplex.Drop, 1)
		srv := &duplex.Server{Engine: e, MaxConns: 1, OnDrop: func(d duplex.Drop) { drops <- d }}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		var first, second, third duplextest.Recorder
		client := &duplex.Client{Engine: e}
		a := client.Connect(t.Context(), "tcp", srv.Addr().String(), first.Handler(nil))
		first.Expect(t, "connect")
		io.WriteString(a, "I am in")
		b := client.Connect(t.Context(), "tcp", srv.Addr().String(), second.Handler(nil))
		second.Expect(t, "connect", "end", "close")
		drop := wait(t, drops)
		if drop.Remote != b.LocalAddrPort() || drop.Local != b.RemoteAddrPort() || !errors.Is(drop.Reason, duplex.ErrMaxConns) {
			t.Errorf("dropped %+v, want %v", drop, b.LocalAddr())
		}
		if n := e.Stats().Dropped; n != 1 {
			t.Errorf("Stats counts %d drops, want 1", n)
		}
		a.End()
		first.Expect(t, "end", "close")
		for srv.Len() > 0 {
			runtime.Gosched()
		}
		client.Connect(t.Context(), "tcp", srv.Addr().String(), third.Handler(nil)).End()
		third.Expect(t, "connect", "end", "close")
		if len(drops) != 0 {
			t.Error("a client was dropped although there was room again")
		}
	})
}

func TestListenSaysWhatIsWrong(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
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
	run(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e, Resolver: hosts{"home.test": {netip.MustParseAddr("127.0.0.1")}}}
		err := srv.Listen("tcp", "away.test:0")
		var op *net.OpError
		if !errors.As(err, &op) || op.Op != "getaddrinfo" || duplex.Code(err) != "ENOTFOUND" {
			t.Errorf("a name that nobody knows: %v, want getaddrinfo ENOTFOUND", err)
		}
		if err := srv.Listen("tcp", "home.test:0"); err != nil || !strings.HasPrefix(srv.Addr().String(), "127.0.0.1:") {
			t.Errorf("listening on %v, %v; want 127.0.0.1", srv.Addr(), err)
		}
	})
}

func TestAnUnspecifiedAddressTakesBothFamilies(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
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

func TestFileModeIsThatOfAUnixSocket(t *testing.T) {
	runOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		if runtime.GOOS == "windows" {
			t.Skip("its files have other permissions")
		}
		for _, mode := range []fs.FileMode{0o600, 0o666} {
			path := t.TempDir() + "/socket"
			srv := &duplex.Server{Engine: e, FileMode: mode}
			if err := srv.Listen("unix", path); err != nil {
				t.Fatal(err)
			}
			if file, err := os.Stat(path); err != nil || file.Mode().Perm() != mode {
				t.Errorf("the file has %v, %v; want %v", file.Mode(), err, mode)
			}
			closeServer(t, srv)
			if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the file stays behind the server's close: %v", err)
			}
		}
	})
}

func TestAUnixSocketIsAsGood(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		path := t.TempDir() + "/socket"
		srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{
			OnData: func(s *duplex.Socket, p []byte) { s.Write(p); s.End() },
		}}
		if err := srv.Listen("unix", path); err != nil {
			t.Fatal(err)
		}
		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "unix", path, r.Handler(nil))
		io.WriteString(s, "hello")
		r.Expect(t, "connect", "data: hello", "end", "close")
		if s.RemoteAddr().Network() != "unix" || s.RemoteAddr().String() != path {
			t.Errorf("RemoteAddr is %v, want %s", s.RemoteAddr(), path)
		}
		r = duplextest.Recorder{}
		(&duplex.Client{Engine: e}).Connect(t.Context(), "unix", path+"2", r.Handler(nil))
		r.Expect(t, "error: ENOENT", "close: hadError")
	})
}

func TestReusePortSharesAnAddressWithWhoeverAsksToo(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		if runtime.GOOS == "windows" && e.Driver != "memory" {
			t.Skip("it has no SO_REUSEPORT")
		}
		first := &duplex.Server{Engine: e, ReusePort: true}
		if err := first.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		if err := (&duplex.Server{Engine: e, ReusePort: true}).Listen("tcp", first.Addr().String()); err != nil {
			t.Errorf("a second server that asks too: %v", err)
		}
		if err := (&duplex.Server{Engine: e}).Listen("tcp", first.Addr().String()); !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("a third that does not: %v, want EADDRINUSE", err)
		}
	})
}

func TestErrorsOfAListenerFindTheErrno(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		if e.Stats().Driver == "memory" {
			t.Skip("every address is at home in memory")
		}
		err := (&duplex.Server{Engine: e}).Listen("tcp", "192.0.2.1:1")
		if !errors.Is(err, syscall.EADDRNOTAVAIL) || duplex.Code(err) != "EADDRNOTAVAIL" {
			t.Errorf("listening on an address of others: %v (%s), want EADDRNOTAVAIL", err, duplex.Code(err))
		}
	})
}

func TestACallbackOfAServerMayCrash(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		e.Logger = quiet
		for i, crash := range []func(){func() { panic("on purpose") }, runtime.Goexit} {
			var served, dropped duplextest.Recorder
			srv := &duplex.Server{
				Engine:      e,
				MaxConns:    1,
				Handler:     &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }},
				OnListening: crash,
				OnDrop:      func(duplex.Drop) { crash() },
				OnClose:     crash,
			}
			if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			client := &duplex.Client{Engine: e}
			s := client.Connect(t.Context(), "tcp", srv.Addr().String(), served.Handler(nil))
			s.WriteString("hello")
			served.Expect(t, "connect", "data: hello")
			client.Connect(t.Context(), "tcp", srv.Addr().String(), dropped.Handler(nil))
			dropped.Events(t)
			s.WriteString("again")
			served.Expect(t, "data: again")
			srv.Unlisten()
			s.End()
			served.Expect(t, "end", "close")
			e.Wait()
			if n := e.Stats().Panics; n < int64(3*(i+1)) {
				t.Errorf("Stats counts %d crashes, want %d or more", n, 3*(i+1))
			}
		}
	})
}

// TestNobodyIsAcceptedBehindUnlisten stops listening between two clients that come
// together.
func TestNobodyIsAcceptedBehindUnlisten(t *testing.T) {
	for _, driver := range duplextest.Drivers() {
		t.Run(driver, func(t *testing.T) {
			e := &duplex.Engine{Loops: 1, Driver: driver}
			defer e.Close()
			var accepted atomic.Int32
			closed := make(chan struct{})
			srv := &duplex.Server{Engine: e, OnClose: func() { close(closed) }}
			srv.Handler = &duplex.Handler{OnConnect: func(s *duplex.Socket) {
				accepted.Add(1)
				unlistened := make(chan struct{})
				go func() { // not on the loop, which would stop at once
					srv.Unlisten()
					close(unlistened)
				}()
				<-unlistened
				s.Destroy(nil)
			}}
			if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			clients := &duplex.Engine{Loops: 1, Driver: driver}
			if driver == "memory" {
				clients = e // its network is its own
			} else {
				defer clients.Close()
			}
			together := make(chan struct{})
			e.Post(func() { <-together })
			for range 3 {
				(&duplex.Client{Engine: clients}).Connect(t.Context(), "tcp", srv.Addr().String(), nil)
			}
			for clients != e && clients.Stats().Connected < 3 {
				time.Sleep(time.Millisecond)
			}
			close(together)
			wait(t, closed)
			if n := accepted.Load(); n != 1 {
				t.Errorf("%d clients were accepted, want the one before Unlisten", n)
			}
		})
	}
}
