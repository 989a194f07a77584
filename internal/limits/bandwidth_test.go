// Copyright 2026 The duplex authors. MIT license.

package limits_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// TestReadRateIsKept has a peer send as much as it can, and counts in virtual time.
func TestReadRateIsKept(t *testing.T) {
	const rate, ahead = 100_000, 64<<10 + 100_000/100
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		accepted := make(chan *duplex.Socket, 1)
		addr := rig.Listen(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) { accepted <- s }}, duplex.Options{ReadRate: rate, ReadTimeout: time.Second / 10})
		c := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
		s := <-accepted
		c.Write(make([]byte, 4<<20))
		for second := range int64(30) {
			synctest.Wait()
			if got := s.BytesRead(); got < second*rate || got > second*rate+ahead {
				t.Fatalf("%d bytes have arrived after %d s, want %d and up to %d more", got, second, second*rate, ahead)
			}
			time.Sleep(time.Second)
		}
		s.Pause()
		time.Sleep(time.Hour)
		before := s.BytesRead()
		s.Resume() // no rate is saved up
		synctest.Wait()
		if got := s.BytesRead() - before; got == 0 || got > ahead {
			t.Errorf("%d bytes have arrived after a pause, want up to %d", got, ahead)
		}
		s.Close() // what is discarded has no rate
		c.End()
		time.Sleep(time.Second)
		if got := s.BytesRead(); got != 4<<20 || s.Err() != nil {
			t.Errorf("%d bytes have arrived after Close, and %v; want %d", got, s.Err(), 4<<20)
		}
	})
}

// TestReadRateLosesNothing also ends, pipes and cuts what comes slowly.
func TestReadRateLosesNothing(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		const size = 1 << 20
		var got []byte
		done := make(chan error, 1)
		sink := rig.Listen(t, e, &duplex.Handler{
			OnData:  func(_ *duplex.Socket, p []byte) { got = append(got, p...) },
			OnClose: func(s *duplex.Socket) { done <- s.Err() },
		}, duplex.Options{})
		addr := rig.Listen(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) {
			s.Pipe((&duplex.Client{Engine: e, Near: s}).Connect(t.Context(), "tcp", sink, nil))
		}}, duplex.Options{ReadRate: 10 * size})
		want := rig.Pattern(size)
		began := time.Now()
		c := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
		c.Write(want)
		c.End()
		if err := rig.Wait(t, done); err != nil || string(got) != string(want) {
			t.Errorf("%d bytes arrived, and then %v; want %d", len(got), err, size)
		}
		if took, least := time.Since(began), 50*time.Millisecond; took < least { // 100 ms, without the last reads
			t.Errorf("it took %v, want at least %v", took, least)
		}
	})
}

// TestASocketBelowItsReadRateNeverPauses holds that a socket far below its rate never pauses.
func TestASocketBelowItsReadRateNeverPauses(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		var r duplextest.Recorder
		addr := rig.Listen(t, e, r.Handler(&duplex.Handler{Split: bufio.ScanLines}), duplex.Options{ReadRate: 1000})
		c := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
		r.Expect(t, "connect")
		for range 100 {
			io.WriteString(c, "tick\n")
			synctest.Wait()
			if n := e.Stats().Unread; n != 0 {
				t.Fatalf("%d sockets are not read", n)
			}
			time.Sleep(5 * time.Millisecond)
		}
	})
}

func TestTLSReadRateIsKept(t *testing.T) {
	const rate, ahead = 100_000, 3 * (64<<10 + 100_000/100)
	server, client := rig.Configs(tls.VersionTLS13)
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		accepted := make(chan *duplex.Socket, 1)
		srv := &duplex.Server{Engine: e, TLS: server, Handler: &duplex.Handler{OnConnect: func(s *duplex.Socket) { accepted <- s }}, Options: duplex.Options{ReadRate: rate}}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		c := (&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", srv.Addr().String(), nil)
		s := <-accepted
		c.Write(make([]byte, 4<<20))
		for second := range int64(30) {
			synctest.Wait()
			if got := s.BytesRead(); got < second*rate*9/10 || got > second*rate+ahead {
				t.Fatalf("%d bytes have arrived after %d s, want %d and up to %d more", got, second, second*rate, ahead)
			}
			time.Sleep(time.Second)
		}
		c.Destroy(nil)
	})
}

// TestWriteRateIsKept writes much at once, and counts in virtual time.
func TestWriteRateIsKept(t *testing.T) {
	const rate = 100_000
	server, client := rig.Configs(tls.VersionTLS13)
	for name, secure := range map[string]bool{"plain": false, "tls": true} {
		t.Run(name, func(t *testing.T) {
			rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
				ahead, behind := int64(rate/20+rate/100), int64(0)
				srv := &duplex.Server{Engine: e, Options: duplex.Options{WriteRate: rate, WriteTimeout: 30 * time.Millisecond}}
				c := &duplex.Client{Engine: e}
				if secure {
					srv.TLS, c.TLS = server, client
					ahead, behind = ahead+16<<10, 20_000 // a record comes whole
				}
				srv.Handler = &duplex.Handler{OnConnect: func(s *duplex.Socket) { s.Write(make([]byte, 4<<20)) }}
				connected := make(chan bool)
				peer := c.Connect(t.Context(), "tcp", rig.Serve(t, srv), &duplex.Handler{OnConnect: func(*duplex.Socket) { close(connected) }})
				<-connected
				for second := range int64(30) {
					synctest.Wait()
					if got := peer.BytesRead(); got < second*rate*98/100-behind || got > second*rate+ahead {
						t.Fatalf("%d bytes have arrived after %d s, want %d and up to %d more", got, second, second*rate, ahead)
					}
					time.Sleep(time.Second)
				}
				peer.Destroy(nil)
			})
		})
	}
}

// TestWriteRateLosesNothing writes by each verb, and ends while bytes wait.
func TestWriteRateLosesNothing(t *testing.T) {
	const size, rate = 1 << 20, 8 << 20
	want := rig.Pattern(size)
	writes := map[string]func(s *duplex.Socket){
		"Write": func(s *duplex.Socket) { s.Write(want); s.End() },
		"pieces": func(s *duplex.Socket) {
			for p := range slices.Chunk(want, 1000) {
				s.Write(p)
			}
			s.Close()
		},
		"ReadFrom": func(s *duplex.Socket) {
			go func() {
				s.ReadFrom(bytes.NewReader(want))
				s.End()
			}()
		},
		"posted": func(s *duplex.Socket) {
			s.Post(func() {})
			s.Write(want)
			s.End()
		},
		"TryWrite": func(s *duplex.Socket) {
			n, _ := s.TryWrite(want)
			m, _ := s.TryWrite(want[n:])
			s.Write(want[n+m:])
			s.End()
		},
	}
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		source := rig.Listen(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) { s.Write(want); s.End() }}, duplex.Options{})
		writes["Pipe"] = func(s *duplex.Socket) {
			(&duplex.Client{Engine: e, Near: s}).Connect(context.Background(), "tcp", source, nil).Pipe(s)
		}
		for name, write := range writes {
			began := time.Now()
			addr := rig.Listen(t, e, &duplex.Handler{OnConnect: write}, duplex.Options{WriteRate: rate})
			var got []byte
			done := make(chan error, 1)
			(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, &duplex.Handler{
				OnData:  func(_ *duplex.Socket, p []byte) { got = append(got, p...) },
				OnClose: func(s *duplex.Socket) { done <- s.Err() },
			})
			if err := rig.Wait(t, done); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %d bytes arrived, and then %v; want %d", name, len(got), err, size)
			}
			if took := time.Since(began); took < 50*time.Millisecond { // 125 ms, without the first portion
				t.Errorf("%s: it took %v", name, took)
			}
		}
	})
}

// TestASocketBelowItsWriteRateNeverWaits holds that what is written far below the rate goes
// at once.
func TestASocketBelowItsWriteRateNeverWaits(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		addr := rig.Listen(t, e, nil, duplex.Options{})
		c := (&duplex.Client{Engine: e, Options: duplex.Options{WriteRate: 1000}}).Connect(t.Context(), "tcp", addr, nil)
		for range 100 {
			io.WriteString(c, "tick\n")
			synctest.Wait()
			if n := c.Buffered(); n != 0 {
				t.Fatalf("%d bytes wait", n)
			}
			time.Sleep(5 * time.Millisecond)
		}
		c.Destroy(nil)
	})
}
