// Copyright 2026 The duplex authors. MIT license.

package limits_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// untilWorkers waits until so many callbacks run, and so many sockets wait.
func untilWorkers(t *testing.T, w *duplex.Workers, running, waiting int) {
	t.Helper()
	rig.Until(t, fmt.Sprintf("%d run and %d wait", running, waiting), func() bool {
		s := w.Stats()
		return s.Running == running && s.Waiting == waiting
	})
}

// occupy takes the only place of w, until release is called.
func occupy(t *testing.T, e *duplex.Engine, w *duplex.Workers) (release func()) {
	t.Helper()
	began, over := make(chan struct{}), make(chan struct{})
	a, _ := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, Workers: w, OnData: func(*duplex.Socket, []byte) {
		close(began)
		<-over
	}})
	io.WriteString(a, "x")
	rig.Wait(t, began)
	release = sync.OnceFunc(func() { close(over) })
	t.Cleanup(release)
	return release
}

func TestNoMoreCallbacksRunThanWorkersAllows(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		const sockets, limit = 8, 3
		w := &duplex.Workers{Limit: limit}
		var running, most atomic.Int32
		next := make(chan bool)
		h := &duplex.Handler{Blocking: true, Workers: w, OnData: func(s *duplex.Socket, p []byte) {
			n := running.Add(1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			<-next
			running.Add(-1)
			s.Write(p)
		}}
		var clients []*duplextest.End
		for range sockets {
			a, _ := duplextest.PipeOf(t, e, nil, h)
			clients = append(clients, a)
		}
		untilWorkers(t, w, 0, 0) // OnConnect is over
		before := runtime.NumGoroutine()
		for _, a := range clients {
			io.WriteString(a, "question")
		}
		untilWorkers(t, w, limit, sockets-limit)
		rig.Until(t, "their callbacks have begun", func() bool { return running.Load() == limit })
		if e.Driver != "portable" { // which has some of its own
			rig.Until(t, "only callbacks have goroutines", func() bool { return runtime.NumGoroutine()-before <= limit+1 })
		}
		for range sockets {
			next <- true
		}
		for _, a := range clients {
			a.Expect(t, "data: question")
		}
		if got := most.Load(); got != limit {
			t.Errorf("%d callbacks ran at a time, want %d", got, limit)
		}
		untilWorkers(t, w, 0, 0)
	})
}

// TestSocketsWaitInLine has one socket with much to deliver, and two with little.
func TestSocketsWaitInLine(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		w := &duplex.Workers{Limit: 1}
		order := make(chan string, 9)
		h := &duplex.Handler{Blocking: true, Workers: w, Split: codec.Lines.Split, OnData: func(_ *duplex.Socket, p []byte) { order <- string(p) }}
		var clients []*duplextest.End
		for range 3 {
			a, _ := duplextest.PipeOf(t, e, nil, h)
			clients = append(clients, a)
		}
		release := occupy(t, e, w)
		for i, lines := range []string{"a1\na2\na3\n", "b1\n", "c1\nc2\n"} {
			io.WriteString(clients[i], lines)
			untilWorkers(t, w, 1, i+1)
		}
		release()
		var got []string
		for range 6 {
			got = append(got, rig.Wait(t, order))
		}
		if want := strings.Fields("a1 b1 c1 a2 c2 a3"); !slices.Equal(got, want) {
			t.Errorf("the frames came in the order %q, want %q", got, want)
		}
		if s := w.Stats(); s.Waits < 3 || s.Limit != 1 {
			t.Errorf("the numbers are %+v, want a limit of 1 and 3 waits or more", s)
		}
	})
}

func TestNothingIsLostInLine(t *testing.T) {
	for _, split := range []bool{false, true} {
		t.Run(fmt.Sprintf("Split=%v", split), func(t *testing.T) {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				w := &duplex.Workers{Limit: 2}
				h := &duplex.Handler{Blocking: true, Workers: w, OnData: func(s *duplex.Socket, p []byte) {
					runtime.Gosched()
					s.Write(p)
				}}
				if split {
					h.Split, h.MaxFrame = halves, -1
				}
				sent := rig.Pattern(60_000)
				var ends sync.WaitGroup
				for range 6 {
					var got bytes.Buffer
					closed := make(chan struct{})
					a, _ := duplextest.PipeOf(t, e, &duplex.Handler{
						OnData:  func(_ *duplex.Socket, p []byte) { got.Write(p) },
						OnClose: func(*duplex.Socket) { close(closed) },
					}, h)
					ends.Go(func() {
						for p := range slices.Chunk(sent, 5_000) {
							a.Write(p)
							runtime.Gosched()
						}
						a.End()
						if rig.Wait(t, closed); !bytes.Equal(got.Bytes(), sent) {
							t.Errorf("%d bytes came back, want the %d that were sent", got.Len(), len(sent))
						}
					})
				}
				ends.Wait()
				untilWorkers(t, w, 0, 0)
			})
		})
	}
}

// halves cuts pieces of some 1000 bytes, and what is left at the end.
func halves(p []byte, atEOF bool) (int, []byte, error) {
	switch {
	case len(p) >= 1000:
		return 1000, p[:1000], nil
	case atEOF && len(p) > 0:
		return len(p), p, nil
	}
	return 0, nil, nil
}

func TestASocketInLineIsNotRead(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		w := &duplex.Workers{Limit: 1}
		var got atomic.Int64
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, Workers: w, OnData: func(_ *duplex.Socket, p []byte) {
			got.Add(int64(len(p)))
		}}, duplex.Options{HighWaterMark: 10_000})
		release := occupy(t, e, w)
		const size = 1 << 20
		a.Write(make([]byte, size))
		a.End()
		rig.Until(t, "reading stops", func() bool { return e.Stats().Unread == 1 })
		if n := b.BytesRead(); n > 10_000+128<<10 || n == 0 {
			t.Errorf("%d bytes were read for a callback that waits", n)
		}
		release()
		rig.Until(t, "all has come", func() bool { return got.Load() == size })
	})
}

func TestDestroyDoesNotWaitInLine(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		w := &duplex.Workers{Limit: 1}
		called := make(chan bool, 1)
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, Workers: w, OnData: func(*duplex.Socket, []byte) { called <- true }})
		release := occupy(t, e, w)
		io.WriteString(a, "x")
		untilWorkers(t, w, 1, 1)
		b.Destroy(io.ErrNoProgress)
		a.Expect(t, "end", "close") // the connection is closed
		untilWorkers(t, w, 1, 1)    // OnError waits
		release()
		b.Expect(t, "error: "+io.ErrNoProgress.Error(), "close: hadError")
		if len(called) > 0 {
			t.Error("OnData was called after Destroy")
		}
		untilWorkers(t, w, 0, 0)
	})
}

func TestCallbacksThatAreNilDoNotWaitInLine(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		w := &duplex.Workers{Limit: 1}
		release := occupy(t, e, w)
		srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{Blocking: true, Workers: w, OnData: func(*duplex.Socket, []byte) {}}}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		var client duplextest.Recorder
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), client.Handler(nil))
		s.End()
		client.Expect(t, "connect", "end", "close")
		rig.Until(t, "the server has no socket", func() bool { return srv.Len() == 0 })
		release()
		untilWorkers(t, w, 0, 0)
	})
}

func TestShutdownLetsThoseInLineAnswer(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		w := &duplex.Workers{Limit: 1}
		over := make(chan struct{})
		srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{Blocking: true, Workers: w, OnData: func(s *duplex.Socket, p []byte) {
			<-over
			s.Write(p)
		}}}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		var clients []*duplextest.Recorder
		for i := range 4 {
			r := new(duplextest.Recorder)
			clients = append(clients, r)
			s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), r.Handler(nil))
			r.Expect(t, "connect")
			io.WriteString(s, "question")
			untilWorkers(t, w, 1, i)
		}
		done := make(chan error)
		go func() { done <- srv.Shutdown(t.Context()) }()
		rig.Until(t, "the server has stopped listening", func() bool { return srv.Addr() == nil })
		close(over)
		if err := rig.Wait(t, done); err != nil {
			t.Error(err)
		}
		for _, r := range clients {
			r.Expect(t, "data: question", "end", "close")
		}
	})
}

// TestPostsAndCompletionsDoNotWaitInLine has the only callback wait for those of another
// socket, which is in line.
func TestPostsAndCompletionsDoNotWaitInLine(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		w := &duplex.Workers{Limit: 1}
		order := make(chan string, 9)
		_, other := duplextest.PipeOf(t, e, nil, &duplex.Handler{
			Blocking: true, Workers: w, OnTimeout: func(*duplex.Socket) { order <- "timeout" },
		})
		a, _ := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, Workers: w, OnData: func(s *duplex.Socket, p []byte) {
			other.SetTimeout(time.Millisecond)
			untilWorkers(t, w, 1, 1)
			for _, start := range []func(done func()){
				func(done func()) { other.Post(done) },
				func(done func()) { other.WriteFunc(p, func(error) { done() }) },
				func(done func()) { other.AfterFunc(time.Millisecond, done) },
			} {
				done := make(chan struct{})
				start(func() { close(done) })
				rig.Wait(t, done)
			}
			if s := w.Stats(); s.Waiting != 1 || s.Running != 1 {
				t.Errorf("the other socket has left the line: %+v", s)
			}
			order <- "data"
		}})
		io.WriteString(a, "x")
		if first, second := rig.Wait(t, order), rig.Wait(t, order); first != "data" || second != "timeout" {
			t.Errorf("%s came before %s", first, second)
		}
		untilWorkers(t, w, 0, 0)
	})
}

func TestAPipeDoesNotWaitInLine(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		w := &duplex.Workers{Limit: 1}
		from, in := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, Workers: w})
		out, to := duplextest.Pipe(t, e)
		in.Pipe(out.Socket)
		release := occupy(t, e, w)
		io.WriteString(from, "through")
		to.Expect(t, "data: through")
		release()
	})
}

func TestSetHandlerLeavesTheLine(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for name, h := range map[string]*duplex.Handler{
			"on the loop": {}, "no Workers": {Blocking: true}, "others": {Blocking: true, Workers: new(duplex.Workers)},
		} {
			w := &duplex.Workers{Limit: 1}
			a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, Workers: w, OnData: func(*duplex.Socket, []byte) {}})
			release := occupy(t, e, w)
			io.WriteString(a, "x")
			untilWorkers(t, w, 1, 1)
			got := make(chan string)
			next := *h
			next.OnData = func(_ *duplex.Socket, p []byte) { got <- string(p) }
			b.SetHandler(&next)
			if p := rig.Wait(t, got); p != "x" {
				t.Errorf("%s: got %q, want what has waited", name, p)
			}
			untilWorkers(t, w, 1, 0)
			release()
			untilWorkers(t, w, 0, 0)
		}
	})
}

func TestACrashGivesItsPlaceBack(t *testing.T) {
	for cause, crash := range map[string]func(){"panic": func() { panic("on purpose") }, "Goexit": runtime.Goexit} {
		t.Run(cause, func(t *testing.T) {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				e.Logger = rig.Quiet
				w := &duplex.Workers{Limit: 1}
				h := &duplex.Handler{Blocking: true, Workers: w, OnData: func(*duplex.Socket, []byte) { crash() }}
				for range 3 {
					a, b := duplextest.PipeOf(t, e, nil, h)
					io.WriteString(a, "x")
					b.ExpectMatch(t, "data: x", "error: duplex: a callback .*", "close: hadError")
				}
				untilWorkers(t, w, 0, 0)
			})
		})
	}
}

func TestWorkersOfSeveralEngines(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		w := &duplex.Workers{Limit: 1}
		a, _ := duplextest.PipeOf(t, duplextest.Engine(t, e.Driver), nil, &duplex.Handler{Blocking: true, Workers: w, OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }})
		release := occupy(t, e, w)
		io.WriteString(a, "x")
		untilWorkers(t, w, 1, 1)
		release()
		a.Expect(t, "data: x")
	})
}

func TestWorkersWithoutALimitCount(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		w := &duplex.Workers{Limit: -1}
		over := make(chan struct{})
		h := &duplex.Handler{Blocking: true, Workers: w, OnData: func(*duplex.Socket, []byte) { <-over }}
		for range 5 {
			a, _ := duplextest.PipeOf(t, e, nil, h)
			io.WriteString(a, "x")
		}
		untilWorkers(t, w, 5, 0)
		close(over)
		untilWorkers(t, w, 0, 0)
		if s := w.Stats(); s.Limit != -1 || s.Waits != 0 {
			t.Errorf("the numbers are %+v, want no limit and no waits", s)
		}
	})
}

// TestCloseOfAnEngineEmptiesTheLine plays with everything that makes a socket enter and
// leave the line, at random times.
func TestCloseOfAnEngineEmptiesTheLine(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		w, others := &duplex.Workers{Limit: 2}, &duplex.Workers{Limit: 1}
		var handlers []*duplex.Handler
		for i := range 3 {
			h := &duplex.Handler{Blocking: true, Split: codec.Lines.Split, Workers: []*duplex.Workers{w, others, nil}[i]}
			h.OnData = func(s *duplex.Socket, p []byte) { runtime.Gosched(); s.Write(p) }
			h.OnClose = func(*duplex.Socket) { runtime.Gosched() }
			handlers = append(handlers, h)
		}
		var players sync.WaitGroup
		for i := range 8 {
			a, b := duplextest.PipeOf(t, e, nil, handlers[0])
			players.Go(func() {
				for j := range 100 {
					io.WriteString(a, "a line\nanother\n")
					switch (i*7 + j) % 11 {
					case 1:
						b.Pause()
					case 3:
						b.Resume()
					case 5:
						b.SetHandler(handlers[j%3])
					case 6, 8:
						b.Post(runtime.Gosched)
					case 9:
						b.WriteFunc([]byte("x"), func(error) {})
					}
				}
				if i%2 == 0 {
					b.Destroy(nil)
				}
			})
		}
		players.Wait()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		untilWorkers(t, w, 0, 0)
		untilWorkers(t, others, 0, 0)
	})
}
