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
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/internal/testrun"
)

func TestWaitReturnsWhenNothingRefdIsLeft(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
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

// TestWaitReturnsAfterTheLastClose ends servers and sockets while Wait waits. A
// paused socket counts as well, though in Node it does not.
func TestWaitReturnsAfterTheLastClose(t *testing.T) {
	const soon = 10 * time.Millisecond
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var told atomic.Int32
		srv := &duplex.Server{
			Engine:  e,
			Handler: &duplex.Handler{OnClose: func(*duplex.Socket) { told.Add(1) }},
			OnClose: func() { told.Add(1) },
		}
		for _, paused := range []bool{false, true} {
			if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			var r duplextest.Recorder
			s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), r.Handler(&duplex.Handler{
				OnClose: func(*duplex.Socket) { told.Add(1) },
			}))
			if paused {
				s.Pause()
			}
			r.Expect(t, "connect")
			rig.Until(t, "the server has accepted", func() bool { return srv.Len() == 1 })
			told.Store(0)
			time.AfterFunc(soon, func() {
				srv.Unlisten()
				s.AfterFunc(soon, func() { s.Destroy(nil) })
			})
			e.Wait()
			if n := told.Load(); n != 3 {
				t.Errorf("paused %v: Wait returned when %d of 3 were closed", paused, n)
			}
		}
	})
}

func TestWaitIgnoresUnrefdSocketsAndServers(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		connected := make(chan *duplex.Socket, 1)
		srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{OnConnect: func(s *duplex.Socket) {
			s.Unref()
			connected <- s
		}}}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		srv.Unref()
		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), r.Handler(nil))
		s.Unref()
		r.Expect(t, "connect")
		rig.Wait(t, connected)
		e.Wait()
		if s.State() != duplex.Open || srv.Addr() == nil {
			t.Errorf("after Wait the socket is %v, the server at %v; want both open", s.State(), srv.Addr())
		}
		s.Ref()
		s.AfterFunc(10*time.Millisecond, func() { s.Destroy(nil) })
		e.Wait()
		if s.State() != duplex.Closed {
			t.Errorf("Wait did not wait for what was Ref'd again: the socket is %v", s.State())
		}
	})
}

func TestACloseOfTheEngineClosesAll(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		var idle, looking duplextest.Recorder
		srv := &duplex.Server{Engine: e, Handler: idle.Handler(nil)}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		never := make(chan struct{})
		defer close(never)
		client := &duplex.Client{Engine: e, Resolver: rig.SlowResolver{Answer: never}}
		client.Connect(t.Context(), "tcp", "slow.test:80", looking.Handler(nil))
		own := &duplex.Engine{Driver: "memory"}
		own.Close() // an engine that never ran may be closed too

		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		for _, r := range []*duplextest.Recorder{a.Recorder, b.Recorder, &looking} {
			events := r.Events(t)
			if last := events[len(events)-1]; last != "close" {
				t.Errorf("the engine closed, and a socket got %q", events)
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
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		e.Loops = 4
		var loops [4]atomic.Int32
		goroutines := make(chan string, 40)
		addr := rig.Listen(t, e, &duplex.Handler{OnConnect: func(*duplex.Socket) {
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
			seen[rig.Wait(t, goroutines)]++
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
	rig.Run(t, func(t *testing.T, plain *duplex.Engine) {
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

// TestSizes limits the memory that an idle connection holds on epoll besides its slots.
func TestSizes(t *testing.T) {
	if got, limit := reflect.TypeFor[duplex.Socket]().Size(), uintptr(160); got > limit {
		t.Errorf("a Socket has %d bytes, more than its size class of %d", got, limit)
	}
}

// TestAnEchoAllocatesNothing counts over a whole exchange of both ends. On the portable
// driver the goroutines and events of an exchange are some 20 allocations.
func TestAnEchoAllocatesNothing(t *testing.T) {
	if duplextest.Drivers()[0] != "epoll" {
		t.Skip("this system has no driver that reads and sends without goroutines")
	}
	if testrun.Race() {
		t.Skip("the race detector allocates")
	}
	for _, h := range []*duplex.Handler{
		{},
		{Encoding: codec.UTF8},
		{Split: codec.Lines.Split},
		{Framing: codec.Lines},
		{Framing: codec.Delim("\n")},
	} {
		e := duplextest.Engine(t, "epoll")
		const rounds = 2000
		newline := []byte("\n")
		echo := *h
		echo.OnData = func(s *duplex.Socket, p []byte) {
			s.Write(p)
			s.Write(newline)
		}
		addr := rig.Listen(t, e, &echo, duplex.Options{})
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
		if allocs := rig.Wait(t, done); allocs > rounds/20 {
			t.Errorf("%d allocations in %d exchanges with %+v, want none", allocs, rounds, h)
		}
	}
}

func TestAPausedSocketThatIsResetCostsNoCPU(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		b.Pause()
		rig.Turn(t, b.Socket)
		io.WriteString(a, "unread")
		a.Reset()
		a.Expect(t, "close")
		rig.Turn(t, b.Socket)
		before := testrun.CPUTime(t)
		time.Sleep(300 * time.Millisecond) // what is measured is this time, not an event in it
		if used := testrun.CPUTime(t) - before; used > 150*time.Millisecond {
			t.Errorf("%v of CPU went in 300ms over a paused socket that was reset", used)
		}
		b.Destroy(nil)
	})
}

func TestAStormOfResetsLeavesNothingBehind(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		const sockets = 500
		var closed atomic.Int32
		all := make(chan struct{})
		count := func(*duplex.Socket) {
			if closed.Add(1) == 2*sockets {
				close(all)
			}
		}
		addr := rig.Listen(t, e, &duplex.Handler{
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
		before := testrun.Count()
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
		// If a client resets before the server has accepted it, the server may
		// report nothing.
		rig.Until(t, "all are closed", func() bool {
			select {
			case <-all:
				return true
			case <-time.After(time.Millisecond):
				return e.Stats().Sockets == 0
			}
		})
		if err := before.Returns(); err != nil {
			t.Error(err)
		}
	})
}

// Functions posted to an engine run in their order, on one goroutine. The engine
// survives a panic and an exit in one. Wait and Close count them.
func TestPostToAnEngine(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		e.Logger = rig.Quiet
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

// Sockets and posts made during Close are either refused or end: every socket has its
// OnClose, and every function that Post has taken runs. The moment between the two is
// short: about one round in a thousand meets it.
func TestSocketsAndPostsMadeDuringCloseEnd(t *testing.T) {
	for _, driver := range duplextest.Drivers() {
		t.Run(driver, func(t *testing.T) {
			for range 12 * rig.Rounds() {
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
				rig.Wait(t, ended)
			}
		})
	}
}
