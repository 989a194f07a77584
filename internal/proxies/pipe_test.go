// Copyright 2026 The duplex authors. MIT license.

package proxies_test

import (
	"bytes"
	"crypto/sha256"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// proxy returns the address of a server that pipes its clients to another address
// and back.
func proxy(t *testing.T, e *duplex.Engine, to string) string {
	return rig.Listen(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) {
		up := (&duplex.Client{Engine: e, Near: s}).Connect(t.Context(), "tcp", to, nil)
		s.Pipe(up)
		up.Pipe(s)
	}}, duplex.Options{})
}

func TestAProxyIsTwoPipes(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		// The far side answers only after it has received the end. The proxy must
		// pass that end on while the way back stays open.
		far := rig.Listen(t, e, &duplex.Handler{
			OnConnect: func(s *duplex.Socket) { s.Value = sha256.New() },
			OnData:    func(s *duplex.Socket, p []byte) { s.Value.(io.Writer).Write(p) },
			OnEnd: func(s *duplex.Socket) {
				s.Write(s.Value.(interface{ Sum([]byte) []byte }).Sum(nil))
				s.Write(rig.Pattern(4 << 20))
				s.End()
			},
		}, duplex.Options{AllowHalfOpen: true})
		var got bytes.Buffer
		closed := make(chan error, 1)
		client := &duplex.Client{Engine: e, Options: duplex.Options{AllowHalfOpen: true}}
		s := client.Connect(t.Context(), "tcp", proxy(t, e, far), &duplex.Handler{
			OnData:  func(_ *duplex.Socket, p []byte) { got.Write(p) },
			OnClose: func(s *duplex.Socket) { closed <- s.Err() },
		})
		sent := rig.Pattern(5 << 20)
		s.Write(sent)
		s.End()
		sum := sha256.Sum256(sent)
		if err := rig.Wait(t, closed); err != nil || !bytes.Equal(got.Bytes(), append(sum[:], rig.Pattern(4<<20)...)) {
			t.Errorf("%d bytes came back, Err %v; want the sum and 4 MiB", got.Len(), err)
		}
	})
}

// What a pipe writes behind a posted function is lost if that function ends the
// destination. The source's peer is told so by a reset.
func TestAPipeWhoseBytesAreLostBehindAPostResetsItsSource(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		far, source := duplextest.Pipe(t, e)
		destination, reader := duplextest.PipeOf(t, e, &duplex.Handler{Blocking: true}, nil) // so that the loop goes on
		hold := make(chan struct{})
		destination.Post(func() {
			<-hold
			destination.End()
		})
		source.Pipe(destination.Socket)
		far.WriteString("lost")
		rig.Until(t, "the bytes wait", func() bool { return destination.Buffered() == 4 })
		close(hold)
		far.Expect(t, "error: ECONNRESET", "close: hadError")
		reader.Events(t)
	})
}

func TestAProxyCarriesAResetOn(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		far := rig.Listen(t, e, &duplex.Handler{OnData: func(s *duplex.Socket, _ []byte) { s.Reset() }}, duplex.Options{})
		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", proxy(t, e, far), r.Handler(nil))
		io.WriteString(s, "hello")
		r.Expect(t, "connect", "error: ECONNRESET", "close: hadError")
	})
}

func TestAPipeHoldsBackASourceThatIsFaster(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		source, in := duplextest.Pipe(t, e)
		out, sink := duplextest.Pipe(t, e)
		sink.Pause()
		rig.Turn(t, sink.Socket)
		in.Pipe(out.Socket)
		sent := rig.Pattern(16 << 20)
		source.Write(sent)
		for range 50 {
			rig.Turn(t, in.Socket)
			rig.Turn(t, out.Socket)
		}
		if n := out.Buffered(); n > 1<<20 {
			t.Errorf("%d bytes wait in the pipe, more than a high-water mark and a read", n)
		}
		sink.Resume()
		source.End()
		events := sink.Events(t)
		if len(events) != 3 || events[0] != "data: "+string(sent) {
			t.Errorf("%d events, %d bytes; want data, end, close", len(events), len(events[0]))
		}
	})
}

func TestUnpipeGivesTheDataBack(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		lines := make(chan string, 10)
		source, in := duplextest.PipeOf(t, e, nil, &duplex.Handler{
			Split:  codec.Lines.Split,
			OnData: func(_ *duplex.Socket, line []byte) { lines <- string(line) },
		})
		out, sink := duplextest.Pipe(t, e)
		unpipe := in.Pipe(out.Socket)
		io.WriteString(source, "one\n")
		sink.Expect(t, "data: one\n")
		unpipe()
		unpipe()
		if !in.Paused() {
			t.Error("it is not paused")
		}
		io.WriteString(source, "two\nthree\n")
		in.Resume()
		if got := rig.Wait(t, lines) + rig.Wait(t, lines); got != "twothree" {
			t.Errorf("got %q, want two and three", got)
		}
		// Neither follows the other any more.
		source.Destroy(nil)
		in.Expect(t, "data: twothree", "end", "close")
		if sink.Expect(t); out.State() != duplex.Open {
			t.Errorf("the other one is %v", out.State())
		}
		out.Destroy(nil)
	})
}

// piped returns a source and a sink, and between them two sockets, the first piped to
// the second. They may be on different loops. The channel delivers all that arrived at
// the sink, after the sink has closed.
func piped(t testing.TB, e *duplex.Engine, o ...duplex.Options) (source, in, out, sink *duplextest.End, arrived <-chan []byte) {
	t.Helper()
	var got []byte
	closed := make(chan []byte, 1)
	source, in = duplextest.Pipe(t, e, o...)
	out, sink = duplextest.PipeOf(t, e, nil, &duplex.Handler{
		OnData:  func(_ *duplex.Socket, p []byte) { got = append(got, p...) },
		OnClose: func(*duplex.Socket) { closed <- got },
	}, o...)
	in.Pipe(out.Socket)
	return source, in, out, sink, closed
}

func TestAPipeCountsTheBytesThatItCarries(t *testing.T) {
	rig.NeedPlain(t, "Stats counts records")
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		source, in, out, _, arrived := piped(t, e)
		before := e.Stats()
		sent := rig.Pattern(4 << 20)
		source.Write(sent)
		source.End()
		if got := rig.Wait(t, arrived); !bytes.Equal(got, sent) {
			t.Errorf("%d bytes arrived, want the %d that were sent", len(got), len(sent))
		}
		in.Events(t)
		out.Events(t)
		n := int64(len(sent))
		if in.BytesRead() != n || out.BytesWritten() != n || out.Buffered() != 0 {
			t.Errorf("BytesRead %d, BytesWritten %d, Buffered %d; want %d, %d, 0",
				in.BytesRead(), out.BytesWritten(), out.Buffered(), n, n)
		}
		after := e.Stats()
		if r, s := after.BytesReceived-before.BytesReceived, after.BytesSent-before.BytesSent; r != 2*n || s != 2*n {
			t.Errorf("Stats: %d received and %d sent, want %d", r, s, 2*n)
		}
	})
}

func TestWritesOfOthersKeepTheirPlaceInAPipe(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for _, o := range []duplex.Options{{}, {HighWaterMark: 1 << 20}} {
			source, _, out, _, arrived := piped(t, e, o)
			sent := bytes.ReplaceAll(rig.Pattern(4<<20), []byte{0xff}, []byte{0})
			mark := bytes.Repeat([]byte{0xff}, 100)
			source.Write(sent)
			source.End()
			marks := 0
			for ; marks < 1000; marks++ {
				told := make(chan error, 1)
				if _, err := out.WriteFunc(mark, func(err error) { told <- err }); err != nil {
					break // the end was carried on
				}
				if err := rig.Wait(t, told); err != nil {
					t.Fatal(err)
				}
			}
			got := rig.Wait(t, arrived)
			if n := bytes.Count(got, mark); n != marks {
				t.Errorf("%d of %d marks arrived in one piece", n, marks)
			}
			if !bytes.Equal(bytes.ReplaceAll(got, mark, nil), sent) {
				t.Error("what came between the marks is not what was sent")
			}
		}
	})
}

func TestAPipeWaitsForUncork(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		source, in, out, sink, arrived := piped(t, e)
		sent := rig.Pattern(4 << 20)
		out.Cork()
		source.Write(sent)
		for !out.NeedDrain() {
			rig.Turn(t, in.Socket)
		}
		for range 20 {
			rig.Turn(t, sink.Socket)
		}
		if n := sink.BytesRead(); n != 0 {
			t.Errorf("%d bytes passed the cork", n)
		}
		out.Uncork()
		source.End()
		if got := rig.Wait(t, arrived); !bytes.Equal(got, sent) {
			t.Errorf("%d bytes arrived, want the %d that were sent", len(got), len(sent))
		}
	})
}

// Data that arrives after unpipe has returned, or after SetHandler, is not for the pipe.
func TestAPipeThatIsOverCarriesNothing(t *testing.T) {
	for _, blocking := range []bool{false, true} {
		rig.Run(t, func(t *testing.T, e *duplex.Engine) {
			for range 3 {
				source, in := duplextest.Pipe(t, e)
				out, sink := duplextest.Pipe(t, e)
				var kept []byte
				closed := make(chan struct{})
				in.SetHandler(&duplex.Handler{
					Blocking: blocking,
					OnData:   func(_ *duplex.Socket, p []byte) { kept = append(kept, p...) },
					OnClose:  func(*duplex.Socket) { close(closed) },
				})
				unpipe := in.Pipe(out.Socket)
				sent := rig.Pattern(2 << 20)
				source.Write(sent)
				for sink.BytesRead() < 256<<10 {
					rig.Turn(t, sink.Socket)
				}
				unpipe()
				mark := []byte("what comes now")
				source.Write(mark)
				source.End()
				in.Resume()
				rig.Wait(t, closed)
				out.End()
				events := sink.Events(t)
				if got := strings.TrimPrefix(events[0], "data: "); got+string(kept) != string(sent)+string(mark) {
					t.Errorf("%d bytes went through the pipe and %d to the handler, want %d in order", len(got), len(kept), len(sent)+len(mark))
				}
				if !bytes.HasSuffix(kept, mark) {
					t.Errorf("data after unpipe was not for the handler, which has %d bytes", len(kept))
				}
			}
		})
	}
}

func TestAPipeToOneselfIsAnEcho(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		addr := rig.Listen(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) { s.Pipe(s) }}, duplex.Options{})
		var got bytes.Buffer
		closed := make(chan error, 1)
		client := &duplex.Client{Engine: e, Options: duplex.Options{AllowHalfOpen: true}}
		s := client.Connect(t.Context(), "tcp", addr, &duplex.Handler{
			OnData:  func(_ *duplex.Socket, p []byte) { got.Write(p) },
			OnClose: func(s *duplex.Socket) { closed <- s.Err() },
		})
		sent := rig.Pattern(4 << 20)
		s.Write(sent)
		s.End()
		if err := rig.Wait(t, closed); err != nil || !bytes.Equal(got.Bytes(), sent) {
			t.Errorf("%d bytes came back, Err %v; want the %d that were sent", got.Len(), err, len(sent))
		}
	})
}

func TestAPipeInTheMiddleOfADownloadCarriesAResetOn(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		far := rig.Listen(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) {
			s.WriteFunc(rig.Pattern(4<<20), func(error) { s.Reset() })
		}}, duplex.Options{})
		var got []byte
		closed := make(chan error, 1)
		(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", proxy(t, e, far), &duplex.Handler{
			OnData:  func(_ *duplex.Socket, p []byte) { got = append(got, p...) },
			OnClose: func(s *duplex.Socket) { closed <- s.Err() },
		})
		if err := rig.Wait(t, closed); duplex.Code(err) != "ECONNRESET" || !bytes.HasPrefix(rig.Pattern(4<<20), got) {
			t.Errorf("%v after %d bytes, want ECONNRESET after the bytes that were sent", err, len(got))
		}
	})
}

func TestAPipeInTheMiddleOfADownloadEndsWithEitherSocket(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		sent := rig.Pattern(4 << 20)
		for i, verb := range []func(source, in, out, sink *duplex.Socket){
			func(source, _, _, _ *duplex.Socket) { source.Reset() },
			func(_, in, _, _ *duplex.Socket) { in.Destroy(nil) },
			func(_, _, out, _ *duplex.Socket) { out.Destroy(nil) },
			func(_, _, _, sink *duplex.Socket) { sink.Reset() },
		} {
			source, in, out, sink, arrived := piped(t, e)
			source.Write(sent)
			for sink.BytesRead() < 256<<10 {
				rig.Turn(t, sink.Socket)
			}
			verb(source.Socket, in.Socket, out.Socket, sink.Socket)
			if got := rig.Wait(t, arrived); !bytes.HasPrefix(sent, got) {
				t.Errorf("%d: %d bytes arrived, which are not those that were sent", i, len(got))
			}
			for _, s := range []*duplextest.End{source, in, out, sink} {
				s.Events(t) // up to close
			}
		}
	})
}

func TestAPipeKeepsToMaxWriteBuffer(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		o := duplex.Options{HighWaterMark: 16 << 10, MaxWriteBuffer: 80 << 10}
		source, in, out, sink, arrived := piped(t, e, o)
		sink.Pause()
		rig.Turn(t, sink.Socket)
		sent := rig.Pattern(14 << 20)
		go func() {
			source.ReadFrom(bytes.NewReader(sent))
			source.End()
		}()
		for !out.NeedDrain() {
			rig.Turn(t, in.Socket)
		}
		if n := out.Buffered(); n > o.MaxWriteBuffer {
			t.Errorf("%d bytes wait, more than %d", n, o.MaxWriteBuffer)
		}
		sink.Resume()
		if got := rig.Wait(t, arrived); !bytes.Equal(got, sent) {
			t.Errorf("%d bytes arrived, want the %d that were sent", len(got), len(sent))
		}
	})
}

func TestStatsCountSocketsWithoutAReader(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		c, d := duplextest.Pipe(t, e)
		unread := func(want int) {
			t.Helper()
			for _, s := range []*duplextest.End{a, b, c, d} {
				rig.Turn(t, s.Socket)
			}
			if got := e.Stats().Unread; got != want {
				t.Errorf("Unread is %d, want %d", got, want)
			}
		}
		unread(0)
		a.Pause()
		b.Pause()
		c.Pause()
		unread(3)
		b.Resume()
		unread(2)
		c.Destroy(nil)
		c.Expect(t, "close")
		d.Expect(t, "end", "close")
		a.Resume()
		a.Pause()
		rig.Turn(t, a.Socket)
		if got := e.Stats().Unread; got != 1 {
			t.Errorf("Unread is %d, want 1", got)
		}
		b.End()
		rig.Turn(t, b.Socket)
		a.Resume()
		b.Expect(t, "end", "close")
		a.Expect(t, "end", "close")
		if got := e.Stats().Unread; got != 0 {
			t.Errorf("Unread is %d when all are closed", got)
		}
	})
}

// Two full sockets that are piped to each other pause each other. Neither reads, so
// only a send shows that its peer is gone.
func TestAProxyThatIsFullBothWaysEndsWithItsPeers(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		accepted := make(chan *duplex.Socket, 1)
		paused := duplex.Options{PauseOnConnect: true}
		far := rig.Listen(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) { accepted <- s }}, paused)
		var in, out duplextest.Recorder
		proxy := rig.Listen(t, e, in.Handler(&duplex.Handler{OnConnect: func(s *duplex.Socket) {
			up := (&duplex.Client{Engine: e, Near: s}).Connect(t.Context(), "tcp", far, out.Handler(nil))
			s.Pipe(up)
			up.Pipe(s)
		}}), duplex.Options{})
		a := (&duplex.Client{Engine: e, Options: paused}).Connect(t.Context(), "tcp", proxy, nil)
		b := rig.Wait(t, accepted)
		a.Write(make([]byte, 32<<20))
		b.Write(make([]byte, 32<<20))
		for e.Stats().Unread < 4 {
			time.Sleep(time.Millisecond)
		}
		a.Reset()
		b.Reset()
		in.Events(t)
		out.Events(t)
	})
}

func TestAPipeThatIsUndoneLeavesNothingBehind(t *testing.T) {
	e := duplextest.Engine(t, "memory")
	_, s := duplextest.Pipe(t, e)
	_, dst := duplextest.Pipe(t, e)
	turns := func(n int) (heap int64) {
		for range n {
			s.Socket.Pipe(dst.Socket)()
		}
		rig.Turn(t, s.Socket)
		rig.Turn(t, dst.Socket)
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := turns(1)
	if grown := turns(10_000) - before; grown > 100_000 {
		t.Errorf("10,000 pipes that were undone left %d bytes behind", grown)
	}
}

// The Encoding of the Handler makes text of all that its OnData receives.
func TestWhatAPipeLeavesIsDecodedForTheHandler(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Encoding: codec.Hex})
		full, _ := duplextest.Pipe(t, e, duplex.Options{MaxWriteBuffer: 2, AllowHalfOpen: true})
		full.Cork()
		unpipe := b.Pipe(full.Socket)
		a.WriteString("abcd")
		rig.Until(t, "two bytes are piped", func() bool { return full.Buffered() == 2 && b.BytesRead() == 4 })
		unpipe()
		a.WriteString("e")
		b.Resume()
		b.Expect(t, "data: 636465")
		full.Destroy(nil)
	})
}
