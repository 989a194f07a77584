// Copyright 2026 The duplex authors. MIT license.

package servers_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/driver/memory"
	"github.com/duplex-go/duplex/internal/rig"
)

// A deafResolver answers when the test sends an answer, even if its context has ended.
type deafResolver struct {
	asked  chan context.Context
	answer chan netip.Addr
}

func newDeafResolver() *deafResolver {
	return &deafResolver{asked: make(chan context.Context, 1), answer: make(chan netip.Addr)}
}

func (r *deafResolver) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	r.asked <- ctx
	return []netip.Addr{<-r.answer}, nil
}

// TestAListenThatLooksUpIsEndedByAnyVerb ends a Listen by each verb that stops a server.
func TestAListenThatLooksUpIsEndedByAnyVerb(t *testing.T) {
	verbs := []struct {
		name string
		stop func(t *testing.T, srv *duplex.Server) error
	}{
		{"Unlisten", func(_ *testing.T, srv *duplex.Server) error { return srv.Unlisten() }},
		{"Close", func(_ *testing.T, srv *duplex.Server) error { return srv.Close() }},
		{"Shutdown", func(t *testing.T, srv *duplex.Server) error { return srv.Shutdown(t.Context()) }},
		{"Engine.Close", func(_ *testing.T, srv *duplex.Server) error { return srv.Engine.Close() }},
	}
	for _, verb := range verbs {
		t.Run(verb.name, func(t *testing.T) {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				slow := newDeafResolver()
				defer close(slow.answer)
				srv := &duplex.Server{
					Engine: e, Resolver: slow,
					OnListening: func() { t.Error("OnListening was called") },
					OnClose:     func() { t.Error("OnClose was called") },
				}
				failed := make(chan error, 1)
				go func() { failed <- srv.Listen("tcp", "slow.test:0") }()
				ctx := rig.Wait(t, slow.asked)

				if srv.Len() != 0 || srv.Addr() != nil {
					t.Errorf("during the lookup it has %d sockets and listens on %v, want none", srv.Len(), srv.Addr())
				}
				for s := range srv.Sockets() {
					t.Errorf("during the lookup it has the socket %v", s)
				}
				if err := srv.Listen("tcp", "127.0.0.1:0"); err != duplex.ErrAlreadyListening {
					t.Errorf("a second Listen: %v, want ErrAlreadyListening", err)
				}
				raw, _ := srv.SyscallConn()
				if err := raw.Control(func(uintptr) {}); err != net.ErrClosed {
					t.Errorf("Control of its descriptor: %v, want net.ErrClosed", err)
				}
				if err := verb.stop(t, srv); err != nil {
					t.Errorf("%s: %v", verb.name, err)
				}
				err := rig.Wait(t, failed)
				var op *net.OpError
				if !errors.As(err, &op) || op.Op != "listen" || !errors.Is(err, net.ErrClosed) {
					t.Errorf("Listen: %v, want an OpError of net.ErrClosed", err)
				}
				if ctx.Err() == nil {
					t.Error("the context of the resolver lives on")
				}
				if err := srv.Unlisten(); err != net.ErrClosed {
					t.Errorf("Unlisten after it: %v, want net.ErrClosed", err)
				}
				if n := e.Stats().Servers; n != 0 {
					t.Errorf("Stats counts %d servers, want 0", n)
				}
				e.Wait()
			})
		})
	}
}

func TestAServerMayListenAfterAListenThatWasEnded(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		slow := newDeafResolver()
		defer close(slow.answer)
		srv := &duplex.Server{Engine: e, Resolver: slow}
		for range 2 {
			failed := make(chan error, 1)
			go func() { failed <- srv.Listen("tcp", "slow.test:0") }()
			rig.Wait(t, slow.asked)
			srv.Unref() // in a life that ends before it listens
			srv.Close()
			if err := rig.Wait(t, failed); !errors.Is(err, net.ErrClosed) {
				t.Errorf("Listen: %v, want net.ErrClosed", err)
			}
		}
		listened := make(chan error, 1)
		go func() { listened <- srv.Listen("tcp", "slow.test:0") }()
		rig.Wait(t, slow.asked)
		for range 3 { // the lookups of the ended calls still wait
			slow.answer <- netip.MustParseAddr("127.0.0.1")
		}
		if err := rig.Wait(t, listened); err != nil {
			t.Fatal(err)
		}
		if got := rig.Reach(t, e, "tcp", srv.Addr().String()); got != "connect" {
			t.Errorf("a client got %s, want connect", got)
		}
		waited := make(chan bool)
		go func() { e.Wait(); close(waited) }()
		srv.Close()
		rig.Wait(t, waited)
	})
}

// TestAResolverThatEndsItsGoroutineFindsNothing has a resolver that calls runtime.Goexit,
// as a test does that fails inside it.
func TestAResolverThatEndsItsGoroutineFindsNothing(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e, Resolver: resolverFunc(func() { runtime.Goexit() })}
		if err := srv.Listen("tcp", "exit.test:0"); err == nil {
			t.Error("Listen has succeeded")
		}
		e.Wait()
	})
}

type resolverFunc func()

func (f resolverFunc) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	f()
	return nil, nil
}

// TestAVerbThatStopsAServerReportsThatItDid holds that it returns nil, even if the server
// has closed before it returns.
func TestAVerbThatStopsAServerReportsThatItDid(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for i := range 600 {
			srv := &duplex.Server{Engine: e}
			if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			verbs := []func() error{srv.Close, srv.Unlisten, func() error { return srv.Shutdown(t.Context()) }}
			if err := verbs[i%len(verbs)](); err != nil {
				t.Fatalf("verb %d of a server that listens: %v", i%len(verbs), err)
			}
		}
	})
}

// TestTheNextLifeOfAServerBeginsWhenOnCloseHasReturned listens again inside OnClose, on
// the other one of two loops.
func TestTheNextLifeOfAServerBeginsWhenOnCloseHasReturned(t *testing.T) {
	for _, driver := range duplextest.Drivers() {
		t.Run(driver, func(t *testing.T) {
			e := &duplex.Engine{Loops: 2, Driver: driver}
			defer e.Close()
			told, listening := make(chan string, 1), make(chan bool, 1)
			srv := &duplex.Server{Engine: e}
			var inside atomic.Bool
			srv.OnClose = func() {
				inside.Store(true)
				defer inside.Store(false)
				srv.OnClose = nil
				srv.OnListening = func() { listening <- inside.Load() }
				if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
					t.Error(err)
				}
				ran := make(chan bool)
				e.Post(func() { close(ran) }) // after the tasks of the other loop
				rig.Wait(t, ran)
				told <- srv.Addr().String()
			}
			if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			srv.Close()
			addr := rig.Wait(t, told)
			if rig.Wait(t, listening) {
				t.Error("OnListening was called while OnClose ran")
			}
			if got := rig.Reach(t, e, "tcp", addr); got != "connect" {
				t.Errorf("a client of the next life got %s, want connect", got)
			}
			srv.Close()
			e.Wait()
			if n := e.Stats().Servers; n != 0 {
				t.Errorf("Stats counts %d servers, want 0", n)
			}
		})
	}
}

// TestTheNextLifeOfAServerMayEndBeforeItBegins listens again inside OnClose, and closes.
func TestTheNextLifeOfAServerMayEndBeforeItBegins(t *testing.T) {
	rig.Run(t, func(t *testing.T, two *duplex.Engine) {
		e := &duplex.Engine{Loops: 1, Driver: two.Driver} // another loop might begin at once
		defer e.Close()
		var lives atomic.Int32
		srv := &duplex.Server{Engine: e, OnListening: func() { t.Error("OnListening was called") }}
		srv.OnClose = func() {
			if lives.Add(1) == 5 {
				return
			}
			if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Error(err)
			}
			if err := srv.Close(); err != nil {
				t.Error(err)
			}
		}
		listened := make(chan error, 1)
		e.Post(func() {
			listened <- srv.Listen("tcp", "127.0.0.1:0")
			srv.Close()
		})
		if err := rig.Wait(t, listened); err != nil {
			t.Fatal(err)
		}
		e.Wait()
		if n := lives.Load(); n != 5 {
			t.Errorf("OnClose was called %d times, want 5", n)
		}
	})
}

// TestAServerMayMoveToAnotherEngine listens again inside OnClose, on another Engine. The
// first one forgets it, and leaves its second life alone.
func TestAServerMayMoveToAnotherEngine(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		other := duplextest.Engine(t, e.Driver)
		moved := make(chan error, 1)
		srv := &duplex.Server{Engine: e}
		srv.OnClose = func() {
			srv.OnClose, srv.Engine = nil, other
			moved <- srv.Listen("tcp", "127.0.0.1:0")
		}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		srv.Close()
		if err := rig.Wait(t, moved); err != nil {
			t.Fatal(err)
		}
		closed := make(chan error, 1)
		go func() { closed <- e.Close() }()
		if err := rig.Wait(t, closed); err != nil {
			t.Error(err)
		}
		if got := rig.Reach(t, other, "tcp", srv.Addr().String()); got != "connect" {
			t.Errorf("a client of its second life got %s, want connect", got)
		}
	})
}

func TestAServerMayListenOnAListenerOfPackageNet(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		for _, ln := range rig.SystemListeners(t, e) {
			addr := ln.Addr()
			srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{
				OnData: func(s *duplex.Socket, p []byte) { s.Write(p) },
			}}
			if err := srv.ListenOn(ln); err != nil {
				t.Fatal(err)
			}
			if srv.Addr().String() != addr.String() || srv.Addr().Network() != addr.Network() {
				t.Errorf("Addr is %v, want %v", srv.Addr(), addr)
			}
			c, err := net.Dial(addr.Network(), addr.String())
			if err != nil {
				t.Fatal(err)
			}
			rig.ExpectEcho(t, c)
			c.Close()
			rig.CloseServer(t, srv)
			if c, err := net.Dial(addr.Network(), addr.String()); err == nil {
				c.Close()
				t.Errorf("a listener is left on %v after the server's close", addr)
			}
			if addr.Network() == "unix" {
				if _, err := os.Stat(addr.String()); err != nil {
					t.Errorf("the file, which the server has not made, does not stay: %v", err)
				}
			}
		}
	})
}

// A file shares its open description with the listener, and its Fd method makes that
// description blocking. os/exec calls Fd for every file that a child inherits.
func TestAListenerWhoseFileAChildInheritsGoesOn(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		file, err := ln.(*net.TCPListener).File()
		if err != nil {
			t.Skip(err) // Windows has no such files
		}
		defer file.Close()
		srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{
			OnData: func(s *duplex.Socket, p []byte) { s.Write(p) },
		}}
		if err := srv.ListenOn(ln); err != nil {
			t.Fatal(err)
		}
		file.Fd()
		for range 2 {
			c, err := net.Dial("tcp", srv.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			rig.ExpectEcho(t, c)
			c.Close()
		}
		rig.CloseServer(t, srv)
	})
}

func TestAServerThatListensRefusesAnotherListenerAndClosesIt(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if err := srv.ListenOn(ln); err != duplex.ErrAlreadyListening {
			t.Errorf("got %v, want ErrAlreadyListening", err)
		}
		if _, err := ln.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("the listener is not closed: %v", err)
		}
	})
}

func TestAnAddressIsExclusivelyOurs(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		first := &duplex.Server{Engine: e}
		if err := first.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		second := &duplex.Server{Engine: e}
		err := second.Listen("tcp", first.Addr().String())
		var op *net.OpError
		if !errors.Is(err, syscall.EADDRINUSE) || !errors.As(err, &op) || op.Op != "listen" || op.Addr.String() != first.Addr().String() {
			t.Errorf("a second server: %v, want EADDRINUSE", err)
		}
		if err := first.Listen("tcp", "127.0.0.1:0"); err != duplex.ErrAlreadyListening {
			t.Errorf("a second Listen: %v, want ErrAlreadyListening", err)
		}
	})
}

func TestServersThatShareAnAddressShareItsClients(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		if runtime.GOOS == "windows" {
			t.Skip("Windows has no SO_REUSEPORT")
		}
		var came [2]atomic.Int32
		addr := "127.0.0.1:0"
		for i := range came {
			srv := &duplex.Server{Engine: e, ReusePort: true, Handler: &duplex.Handler{
				OnConnect: func(*duplex.Socket) { came[i].Add(1) },
			}}
			if err := srv.Listen("tcp", addr); err != nil {
				t.Fatal(err)
			}
			addr = srv.Addr().String()
		}
		for range 200 { // the system throws a coin
			rig.Reach(t, e, "tcp", addr)
			if came[0].Load() > 0 && came[1].Load() > 0 {
				return
			}
		}
		t.Errorf("the servers had %d and %d of 200 clients, want both some", came[0].Load(), came[1].Load())
	})
}

func TestReusePortSharesAnAddressWithServersThatAskToo(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
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

// TestAServerThatCannotAcceptReportsItOnceASecond has the memory driver fail.
// TestAServerOutOfDescriptorsGoesOn is the test of the other drivers.
func TestAServerThatCannotAcceptReportsItOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := memory.Named(t.Name())
		defer memory.Forget(t.Name())
		e := &duplex.Engine{Loops: 1, Driver: "memory:" + t.Name()}
		defer e.Close()
		var told []error
		srv := &duplex.Server{Engine: e, OnError: func(err error) { told = append(told, err) }}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		n.SetFaults(memory.Faults{Accept: memory.Times(-1, syscall.EMFILE)})
		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), r.Handler(nil))
		time.Sleep(3500 * time.Millisecond)
		synctest.Wait()
		if len(told) != 4 {
			t.Errorf("OnError was called %d times in 3.5s, want 4", len(told))
		}
		for _, err := range told {
			var op *net.OpError
			if !errors.As(err, &op) || op.Op != "accept" || op.Addr.String() != srv.Addr().String() || !errors.Is(err, syscall.EMFILE) {
				t.Errorf("OnError got %v, want accept %v: EMFILE", err, srv.Addr())
			}
		}
		if n := srv.Len(); n != 0 {
			t.Errorf("the server has %d sockets while it cannot accept", n)
		}
		n.SetFaults(memory.Faults{}) // the client has waited
		time.Sleep(time.Second)
		synctest.Wait()
		if n := srv.Len(); n != 1 {
			t.Errorf("the server has %d sockets once it can, want 1", n)
		}
		s.Destroy(nil)
	})
}

// TestAServerThatIsClosedBeforeItBeginsDoesNotReportListening holds up the loops, so that the
// server is closed before the loop has begun to accept.
func TestAServerThatIsClosedBeforeItBeginsDoesNotReportListening(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		release := rig.HoldUp(t, e)
		told := make(chan string, 2)
		srv := &duplex.Server{
			Engine:      e,
			OnListening: func() { told <- "listening" },
			OnClose:     func() { told <- "close" },
		}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Error(err)
		}
		srv.Close()
		release()
		if got := rig.Wait(t, told); got != "close" {
			t.Errorf("the first event was %s, want close", got)
		}
	})
}

func TestAServerDoesNotListenOnNil(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e}
		for _, ln := range []net.Listener{nil, (*net.TCPListener)(nil), (*net.UnixListener)(nil), new(net.TCPListener)} {
			if err := srv.ListenOn(ln); err == nil {
				t.Errorf("no error of ListenOn of %T", ln)
			}
		}
	})
}
