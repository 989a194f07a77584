// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestWaitWaitsForATimerOfTheEngine(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		began := time.Now()
		ran := false
		e.AfterFunc(time.Minute, func() { ran = true })
		stopped := e.AfterFunc(time.Hour, func() { t.Error("it ran after Stop") })
		if !stopped.Stop() || stopped.Stop() {
			t.Error("Stop does not report that it stopped the timer, once")
		}
		e.Wait()
		if took := time.Since(began); !ran || took != time.Minute {
			t.Errorf("Wait returned after %v, and the function ran: %v", took, ran)
		}
	})
}

// A client that connects again, later each time, keeps Wait waiting.
func TestAClientThatConnectsAgainKeepsWaitWaiting(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		attempts := 0
		delay := 100 * time.Millisecond
		var connect func()
		connect = func() {
			if attempts++; attempts > 3 {
				return
			}
			(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", "127.0.0.1:1", &duplex.Handler{
				OnClose: func(*duplex.Socket) { e.AfterFunc(delay, connect); delay *= 2 },
			})
		}
		began := time.Now()
		connect()
		e.Wait()
		if took := time.Since(began); attempts != 4 || took != 700*time.Millisecond {
			t.Errorf("Wait returned after attempt %d and %v, want 4 and 700ms", attempts, took)
		}
	})
}

func TestCloseOfAnEngineStopsItsTimers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &duplex.Engine{Loops: 1, Driver: "memory"}
		e.AfterFunc(time.Minute, func() { t.Error("it ran after Close") })
		e.Close()
		e.Wait()
		if e.AfterFunc(0, func() { t.Error("it ran, set after Close") }) != nil {
			t.Error("AfterFunc on a closed engine returns a timer")
		}
		time.Sleep(time.Hour)
	})
}

func TestAfterFuncOfAClosedSocketReturnsNil(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		a.Destroy(nil)
		a.Expect(t, "close")
		b.Expect(t, "end", "close")
		timer := a.AfterFunc(0, func() { t.Error("it ran") })
		if timer != nil || timer.Stop() {
			t.Error("AfterFunc on a closed socket returns a timer")
		}
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

// A function of AfterFunc may wait long for its turn after its time has come.
func TestStopPreventsAFunctionThatWaitsForItsTurn(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, OnData: func(s *duplex.Socket, _ []byte) {
			timer := s.AfterFunc(time.Second, func() { t.Error("the function ran after Stop") })
			time.Sleep(time.Minute)
			if !timer.Stop() {
				t.Error("Stop reports that the function has begun")
			}
			if timer.Stop() {
				t.Error("Stop reports twice that it prevented the function")
			}
			s.WriteString("stopped")
		}})
		a.WriteString("x")
		a.Expect(t, "data: stopped")
		b.Expect(t, "data: x")
		a.End()
		b.Expect(t, "end", "close")
	})
}

// Stop, the timer, a callback that keeps the function waiting and the end of the socket
// come at the same time.
func TestAFunctionThatStopHasPreventedDoesNotRun(t *testing.T) {
	for _, blocking := range []bool{false, true} {
		rig.Run(t, func(t *testing.T, e *duplex.Engine) {
			h := &duplex.Handler{Blocking: blocking, OnData: func(*duplex.Socket, []byte) { runtime.Gosched() }}
			for range 20 {
				a, b := duplextest.PipeOf(t, e, h, nil)
				const timers = 50
				var ran, prevented [timers]atomic.Int32
				var all sync.WaitGroup
				for i := range timers {
					all.Go(func() {
						timer := a.AfterFunc(time.Duration(i)*10*time.Microsecond, func() { ran[i].Add(1) })
						b.WriteString("x")
						for range 2 {
							all.Go(func() {
								if timer.Stop() {
									prevented[i].Add(1)
								}
							})
						}
						if i == timers/2 {
							a.End()
						}
					})
				}
				all.Wait()
				b.Events(t)
				a.Events(t)
				for i := range timers {
					if n, stopped := ran[i].Load(), prevented[i].Load(); n+stopped > 1 {
						t.Fatalf("a function ran %d times, and %d calls of Stop had prevented it", n, stopped)
					}
				}
			}
		})
	}
}

func TestTimersOfASocketEndWithIt(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, _ := duplextest.Pipe(t, e)
		freed := make(chan struct{})
		func() {
			held := new([1 << 10]byte) // by the function alone
			runtime.AddCleanup(held, func(int) { close(freed) }, 0)
			a.AfterFunc(time.Hour, func() { held[0]++ })
		}()
		a.Destroy(nil)
		a.Expect(t, "close")
		rig.Collected(t, e, freed, "the function of a closed socket's timer")
	})
}

func TestASharedTimerKeepsWaitWaiting(t *testing.T) {
	ran := false
	duplex.AfterFunc(10*time.Millisecond, func() { ran = true })
	duplex.Wait()
	if !ran {
		t.Error("Wait returned before the function ran")
	}
}

func TestNilIsNotAdopted(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for _, conn := range []net.Conn{nil, (*net.TCPConn)(nil), (*net.UnixConn)(nil), new(net.TCPConn)} {
			var r duplextest.Recorder
			(&duplex.Client{Engine: e}).Adopt(conn, r.Handler(nil))
			events := r.Events(t)
			if len(events) != 2 || events[0] == "connect" {
				t.Errorf("Adopt of %T reported %q, want an error and close", conn, events)
			}
		}
	})
}
