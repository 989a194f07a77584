// Copyright 2026 The duplex authors. MIT license.

package servers_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestServerReportsListeningAndItsAddress(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
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
		if got := rig.Wait(t, told); got != addr || strings.HasSuffix(addr, ":0") {
			t.Errorf("OnListening saw %s, Listen's caller %s", got, addr)
		}
	})
}

func TestServerGivesEveryClientItsOwnSocket(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
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
			s := rig.Wait(t, connected)
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
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
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
		rig.Wait(t, closed)
		if got := strings.Join(events, " "); got != "server socket" {
			t.Errorf("closed: %s; want the server just before its last socket", got)
		}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Errorf("Listen after OnClose: %v", err)
		}
	})
}

// TestTheServerClosesBeforeItsLastSocket destroys all sockets at once, while the
// listener may not have closed yet.
func TestTheServerClosesBeforeItsLastSocket(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
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
				rig.Wait(t, connected)
			}
			srv.Close()
			var order []string
			for range clients + 1 {
				order = append(order, rig.Wait(t, told))
			}
			if order[clients] != "socket" {
				t.Fatalf("closed: %q; want a socket last", order)
			}
		}
	})
}

func TestOnListeningIsCalledThoughTheServerIsUnrefd(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
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
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
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
		if err := rig.Wait(t, again); err != nil {
			t.Error(err)
		}
		if err := e.Close(); err != nil || srv.Addr() != nil {
			t.Errorf("Engine.Close: %v, and the server listens on %v", err, srv.Addr())
		}
	})
}

func TestUnlistenWithoutSocketsClosesAtOnce(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		closed := make(chan struct{})
		srv := &duplex.Server{Engine: e, OnClose: func() { close(closed) }}
		if err := srv.Unlisten(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Unlisten before Listen: %v, want net.ErrClosed", err)
		}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		srv.Unlisten()
		rig.Wait(t, closed)
		e.Wait()
	})
}

func TestCloseOfAServerDestroysItsSockets(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
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

func TestErrorsOfAListenerFindTheErrno(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
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
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		e.Logger = rig.Quiet
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
			if n := e.Stats().Panics; n != int64(3*(i+1)) {
				t.Errorf("Stats counts %d crashes, want %d", n, 3*(i+1))
			}
		}
	})
}

// TestNoClientIsAcceptedAfterUnlisten stops listening between two clients that come
// together.
func TestNoClientIsAcceptedAfterUnlisten(t *testing.T) {
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
			rig.Wait(t, closed)
			if n := accepted.Load(); n != 1 {
				t.Errorf("%d clients were accepted, want the one before Unlisten", n)
			}
		})
	}
}

func TestListenAgainIsForAServerThatIsClosed(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		closed := make(chan struct{})
		var b duplextest.Recorder
		srv := &duplex.Server{Engine: e, Handler: b.Handler(nil), OnClose: func() { close(closed) }}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		addr := srv.Addr().String()
		var a duplextest.Recorder
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, a.Handler(nil))
		a.Expect(t, "connect")
		b.Expect(t, "connect")
		srv.Unlisten()
		if err := srv.Listen("tcp", addr); err != duplex.ErrAlreadyListening {
			t.Errorf("Listen while a socket lives: %v, want ErrAlreadyListening", err)
		}
		other := &duplex.Server{Engine: e}
		rig.Until(t, "another server may listen", func() bool { return other.Listen("tcp", addr) == nil })
		other.Close()

		s.End()
		rig.Wait(t, closed)
		srv.OnClose = nil
		rig.Until(t, "the server may listen again", func() bool { return srv.Listen("tcp", addr) == nil })
		if got := rig.Reach(t, e, "tcp", addr); got != "connect" {
			t.Errorf("a client of its second life got %s", got)
		}
	})
}

func TestAServerClosesOnce(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var told atomic.Int32
		srv := &duplex.Server{Engine: e, OnClose: func() { told.Add(1) }}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		if err := srv.Unlisten(); err != nil {
			t.Errorf("Unlisten: %v", err)
		}
		for range 3 {
			if err := srv.Unlisten(); err != net.ErrClosed {
				t.Errorf("Unlisten of a server that does not listen: %v, want net.ErrClosed", err)
			}
		}
		e.Wait()
		if n := told.Load(); n != 1 {
			t.Errorf("OnClose was called %d times, want once", n)
		}
	})
}

// TestAServerThatIsClosedAtOnceDoesNotReportListening closes the server on the only
// loop, before the loop does anything else.
func TestAServerThatIsClosedAtOnceDoesNotReportListening(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		e.Loops = 1
		a, _ := duplextest.Pipe(t, e)
		told := make(chan string, 2)
		srv := &duplex.Server{
			Engine:      e,
			OnListening: func() { told <- "listening" },
			OnClose:     func() { told <- "close" },
		}
		a.Post(func() {
			if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Error(err)
			}
			srv.Unlisten()
		})
		if got := rig.Wait(t, told); got != "close" {
			t.Errorf("the first event was %s, want close", got)
		}
		rig.Turn(t, a.Socket)
		if len(told) != 0 {
			t.Errorf("then came %s", <-told)
		}
	})
}

func TestAContextMayCloseAServer(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		closed := make(chan struct{})
		srv := &duplex.Server{Engine: e, OnClose: func() { close(closed) }}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		addr := srv.Addr().String()
		ctx, cancel := context.WithCancel(t.Context())
		context.AfterFunc(ctx, func() { srv.Close() })
		cancel()
		rig.Wait(t, closed)
		if got := rig.Reach(t, e, "tcp", addr); got != "ECONNREFUSED" {
			t.Errorf("a client got %s, want ECONNREFUSED", got)
		}
	})
}

// TestTheCallbacksOfAServerRunOnALoopThoughItsHandlerIsBlocking asks ReadFrom where it is:
// on a loop it would wait for itself.
func TestTheCallbacksOfAServerRunOnALoopThoughItsHandlerIsBlocking(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		other, _ := duplextest.Pipe(t, e)
		accepted, closed := make(chan *duplex.Socket, 1), make(chan error, 1)
		srv := &duplex.Server{
			Engine:  e,
			Handler: &duplex.Handler{Blocking: true, OnConnect: func(s *duplex.Socket) { accepted <- s }},
			OnClose: func() {
				_, err := other.ReadFrom(strings.NewReader(""))
				closed <- err
			},
		}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), nil)
		s := rig.Wait(t, accepted)
		srv.Unlisten()
		rig.Turn(t, s)                    // OnClose waits for the socket now
		s.Destroy(errors.New("a reason")) // OnError, on the goroutine, comes before
		if err := rig.Wait(t, closed); err == nil {
			t.Error("OnClose of the server did not run on a loop")
		}
	})
}
