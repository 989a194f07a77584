// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/driver/memory"
)

// onMemory reports whether e has a network of its own, without a kernel.
func onMemory(e *duplex.Engine) bool { return e.Stats().Driver == "memory" }

// reach returns the first thing that a client of the address is told.
func reach(t *testing.T, e *duplex.Engine, network, address string) string {
	t.Helper()
	told := make(chan string, 1)
	tell := func(what string) {
		select {
		case told <- what:
		default:
		}
	}
	s := (&duplex.Client{Engine: e}).Connect(t.Context(), network, address, &duplex.Handler{
		OnConnect: func(*duplex.Socket) { tell("connect") },
		OnError:   func(_ *duplex.Socket, err error) { tell(duplex.Code(err)) },
	})
	defer s.Destroy(nil)
	return wait(t, told)
}

// until waits for something that no event tells.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for began := time.Now(); !done(); runtime.Gosched() {
		if time.Since(began) > duplextest.Patience {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func TestANetworkOfOneFamilyTakesNoOther(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
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
			if got := reach(t, e, "tcp", "127.0.0.1:"+port); got != c.four {
				t.Errorf("%s: an IPv4 client was told %s, want %s", c.network, got, c.four)
			}
			if got := reach(t, e, "tcp", "[::1]:"+port); got != c.six {
				t.Errorf("%s: an IPv6 client was told %s, want %s", c.network, got, c.six)
			}
			srv.Close()
		}
	})
}

// TestIPv4InIPv6IsIPv4, where Node listens on IPv6 and says so.
func TestIPv4InIPv6IsIPv4(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e}
		if err := srv.Listen("tcp", "[::ffff:127.0.0.1]:0"); err != nil {
			t.Fatal(err)
		}
		addr := srv.Addr().(*net.TCPAddr).AddrPort()
		if want := netip.MustParseAddr("127.0.0.1"); addr.Addr() != want {
			t.Errorf("it listens at %v, want %v", addr, want)
		}
		if got := reach(t, e, "tcp", fmt.Sprintf("[::ffff:127.0.0.1]:%d", addr.Port())); got != "connect" {
			t.Errorf("a client was told %s, want connect", got)
		}
	})
}

func TestServersThatShareAnAddressShareItsClients(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
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
			reach(t, e, "tcp", addr)
			if came[0].Load() > 0 && came[1].Load() > 0 {
				return
			}
		}
		t.Errorf("the servers had %d and %d of 200 clients, want both some", came[0].Load(), came[1].Load())
	})
}

func TestListenAgainIsForAServerThatIsClosed(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
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
		until(t, "another server may listen", func() bool { return other.Listen("tcp", addr) == nil })
		other.Close()

		s.End()
		wait(t, closed)
		srv.OnClose = nil
		until(t, "the server may listen again", func() bool { return srv.Listen("tcp", addr) == nil })
		if got := reach(t, e, "tcp", addr); got != "connect" {
			t.Errorf("a client of its second life was told %s", got)
		}
	})
}

func TestAServerClosesOnce(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
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
			t.Errorf("OnClose was told %d times, want once", n)
		}
	})
}

// TestAServerThatIsClosedAtOnceDoesNotTellListening closes it on the only loop
// there is, before that comes to anything else.
func TestAServerThatIsClosedAtOnceDoesNotTellListening(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
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
		if got := wait(t, told); got != "close" {
			t.Errorf("the first event was %s, want close", got)
		}
		turn(t, a.Socket)
		if len(told) != 0 {
			t.Errorf("then came %s", <-told)
		}
	})
}

func TestAContextMayCloseAServer(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		closed := make(chan struct{})
		srv := &duplex.Server{Engine: e, OnClose: func() { close(closed) }}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		addr := srv.Addr().String()
		ctx, cancel := context.WithCancel(t.Context())
		context.AfterFunc(ctx, func() { srv.Close() })
		cancel()
		wait(t, closed)
		if got := reach(t, e, "tcp", addr); got != "ECONNREFUSED" {
			t.Errorf("a client was told %s, want ECONNREFUSED", got)
		}
	})
}

// TestAMaximumOf0IsNone as it is in Node v20; from v21 on it means nobody there.
func TestAMaximumOf0IsNone(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e, MaxConns: 0, OnDrop: func(d duplex.Drop) { t.Errorf("a client was dropped: %v", d.Reason) }}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		addr := srv.Addr().String()
		for range 3 {
			var r duplextest.Recorder
			(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, r.Handler(nil))
			r.Expect(t, "connect")
		}
		until(t, "all are there", func() bool { return srv.Len() == 3 })
	})
}

// TestAServerThatCannotAcceptSaysSoOnceASecond has the memory driver fail: for the
// others, see TestAServerOutOfDescriptorsGoesOn.
func TestAServerThatCannotAcceptSaysSoOnceASecond(t *testing.T) {
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
			t.Errorf("OnError was told %d times in 3.5s, want 4", len(told))
		}
		for _, err := range told {
			var op *net.OpError
			if !errors.As(err, &op) || op.Op != "accept" || op.Addr.String() != srv.Addr().String() || !errors.Is(err, syscall.EMFILE) {
				t.Errorf("OnError was told %v, want accept %v: EMFILE", err, srv.Addr())
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

// socketPath returns a path that is short enough, which that of t.TempDir is not
// everywhere.
func socketPath(t *testing.T) string {
	dir, err := os.MkdirTemp("", "path")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "socket")
}

func TestTheFileOfAServerGoesWithIt(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		if onMemory(e) {
			t.Skip("the paths of memory are no files")
		}
		path := socketPath(t)
		srv := &duplex.Server{Engine: e, Options: duplex.Options{AllowHalfOpen: true}}
		if err := srv.Listen("unix", path); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Lstat(path); err != nil {
			t.Errorf("while the server listens: %v", err)
		}
		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "unix", path, r.Handler(nil))
		r.Expect(t, "connect")
		srv.Unlisten() // its socket stays, its file does not
		until(t, "the file is gone", func() bool {
			_, err := os.Lstat(path)
			return os.IsNotExist(err)
		})
		s.Destroy(nil)
	})
}

func TestAFileThatNobodyListensAtIsInTheWay(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		if onMemory(e) {
			t.Skip("the paths of memory are no files")
		}
		path := socketPath(t)
		lost, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
		if err != nil {
			t.Fatal(err)
		}
		lost.SetUnlinkOnClose(false)
		lost.Close()
		if got := reach(t, e, "unix", path); got != "ECONNREFUSED" {
			t.Errorf("a client was told %s, want ECONNREFUSED", got)
		}
		err = (&duplex.Server{Engine: e}).Listen("unix", path)
		if !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("Listen: %v, want EADDRINUSE", err)
		}
		if _, err := os.Lstat(path); err != nil {
			t.Errorf("the file was touched: %v", err)
		}
	})
}

// TestAPathThatIsTooLongIsEINVAL, where Node v20 cuts it and listens elsewhere.
func TestAPathThatIsTooLongIsEINVAL(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		if onMemory(e) {
			t.Skip("the paths of memory have no end")
		}
		path := filepath.Join(filepath.Dir(socketPath(t)), strings.Repeat("x", 120))
		err := (&duplex.Server{Engine: e}).Listen("unix", path)
		if !errors.Is(err, syscall.EINVAL) {
			t.Errorf("Listen: %v, want EINVAL", err)
		}
		if got := reach(t, e, "unix", path); got != "EINVAL" {
			t.Errorf("a client was told %s, want EINVAL", got)
		}
		if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 0 {
			t.Errorf("it left %v", files)
		}
	})
}

func TestANameThatBeginsWithAtIsNoFile(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		if runtime.GOOS != "linux" {
			t.Skip("abstract names are Linux's own")
		}
		name := "@duplex test of " + e.Stats().Driver + filepath.Base(filepath.Dir(socketPath(t)))
		srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{
			OnConnect: func(s *duplex.Socket) { io.WriteString(s, "hello"); s.End() },
		}}
		if err := srv.Listen("unix", name); err != nil {
			t.Fatal(err)
		}
		if got := srv.Addr().String(); got != name {
			t.Errorf("Addr is %s, want %s", got, name)
		}
		if err := (&duplex.Server{Engine: e}).Listen("unix", name); !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("a second server: %v, want EADDRINUSE", err)
		}
		var r duplextest.Recorder
		(&duplex.Client{Engine: e}).Connect(t.Context(), "unix", name, r.Handler(nil))
		r.Expect(t, "connect", "data: hello", "end", "close")
		if _, err := os.Lstat(name); !os.IsNotExist(err) {
			t.Errorf("there is a file of that name: %v", err)
		}
		if onMemory(e) {
			return // nobody else reaches its network
		}
		c, err := net.Dial("unix", name) // a client of any other make
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if got, err := io.ReadAll(c); string(got) != "hello" || err != nil {
			t.Errorf("package net's client received %q, %v; want hello", got, err)
		}
	})
}

func TestAClientThatAPathDropsHasNoAddress(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		drops := make(chan duplex.Drop, 1)
		srv := &duplex.Server{Engine: e, MaxConns: 1, OnDrop: func(d duplex.Drop) { drops <- d }}
		path := socketPath(t)
		if err := srv.Listen("unix", path); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			var r duplextest.Recorder
			(&duplex.Client{Engine: e}).Connect(t.Context(), "unix", path, r.Handler(nil))
			r.Expect(t, "connect")
		}
		if d := wait(t, drops); d != (duplex.Drop{Reason: duplex.ErrMaxConns}) || d.Remote != (netip.AddrPort{}) {
			t.Errorf("dropped %+v, want no addresses and ErrMaxConns", d)
		}
	})
}
