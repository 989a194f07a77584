// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"errors"
	"io"
	"math"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
)

func TestOnTimeoutComesOnceForEachSilence(t *testing.T) {
	bubble(t, func(t *testing.T, e *duplex.Engine) {
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
	bubble(t, func(t *testing.T, e *duplex.Engine) {
		began := time.Now()
		var took time.Duration
		var a, b duplextest.Recorder
		h := b.Handler(&duplex.Handler{OnClose: func(s *duplex.Socket) {
			took = time.Since(began)
			if !errors.Is(s.Err(), os.ErrDeadlineExceeded) {
				t.Errorf("Err is %v, want os.ErrDeadlineExceeded", s.Err())
			}
		}})
		addr := listen(t, e, h, duplex.Options{IdleTimeout: time.Minute})
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
	bubble(t, func(t *testing.T, e *duplex.Engine) {
		began := time.Now()
		a, b := duplextest.Pipe(t, e, duplex.Options{AllowHalfOpen: true})
		io.WriteString(a, "the end")
		if err := a.Close(); err != nil {
			t.Error(err)
		}
		b.Expect(t, "data: the end", "end")
		for range 3 { // a chatty peer: it is not reset, and not heard
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
	bubble(t, func(t *testing.T, e *duplex.Engine) {
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
	bubble(t, func(t *testing.T, e *duplex.Engine) {
		began := time.Now()
		a, _ := duplextest.Pipe(t, e)
		ran := make(chan time.Duration, 1)
		a.AfterFunc(time.Second, func() { ran <- time.Since(began) })
		a.AfterFunc(time.Minute, func() { t.Error("it ran after OnClose") })
		if stopped := a.AfterFunc(time.Second, func() { t.Error("it ran after Stop") }); !stopped.Stop() {
			t.Error("Stop reports that it ran")
		}
		if at := wait(t, ran); at != time.Second {
			t.Errorf("it ran after %v, want 1s", at)
		}
		a.Destroy(nil)
		a.Expect(t, "close")
		time.Sleep(2 * time.Minute)
	})
}

func TestAPausedSocketMayTimeOutToo(t *testing.T) {
	bubble(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		b.SetTimeout(time.Second)
		b.Pause()
		io.WriteString(a, "unread")
		b.Expect(t, "timeout")
		b.Resume()
		b.Expect(t, "data: unread")
	})
}

// Whoever wants a timeout never to come may say so by the longest duration.
func TestTheLongestTimeoutNeverComes(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
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
