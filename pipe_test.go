// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
)

// proxy returns the address of a server that pipes its clients to another address
// and back.
func proxy(t *testing.T, e *duplex.Engine, to string) string {
	half := duplex.Options{AllowHalfOpen: true}
	return listen(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) {
		up := (&duplex.Client{Engine: e, Near: s, Options: half}).Connect(t.Context(), "tcp", to, nil)
		s.Pipe(up)
		up.Pipe(s)
	}}, half)
}

func TestAProxyIsTwoPipes(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		// The far side answers only once it has seen the end, which has to be
		// carried on while its own way back stays open.
		far := listen(t, e, &duplex.Handler{
			OnConnect: func(s *duplex.Socket) { s.Value = sha256.New() },
			OnData:    func(s *duplex.Socket, p []byte) { s.Value.(io.Writer).Write(p) },
			OnEnd: func(s *duplex.Socket) {
				s.Write(s.Value.(interface{ Sum([]byte) []byte }).Sum(nil))
				s.Write(pattern(4 << 20))
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
		sent := pattern(5 << 20)
		s.Write(sent)
		s.End()
		sum := sha256.Sum256(sent)
		if err := wait(t, closed); err != nil || !bytes.Equal(got.Bytes(), append(sum[:], pattern(4<<20)...)) {
			t.Errorf("%d bytes came back, Err %v; want the sum and 4 MiB", got.Len(), err)
		}
	})
}

func TestAProxyCarriesAResetOn(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		far := listen(t, e, &duplex.Handler{OnData: func(s *duplex.Socket, _ []byte) { s.Reset() }}, duplex.Options{})
		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", proxy(t, e, far), r.Handler(nil))
		io.WriteString(s, "hello")
		r.Expect(t, "connect", "error: ECONNRESET", "close: hadError")

	})
}

func TestAPipeHoldsBackASourceThatIsFaster(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		source, in := duplextest.Pipe(t, e)
		out, sink := duplextest.Pipe(t, e)
		sink.Pause()
		turn(t, sink.Socket)
		in.Pipe(out.Socket)
		sent := pattern(16 << 20)
		source.Write(sent)
		for range 50 {
			turn(t, in.Socket)
			turn(t, out.Socket)
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
	run(t, func(t *testing.T, e *duplex.Engine) {
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
		if got := wait(t, lines) + wait(t, lines); got != "twothree" {
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

func TestStatsCountSocketsThatNobodyReads(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		c, d := duplextest.Pipe(t, e)
		unread := func(want int) {
			t.Helper()
			for _, s := range []*duplextest.End{a, b, c, d} {
				turn(t, s.Socket)
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
		turn(t, a.Socket)
		if got := e.Stats().Unread; got != 1 {
			t.Errorf("Unread is %d, want 1", got)
		}
		b.End()
		turn(t, b.Socket)
		a.Resume()
		b.Expect(t, "end", "close")
		a.Expect(t, "end", "close")
		if got := e.Stats().Unread; got != 0 {
			t.Errorf("Unread is %d when all are closed", got)
		}
	})
}

func TestCopyFromAReaderAndToAWriter(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		b.Pause() // until WriteTo
		turn(t, b.Socket)
		sent := pattern(5 << 20)
		var got bytes.Buffer
		read := make(chan error, 1)
		go func() {
			_, err := b.WriteTo(&got)
			read <- err
		}()
		if n, err := a.ReadFrom(bytes.NewReader(sent)); n != int64(len(sent)) || err != nil {
			t.Errorf("ReadFrom: %d, %v; want %d", n, err, len(sent))
		}
		a.End()
		if err := wait(t, read); err != nil || !bytes.Equal(got.Bytes(), sent) {
			t.Errorf("WriteTo: %d bytes, %v; want %d", got.Len(), err, len(sent))
		}
	})
}

func TestCopyTellsWhyItEnded(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		io.WriteString(a, "some")
		if _, err := b.WriteTo(failing{}); !errors.Is(err, errFull) {
			t.Errorf("WriteTo: %v, want the writer's error", err)
		}
		if !b.Paused() {
			t.Error("the socket is not paused after the writer failed")
		}
		b.Reset()
		if _, err := a.ReadFrom(strings.NewReader(strings.Repeat("x", 8<<20))); err == nil {
			t.Error("ReadFrom: no error although the peer has reset")
		}
		a.Events(t)
		if _, err := a.WriteTo(io.Discard); err == nil {
			t.Error("WriteTo of a closed socket: no error")
		}
	})
}

var errFull = errors.New("no room left")

// failing is a writer that takes nothing.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }
