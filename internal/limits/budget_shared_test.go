// Copyright 2026 The duplex authors. MIT license.

package limits_test

import (
	"bufio"
	"bytes"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestEnginesMayShareABudget(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		b := &duplex.Budget{Limit: 8 * mib, MaxStop: -1}
		out := outside(t, e)
		other := duplextest.Engine(t, e.Driver)
		e.Budget, other.Budget = b, b
		one, two := newHallOf(t, e, out, b, nil), newHallOf(t, other, out, b, nil)
		first, second, third := one.enter(), two.enter(), one.enter()
		first.hold(3 * mib)
		second.hold(7 * mib / 2)
		third.client.Write([]byte("hello"))
		if st := other.Stats(); !st.Budget.Stopped || st.Budget != e.Stats().Budget {
			t.Errorf("%+v and %+v, want the same", st.Budget, e.Stats().Budget)
		}
		third.hold(2 * mib)
		rig.Until(t, "the newest of both is shed", third.shed)
		first.hold(2 * mib)
		rig.Until(t, "the newest that is left is shed", second.shed)
		if st, st2 := e.Stats().Shed, other.Stats().Shed; st != 1 || st2 != 1 || first.shed() {
			t.Errorf("shed %d and %d, want 1 of each engine; the oldest has %v", st, st2, first.server.Err())
		}
		rig.CloseServer(t, two.srv)
		one.expectNothingQueued()
	})
}

// TestAnEngineThatIsClosedLeavesItsBudgetToOthers stops and resumes reading afterwards.
func TestAnEngineThatIsClosedLeavesItsBudgetToOthers(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		b := &duplex.Budget{Limit: 8 * mib, MaxStop: -1}
		out := outside(t, e)
		other := duplextest.Engine(t, e.Driver)
		e.Budget, other.Budget = b, b
		one, two := newHallOf(t, e, out, b, nil), newHallOf(t, other, out, b, nil)
		g, gone := one.enter(), two.enter()
		gone.hold(7 * mib)
		rig.Until(t, "no socket reads", func() bool { return e.Stats().Unread == 1 })
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
		g.client.Write([]byte("hello"))
		if got := rig.Wait(t, g.data); string(got) != "hello" {
			t.Errorf("got %q, want hello", got)
		}
		one.expectNothingQueued()
	})
}

func TestABudgetWithoutALimitCounts(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := newHall(t, e, &duplex.Budget{Limit: -1}, nil)
		g := h.enter()
		g.hold(50 * mib)
		if st := h.budget.Stats(); st.QueuedOut < 50*mib || st.Stopped || st.Limit != -1 || g.shed() {
			t.Errorf("the budget counts %+v", st)
		}
		h.expectNothingQueued()
	})
}

func TestABudgetHasADefault(t *testing.T) {
	if st := new(duplex.Budget).Stats(); st != (duplex.BudgetStats{Limit: 256 * mib}) {
		t.Errorf("the zero Budget has %+v", st)
	}
}

// TestASocketThatIsShedWhileItConnects is one of a client that has written.
func TestASocketThatIsShedWhileItConnects(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		e.Budget = &duplex.Budget{Limit: 2 * mib}
		stuck := rig.SlowResolver{Answer: make(chan struct{})}
		defer close(stuck.Answer)
		var told duplextest.Recorder
		c := &duplex.Client{Engine: e, Resolver: stuck}
		s := c.Connect(t.Context(), "tcp", "example.com:80", told.Handler(nil))
		for range 3 {
			s.Write(make([]byte, mib))
		}
		told.ExpectMatch(t, "error: .*", "close: hadError")
		if !errors.Is(s.Err(), duplex.ErrOverBudget) {
			t.Errorf("Err is %v, want ErrOverBudget", s.Err())
		}
		expectEmpty(t, e.Budget)
	})
}

// TestABlockingCallbackThatHoldsItsInputIsCounted has the callback not return. What it
// holds stays in use, and nothing else is destroyed for it again and again.
func TestABlockingCallbackThatHoldsItsInputIsCounted(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		stuck := make(chan struct{})
		entered := make(chan bool, 10)
		var once atomic.Bool
		h := newHall(t, e, &duplex.Budget{Limit: 4 * mib, MaxStop: -1}, &duplex.Server{
			Handler: &duplex.Handler{
				Blocking: true, Split: bufio.ScanLines, MaxFrame: 8 * mib,
				OnData: func(*duplex.Socket, []byte) {
					if !once.Swap(true) {
						entered <- true
						<-stuck
					}
				},
			},
		})
		old, busy := h.enter(), h.enter()
		busy.client.Write(append(bytes.Repeat([]byte("x"), 2*mib), '\n'))
		rig.Wait(t, entered)
		if st := h.budget.Stats(); st.QueuedIn < 2*mib {
			t.Errorf("a callback has 2 MiB, and the budget counts %+v", st)
		}
		old.hold(5 * mib / 2)
		rig.Until(t, "the newest is shed", busy.shed)
		if old.shed() || e.Stats().Shed != 1 {
			t.Errorf("%d are shed; the oldest has %v", e.Stats().Shed, old.server.Err())
		}
		close(stuck)
		h.expectNothingQueued()
	})
}

// BenchmarkEcho compares an engine without a Budget to one with it: messages of 64 B to and
// fro, one at a time, on one connection.
func BenchmarkEcho(b *testing.B) {
	for name, budget := range map[string]*duplex.Budget{"without": nil, "with": {}} {
		b.Run(name, func(b *testing.B) {
			e := &duplex.Engine{Loops: 1, Budget: budget}
			defer e.Close()
			srv := &duplex.Server{Engine: e, Handler: rig.Echo}
			if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
				b.Fatal(err)
			}
			done := make(chan bool)
			p, left := make([]byte, 64), b.N
			(&duplex.Client{Engine: e}).Connect(b.Context(), "tcp", srv.Addr().String(), &duplex.Handler{
				OnConnect: func(s *duplex.Socket) { s.Write(p) },
				OnData: func(s *duplex.Socket, _ []byte) {
					if left--; left == 0 {
						close(done)
						return
					}
					s.Write(p)
				},
			})
			<-done
		})
	}
}
