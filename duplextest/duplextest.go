// Copyright 2026 The duplex authors. MIT license.

// Package duplextest helps to test programs that use duplex: engines on every
// driver, pairs of sockets, and recorders of their events.
//
//	func TestEcho(t *testing.T) {
//		duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
//			a, b := duplextest.Pipe(t, e)
//			io.WriteString(a, "last words")
//			a.End()
//			b.Expect(t, "data: last words", "end", "close")
//		})
//	}
//
// A protocol with frames is tested frame by frame: with [Recorder.Pieces] each is an
// event of its own. What is not known beforehand is matched by a pattern:
//
//	func TestLogin(t *testing.T) {
//		duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
//			client, server := duplextest.PipeOf(t, e, &duplex.Handler{Split: codec.Lines.Split}, login)
//			client.Pieces, server.Pieces = true, true
//			io.WriteString(client, "USER gopher\r\nPA")
//			server.Expect(t, "data: USER gopher")
//			io.WriteString(client, "SS secret\r\n")
//			server.Expect(t, "data: PASS secret")
//			client.ExpectMatch(t, "data: 331 .*", `data: 230 session \d+`)
//			client.ExpectNothing(t, 10*time.Millisecond)
//		})
//	}
//
// Nothing here sleeps but ExpectNothing. Everything else has [Patience] to come.
//
// Engines of the driver "memory" run in a bubble of testing/synctest, where time is
// virtual: a test of an hour's silence takes no time, and its timers are exact.
//
// What goes wrong on a network is there by request, on a [Network]: delay, short writes,
// torn frames, connections that break after so many bytes, attempts without an answer:
//
//	func TestAHungBackendIsGivenUp(t *testing.T) {
//		synctest.Test(t, func(t *testing.T) {
//			network := duplextest.NewNetwork(t)
//			e := &duplex.Engine{Driver: network.Driver()}
//			defer e.Close()
//			backend, client := duplextest.PipeOf(t, e, nil, nil, duplex.Options{ReadTimeout: 10 * time.Minute})
//			network.SetFaults(duplextest.Faults{Delay: time.Hour})
//			io.WriteString(backend, "too late")
//			client.Expect(t, "error: ETIMEDOUT", "close: hadError") // in no time
//		})
//	}
package duplextest

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/testrun"
)

// Drivers returns the drivers that this platform has.
func Drivers() []string {
	if runtime.GOOS == "linux" {
		return []string{"epoll", "portable", "memory"}
	}
	return []string{"portable", "memory"}
}

// Run runs f as a subtest on every driver.
func Run(t *testing.T, f func(t *testing.T, e *duplex.Engine)) {
	t.Helper()
	for _, driver := range Drivers() {
		t.Run(driver, func(t *testing.T) { f(t, Engine(t, driver)) })
	}
}

// Engine returns an engine of two loops on the driver. It is closed when the test
// ends, unless it is already, and the test fails if that takes longer than Patience.
func Engine(t testing.TB, driver string) *duplex.Engine {
	e := &duplex.Engine{Loops: 2, Driver: driver}
	t.Cleanup(func() { closeInTime(t, e) })
	return e
}

func closeInTime(t testing.TB, e *duplex.Engine) {
	done := make(chan error, 1)
	go func() { done <- e.Close() }()
	over, stop := patience(0)
	defer stop()
	select {
	case err := <-done:
		if err != nil && !errors.Is(err, net.ErrClosed) {
			t.Errorf("closing the engine: %v", err)
		}
	case <-over:
		t.Errorf("the engine did not close; it has %+v", e.Stats())
	}
}

// SocketPath returns a path for a Unix socket, where there is no file yet. It is
// short enough for every system, which a path in [testing.T.TempDir] may not be.
// Its folder is removed when the test ends.
func SocketPath(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "duplex")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "socket")
}

// Hosts is a [duplex.Resolver] that knows the addresses of these hosts. It answers
// at once, without a network, and reports every other host as not found.
type Hosts map[string][]netip.Addr

// LookupNetIP returns the addresses of host, whatever the network is.
func (h Hosts) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if addrs, ok := h[host]; ok {
		return addrs, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// An End is one end of a Pipe: a socket, and what happened to it.
type End struct {
	*duplex.Socket
	*Recorder
}

// Pipe returns the two ends of a connection: a's was made by a Client, b's
// accepted by a Server. Both have recorded "connect", and it is expected. The options apply to both.
func Pipe(t testing.TB, e *duplex.Engine, options ...duplex.Options) (a, b *End) {
	t.Helper()
	return PipeOf(t, e, nil, nil, options...)
}

// PipeOf is [Pipe] with handlers, which are called after the recorders.
func PipeOf(t testing.TB, e *duplex.Engine, ah, bh *duplex.Handler, options ...duplex.Options) (a, b *End) {
	t.Helper()
	a, b = &End{Recorder: new(Recorder)}, &End{Recorder: new(Recorder)}
	accepted := make(chan *duplex.Socket, 1)
	h := b.Handler(bh)
	connect := h.OnConnect
	h.OnConnect = func(s *duplex.Socket) {
		accepted <- s
		connect(s)
	}
	srv := &duplex.Server{Engine: e, Handler: h}
	client := &duplex.Client{Engine: e}
	for _, o := range options {
		srv.Options, client.Options = o, o
	}
	if os.Getenv("DUPLEX_TEST_TLS") != "" { // CONTRIBUTING.md says what for
		srv.TLS, client.TLS = testrun.TLS()
		srv.AllowTruncation, client.AllowTruncation = true, true
	}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	a.Socket = client.Connect(t.Context(), "tcp", srv.Addr().String(), a.Handler(ah))
	a.Expect(t, "connect")
	over, stop := patience(0)
	defer stop()
	select {
	case b.Socket = <-accepted:
	case <-over:
		t.Fatal("the server did not accept")
	}
	b.Expect(t, "connect")
	srv.Unlisten()
	return a, b
}
