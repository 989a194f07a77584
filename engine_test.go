// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
)

func TestWaitReturnsWhenNothingRefdIsLeft(t *testing.T) {
	bubble(t, func(t *testing.T, e *duplex.Engine) {
		waited := func() bool {
			done := make(chan struct{})
			go func() {
				e.Wait()
				close(done)
			}()
			synctest.Wait()
			select {
			case <-done:
				return true
			default:
				return false
			}
		}
		if !waited() {
			t.Error("Wait waits for nothing")
		}
		srv := &duplex.Server{Engine: e}
		srv.Listen("tcp", "127.0.0.1:0")
		if waited() {
			t.Error("Wait does not wait for a server")
		}
		srv.Unref()
		if !waited() {
			t.Error("Wait waits for a server that was Unref'd")
		}
		srv.Ref()
		if waited() {
			t.Error("Wait does not wait for a server that was Ref'd again")
		}
		srv.Unref()
		s := (&duplex.Client{Engine: e, Options: duplex.Options{PauseOnConnect: true}}).Connect(t.Context(), "tcp", srv.Addr().String(), nil)
		if waited() {
			t.Error("Wait does not wait for sockets")
		}
		s.Unref()
		for b := range srv.Sockets() {
			b.Unref()
		}
		if !waited() {
			t.Error("Wait waits for sockets that were Unref'd")
		}
		s.Post(func() {
			if waited() {
				t.Error("Wait does not wait for a posted function")
			}
		})
		e.Wait()
		s.Destroy(nil)
	})
}

func TestACloseOfTheEngineClosesAll(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		var idle, looking duplextest.Recorder
		srv := &duplex.Server{Engine: e, Handler: idle.Handler(nil)}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		never := make(chan struct{})
		defer close(never)
		client := &duplex.Client{Engine: e, Resolver: slowResolver{never}}
		client.Connect(t.Context(), "tcp", "slow.test:80", looking.Handler(nil))
		own := &duplex.Engine{Driver: "memory"}
		own.Close() // an engine that never ran may be closed too

		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		for _, r := range []*duplextest.Recorder{a.Recorder, b.Recorder, &looking} {
			events := r.Events(t)
			if last := events[len(events)-1]; last != "close" {
				t.Errorf("the engine closed, and a socket heard %q", events)
			}
		}
		if err := srv.Listen("tcp", "127.0.0.1:0"); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Listen on a closed engine: %v, want net.ErrClosed", err)
		}
		var late duplextest.Recorder
		client.Connect(t.Context(), "tcp", "127.0.0.1:1", late.Handler(nil))
		late.Expect(t, "error: ERR_SOCKET_CLOSED", "close: hadError")
	})
}

func TestAnUnknownDriverIsAnErrorAndNotACrash(t *testing.T) {
	e := &duplex.Engine{Driver: "carrier-pigeon"}
	defer e.Close()
	if err := (&duplex.Server{Engine: e}).Listen("tcp", "127.0.0.1:0"); err == nil || !strings.Contains(err.Error(), "carrier-pigeon") {
		t.Errorf("Listen: %v, want an error that names the driver", err)
	}
	var r duplextest.Recorder
	(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", "127.0.0.1:1", r.Handler(nil))
	if events := r.Events(t); len(events) != 2 || !strings.Contains(events[0], "carrier-pigeon") {
		t.Errorf("Connect: %q, want an error that names the driver, and close", events)
	}
	e.Wait()
}

func TestTheEnvironmentChoosesTheDriver(t *testing.T) {
	t.Setenv("DUPLEX_DRIVER", "portable")
	e := &duplex.Engine{}
	defer e.Close()
	if got := e.Stats().Driver; got != "portable" {
		t.Errorf("the driver is %q, want portable", got)
	}
	asked := &duplex.Engine{Driver: "memory"}
	defer asked.Close()
	if got := asked.Stats().Driver; got != "memory" {
		t.Errorf("the driver is %q, want memory: the program's word goes first", got)
	}
}

func TestConnectionsAreSpreadOverTheLoops(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		e.Loops = 4
		var loops [4]atomic.Int32
		goroutines := make(chan string, 40)
		addr := listen(t, e, &duplex.Handler{OnConnect: func(*duplex.Socket) {
			var buf [32]byte
			runtime.Stack(buf[:], false)
			name, _, _ := strings.Cut(string(buf[:]), " [")
			goroutines <- name
		}}, duplex.Options{})
		seen := make(map[string]int)
		others := duplextest.Engine(t, "portable") // for the clients, which count too
		if e.Stats().Driver == "memory" {
			t.Skip("a client on an engine of its own does not reach this one's memory")
		}
		for range 40 {
			var r duplextest.Recorder
			(&duplex.Client{Engine: others}).Connect(t.Context(), "tcp", addr, r.Handler(nil))
			r.Expect(t, "connect")
			seen[wait(t, goroutines)]++
		}
		if len(seen) != len(loops) {
			t.Errorf("40 connections were spread as %v, want over 4 loops", seen)
		}
		for loop, n := range seen {
			if n < 5 {
				t.Errorf("%s got %d of 40 connections", loop, n)
			}
		}
	})
}

func TestALoopThatSpinsSleepsInTheEnd(t *testing.T) {
	run(t, func(t *testing.T, plain *duplex.Engine) {
		e := &duplex.Engine{Loops: 2, Driver: plain.Driver, Spin: 5 * time.Millisecond}
		defer e.Close()
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{
			OnData: func(s *duplex.Socket, p []byte) { s.Write(p) },
		})
		before := e.Stats().Turns
		for range 100 {
			io.WriteString(a, "x")
			a.Expect(t, "data: x")
			b.Expect(t, "data: x")
		}
		if n := e.Stats().Turns - before; n < 100 {
			t.Errorf("100 echoes took %d turns", n)
		}
		for still := 0; still < 3; { // nothing happens any more, at last
			before := e.Stats().Turns
			time.Sleep(20 * time.Millisecond)
			if still++; e.Stats().Turns != before {
				still = 0
			}
		}
		if lag := e.Stats().Lag; lag > duplextest.Patience {
			t.Errorf("Lag is %v", lag)
		}
		a.Destroy(nil)
		b.Destroy(nil)
	})
}

// TestSizes pins what an idle connection holds on epoll besides its slots.
func TestSizes(t *testing.T) {
	if got, limit := reflect.TypeFor[duplex.Socket]().Size(), uintptr(160); got > limit {
		t.Errorf("a Socket has %d bytes, more than its size class of %d", got, limit)
	}
}

// TestAnEchoAllocatesNothing counts over a whole exchange of both ends.
func TestAnEchoAllocatesNothing(t *testing.T) {
	if raceEnabled() {
		t.Skip("the race detector allocates")
	}
	for _, h := range []*duplex.Handler{
		{},
		{Encoding: codec.UTF8},
		{Split: codec.Lines.Split},
	} {
		e := duplextest.Engine(t, duplextest.Drivers()[0])
		const rounds = 2000
		newline := []byte("\n")
		echo := *h
		echo.OnData = func(s *duplex.Socket, p []byte) {
			s.Write(p)
			s.Write(newline)
		}
		addr := listen(t, e, &echo, duplex.Options{})
		done := make(chan uint64, 1)
		message := []byte("sixty-four bytes that come back, over and over, until all is told\n")
		n := 0
		var before, after runtime.MemStats
		(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, &duplex.Handler{
			OnConnect: func(s *duplex.Socket) { s.Write(message) },
			OnData: func(s *duplex.Socket, p []byte) {
				switch n++; n {
				case 100:
					runtime.ReadMemStats(&before)
				case 100 + rounds:
					runtime.ReadMemStats(&after)
					done <- after.Mallocs - before.Mallocs
					s.Destroy(nil)
					return
				}
				s.Write(message)
			},
		})
		if allocs := wait(t, done); allocs > rounds/20 {
			t.Errorf("%d allocations in %d exchanges with %+v, want none", allocs, rounds, h)
		}
	}
}

// raceEnabled reports whether the race detector runs. It is told by the build
// settings, so that no file needs a build tag.
func raceEnabled() bool { return buildSetting("-race") == "true" }

func TestAPausedSocketThatIsResetCostsNoCPU(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		b.Pause()
		turn(t, b.Socket)
		io.WriteString(a, "unread")
		a.Reset()
		a.Expect(t, "close")
		turn(t, b.Socket)
		before := cpuTime(t)
		time.Sleep(300 * time.Millisecond) // what is measured is this time, not an event in it
		if used := cpuTime(t) - before; used > 150*time.Millisecond {
			t.Errorf("%v of CPU went in 300ms over a paused socket that was reset", used)
		}
		b.Destroy(nil)
	})
}

func TestAStormOfResetsLeavesNothingBehind(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		const sockets = 500
		var closed atomic.Int32
		all := make(chan struct{})
		count := func(*duplex.Socket) {
			if closed.Add(1) == 2*sockets {
				close(all)
			}
		}
		addr := listen(t, e, &duplex.Handler{
			OnData:  func(s *duplex.Socket, p []byte) { s.Write(p) },
			OnClose: count,
		}, duplex.Options{})
		var first duplextest.Recorder // a portable listener accepts on a goroutine
		closed.Add(-1)
		(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, first.Handler(nil)).End()
		first.Events(t)
		for e.Stats().Sockets > 0 {
			runtime.Gosched()
		}
		goroutines, descriptors := runtime.NumGoroutine(), countDescriptors()
		for i := range sockets {
			rnd := rand.New(rand.NewPCG(uint64(i), 0))
			limit, size := rnd.IntN(100_000), rnd.IntN(100_000)
			s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, &duplex.Handler{
				OnConnect: func(s *duplex.Socket) { s.Write(make([]byte, size)) },
				OnData: func(s *duplex.Socket, p []byte) {
					if s.BytesRead() > int64(limit) {
						s.Reset()
					}
				},
				OnClose: count,
			})
			s.AfterFunc(time.Duration(rnd.IntN(50))*time.Millisecond, s.Reset)
		}
		// A client that resets before the server has accepted it may leave the
		// server with nothing to tell.
		select {
		case <-all:
		case <-time.After(2 * time.Second):
			if n := e.Stats().Sockets; n != 0 {
				t.Errorf("%d sockets are left", n)
			}
		}
		if !settles(goroutines, descriptors) {
			var stacks [1 << 16]byte
			t.Errorf("%d goroutines and %d descriptors are left, of %d and %d\n%s", runtime.NumGoroutine(), countDescriptors(),
				goroutines, descriptors, stacks[:runtime.Stack(stacks[:], true)])
		}
	})
}

func TestErrorsHaveNodesCodes(t *testing.T) {
	for err, want := range map[error]string{
		syscall.ECONNRESET: "ECONNRESET",
		&net.OpError{Op: "listen", Err: syscall.EADDRINUSE}: "EADDRINUSE",
		&net.DNSError{IsNotFound: true}:                     "ENOTFOUND",
		&net.DNSError{IsTemporary: true}:                    "EAI_AGAIN",
		net.ErrClosed:                                       "ERR_SOCKET_CLOSED",
		errors.New("whatever"):                              "",
	} {
		if got := duplex.Code(err); got != want {
			t.Errorf("Code(%v) = %q, want %q", err, got, want)
		}
	}
}

// What is posted to an engine runs in its order, on one goroutine, and is outlived
// whatever it does; Wait and Close know of it.
func TestPostToAnEngine(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		e.Logger = quiet
		var order []string
		first := make(chan struct{})
		post := func(name string, f func()) {
			t.Helper()
			if err := e.Post(func() { order = append(order, name); f() }); err != nil {
				t.Errorf("Post of %s: %v", name, err)
			}
		}
		post("waits", func() { <-first })
		post("panics", func() { panic("as it was told to") })
		post("exits", runtime.Goexit)
		post("posts", func() { post("posted", func() {}) })
		close(first)
		e.Wait()
		if got := strings.Join(order, " "); got != "waits panics exits posts posted" {
			t.Errorf("got %s", got)
		}
		if n := e.Stats().Panics; n != 2 {
			t.Errorf("got %d panics, want 2", n)
		}
		e.Close()
		if err := e.Post(func() { t.Error("it ran after Close") }); !errors.Is(err, net.ErrClosed) {
			t.Errorf("after Close: got %v, want net.ErrClosed", err)
		}
	})
}

// What is made beside Close is either refused or ends: every socket tells OnClose, and
// every function that Post has taken runs. The moment between the two is short: about
// one round in a thousand meets it.
func TestWhatIsMadeBesideCloseEnds(t *testing.T) {
	for _, driver := range duplextest.Drivers() {
		t.Run(driver, func(t *testing.T) {
			for range 60 * rounds {
				e := &duplex.Engine{Loops: 1, Driver: driver}
				e.Stats() // starts it
				var made, posted sync.WaitGroup
				var over atomic.Bool
				var makers sync.WaitGroup
				for range 4 {
					makers.Go(func() {
						for !over.Load() {
							made.Add(1)
							(&duplex.Client{Engine: e}).Connect(t.Context(), "nonsense", "", &duplex.Handler{
								OnClose: func(*duplex.Socket) { made.Done() },
							})
							posted.Add(1)
							if e.Post(posted.Done) != nil {
								posted.Done()
							}
						}
					})
				}
				e.Close()
				over.Store(true)
				makers.Wait()
				ended := make(chan struct{})
				go func() {
					made.Wait()
					posted.Wait()
					close(ended)
				}()
				wait(t, ended)
			}
		})
	}
}
