// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestTryWriteSendsAtOnceOrLeavesItToTheCaller(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		text := "at once"
		n, err := a.TryWrite([]byte(text))
		if err != nil || n != len(text) {
			t.Fatalf("TryWrite returned %d and %v, want %d and nil", n, err, len(text))
		}
		if got := int(a.BytesWritten()); got != n {
			t.Errorf("BytesWritten is %d, want %d", got, n)
		}
		a.Cork()
		if n, err := a.TryWrite([]byte("x")); n != 0 || err != nil {
			t.Errorf("TryWrite after Cork returned %d and %v, want 0 and nil", n, err)
		}
		a.Uncork()
		a.End()
		if n, err := a.TryWrite([]byte("x")); n != 0 || !errors.Is(err, net.ErrClosed) {
			t.Errorf("TryWrite after End returned %d and %v, want 0 and net.ErrClosed", n, err)
		}
		b.Expect(t, "data: "+text, "end", "close")
	})
}

func TestBytesThatTryWriteTookAreDeliveredThoughDestroyFollows(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		for _, text := range []string{"all ", "of ", "it"} {
			if n, err := a.TryWrite([]byte(text)); n != len(text) || err != nil {
				t.Fatalf("TryWrite of %q returned %d and %v", text, n, err)
			}
		}
		a.Destroy(nil)
		b.Expect(t, "data: all of it", "end", "close")
	})
}

func TestTryWriteTakesNoMoreThanThereIsRoomFor(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var got []byte
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{OnData: func(_ *duplex.Socket, p []byte) {
			got = append(got, p...)
		}}, duplex.Options{PauseOnConnect: true})
		sent := rig.Pattern(16 << 20) // more than the buffers of loopback hold
		taken := 0
		for taken < len(sent) {
			n, err := a.TryWrite(sent[taken:])
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				break
			}
			taken += n
		}
		if taken == 0 || taken == len(sent) {
			t.Fatalf("TryWrite took %d of %d bytes, and the peer does not read", taken, len(sent))
		}
		a.Write(sent[taken:])
		a.End()
		b.Resume()
		b.Events(t)
		if !bytes.Equal(got, sent) {
			t.Errorf("%d bytes arrived, want the %d that were written", len(got), len(sent))
		}
		a.Resume()
		a.Events(t)
	})
}

func TestEndFlushesBeforeFIN(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		io.WriteString(a, "last words")
		a.End()
		b.Expect(t, "data: last words", "end", "close")
		a.Expect(t, "end", "close")
	})
}

func TestBytesSentAreThoseThatTheKernelHasTaken(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		b.Pause()
		a.Write(make([]byte, 200_000)) // more than the network takes
		time.Sleep(time.Second)
		sent, waits := a.BytesSent(), a.Buffered()
		a.Reset()
		a.Expect(t, "close")
		if sent == 0 || waits == 0 || sent+int64(waits) != 200_000 || a.BytesSent() != sent {
			t.Errorf("%d bytes were sent and %d wait; %d were sent when it is closed", sent, waits, a.BytesSent())
		}
	})
}

func TestWritesBeforeTheConnectionWaitForIt(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var b, a duplextest.Recorder
		srv := &duplex.Server{Engine: e, Handler: b.Handler(nil)}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), a.Handler(nil))
		io.WriteString(s, "early ")
		io.WriteString(s, "bird")
		s.End()
		b.Expect(t, "connect", "data: early bird", "end", "close")
		a.Expect(t, "connect", "end", "close")
	})
}

func TestWriteThenDestroyDelivers(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := &duplex.Handler{OnData: func(s *duplex.Socket, _ []byte) {
			io.WriteString(s, "goodbye!!!")
			s.Destroy(nil)
		}}
		a, b := duplextest.PipeOf(t, e, nil, h)
		io.WriteString(a, "hello")
		a.Expect(t, "data: goodbye!!!", "end", "close")
		b.Expect(t, "data: hello", "close")
	})
}

// TestALateReaderThatHalfClosedGetsEveryByte avoids a trap that most event loops fall
// into: they take the client's FIN for the end of the connection.
func TestALateReaderThatHalfClosedGetsEveryByte(t *testing.T) {
	sent := rig.Pattern(5_000_000)
	want := sha256.Sum256(sent)
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		addr := rig.Listen(t, e, &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }}, duplex.Options{})
		rig.Fives(func() {
			got := sha256.New()
			closed := make(chan error, 1)
			client := &duplex.Client{Engine: e, Options: duplex.Options{PauseOnConnect: true}}
			s := client.Connect(t.Context(), "tcp", addr, &duplex.Handler{
				OnConnect: func(s *duplex.Socket) { s.AfterFunc(time.Second, s.Resume) },
				OnData:    func(_ *duplex.Socket, p []byte) { got.Write(p) },
				OnClose:   func(s *duplex.Socket) { closed <- s.Err() },
			})
			s.Write(sent)
			s.End()
			select {
			case err := <-closed:
				if err != nil || !bytes.Equal(got.Sum(nil), want[:]) {
					t.Errorf("%d bytes came back, Err %v; want all %d", s.BytesRead(), err, len(sent))
				}
			case <-time.After(duplextest.Patience):
				t.Errorf("%d bytes came back, and no close", s.BytesRead())
			}
		})
	})
}

// TestAChattyPeerGetsAllOfIt sends to a peer that goes on sending after our FIN:
// closing over its bytes would reset the connection and lose the end of ours. Others say
// nothing, and of both kinds half have TLS.
func TestAChattyPeerGetsAllOfIt(t *testing.T) {
	sent := rig.Pattern(8 << 20)
	want := sha256.Sum256(sent)
	server, trust := rig.Configs(tls.VersionTLS13)
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		handler := &duplex.Handler{OnConnect: func(s *duplex.Socket) {
			s.Write(sent)
			s.End()
		}}
		plain, secure := rig.Listen(t, e, handler, duplex.Options{}), rig.ListenTLS(t, e, server, handler)
		var turn atomic.Int64
		visit := func() {
			n := turn.Add(1)
			chatty, withTLS := n%2 == 0, n/2%2 == 0
			got := sha256.New()
			closed := make(chan error, 1)
			var chat func(s *duplex.Socket)
			chat = func(s *duplex.Socket) {
				if _, err := s.Write([]byte{'.'}); err == nil {
					s.AfterFunc(100*time.Millisecond, func() { chat(s) })
				}
			}
			client := &duplex.Client{Engine: e, Options: duplex.Options{AllowHalfOpen: true}}
			addr := plain
			if withTLS {
				addr, client.TLS = secure, trust
			}
			s := client.Connect(t.Context(), "tcp", addr, &duplex.Handler{
				OnConnect: func(s *duplex.Socket) {
					if chatty {
						chat(s)
					}
					s.Pause()
					s.AfterFunc(350*time.Millisecond, s.Resume)
				},
				OnData:  func(_ *duplex.Socket, p []byte) { got.Write(p) },
				OnEnd:   func(s *duplex.Socket) { s.AfterFunc(150*time.Millisecond, s.End) },
				OnClose: func(s *duplex.Socket) { closed <- s.Err() },
			})
			select {
			case err := <-closed:
				if err != nil || !bytes.Equal(got.Sum(nil), want[:]) {
					t.Errorf("chatty %v, TLS %v: %d bytes arrived, Err %v; want all %d", chatty, withTLS, s.BytesRead(), err, len(sent))
				}
			case <-time.After(duplextest.Patience):
				t.Errorf("chatty %v, TLS %v: %d bytes arrived, and no close", chatty, withTLS, s.BytesRead())
			}
		}
		rig.Fives(visit)
		if *rig.Long { // 100 of each kind
			rig.Fives(visit)
			rig.Fives(visit)
			rig.Fives(visit)
		}
	})
}

func TestManyGoroutinesMayWriteToOneSocket(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Split: codec.Lines.Split})
		var group sync.WaitGroup
		for range 16 {
			group.Go(func() {
				for range 200 {
					io.WriteString(a, "0123456789\n")
				}
			})
		}
		group.Wait()
		a.End()
		want := "data: " + strings.Repeat("0123456789", 16*200)
		b.Expect(t, want, "end", "close")
	})
}

func TestWriteKeepsNothingOfItsArgument(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedSpeed(t, e)
		for _, size := range []int{100, 16 << 10, 300 << 10, 8 << 20} {
			a, b := duplextest.Pipe(t, e)
			b.Pause() // so that the kernel does not take all of a long one
			rig.Turn(t, b.Socket)
			told := make(chan error, 2)
			want := string(rig.Pattern(size))
			p := []byte(want)
			for range 2 {
				if n, err := a.WriteFunc(p, func(err error) { told <- err }); n != size || err != nil {
					t.Fatalf("WriteFunc: %d, %v", n, err)
				}
			}
			clear(p)
			if got := a.BytesWritten(); got != int64(2*size) {
				t.Errorf("BytesWritten is %d, want %d", got, 2*size)
			}
			b.Resume()
			a.End()
			b.Expect(t, "data: "+want+want, "end", "close")
			a.Expect(t, "end", "close")
			if err := errors.Join(<-told, <-told); err != nil {
				t.Errorf("%d bytes: %v", size, err)
			}
		}
	})
}

func TestDestroyOffersBytesWrittenDuringASend(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for range 20 {
			a, b := duplextest.Pipe(t, e, duplex.Options{HighWaterMark: 1})
			a.Post(func() {
				io.WriteString(a, "one ")
				io.WriteString(a, "two ")
				a.Destroy(nil)
			})
			b.Expect(t, "data: one two ", "end", "close")
			a.Expect(t, "close")
		}
	})
}

func TestAWriteBesideADestroyIsRefusedAndNoCrash(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for range 20 {
			a, b := duplextest.Pipe(t, e)
			b.Reset()
			var group sync.WaitGroup
			group.Go(func() { a.Destroy(nil) })
			group.Go(func() {
				for {
					if n, err := io.WriteString(a, "into the void"); err != nil {
						if n != 0 {
							t.Errorf("Write returned %d and %v", n, err)
						}
						return
					}
				}
			})
			group.Wait()
			a.Events(t)
		}
	})
}

func TestAFullQueueNeedsDrainAndDrainsOnce(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		drained := make(chan struct{}, 2)
		a, b := duplextest.PipeOf(t, e, &duplex.Handler{OnDrain: func(*duplex.Socket) { drained <- struct{}{} }}, nil)
		b.Pause()
		a.Write(make([]byte, 32<<20)) // more than the system's buffers hold
		if !a.NeedDrain() || a.Buffered() == 0 {
			t.Errorf("NeedDrain %v with %d bytes queued, want true", a.NeedDrain(), a.Buffered())
		}
		b.Resume()
		rig.Wait(t, drained)
		if a.NeedDrain() || a.Buffered() != 0 {
			t.Errorf("NeedDrain %v with %d bytes queued after OnDrain", a.NeedDrain(), a.Buffered())
		}
		a.End()
		b.Events(t)
		if len(drained) != 0 {
			t.Error("OnDrain was called twice")
		}
	})
}

func TestNoDrainFollowsAnEnd(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		drains, finished := 0, false
		a, b := duplextest.PipeOf(t, e, &duplex.Handler{
			OnDrain:  func(*duplex.Socket) { drains++ },
			OnFinish: func(*duplex.Socket) { finished = true },
		}, nil)
		b.Pause()
		a.Write(make([]byte, 32<<20)) // more than the system's buffers hold
		if !a.NeedDrain() {
			t.Error("the queue is not full")
		}
		a.End()
		b.Resume()
		b.Events(t)
		a.Events(t)
		if drains != 0 || !finished {
			t.Errorf("OnDrain was called %d times, OnFinish %v; want 0 and true", drains, finished)
		}
	})
}

func TestTheHighWaterMarkIs64KiBUnlessSet(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for mark, want := range map[int]int{0: 64 << 10, -1: 64 << 10, 10: 10, 1 << 20: 1 << 20} {
			a, _ := duplextest.Pipe(t, e, duplex.Options{HighWaterMark: mark})
			a.Cork()
			a.Write(make([]byte, want-1))
			if a.NeedDrain() {
				t.Errorf("HighWaterMark %d: NeedDrain at %d bytes", mark, want-1)
			}
			a.Write(make([]byte, 1))
			if !a.NeedDrain() {
				t.Errorf("HighWaterMark %d: no NeedDrain at %d bytes", mark, want)
			}
		}
	})
}

// TestAWriteThatTheKernelTakesNeedsNoDrain writes more than the mark, and the kernel has
// room for it. If a driver cannot try to send, the mark alone decides.
func TestAWriteThatTheKernelTakesNeedsNoDrain(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var drains atomic.Int32
		h := &duplex.Handler{OnDrain: func(*duplex.Socket) { drains.Add(1) }}
		a, b := duplextest.PipeOf(t, e, h, nil, duplex.Options{HighWaterMark: 4})
		need := make(chan bool, 1)
		a.Post(func() {
			a.WriteString("12345678")
			need <- a.NeedDrain()
		})
		waits := e.Stats().Driver == "portable" && runtime.GOOS == "windows"
		if got := rig.Wait(t, need); got != waits {
			t.Errorf("NeedDrain is %v, want %v", got, waits)
		}
		b.Expect(t, "data: 12345678")
		if waits {
			rig.Until(t, "it drains", func() bool { return drains.Load() == 1 })
		}
		rig.Turn(t, a.Socket)
		if got := drains.Load() > 0; got != waits {
			t.Errorf("OnDrain was called: %v, want %v", got, waits)
		}
	})
}

// A Write at the limit first offers to the kernel what waits. If that fails, so does the
// Write, and for this reason.
func TestAWriteThatFindsTheConnectionLostFailsWithThat(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		switch e.Driver {
		case "memory":
			t.Skip("the peer is a socket of package net, to be reset while the loop is in a callback")
		case "portable":
			t.Skip("it leaves a send that fails to a goroutine")
		}
		for _, n := range []int{970, 1000} {
			conns, wrote := make(chan net.Conn, 1), make(chan error, 1)
			srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{OnConnect: func(s *duplex.Socket) {
				s.WriteString("gathered until the callback returns")
				c := (<-conns).(*net.TCPConn)
				c.SetLinger(0)
				c.Close()
				time.Sleep(20 * time.Millisecond) // until the kernel has the reset
				_, err := s.Write(make([]byte, n))
				wrote <- err
			}}, Options: duplex.Options{MaxWriteBuffer: 1000, Overflow: duplex.OverflowDestroy}}
			if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			c, err := net.Dial("tcp", srv.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			conns <- c
			if err := rig.Wait(t, wrote); !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
				t.Errorf("a write of %d bytes returned %v", n, err)
			}
			srv.Close()
		}
	})
}

// Many sockets whose peers read as fast as they are sent to leave turns of the loop to
// others.
func TestSocketsTogetherSendABoundedAmountInATurn(t *testing.T) {
	rig.Run(t, func(t *testing.T, two *duplex.Engine) {
		const sockets, size = 32, 2 << 20
		e := &duplex.Engine{Loops: 1, Driver: two.Driver}
		defer e.Close()
		var most, last int64
		var look func()
		look = func() { // each time it runs is a turn of the loop
			n := e.Stats().BytesSent
			most, last = max(most, n-last), n
			e.Post(look)
		}
		e.Post(look)
		var open sync.WaitGroup
		addr := rig.Listen(t, e, &duplex.Handler{OnClose: func(s *duplex.Socket) {
			if n := s.BytesRead(); n != size {
				t.Errorf("%d bytes arrived, want %d", n, size)
			}
			open.Done()
		}}, duplex.Options{})
		p := make([]byte, 64<<10)
		for range sockets {
			open.Add(1)
			left := size / len(p)
			var s *duplex.Socket
			var next func(error)
			next = func(error) {
				if left--; left < 0 {
					s.End()
					return
				}
				s.WriteFunc(p, next)
			}
			(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, &duplex.Handler{OnConnect: func(c *duplex.Socket) {
				s = c
				next(nil)
			}})
		}
		open.Wait()
		e.Close()         // so that look has run for the last time
		if most > 2<<20 { // what a flush and the driver's events may send, and one socket's part more for each
			t.Errorf("%d bytes were sent in one turn", most)
		}
	})
}
