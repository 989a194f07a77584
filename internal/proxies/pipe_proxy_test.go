// Copyright 2026 The duplex authors. MIT license.

package proxies_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// joint returns a peer and the socket that a server with the given Options has for it.
// The peer ends its side itself.
func joint(t *testing.T, e *duplex.Engine, h *duplex.Handler, o duplex.Options) (peer *duplextest.End, s *duplextest.End) {
	t.Helper()
	peer, s = &duplextest.End{Recorder: new(duplextest.Recorder)}, &duplextest.End{Recorder: new(duplextest.Recorder)}
	accepted := make(chan *duplex.Socket, 1)
	recording := s.Handler(h)
	connect := recording.OnConnect
	recording.OnConnect = func(s *duplex.Socket) {
		accepted <- s
		connect(s)
	}
	srv := &duplex.Server{Engine: e, Handler: recording, Options: o}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	defer srv.Unlisten()
	client := &duplex.Client{Engine: e, Options: duplex.Options{AllowHalfOpen: true}}
	peer.Socket = client.Connect(t.Context(), "tcp", srv.Addr().String(), peer.Handler(nil))
	peer.Expect(t, "connect")
	s.Socket = rig.Wait(t, accepted)
	s.Expect(t, "connect")
	return peer, s
}

func TestAProxyCarriesBothDirectionsToTheirEnds(t *testing.T) {
	for _, h := range []*duplex.Handler{nil, {Blocking: true}} {
		for _, clientFirst := range []bool{true, false} {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				client, in := joint(t, e, h, duplex.Options{})
				far, up := joint(t, e, h, duplex.Options{})
				in.Pipe(up.Socket)
				up.Pipe(in.Socket)
				first, second := client, far
				if !clientFirst {
					first, second = far, client
				}
				io.WriteString(first, "ping")
				first.End()
				second.Expect(t, "data: ping", "end")
				io.WriteString(second, "pong")
				second.End()
				first.Expect(t, "data: pong", "end", "close")
				second.Expect(t, "close")
				in.Expect(t, "end", "close")
				up.Expect(t, "end", "close")
			})
		}
	}
}

func TestAProxyThatIsStillConnectingCarriesAnEndOn(t *testing.T) {
	for _, blocking := range []bool{false, true} {
		rig.Run(t, func(t *testing.T, e *duplex.Engine) {
			far := rig.Listen(t, e, &duplex.Handler{
				OnData: func(s *duplex.Socket, p []byte) { s.Value = string(p) },
				OnEnd:  func(s *duplex.Socket) { fmt.Fprintf(s, "%v, too", s.Value); s.End() },
			}, duplex.Options{AllowHalfOpen: true})
			ended := make(chan struct{})
			near := rig.Listen(t, e, &duplex.Handler{
				Blocking: blocking,
				OnData:   func(s *duplex.Socket, p []byte) { s.Value = string(p); s.Pause() },
				OnConnect: func(s *duplex.Socket) {
					up := (&duplex.Client{Engine: e, Near: s}).Connect(t.Context(), "tcp", far, nil)
					s.Pipe(up)
					up.Pipe(s)
				},
				OnEnd: func(*duplex.Socket) { close(ended) },
			}, duplex.Options{})
			var r duplextest.Recorder
			c := (&duplex.Client{Engine: e, Options: duplex.Options{AllowHalfOpen: true}}).Connect(t.Context(), "tcp", near, r.Handler(nil))
			c.WriteString("there")
			c.End()
			r.Expect(t, "connect", "data: there, too", "end", "close")
			rig.Wait(t, ended)
		})
	}
}

func TestAPipeInOneDirectionKeepsTheAutomaticEnd(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		source, in := joint(t, e, nil, duplex.Options{})
		sink, out := joint(t, e, nil, duplex.Options{})
		in.Pipe(out.Socket)
		io.WriteString(source, "all")
		source.End()
		source.Expect(t, "end", "close")
		in.Expect(t, "end", "close")
		sink.Expect(t, "data: all", "end")
		sink.End()
		out.Expect(t, "end", "close")

		source, in = joint(t, e, nil, duplex.Options{})
		sink, out = joint(t, e, nil, duplex.Options{})
		in.Pipe(out.Socket)
		sink.End()
		sink.Expect(t, "end", "close")
		out.Expect(t, "end", "close")
		io.WriteString(source, "too late")
		source.Expect(t, "error: ECONNRESET", "close: hadError")
		in.Events(t)
	})
}

// The peer of a socket has ended, and its End waits for the pipe that leads to it.
func TestTheAutomaticEndIsBackWhenTheWayBackIsUndone(t *testing.T) {
	for _, h := range []*duplex.Handler{nil, {Blocking: true}} {
		rig.Run(t, func(t *testing.T, e *duplex.Engine) {
			client, in := joint(t, e, h, duplex.Options{})
			far, up := joint(t, e, h, duplex.Options{})
			in.Pipe(up.Socket)
			unpipe := up.Pipe(in.Socket)
			client.End()
			far.Expect(t, "end")
			in.Expect(t, "end")
			if rig.Turn(t, in.Socket); in.State() != duplex.WriteOnly {
				t.Errorf("after its peer's end it is %v, want writeOnly", in.State())
			}
			up.Post(func() { // End comes after what the function writes
				unpipe()
				in.WriteString("the last words")
			})
			if h == nil {
				client.Expect(t, "data: the last words", "end", "close")
			} else if events := client.Events(t); events[len(events)-2] != "end" {
				t.Errorf("got %q, want an end and close", events)
			}
			in.Expect(t, "close")
			up.Resume()
			far.End()
			up.Expect(t, "end", "close")
		})
	}
}

func TestSocketsThatArePipedInARingAllPassOn(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var peers, ring [3]*duplextest.End
		for i := range ring {
			peers[i], ring[i] = joint(t, e, nil, duplex.Options{})
		}
		for i, s := range ring {
			s.Pipe(ring[(i+1)%3].Socket)
		}
		io.WriteString(peers[0], "0")
		peers[0].End()
		for i := 1; i < 3; i++ {
			peers[i].Expect(t, fmt.Sprint("data: ", i-1), "end")
			io.WriteString(peers[i], fmt.Sprint(i))
			peers[i].End()
		}
		peers[0].Expect(t, "data: 2", "end", "close")
		for i := range ring {
			ring[i].Expect(t, "end", "close")
		}
	})
}

func TestSetHandlerLeavesAPipeAlone(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		source, in, out, sink, arrived := piped(t, e)
		sink.Pause()
		rig.Turn(t, sink.Socket)
		sent := rig.Pattern(8 << 20)
		source.Write(sent)
		for !out.NeedDrain() {
			rig.Turn(t, in.Socket)
		}
		drained, ended := make(chan struct{}), make(chan struct{})
		drains := sync.OnceFunc(func() { close(drained) })
		out.SetHandler(&duplex.Handler{OnDrain: func(*duplex.Socket) { drains() }})
		in.SetHandler(&duplex.Handler{
			Encoding: codec.Hex,
			Split:    codec.Lines.Split,
			OnData:   func(*duplex.Socket, []byte) { t.Error("OnData of a piped socket was called") },
			OnEnd:    func(*duplex.Socket) { close(ended) },
		})
		sink.Resume()
		rig.Wait(t, drained)
		out.SetHandler(nil)
		source.End()
		if got := rig.Wait(t, arrived); !bytes.Equal(got, sent) {
			t.Errorf("%d bytes arrived, want the %d that were sent", len(got), len(sent))
		}
		rig.Wait(t, ended)
	})
}

// Backpressure and the program's Pause hold a socket independently of each other.
func TestAPipeAndTheProgramPauseApart(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		source, in, out, sink, arrived := piped(t, e)
		sink.Pause()
		rig.Turn(t, sink.Socket)
		sent := rig.Pattern(16 << 20)
		source.Write(sent)
		for !out.NeedDrain() {
			rig.Turn(t, in.Socket)
		}
		if in.Paused() {
			t.Error("Paused, though the program has not paused it")
		}
		in.Resume() // does not override the pipe
		for range 20 {
			rig.Turn(t, in.Socket)
		}
		if n := out.Buffered(); n > 1<<20 {
			t.Errorf("after Resume %d bytes wait, more than a high-water mark and a read", n)
		}
		// The kernel may have made room meanwhile, and a read may be under way, as this
		// goroutine is not the loop.
		in.Pause()
		before := in.BytesRead()
		rig.Turn(t, in.Socket)
		read := in.BytesRead()
		if n := read - before; n > 64<<10 {
			t.Errorf("%d bytes were read after Pause, more than one read", n)
		}
		sink.Resume()
		for out.NeedDrain() {
			rig.Turn(t, out.Socket)
		}
		for range 20 {
			rig.Turn(t, in.Socket)
		}
		if n := in.BytesRead() - read; !in.Paused() || n > 0 {
			t.Errorf("Paused is %v and %d bytes were read in the turns after Pause", in.Paused(), n)
		}
		in.Resume()
		source.End()
		if got := rig.Wait(t, arrived); !bytes.Equal(got, sent) {
			t.Errorf("%d bytes arrived, want the %d that were sent", len(got), len(sent))
		}
	})
}

func TestAPipeKeepsToACapThatIsLessThanARead(t *testing.T) {
	for _, policy := range []duplex.Overflow{duplex.OverflowError, duplex.OverflowDrop, duplex.OverflowDestroy} {
		rig.Run(t, func(t *testing.T, e *duplex.Engine) {
			source, in := duplextest.Pipe(t, e)
			out, sink := duplextest.Pipe(t, e, duplex.Options{MaxWriteBuffer: 5000, Overflow: policy})
			in.Pipe(out.Socket)
			sent := rig.Pattern(1 << 20)
			source.Write(sent)
			source.End()
			sink.Expect(t, "data: "+string(sent), "end", "close")
			if n := e.Stats().WritesDropped; n != 0 {
				t.Errorf("%d writes overflowed", n)
			}
		})
	}
}

func TestAPipeMadeLateActsOnEarlierEvents(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		t.Run("the source has ended", func(t *testing.T) {
			source, in := joint(t, e, nil, duplex.Options{AllowHalfOpen: true})
			out, sink := duplextest.Pipe(t, e)
			source.End()
			in.Expect(t, "end")
			in.Post(func() { in.Pipe(out.Socket)() }) // undone before it could end anything
			rig.Turn(t, in.Socket)
			if _, err := out.WriteString("still open"); err != nil {
				t.Error(err)
			}
			in.Pipe(out.Socket)
			sink.Expect(t, "data: still open", "end", "close")
			in.Destroy(nil)
		})
		t.Run("the source is closed", func(t *testing.T) {
			source, in := joint(t, e, nil, duplex.Options{})
			out, sink := duplextest.Pipe(t, e)
			source.End()
			in.Expect(t, "end", "close")
			in.Pipe(out.Socket)
			sink.Expect(t, "end", "close")
		})
		t.Run("the source was destroyed", func(t *testing.T) {
			rig.NeedResets(t, e)
			_, in := joint(t, e, nil, duplex.Options{})
			out, sink := duplextest.Pipe(t, e)
			in.Destroy(nil)
			in.Expect(t, "close")
			in.Pipe(out.Socket)
			sink.Expect(t, "error: ECONNRESET", "close: hadError")
		})
		t.Run("the destination was destroyed", func(t *testing.T) {
			rig.NeedResets(t, e)
			source, in := joint(t, e, nil, duplex.Options{})
			out, sink := duplextest.Pipe(t, e)
			out.Destroy(nil)
			out.Expect(t, "close")
			in.Pipe(out.Socket)
			source.Expect(t, "error: ECONNRESET", "close: hadError")
			sink.Events(t)
		})
		t.Run("both are closed", func(t *testing.T) {
			source, in := joint(t, e, nil, duplex.Options{})
			sink, out := joint(t, e, nil, duplex.Options{})
			for _, s := range []*duplextest.End{source, sink, in, out} {
				s.End()
			}
			in.Expect(t, "end", "close")
			out.Expect(t, "end", "close")
			in.Pipe(out.Socket)()
			in.Pipe(in.Socket)()
		})
		t.Run("the destination has ended", func(t *testing.T) {
			rig.NeedResets(t, e)
			source, in := joint(t, e, nil, duplex.Options{})
			out, sink := duplextest.Pipe(t, e, duplex.Options{AllowHalfOpen: true})
			out.End()
			sink.Expect(t, "end")
			in.Pipe(out.Socket)
			io.WriteString(source, "too late")
			source.Expect(t, "error: ECONNRESET", "close: hadError")
			sink.Destroy(nil)
		})
	})
}

// Bytes that are lost in the queue of dst are as bad as bytes that it refuses.
func TestBytesThatAPipeCannotDeliverResetTheSource(t *testing.T) {
	for name, end := range map[string]func(out *duplex.Socket){
		"End":                      func(out *duplex.Socket) { out.End() },
		"End behind a Post":        func(out *duplex.Socket) { out.Post(func() {}); out.End() },
		"End in a posted function": func(out *duplex.Socket) { out.Post(func() { out.End() }) },
	} {
		t.Run(name, func(t *testing.T) {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				rig.NeedResets(t, e)
				source, in := joint(t, e, nil, duplex.Options{})
				sink, out := joint(t, e, nil, duplex.Options{})
				in.Pipe(out.Socket)
				entered, leave := make(chan struct{}), make(chan struct{})
				out.Post(func() { close(entered); <-leave }) // on one loop or two, the calls that follow wait for it
				rig.Wait(t, entered)
				end(out.Socket)
				in.Post(func() { in.Resume() })
				io.WriteString(source, "undelivered")
				close(leave)
				source.Expect(t, "error: ECONNRESET", "close: hadError")
				in.Events(t)
				sink.Destroy(nil)
			})
		})
	}
	t.Run("End of a destination that is full", func(t *testing.T) {
		rig.Run(t, func(t *testing.T, e *duplex.Engine) {
			rig.NeedResets(t, e)
			source, in, out, sink, _ := piped(t, e)
			sink.Pause()
			rig.Turn(t, sink.Socket)
			source.Write(rig.Pattern(16 << 20))
			for !out.NeedDrain() {
				rig.Turn(t, in.Socket)
			}
			out.End()
			source.Expect(t, "error: ECONNRESET", "close: hadError")
			in.Events(t)
			sink.Resume()
			sink.Events(t)
		})
	})
}

// A source that sends as fast as it is read leaves turns of the loop to other sockets.
func TestAPipeCarriesABoundedAmountInATurn(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedSpeed(t, e)
		source, in, _, _, arrived := piped(t, e)
		var most, last int64
		var look func()
		look = func() { // each time it runs is a turn of the loop of in
			n := in.BytesRead()
			most, last = max(most, n-last), n
			in.Post(look)
		}
		in.Post(look)
		const size = 16 << 20
		go func() {
			source.ReadFrom(io.LimitReader(endless{}, size))
			source.End()
		}()
		if n := len(rig.Wait(t, arrived)); n != size {
			t.Errorf("%d bytes arrived, want %d", n, size)
		}
		in.Events(t)
		if most > 512<<10 {
			t.Errorf("%d bytes were carried in one turn", most)
		}
	})
}

func TestTheEventsOfAPipedSocketKeepTheirOrder(t *testing.T) {
	for _, blocking := range []bool{false, true} {
		rig.Run(t, func(t *testing.T, e *duplex.Engine) {
			source, in := joint(t, e, &duplex.Handler{Blocking: blocking}, duplex.Options{})
			out, sink := duplextest.Pipe(t, e)
			unpipe := in.Pipe(out.Socket)
			io.WriteString(source, "for the pipe, ")
			sink.Expect(t, "data: for the pipe, ")
			unpipe()
			io.WriteString(source, "for the handler, ")
			in.Resume()
			in.Expect(t, "data: for the handler, ")
			in.Pipe(out.Socket)
			io.WriteString(source, "and for the pipe")
			source.End()
			events := sink.Events(t)
			if got := strings.Join(events, "; "); got != "data: and for the pipe; end; close" {
				t.Errorf("the sink got %q", got)
			}
			in.Expect(t, "end", "close")
		})
	}
}

// Other goroutines give the sockets of a proxy other handlers, pause and resume them,
// and change their pipes, while both directions are under way.
func TestAProxyUnderWayMayBeChangedByManyGoroutines(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for range 5 {
			client, in := joint(t, e, nil, duplex.Options{})
			far, up := joint(t, e, nil, duplex.Options{HighWaterMark: 4096, MaxWriteBuffer: 10_000})
			in.Pipe(up.Socket)
			up.Pipe(in.Socket)
			sent := rig.Pattern(1 << 20)
			var work, done sync.WaitGroup
			over := make(chan struct{})
			for _, s := range []*duplextest.End{in, up} {
				for _, change := range []func(){
					func() { s.Pause(); s.Resume() },
					func() { s.SetHandler(&duplex.Handler{Blocking: true}) },
					func() { s.SetHandler(&duplex.Handler{Split: codec.Lines.Split}) },
					func() { s.Post(func() {}) },
				} {
					work.Go(func() {
						for {
							select {
							case <-over:
								return
							case <-time.After(time.Millisecond):
								change()
							}
						}
					})
				}
			}
			for _, s := range []*duplextest.End{client, far} {
				done.Go(func() {
					if n, err := s.ReadFrom(bytes.NewReader(sent)); err != nil {
						t.Errorf("after %d bytes: %v", n, err)
					}
					s.End()
				})
			}
			for _, s := range []*duplextest.End{client, far} {
				events := s.Events(t)
				if len(events) != 3 || events[0] != "data: "+string(sent) {
					t.Errorf("%d events, the first of %d bytes; want data, end, close", len(events), len(events[0]))
				}
			}
			done.Wait()
			close(over)
			work.Wait()
		}
	})
}
