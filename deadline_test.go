// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"context"
	"errors"
	"io"
	"math"
	"net"
	"net/netip"
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

func TestReadTimeoutFindsASilentPeer(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, nil, nil, duplex.Options{ReadTimeout: time.Minute})
		began := time.Now()
		stop := false
		var send func()
		send = func() { // what a sends does not count for a
			if !stop && a.AfterFunc(10*time.Second, send) != nil {
				a.WriteString("x")
			}
		}
		send()
		a.Expect(t, "error: ETIMEDOUT", "close: hadError")
		if took := time.Since(began); took != time.Minute || !errors.Is(a.Err(), os.ErrDeadlineExceeded) {
			t.Errorf("it failed after %v with %v", took, a.Err())
		}
		b.Destroy(nil)
	})
}

// After Close no bytes of the peer are wanted, and Linger says how long to wait.
func TestReadTimeoutDoesNotCountAfterClose(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, nil, nil, duplex.Options{ReadTimeout: time.Second, Linger: time.Minute, AllowHalfOpen: true})
		b.Pause()
		synctest.Wait()
		began := time.Now()
		a.Close()
		a.Expect(t, "close")
		if took := time.Since(began); took != time.Minute {
			t.Errorf("it closed %v after Close, want 1m", took)
		}
		b.Destroy(nil)
	})
}

func TestReadTimeoutDoesNotCountAPause(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, nil, nil)
		a.Pause()
		slow := &duplex.Client{Engine: e, Options: duplex.Options{ReadTimeout: time.Minute, PauseOnConnect: true}}
		srv := &duplex.Server{Engine: e}
		srv.Listen("tcp", "127.0.0.1:0")
		var r duplextest.Recorder
		s := slow.Connect(t.Context(), "tcp", srv.Addr().String(), r.Handler(nil))
		r.Expect(t, "connect")
		time.Sleep(time.Hour)
		s.Resume()
		began := time.Now()
		r.Expect(t, "error: ETIMEDOUT", "close: hadError")
		if took := time.Since(began); took != time.Minute {
			t.Errorf("it failed %v after Resume, want 1m", took)
		}
		a.Destroy(nil)
		b.Destroy(nil)
		srv.Close()
	})
}

func TestWriteTimeoutFindsAPeerThatDoesNotRead(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		a, b := duplextest.PipeOf(t, e, nil, nil, duplex.Options{WriteTimeout: time.Minute})
		b.Pause()
		time.Sleep(time.Hour) // nothing waits
		a.Cork()
		a.Write(make([]byte, 4<<20))
		time.Sleep(time.Hour) // Cork holds it back
		began := time.Now()
		a.Uncork()
		a.Expect(t, "error: ETIMEDOUT", "close: hadError")
		if took := time.Since(began); took != time.Minute {
			t.Errorf("it failed after %v, want 1m", took)
		}
		b.Resume()
		events := b.Events(t)
		if last := events[len(events)-2]; last != "error: ECONNRESET" {
			t.Errorf("the peer was told %q, want a reset: it has not received everything", last)
		}
	})
}

func TestThePeersEndCountsAsActivity(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		began := time.Now()
		timeouts := make(chan time.Duration, 9)
		h := &duplex.Handler{OnTimeout: func(*duplex.Socket) { timeouts <- time.Since(began) }}
		a, b := duplextest.PipeOf(t, e, nil, h, duplex.Options{AllowHalfOpen: true})
		b.SetTimeout(time.Minute)
		if at := <-timeouts; at != time.Minute {
			t.Errorf("the first timeout came after %v", at)
		}
		time.Sleep(time.Hour)
		a.End()
		if at := <-timeouts; at != time.Hour+2*time.Minute {
			t.Errorf("the timeout after the peer's end came after %v, want 1h2m", at)
		}
		b.End()
	})
}

// The loop has nothing to do for a socket that another goroutine writes to.
func TestWriteTimeoutCountsForWritesOfAnyGoroutine(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, nil, nil, duplex.Options{WriteTimeout: time.Minute})
		b.Pause()
		synctest.Wait()
		for a.Buffered() == 0 { // each goes to the kernel at once
			a.Write(make([]byte, 64<<10))
		}
		began := time.Now()
		a.Expect(t, "error: ETIMEDOUT", "close: hadError")
		if took := time.Since(began); took != time.Minute {
			t.Errorf("it failed after %v, want 1m", took)
		}
		b.Destroy(nil)
	})
}

func TestCorkAndPostDoNotPutOffWriteTimeout(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, nil, nil, duplex.Options{WriteTimeout: time.Minute})
		b.Pause()
		a.Write(make([]byte, 4<<20))
		began := time.Now()
		for range 9 {
			time.Sleep(7 * time.Second)
			a.Cork()
			a.WriteString("more")
			a.Uncork()
			a.Post(func() {})
		}
		a.Expect(t, "error: ETIMEDOUT", "close: hadError")
		if took := time.Since(began); took > 63*time.Second {
			t.Errorf("it failed after %v, want 1m", took)
		}
		b.Destroy(nil)
	})
}

func TestWriteTimeoutDoesNotCountWhatTheKernelIsNotOffered(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		var client, server duplextest.Recorder
		o := duplex.Options{WriteTimeout: time.Second}
		addr := rig.Listen(t, e, server.Handler(&duplex.Handler{OnData: func(s *duplex.Socket, _ []byte) {
			s.WriteString("answer")
			time.Sleep(time.Minute) // a callback that must not block does
		}}), o)
		_, port, _ := net.SplitHostPort(addr)
		c := &duplex.Client{Engine: e, Options: o, Resolver: late{}}
		s := c.Connect(t.Context(), "tcp", net.JoinHostPort("late.test", port), client.Handler(nil))
		s.WriteString("question") // long before there is a connection
		client.Expect(t, "connect", "data: answer")
		s.End()
		client.Expect(t, "end", "close")
		server.Expect(t, "connect", "data: question", "end", "close")
	})
}

// late is a resolver that takes a minute.
type late struct{}

func (late) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	time.Sleep(time.Minute)
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}
