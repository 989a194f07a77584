// Copyright 2026 The duplex authors. MIT license.

package servers_test

import (
	"io"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// expectStats waits until the numbers are as wanted, and reports the last if they never
// are.
func expectStats[T comparable](t *testing.T, want T, read func() T) {
	t.Helper()
	got := read()
	for began := time.Now(); got != want && time.Since(began) < duplextest.Patience; got = read() {
		time.Sleep(time.Millisecond)
	}
	if got != want {
		t.Errorf("the numbers are\n%+v\nwant\n%+v", got, want)
	}
}

func TestAServerCountsWhatItsSocketsDo(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedPlain(t, "closed sockets may have lost an alert")
		rig.NeedResets(t, e)
		srv := &duplex.Server{Engine: e, MaxConns: 3, Handler: &duplex.Handler{
			Framing: codec.Lines,
			OnData:  func(s *duplex.Socket, p []byte) { s.WriteString("answer") },
		}}
		for life := range int64(2) { // the counters go on
			if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			var sockets []*duplex.Socket
			for i := range 4 {
				var r duplextest.Recorder
				s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), r.Handler(nil))
				r.Expect(t, "connect")
				if i == 3 {
					r.Expect(t, "end", "close") // it was refused
					break
				}
				io.WriteString(s, "one\ntwo\n")
				r.Expect(t, "data: answeranswer")
				sockets = append(sockets, s)
			}
			want := duplex.ServerStats{
				Sockets: 3, Accepted: 3 * (life + 1), Closed: 3 * life, Dropped: life + 1, Drops: duplex.Drops{MaxConns: life + 1},
				BytesReceived: 3 * 8 * (life + 1), BytesSent: 3 * 12 * (life + 1), Frames: 6 * (life + 1), Resets: life, Timeouts: life,
			}
			expectStats(t, want, srv.Stats)

			sockets[0].Reset()
			want.Resets++
			late, _ := srv.Socket(sockets[1].LocalAddrPort())
			late.Destroy(duplex.ErrMaxAge)
			want.Timeouts++
			sockets[2].End()
			want.Sockets, want.Closed = 0, want.Closed+3
			expectStats(t, want, srv.Stats)
			rig.CloseServer(t, srv)
			expectStats(t, want, srv.Stats)
		}
		if st := e.Stats(); st.Resets != 2 || st.Timeouts != 2 || st.Frames != 12 {
			t.Errorf("the engine counts %d resets, %d timeouts and %d frames, want 2, 2 and 12", st.Resets, st.Timeouts, st.Frames)
		}
	})
}

func TestAServerCountsWhatWaits(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		_, b := duplextest.Pipe(t, e)
		b.Cork()
		b.Write(make([]byte, 1000))
		expectStats(t, 1000, func() int64 { return b.Server().Stats().QueuedOut })
		b.Pause()
		expectStats(t, 1, func() int { return b.Server().Stats().Unread })
		b.Resume()
		b.Uncork()
		expectStats(t, 0, func() int64 { return b.Server().Stats().QueuedOut })
		expectStats(t, 0, func() int { return b.Server().Stats().Unread })
	})
}

func TestInputThatWaitsIsCounted(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		began, over := make(chan struct{}, 1), make(chan struct{})
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, OnData: func(*duplex.Socket, []byte) {
			select {
			case began <- struct{}{}:
			default:
			}
			<-over
		}})
		io.WriteString(a, "first")
		rig.Wait(t, began)
		io.WriteString(a, "second")
		rig.Until(t, "it waits", func() bool { return b.Server().Stats().QueuedIn > 0 })
		close(over)
		rig.Until(t, "none waits", func() bool { return b.Server().Stats().QueuedIn == 0 })
	})
}

// TestLoopStatsAddUpToStats after everything has come to rest.
func TestLoopStatsAddUpToStats(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for range 5 {
			a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Framing: codec.Lines, OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }})
			io.WriteString(a, "a line\n")
			a.Expect(t, "data: a line")
			a.End()
			a.Events(t)
			b.Events(t)
		}
		type sums struct {
			Accepted, Connected, Closed, Frames, BytesReceived, BytesSent int64
			Sockets                                                       int
		}
		read := func() (s sums) {
			loops := e.LoopStats()
			if len(loops) != 2 {
				t.Fatalf("there are %d loops, want 2", len(loops))
			}
			for _, l := range loops {
				s.Accepted += l.Accepted
				s.Connected += l.Connected
				s.Closed += l.Closed
				s.Frames += l.Frames
				s.BytesReceived += l.BytesReceived
				s.BytesSent += l.BytesSent
				s.Sockets += l.Sockets
				if l.Turns == 0 || l.Busy == 0 && e.Driver != "memory" {
					t.Errorf("a loop has made %d turns in %v", l.Turns, l.Busy)
				}
			}
			return s
		}
		st := e.Stats()
		want := sums{5, 5, 10, 5, st.BytesReceived, st.BytesSent, 0}
		expectStats(t, want, read)
		if st.BytesReceived < 65 {
			t.Errorf("%d bytes were received, want 65 or more", st.BytesReceived)
		}
	})
}

// TestLagTellsABlockedLoopFromABusyMachine in virtual time, where the machine is never busy.
func TestLagTellsABlockedLoopFromABusyMachine(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{OnData: func(*duplex.Socket, []byte) { time.Sleep(300 * time.Millisecond) }})
		io.WriteString(a, "x")
		b.Expect(t, "data: x")
		time.Sleep(500 * time.Millisecond)
		blocked := 0
		for _, l := range e.LoopStats() {
			if l.Delay != 0 {
				t.Errorf("a loop woke %v late", l.Delay)
			}
			if l.Lag >= 300*time.Millisecond && l.SlowTurns == 1 && l.Busy >= 300*time.Millisecond {
				blocked++
			} else if l.Lag != 0 || l.SlowTurns != 0 {
				t.Errorf("the other loop has %+v", l)
			}
		}
		if blocked != 1 {
			t.Errorf("%d loops have a long lag, want that of the callback", blocked)
		}
	})
}
