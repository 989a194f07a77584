// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"errors"
	"io"
	"math"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestOnTimeoutComesOnceForEachSilence(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		began := time.Now()
		var told []time.Duration
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{
			OnTimeout: func(*duplex.Socket) { told = append(told, time.Since(began)) },
		})
		b.SetTimeout(time.Second)
		time.Sleep(600 * time.Millisecond)
		io.WriteString(a, "x") // puts it off to 1.6 s
		time.Sleep(4400 * time.Millisecond)
		io.WriteString(b, "y") // begins another silence, at 5 s
		time.Sleep(3 * time.Second)
		b.SetTimeout(0)
		io.WriteString(a, "z")
		time.Sleep(3 * time.Second)
		synctest.Wait()

		if len(told) != 2 || told[0] != 1600*time.Millisecond || told[1] != 6*time.Second {
			t.Errorf("OnTimeout came at %v, want [1.6s 6s]", told)
		}
		b.Expect(t, "data: x", "timeout", "timeout", "data: z")
	})
}

func TestIdleTimeoutCloses(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		began := time.Now()
		var took time.Duration
		var a, b duplextest.Recorder
		h := b.Handler(&duplex.Handler{OnClose: func(s *duplex.Socket) {
			took = time.Since(began)
			if !errors.Is(s.Err(), os.ErrDeadlineExceeded) {
				t.Errorf("Err is %v, want os.ErrDeadlineExceeded", s.Err())
			}
		}})
		addr := rig.Listen(t, e, h, duplex.Options{IdleTimeout: time.Minute})
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, a.Handler(nil))
		s.SetTimeout(40 * time.Second)
		time.Sleep(30 * time.Second)
		io.WriteString(s, "x")
		time.Sleep(2 * time.Minute)
		b.Expect(t, "connect", "data: x", "error: ETIMEDOUT", "close: hadError")
		a.Expect(t, "connect", "timeout", "end", "close")
		if took != 90*time.Second {
			t.Errorf("it closed after %v, want 1m30s", took)
		}
	})
}

func TestCloseLingers(t *testing.T) {
	rig.NeedPlain(t, "records that Close discards are not opened, and do not count")
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		began := time.Now()
		a, b := duplextest.Pipe(t, e, duplex.Options{AllowHalfOpen: true})
		io.WriteString(a, "the end")
		if err := a.Close(); err != nil {
			t.Error(err)
		}
		b.Expect(t, "data: the end", "end")
		for range 3 { // a chatty peer: it is not reset, and its bytes are discarded
			io.WriteString(b, "but")
			time.Sleep(time.Second)
		}
		a.Expect(t, "close")
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("it closed after %v, want 5s", took)
		}
		if a.BytesRead() != 9 {
			t.Errorf("%d bytes were discarded, want 9", a.BytesRead())
		}
	})
}

func TestCloseDoesNotLingerWhenThePeerEnds(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		began := time.Now()
		a, b := duplextest.Pipe(t, e)
		a.Close()
		a.Expect(t, "close")
		b.Expect(t, "end", "close")
		if took := time.Since(began); took != 0 {
			t.Errorf("it closed after %v, want at once", took)
		}
	})
}

func TestAfterFuncRunsOnTheLoopAndDiesWithTheSocket(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		began := time.Now()
		a, _ := duplextest.Pipe(t, e)
		ran := make(chan time.Duration, 1)
		a.AfterFunc(time.Second, func() { ran <- time.Since(began) })
		a.AfterFunc(time.Minute, func() { t.Error("it ran after OnClose") })
		if stopped := a.AfterFunc(time.Second, func() { t.Error("it ran after Stop") }); !stopped.Stop() {
			t.Error("Stop reports that it ran")
		}
		if at := rig.Wait(t, ran); at != time.Second {
			t.Errorf("it ran after %v, want 1s", at)
		}
		a.Destroy(nil)
		a.Expect(t, "close")
		time.Sleep(2 * time.Minute)
	})
}

func TestAPausedSocketMayTimeOutToo(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		b.SetTimeout(time.Second)
		b.Pause()
		io.WriteString(a, "unread")
		b.Expect(t, "timeout")
		b.Resume()
		b.Expect(t, "data: unread")
	})
}

// The longest duration means that a timeout never comes.
func TestTheLongestTimeoutNeverComes(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		const forever = math.MaxInt64
		a, b := duplextest.Pipe(t, e, duplex.Options{IdleTimeout: forever, Linger: forever})
		a.SetTimeout(forever)
		io.WriteString(a, "hello")
		b.Expect(t, "data: hello")
		a.Close()
		b.Expect(t, "end", "close")
		a.Expect(t, "close")
	})
}

func TestCloseWaitsForThePeerAsLongAsLinger(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		const linger = 30 * time.Millisecond
		a, b := duplextest.Pipe(t, e, duplex.Options{AllowHalfOpen: true, Linger: linger})
		began := time.Now()
		io.WriteString(a, "the end")
		a.Close()
		b.Expect(t, "data: the end", "end")
		a.Expect(t, "close")
		if took := time.Since(began); took < linger {
			t.Errorf("it closed after %v, want %v", took, linger)
		}
		b.Destroy(nil)

		a, b = duplextest.Pipe(t, e, duplex.Options{AllowHalfOpen: true, Linger: -1})
		io.WriteString(a, "the end")
		a.Close()
		a.Expect(t, "close")
		b.Expect(t, "data: the end", "end")
	})
}

// A peer that has not received all when Linger is over must not take a part for the whole.
func TestCloseResetsAPeerThatDoesNotTakeAllInTime(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		a, b := duplextest.Pipe(t, e, duplex.Options{Linger: 50 * time.Millisecond})
		b.Pause()
		rig.Turn(t, b.Socket)
		a.Write(make([]byte, 32<<20)) // more than the system's buffers hold
		a.Close()
		a.Expect(t, "close")
		b.Resume()
		events := b.Events(t)
		if n := len(events); n < 2 || events[n-2] != "error: ECONNRESET" || events[n-1] != "close: hadError" {
			t.Errorf("after %d bytes the peer got %q; want ECONNRESET", b.BytesRead(), events[max(0, n-2):])
		}
	})
}

func TestIdleTimeoutClosesASilentSocket(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		c, d := duplextest.Pipe(t, e, duplex.Options{IdleTimeout: 30 * time.Millisecond})
		// Both ends are silent. The first one that times out ends the other.
		if events := slices.Concat(c.Events(t), d.Events(t)); !slices.Contains(events, "error: ETIMEDOUT") {
			t.Errorf("got %q, want ETIMEDOUT", events)
		}
		if !errors.Is(c.Err(), os.ErrDeadlineExceeded) && !errors.Is(d.Err(), os.ErrDeadlineExceeded) {
			t.Errorf("Err is %v and %v, want os.ErrDeadlineExceeded", c.Err(), d.Err())
		}
		io.WriteString(a, "those without it stay")
		b.Expect(t, "data: those without it stay")
	})
}

func TestOnTimeoutClosesNothing(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		b.SetTimeout(10 * time.Millisecond)
		b.Expect(t, "timeout")
		io.WriteString(a, "still here")
		b.Expect(t, "data: still here", "timeout")
		b.SetTimeout(0)
		a.End()
		b.Expect(t, "end", "close")
	})
}

func TestAfterFuncRunsOnTheLoopAndMayBeStopped(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, _ := duplextest.Pipe(t, e)
		ran := make(chan struct{})
		began := time.Now()
		stopped := a.AfterFunc(time.Minute, func() { t.Error("it ran after Stop") })
		a.AfterFunc(10*time.Millisecond, func() { close(ran) })
		if !stopped.Stop() {
			t.Error("Stop reports that it ran")
		}
		rig.Wait(t, ran)
		if took := time.Since(began); took < 10*time.Millisecond {
			t.Errorf("it ran after %v, want 10ms", took)
		}
	})
}

// The time passes while a Blocking callback runs, and bytes arrive before it returns.
func TestOnTimeoutThatIsDueComesThoughBytesHaveMoved(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, &duplex.Handler{
			Blocking: true,
			OnData:   func(*duplex.Socket, []byte) { time.Sleep(time.Second) },
		}, nil)
		a.SetTimeout(500 * time.Millisecond)
		io.WriteString(b, "one")
		time.Sleep(700 * time.Millisecond)
		io.WriteString(b, "two")
		a.Expect(t, "data: one", "timeout", "data: two")
	})
}
