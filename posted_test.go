// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
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
