// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
)

// long selects the long form of some tests, for a release rather than for a commit.
var long = flag.Bool("long", false, "repeat what must never fail 100 times")

// rounds is how often a test runs whose outcome depends on chance; see fives.
var rounds = 5

// quiet is for tests that crash on purpose.
var quiet = slog.New(slog.DiscardHandler)

// TestMain fails if goroutines or descriptors are left behind.
func TestMain(m *testing.M) {
	flag.Parse()
	if os.Getenv("DUPLEX_TEST_FEW_DESCRIPTORS") != "" {
		serveFewDescriptors(os.Getenv("DUPLEX_DRIVER"))
		return
	}
	if os.Getenv("DUPLEX_TEST_INHERITED") != "" {
		serveInherited(os.Getenv("DUPLEX_TEST_INHERITED"))
		return
	}
	if os.Getenv("DUPLEX_TEST_GENERATION") != "" {
		serveGeneration()
		return
	}
	if os.Getenv("DUPLEX_TEST_CROWD") != "" {
		serveCrowd()
		return
	}
	if os.Getenv("DUPLEX_TEST_ENDS") != "" {
		serveEnds()
		return
	}
	if *long {
		rounds = 100
	}
	duplex.Wait() // starts the engine that examples share, and that never stops
	testrun.Main(m)
}

// run runs f on every driver.
func run(t *testing.T, f func(t *testing.T, e *duplex.Engine)) {
	t.Helper()
	duplextest.Run(t, f)
}

// runOnSystem runs f on every driver that uses the system's sockets. The network of the
// others is inside the process.
func runOnSystem(t *testing.T, f func(t *testing.T, e *duplex.Engine)) {
	t.Helper()
	run(t, func(t *testing.T, e *duplex.Engine) {
		if e.Driver == "memory" {
			t.Skip("the network of this driver is inside the process")
		}
		f(t, e)
	})
}

// onMemory reports whether e has a network of its own, without a kernel.
func onMemory(e *duplex.Engine) bool { return e.Stats().Driver == "memory" }

// bubble runs f in a bubble of virtual time, with an engine on the memory driver.
func bubble(t *testing.T, f func(t *testing.T, e *duplex.Engine)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e := &duplex.Engine{Loops: 2, Driver: "memory"}
		defer e.Close()
		f(t, e)
	})
}

// fives calls f rounds times, five calls at a time.
func fives(f func()) {
	for range rounds / 5 {
		var group sync.WaitGroup
		for range 5 {
			group.Go(f)
		}
		group.Wait()
	}
}

// wait receives from c, or fails.
func wait[T any](t testing.TB, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(duplextest.Patience):
		t.Fatal("waited in vain")
	}
	return v
}

// until waits for a condition that no event reports.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for began := time.Now(); !done(); runtime.Gosched() {
		if time.Since(began) > duplextest.Patience {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// turn returns after a few turns of the socket's loop.
func turn(t *testing.T, s *duplex.Socket) {
	t.Helper()
	for range 3 {
		done := make(chan struct{})
		s.Post(func() { close(done) })
		wait(t, done)
	}
}

// holdUp keeps both loops of e busy until release is called.
func holdUp(t *testing.T, e *duplex.Engine) (release func()) {
	t.Helper()
	a, b := duplextest.Pipe(t, e) // one on each loop
	over := make(chan struct{})
	for _, s := range []*duplextest.End{a, b} {
		began := make(chan struct{})
		s.Post(func() { close(began); <-over })
		wait(t, began)
	}
	return func() { close(over) }
}

// collected waits until the collector has found what closes gone. A loop that sleeps may
// still hold what its last turn was about, so every loop of e turns meanwhile.
func collected(t *testing.T, e *duplex.Engine, gone <-chan struct{}, what string) {
	t.Helper()
	for began := time.Now(); time.Since(began) < duplextest.Patience; {
		for range runtime.GOMAXPROCS(0) {
			a, b := duplextest.Pipe(t, e)
			turn(t, a.Socket)
			turn(t, b.Socket)
			a.Destroy(nil)
		}
		runtime.GC()
		select {
		case <-gone:
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Errorf("%s is still held", what)
}

// pattern returns n bytes in which no two places look alike.
func pattern(n int) []byte {
	p := make([]byte, n)
	x := uint32(2463534242)
	for i := range p {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		p[i] = byte(x)
	}
	return p
}

// listen returns the address of a server with the handler.
func listen(t *testing.T, e *duplex.Engine, h *duplex.Handler, o duplex.Options) string {
	t.Helper()
	srv := &duplex.Server{Engine: e, Handler: h, Options: o}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return srv.Addr().String()
}

// closeServer closes srv and waits until it is.
func closeServer(t *testing.T, srv *duplex.Server) {
	t.Helper()
	srv.Close()
	if err := srv.Shutdown(t.Context()); err != nil && !errors.Is(err, net.ErrClosed) {
		t.Fatal(err)
	}
}

// freePort returns a port that no socket of the system has on 127.0.0.1 or ::1. It is
// below those that Linux (from 32768), macOS and Windows (from 49152) hand out, so that
// no connection made meanwhile, here or in another program, has it either. No two calls
// return the same.
func freePort(t *testing.T) string {
	t.Helper()
	for range 20_000 {
		port := strconv.Itoa(10_000 + int(ports.Add(1)%20_000))
		if listens("127.0.0.1", port) && listens("::1", port) {
			return port
		}
	}
	t.Fatal("no port is free")
	return ""
}

// ports counts from where freePort of this process begins.
var ports atomic.Uint32

func init() { ports.Store(rand.Uint32N(20_000)) }

// listens reports whether a socket may listen there, as far as the system has the address.
func listens(host, port string) bool {
	ln, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err == nil {
		ln.Close()
	}
	return !slices.Contains([]string{"EADDRINUSE", "EACCES"}, duplex.Code(err))
}

// freeAddr returns an address on which no server listens.
func freeAddr(t *testing.T) string {
	t.Helper()
	return "127.0.0.1:" + freePort(t)
}

// socketPath returns a path for a Unix socket of e, or skips the test where there are no
// Unix sockets.
func socketPath(t *testing.T, e *duplex.Engine) string {
	t.Helper()
	if e.Driver != "memory" {
		testrun.NeedUnixSockets(t)
	}
	return duplextest.SocketPath(t)
}

// needResets skips the test where a connection of e does not always report a reset.
func needResets(t *testing.T, e *duplex.Engine) {
	t.Helper()
	if e.Driver != "memory" {
		testrun.NotUnderWine(t, testrun.LostResets)
	}
}

// reach returns the first event of a client of the address: "connect", or the code of
// its error.
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

// needPlain skips the test if every Pipe of the suite has TLS (DUPLEX_TEST_TLS), for a reason
// that docs/node.md gives.
func needPlain(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv("DUPLEX_TEST_TLS") != "" {
		t.Skip("not with TLS: " + reason)
	}
}

// needSpeed skips the test where tens of megabytes take longer than a test waits.
func needSpeed(t *testing.T, e *duplex.Engine) {
	t.Helper()
	if e.Driver != "memory" {
		testrun.NotUnderWine(t, testrun.SlowSockets)
	}
}

// expectEcho sends a word and waits until it comes back.
func expectEcho(t *testing.T, c net.Conn) {
	t.Helper()
	c.SetDeadline(time.Now().Add(duplextest.Patience))
	got := make([]byte, 5)
	if _, err := c.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, got); err != nil || string(got) != "hello" {
		t.Fatalf("got %q, %v; want hello", got, err)
	}
}

// hosts is a Resolver that knows these hosts and no others.
type hosts = duplextest.Hosts

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
