// Copyright 2026 The duplex authors. MIT license.

package secure_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// A tap is a connection that keeps what is read from it.
type tap struct {
	net.Conn
	mu  sync.Mutex
	got []byte
}

func (c *tap) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.got = append(c.got, p[:n]...)
	return n, err
}

// records returns the lengths of the records that hold data.
func (c *tap) records() (lengths []int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for p := c.got; len(p) >= 5; {
		n := int(p[3])<<8 | int(p[4])
		if p[0] == 23 {
			lengths = append(lengths, n)
		}
		p = p[min(len(p), 5+n):]
	}
	return lengths
}

func TestTLSWritesOfATurnShareRecords(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		server, client := rig.Configs(tls.VersionTLS12) // whose handshake has no records of data
		client.DynamicRecordSizingDisabled, server.DynamicRecordSizingDisabled = true, true
		address := rig.ListenTLS(t, e, server, &duplex.Handler{OnData: func(s *duplex.Socket, _ []byte) {
			for range 100 {
				s.Write(make([]byte, 64))
			}
		}})
		raw, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		c := &tap{Conn: raw}
		secured := tls.Client(c, client)
		secured.Write([]byte("go"))
		if _, err := io.ReadFull(secured, make([]byte, 6400)); err != nil {
			t.Fatal(err)
		}
		if n := len(c.records()); n > 2 {
			t.Errorf("100 writes of a turn made %d records: %v", n, c.records())
		}
	})
}

func TestTLSPauseKeepsWhatArrivesAndItsOrder(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		a, b := rig.Secure(t, e, server, client, nil, nil, duplex.Options{PauseOnConnect: true})
		b.WriteString("one ")
		rig.Turn(t, b.Socket)
		b.WriteString("two ")
		b.End()
		a.ExpectNothing(t, 10*time.Millisecond)
		a.Resume()
		a.Expect(t, "data: one two ", "end")
		b.Resume()
		a.Expect(t, "close")
		b.Expect(t, "end", "close")
	})
}

func TestTLSPauseInACallbackIsTheLastData(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		for _, blocking := range []bool{false, true} {
			h := &duplex.Handler{
				Blocking: blocking,
				Split:    bufio.ScanLines,
				OnData:   func(s *duplex.Socket, _ []byte) { s.Pause() },
			}
			a, b := rig.Secure(t, e, server, client, h, nil, duplex.Options{})
			b.WriteString("one\ntwo\nthree\n")
			for _, line := range []string{"one", "two", "three"} {
				a.Expect(t, "data: "+line)
				rig.Turn(t, a.Socket)
				a.ExpectNothing(t, time.Millisecond)
				if !a.Paused() {
					t.Fatal("not paused")
				}
				a.Resume()
			}
			b.End()
			a.Expect(t, "end", "close")
		}
	})
}

func TestTLSPauseStopsReading(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		a, b := rig.Secure(t, e, server, client, nil, nil, duplex.Options{PauseOnConnect: true, MaxWriteBuffer: -1})
		before := e.Stats()
		const size = 32 << 20
		b.Write(make([]byte, size))
		rig.Until(t, "the kernel is full", func() bool {
			n := b.Buffered()
			rig.Turn(t, b.Socket)
			return n == b.Buffered()
		})
		if n := e.Stats().BytesReceived - before.BytesReceived; n > 256<<10 {
			t.Errorf("%d bytes were received by a paused socket", n)
		}
		a.Destroy(nil)
	})
}

func TestTLSEncodingAndSplitSeePlainText(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		h := &duplex.Handler{Encoding: codec.UTF8, Split: bufio.ScanLines}
		a, b := rig.Secure(t, e, server, client, h, nil, duplex.Options{})
		a.Pieces = true
		for _, p := range []string{"gr\xc3", "\xbc\xc3", "\x9fe\nzw", "ei\nend"} {
			b.WriteString(p)
			rig.Turn(t, b.Socket)
		}
		b.End()
		a.Expect(t, "data: grüße", "data: zwei", "data: end", "end", "close")
	})
}

func TestTLSSlowReaderHoldsTheWriterBack(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		drained := make(chan struct{}, 1000)
		a, b := rig.Secure(t, e, server, client, nil, &duplex.Handler{OnDrain: func(*duplex.Socket) { drained <- struct{}{} }},
			duplex.Options{PauseOnConnect: true, MaxWriteBuffer: 1 << 20})
		var err error
		written := 0
		for err == nil {
			var n int
			n, err = b.Write(make([]byte, 100<<10))
			written += n
			if !b.NeedDrain() {
				rig.Turn(t, b.Socket)
			}
		}
		if n := b.Buffered(); !errors.Is(err, duplex.ErrWriteBufferFull) || n > 1<<20 {
			t.Errorf("after %d bytes: %v, %d buffered", written, err, n)
		}

		a.SetHandler(nil)
		a.Resume()
		rig.Wait(t, drained) // the refusal came after a write that needed it
		rig.Until(t, "all has arrived", func() bool { return a.BytesRead() == int64(written) })
		a.Destroy(nil)
	})
}

// Each write is a record by itself, which the kernel takes at once, in part, or not.
func TestTLSRecordsStayWholeWhenTheKernelIsFull(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		server, client := rig.Configs(tls.VersionTLS13)
		const size, each = 3 << 20, 16<<10 - 7
		want := bytes.Repeat([]byte("0123456789abcdefghijklm"), size/23)
		var got bytes.Buffer
		ended := make(chan bool, 1)
		a, b := rig.Secure(t, e, server, client, nil, nil, duplex.Options{PauseOnConnect: true, MaxWriteBuffer: -1})
		for p := range slices.Chunk(want, each) {
			b.Write(p)
			if b.Buffered() < 256<<10 {
				rig.Turn(t, b.Socket)
			}
		}
		b.End()
		a.SetHandler(&duplex.Handler{
			OnData: func(_ *duplex.Socket, p []byte) { got.Write(p) },
			OnEnd:  func(*duplex.Socket) { ended <- true },
		})
		a.Resume()
		rig.Wait(t, ended)
		if !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%d of %d bytes arrived, or others", got.Len(), len(want))
		}
	})
}

func TestTLSCompletionsComeWhenTheKernelHasTheRecords(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		const size = 8 << 20
		done := make(chan string, 3)
		a, b := rig.Secure(t, e, server, client, nil, nil, duplex.Options{PauseOnConnect: true})
		tell := func(name string) func(error) { return func(err error) { done <- fmt.Sprint(name, " ", err) } }
		b.WriteFunc([]byte("small"), tell("small"))
		if got := rig.Wait(t, done); got != "small <nil>" {
			t.Error(got)
		}
		b.WriteFunc(make([]byte, size), tell("large"))
		b.WriteFunc(nil, tell("empty"))
		rig.Turn(t, b.Socket)
		select {
		case got := <-done:
			t.Errorf("%s although the peer does not read", got)
		default:
		}
		a.SetHandler(nil)
		a.Resume()
		if got := rig.Wait(t, done) + ", " + rig.Wait(t, done); got != "large <nil>, empty <nil>" {
			t.Error(got)
		}
		a.Reset()
	})
}

func TestTLSCorkHoldsBackAndTryWriteQueues(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		a, b := rig.Secure(t, e, server, client, nil, nil, duplex.Options{})
		b.Cork()
		b.WriteString("held ")
		if n, err := b.TryWrite([]byte("not now")); n != 0 || err != nil {
			t.Errorf("TryWrite of a corked socket returned %d, %v", n, err)
		}
		rig.Turn(t, b.Socket)
		a.ExpectNothing(t, time.Millisecond)
		b.Uncork()
		a.Expect(t, "data: held ")
		rig.Until(t, "the queue is empty", func() bool { return b.Buffered() == 0 })
		if n, err := b.TryWrite([]byte("tried")); n != 5 || err != nil {
			t.Errorf("TryWrite returned %d, %v", n, err)
		}
		a.Expect(t, "data: tried")
		b.Cork()
		b.WriteString("last")
		b.End()
		a.Expect(t, "data: last", "end", "close")
	})
}

func TestTLSBroadcastReachesPlainAndSecureSockets(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		a, b := rig.Secure(t, e, server, client, nil, nil, duplex.Options{})
		c, d := duplextest.Pipe(t, e)
		message := strings.Repeat("news ", 5000)
		if n := duplex.Broadcast(slices.Values([]*duplex.Socket{b.Socket, d.Socket}), []byte(message)); n != 2 {
			t.Errorf("%d sockets were written to", n)
		}
		a.Expect(t, "data: "+message)
		c.Expect(t, "data: "+message)
		a.Destroy(nil)
	})
}

func TestTLSPipesJoinPlainAndSecureSockets(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		back := rig.ListenTLS(t, e, server, &duplex.Handler{OnData: rig.Echo.OnData})
		// A proxy that ends TLS in front, and begins it behind.
		front := rig.ListenTLS(t, e, server, &duplex.Handler{OnConnect: func(s *duplex.Socket) {
			up := (&duplex.Client{Engine: e, TLS: client, Near: s}).Connect(t.Context(), "tcp", back, nil)
			s.Pipe(up)
			up.Pipe(s)
		}})
		plain := rig.Listen(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) {
			up := (&duplex.Client{Engine: e, TLS: client, Near: s}).Connect(t.Context(), "tcp", front, nil)
			s.Pipe(up)
			up.Pipe(s)
		}}, duplex.Options{})
		want := rig.Pattern(2 << 20)
		r := rig.NewCollector(len(want))
		closed := make(chan error, 1)
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", plain, &duplex.Handler{
			OnData:  r.Take,
			OnClose: func(s *duplex.Socket) { closed <- s.Err() },
		})
		s.Write(want)
		s.End()
		rig.Wait(t, r.Done)
		if err := rig.Wait(t, closed); err != nil || !bytes.Equal(r.Got, want) {
			t.Errorf("closed with %v, equal: %v", err, bytes.Equal(r.Got, want))
		}
	})
}

func TestTLSIsCopiedFromAndTo(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		a, b := rig.Secure(t, e, server, client, nil, nil, duplex.Options{PauseOnConnect: true})
		want := rig.Pattern(1 << 20)
		go func() {
			b.ReadFrom(bytes.NewReader(want))
			b.End()
		}()
		var got bytes.Buffer
		if n, err := a.WriteTo(&got); n != int64(len(want)) || err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("copied %d, %v", n, err)
		}
	})
}

func TestTLSShutdownSendsWhatWasWritten(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		srv := &duplex.Server{Engine: e, TLS: server, Handler: &duplex.Handler{OnConnect: func(s *duplex.Socket) { s.WriteString("bye") }}}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		r := &duplextest.Recorder{}
		(&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", srv.Addr().String(), r.Handler(nil))
		r.Expect(t, "connect", "data: bye")
		if err := srv.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		r.Expect(t, "end", "close")
	})
}

func TestTLSTimeoutsCountWhileItIsSilent(t *testing.T) {
	server, client := rig.Configs(tls.VersionTLS13)
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		a, b := rig.Secure(t, e, server, client, nil, nil, duplex.Options{ReadTimeout: 5 * time.Second})
		began := time.Now()
		time.Sleep(3 * time.Second)
		a.WriteString("word")
		b.Expect(t, "data: word")
		a.Expect(t, "error: ETIMEDOUT", "close: hadError")
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("the client that receives nothing failed after %v", took)
		}
		b.Expect(t, "error: ERR_SSL_UNEXPECTED_EOF_WHILE_READING", "close: hadError")
	})
}

func TestTLSCallsComeInTheOrderOfTheLaws(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		for _, blocking := range []bool{false, true} {
			calls := make(chan string, 10)
			tell := func(name string) func(*duplex.Socket) {
				return func(s *duplex.Socket) { calls <- fmt.Sprint(name, " ", s.ConnectionState().HandshakeComplete) }
			}
			address := rig.ListenTLS(t, e, server, &duplex.Handler{OnConnect: func(s *duplex.Socket) { s.WriteString("word") }})
			s := (&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", address, &duplex.Handler{
				Blocking:  blocking,
				OnConnect: tell("connect"),
				OnSecure:  tell("secure"),
				OnData:    func(s *duplex.Socket, _ []byte) { tell("data")(s); s.End() },
				OnFinish:  tell("finish"),
				OnEnd:     tell("end"),
				OnClose:   tell("close"),
			})
			for _, want := range []string{"connect true", "secure true", "data true", "finish true", "end true", "close true"} {
				if got := rig.Wait(t, calls); got != want {
					t.Errorf("blocking %v: got %s, want %s", blocking, got, want)
				}
			}
			_ = s
		}
	})
}

func TestTLSManyGoroutinesMayWriteToOneSocket(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		const writers, each = 8, 200
		lines := make(chan string, writers*each)
		h := &duplex.Handler{Split: bufio.ScanLines, OnData: func(_ *duplex.Socket, p []byte) { lines <- string(p) }}
		a, b := rig.Secure(t, e, server, client, h, &duplex.Handler{OnData: rig.Echo.OnData}, duplex.Options{MaxWriteBuffer: -1})
		for i := range writers {
			go func() {
				for j := range each {
					fmt.Fprintf(a, "%d %d %s\n", i, j, strings.Repeat("x", j*10))
				}
			}()
		}
		var next [writers]int
		for range writers * each {
			var i, j int
			fmt.Sscan(rig.Wait(t, lines), &i, &j)
			if next[i] != j {
				t.Fatalf("writer %d: got line %d, want %d", i, j, next[i])
			}
			next[i]++
		}
		a.Destroy(nil)
		b.Destroy(nil)
	})
}

func TestTLSRunsOverUnixSocketsAndAdoptedConnections(t *testing.T) {
	rig.VersionsOnSystem(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		path := rig.SocketPath(t, e)
		srv := &duplex.Server{Engine: e, TLS: server, Handler: &duplex.Handler{OnData: rig.Echo.OnData}}
		if err := srv.Listen("unix", path); err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		for _, connect := range []func(*duplex.Client, *duplex.Handler) *duplex.Socket{
			func(c *duplex.Client, h *duplex.Handler) *duplex.Socket {
				return c.Connect(t.Context(), "unix", path, h)
			},
			func(c *duplex.Client, h *duplex.Handler) *duplex.Socket { return c.Adopt(conn, h) },
		} {
			r := &duplextest.Recorder{}
			s := connect(&duplex.Client{Engine: e, TLS: client}, r.Handler(nil))
			s.WriteString("word")
			r.Expect(t, "connect", "data: word")
			s.End()
			r.Expect(t, "end", "close")
		}
	})
}

func TestTLSSocketsThatAreDestroyedAnywhereCloseOnce(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		address := rig.ListenTLS(t, e, server, &duplex.Handler{OnData: rig.Echo.OnData})
		for i := range 60 {
			closed := make(chan struct{}, 2)
			step := func(n int) func(*duplex.Socket) {
				return func(s *duplex.Socket) {
					if i%6 == n {
						s.Destroy(nil)
					}
				}
			}
			s := (&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", address, &duplex.Handler{
				Blocking:  i%4 == 0,
				OnConnect: step(0),
				OnSecure:  step(1),
				OnData:    func(s *duplex.Socket, _ []byte) { step(2)(s) },
				OnClose:   func(*duplex.Socket) { closed <- struct{}{} },
			})
			s.Write(make([]byte, 100<<10))
			switch i % 6 {
			case 3:
				s.Destroy(nil)
			case 4:
				s.Reset()
			case 5:
				s.Close()
			}
			rig.Wait(t, closed)
		}
	})
}

// The loop calls OnData while it opens records. A Goexit there must not leave it half way.
func TestTLSCallbackMayEndItsGoroutine(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		e.Logger = rig.Quiet
		for _, crash := range []func(){func() { panic("as asked") }, runtime.Goexit} {
			for _, blocking := range []bool{false, true} {
				for _, split := range []bufio.SplitFunc{nil, bufio.ScanLines} {
					h := &duplex.Handler{Blocking: blocking, Split: split, OnData: func(*duplex.Socket, []byte) { crash() }}
					a, b := rig.Secure(t, e, server, client, nil, h, duplex.Options{})
					c, d := rig.Secure(t, e, server, client, nil, nil, duplex.Options{})
					a.WriteString("word\nword\n")
					if events := b.Events(t); events[len(events)-1] != "close: hadError" || !errors.As(b.Err(), new(*duplex.PanicError)) {
						t.Errorf("got %q, and the error is %v", events, b.Err())
					}
					c.WriteString("alive")
					d.Expect(t, "data: alive")
					c.Destroy(nil)
				}
			}
		}
	})
}
