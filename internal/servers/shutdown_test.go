// Copyright 2026 The duplex authors. MIT license.

package servers_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
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
	"github.com/duplex-go/duplex/internal/rig"
)

// A crowd is many clients of an echo of lines. Each sends a line, the next one a while
// after the answer, and so on until the server ends.
type crowd struct {
	mu         sync.Mutex
	Sent, Back int // lines
	Began      time.Time
	Ends       []time.Duration // when the server ended each client, since then
	Failed     []string        // errors of clients
}

// connect adds n clients.
func (c *crowd) connect(e *duplex.Engine, addr string, n int, pause time.Duration) {
	say := func(s *duplex.Socket) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if _, err := fmt.Fprintf(s, "%d\n", c.Sent); err == nil {
			c.Sent++
		}
	}
	h := &duplex.Handler{
		Split:     codec.Lines.Split,
		OnConnect: say,
		OnData: func(s *duplex.Socket, _ []byte) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.Back++
			s.AfterFunc(pause, func() { say(s) })
		},
		OnEnd: func(*duplex.Socket) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.Ends = append(c.Ends, time.Since(c.Began))
		},
		OnError: func(_ *duplex.Socket, err error) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.Failed = append(c.Failed, err.Error())
		},
	}
	for range n {
		(&duplex.Client{Engine: e}).Connect(context.Background(), "tcp", addr, h)
	}
}

// busiest returns the most ends in a tenth of a second, and when the first and the last
// one came.
func (c *crowd) busiest() (most int, first, last time.Duration) {
	tenths := make(map[time.Duration]int)
	for _, at := range c.Ends {
		tenths[at/(100*time.Millisecond)]++
		most = max(most, tenths[at/(100*time.Millisecond)])
	}
	return most, slices.Min(c.Ends), slices.Max(c.Ends)
}

// check compares what the clients and the server have counted.
func (c *crowd) check(t *testing.T, n int, heard, answered int64) {
	t.Helper()
	if len(c.Ends) != n || len(c.Failed) > 0 {
		t.Fatalf("%d of %d clients saw the end; errors: %.3q", len(c.Ends), n, c.Failed)
	}
	if int64(c.Sent) != heard || int64(c.Back) != answered || c.Sent < n {
		t.Errorf("the clients sent %d lines and the server heard %d; it answered %d and %d came back", c.Sent, heard, answered, c.Back)
	}
}

// A lineEcho is the server of a crowd.
type lineEcho struct {
	*duplex.Server
	heard, answered atomic.Int64
}

func newLineEcho(t *testing.T, e *duplex.Engine) (srv *lineEcho, addr string) {
	t.Helper()
	srv = &lineEcho{Server: &duplex.Server{Engine: e}}
	srv.Handler = &duplex.Handler{Split: codec.Lines.Split, OnData: func(s *duplex.Socket, line []byte) {
		srv.heard.Add(1)
		if _, err := s.Write(append(line, '\n')); err == nil {
			srv.answered.Add(1)
		}
	}}
	return srv, rig.Serve(t, srv.Server)
}

func TestShutdownOverEndsOneShareAfterAnother(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		const n, window = 1000, 10 * time.Second
		srv, addr := newLineEcho(t, e)
		clients := &crowd{}
		clients.connect(e, addr, n, 700*time.Millisecond)
		time.Sleep(time.Second)
		clients.Began = time.Now()
		if err := srv.ShutdownOver(t.Context(), window); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(clients.Began); took > window {
			t.Errorf("it took %v, want no more than the window", took)
		}
		synctest.Wait()
		clients.check(t, n, srv.heard.Load(), srv.answered.Load())
		most, first, last := clients.busiest()
		if most > n/100 || first > window/n || last < window-window/n {
			t.Errorf("%d ends in a tenth of a second, from %v to %v; want %d, over the whole window", most, first, last, n/100)
		}
		if got := rig.Reach(t, e, "tcp", addr); got != "ECONNREFUSED" {
			t.Errorf("a client that connects again got %s", got)
		}
	})
}

// TestShutdownOverKeepsItsPaceOnSockets has the clients in another process, as a process
// may have no more than some 20,000 descriptors.
func TestShutdownOverKeepsItsPaceOnSockets(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedSpeed(t, e)
		// On a machine that has other work, the clients may hear of their ends much later than
		// they were sent. The exact pace is shown in virtual time.
		n, window, share, spread := 1000, time.Second, 80, 100*time.Millisecond
		if *rig.Long {
			n, window, share, spread = 10_000, 10*time.Second, 3, 5*time.Second
		}
		srv, addr := newLineEcho(t, e)
		report := startCrowd(t, addr, n)
		rig.Until(t, "all are connected", func() bool { return srv.Len() == n })
		ctx, cancel := context.WithTimeout(t.Context(), window+duplextest.Patience)
		defer cancel()
		began := time.Now()
		if err := srv.ShutdownOver(ctx, window); err != nil {
			t.Fatal(err)
		}
		took := time.Since(began)
		clients := report(began)
		clients.check(t, n, srv.heard.Load(), srv.answered.Load())
		most, first, last := clients.busiest()
		t.Logf("%d connections in %v: at most %d ends in a tenth of a second, from %v to %v; %d lines, none lost", n, took, most, first, last, clients.Sent)
		if most > n*share/100 || last-first < spread {
			t.Errorf("%d of %d ends in a tenth of a second, over %v; want at most %d of a hundred, and over %v", most, n, last-first, share, spread)
		}
	})
}

// startCrowd starts n clients in a process of their own. The result waits for their end,
// and counts their times from began on.
func startCrowd(t *testing.T, addr string, n int) (report func(began time.Time) *crowd) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), fmt.Sprintf("DUPLEX_TEST_CROWD=%s %d", addr, n))
	cmd.Stderr = os.Stderr
	var out strings.Builder
	cmd.Stdout = &out
	if err := cmd.Start(); errors.Is(err, syscall.ENOEXEC) {
		t.Skip("NOT TESTED: an emulator runs this program, and the kernel cannot start it")
	} else if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	return func(began time.Time) *crowd {
		t.Helper()
		c := new(crowd)
		if err := errors.Join(rig.Wait(t, ended), json.Unmarshal([]byte(out.String()), c)); err != nil {
			t.Fatalf("the clients: %v, %s", err, out.String())
		}
		for i := range c.Ends { // they count from their start
			c.Ends[i] -= began.Round(0).Sub(c.Began)
		}
		return c
	}
}

// serveCrowd is the process of startCrowd.
func serveCrowd() {
	var addr string
	var n int
	if _, err := fmt.Sscan(os.Getenv("DUPLEX_TEST_CROWD"), &addr, &n); err != nil {
		fmt.Println(err)
		return
	}
	c := &crowd{Began: time.Now()}
	c.connect(nil, addr, n, time.Duration(n)*200*time.Microsecond) // 5000 lines a second
	duplex.Wait()
	json.NewEncoder(os.Stdout).Encode(c)
}

// TestShutdownOverEndsSilentSocketsFirst has four sockets and a share of a second for
// each. One of them waits for the rest of a line.
func TestShutdownOverEndsSilentSocketsFirst(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		srv, addr := newLineEcho(t, e)
		ended := make(chan string, 4)
		connect := func(name, text string) {
			s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, &duplex.Handler{
				OnEnd: func(*duplex.Socket) { ended <- name },
			})
			s.WriteString(text)
			time.Sleep(time.Minute)
		}
		connect("in a line", "hel")
		connect("long silent", "hello\n")
		connect("silent", "hello\n")
		connect("not silent", "hello\n")
		if err := srv.ShutdownOver(t.Context(), 4*time.Second); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		close(ended)
		var order []string
		for name := range ended {
			order = append(order, name)
		}
		if want := []string{"long silent", "silent", "not silent", "in a line"}; !slices.Equal(order, want) {
			t.Errorf("ended in the order %q, want %q", order, want)
		}
	})
}

func TestShutdownOverSparesASocketWhoseCallbackRuns(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		var answer error
		srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{Blocking: true, OnData: func(s *duplex.Socket, _ []byte) {
			time.Sleep(8 * time.Second)
			_, answer = s.WriteString("answer")
		}}}
		addr := rig.Serve(t, srv)
		var r duplextest.Recorder
		(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, r.Handler(nil)).WriteString("question")
		time.Sleep(time.Second)
		for range 9 {
			(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
		}
		synctest.Wait()
		began := time.Now()
		if err := srv.ShutdownOver(t.Context(), 10*time.Second); err != nil || answer != nil {
			t.Errorf("Shutdown returned %v, and the answer %v", err, answer)
		}
		if took := time.Since(began); took < 7*time.Second || took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
		r.Expect(t, "connect", "data: answer", "end", "close")
	})
}

// TestASocketThatIsOverTakesNoTurn has three sockets and a share of a second for each. One
// waits for the rest of a line, and one has sent its end already.
func TestASocketThatIsOverTakesNoTurn(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		srv, addr := newLineEcho(t, e)
		ended := make(chan time.Duration, 1)
		var began time.Time
		connect := func(text string, h *duplex.Handler) *duplex.Socket {
			s := (&duplex.Client{Engine: e, Options: duplex.Options{AllowHalfOpen: true}}).Connect(t.Context(), "tcp", addr, h)
			s.WriteString(text)
			time.Sleep(time.Minute)
			return s
		}
		ends := func(s *duplex.Socket) { s.End() }
		connect("in a line", &duplex.Handler{OnEnd: ends})
		over := connect("hello\n", nil)
		for s := range srv.Sockets() {
			if s.RemoteAddrPort() == over.LocalAddrPort() {
				s.End()
			}
		}
		connect("", &duplex.Handler{OnEnd: func(s *duplex.Socket) {
			ended <- time.Since(began)
			s.End()
			over.End()
		}})
		began = time.Now()
		if err := srv.ShutdownOver(t.Context(), 3*time.Second); err != nil {
			t.Fatal(err)
		}
		if at := <-ended; at > time.Second {
			t.Errorf("the idle socket ended after %v, want it in the first second", at)
		}
	})
}

func TestTheContextEndsAShutdownOver(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		srv, addr := newLineEcho(t, e)
		for range 10 {
			(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		began := time.Now()
		err := srv.ShutdownOver(ctx, 10*time.Second)
		if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took != 5*time.Second {
			t.Errorf("it returned %v after %v, want the context's error after 5s", err, took)
		}
		time.Sleep(time.Minute)
		if n := srv.Len(); n != 5 {
			t.Errorf("%d sockets are left, want those whose turn had not come: 5", n)
		}
		srv.Close()
		synctest.Wait()
		if err := srv.ShutdownOver(t.Context(), time.Second); err != net.ErrClosed {
			t.Errorf("ShutdownOver of a closed server returned %v", err)
		}
	})
}

func TestShutdownHurriesAShutdownOver(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		srv, addr := newLineEcho(t, e)
		for range 10 {
			(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
		}
		synctest.Wait()
		began := time.Now()
		over := make(chan error, 1)
		go func() { over <- srv.ShutdownOver(t.Context(), time.Hour) }()
		time.Sleep(time.Second)
		if err := errors.Join(srv.Shutdown(t.Context()), <-over); err != nil || time.Since(began) != time.Second {
			t.Errorf("they returned %v after %v, want nil after 1s", err, time.Since(began))
		}
	})
}

// A window of an hour is over when no client is left.
func TestShutdownOverReturnsWithItsLastSocket(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		srv, addr := newLineEcho(t, e)
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
		synctest.Wait()
		began := time.Now()
		time.AfterFunc(time.Second, s.End)
		err := srv.ShutdownOver(t.Context(), 1000*time.Hour)
		if took := time.Since(began); err != nil || took != time.Second {
			t.Errorf("it returned %v after %v, want nil after 1s", err, took)
		}
	})
}

func TestShutdownEndsGracefully(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
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

// On one processor other goroutines run between the arrival of bytes and the callback.
func TestShutdownEndsABlockingSocketThatIsPausedBeforeItsCallback(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		for range 100 {
			srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{Blocking: true, OnData: func(*duplex.Socket, []byte) {}}}
			if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			var r duplextest.Recorder
			c := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), r.Handler(nil))
			r.Expect(t, "connect")
			rig.Until(t, "the server has a socket", func() bool { return srv.Len() == 1 })
			for s := range srv.Sockets() {
				rig.Turn(t, s)
				c.WriteString("x")
				for s.BytesRead() == 0 {
					runtime.Gosched()
				}
				s.Pause()
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				srv.Shutdown(ctx)
			}
			r.Expect(t, "end", "close")
			srv.Close()
		}
	})
}
