// Copyright 2026 The duplex authors. MIT license.

package loop

import (
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/memory"
)

// run runs f in a bubble of virtual time, with a loop on the memory driver.
func run(t *testing.T, f func(t *testing.T, l *Loop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := Start(memory.NewNetwork().Driver(), 0)
		f(t, l)
		if err := l.Stop(); err != nil {
			t.Error(err)
		}
	})
}

// do runs f on the loop and waits for it.
func do(l *Loop, f func()) {
	done := make(chan struct{})
	l.Post(func() {
		defer close(done)
		f()
	})
	<-done
}

func TestPostedFunctionsRunInOrder(t *testing.T) {
	run(t, func(t *testing.T, l *Loop) {
		var got []int
		for i := range 100 {
			l.Post(func() { got = append(got, i) })
		}
		do(l, func() {})
		if len(got) != 100 || !slices.IsSorted(got) {
			t.Errorf("they ran as %v", got)
		}
	})
}

func TestLagIsTheLongestTurnOfLate(t *testing.T) {
	run(t, func(t *testing.T, l *Loop) {
		expect := func(when string, want time.Duration) {
			t.Helper()
			synctest.Wait()
			if got := l.Lag(); got != want {
				t.Errorf("%s, Lag is %v, want %v", when, got, want)
			}
		}
		expect("at the beginning", 0)
		before := l.Turns()
		l.Post(func() { time.Sleep(100 * time.Millisecond) })
		time.Sleep(30 * time.Millisecond)
		expect("in the middle of a turn", 30*time.Millisecond)
		time.Sleep(70 * time.Millisecond)
		expect("after a turn of 100 ms", 100*time.Millisecond)
		do(l, func() { time.Sleep(20 * time.Millisecond) })
		expect("after a shorter one", 100*time.Millisecond)
		time.Sleep(time.Second)
		expect("in the next second", 100*time.Millisecond)
		do(l, func() { time.Sleep(20 * time.Millisecond) })
		expect("after a shorter one in the next second", 100*time.Millisecond)
		time.Sleep(time.Second)
		expect("in the second after that", 20*time.Millisecond)
		time.Sleep(2 * time.Second)
		expect("long after", 0)
		if n := l.Turns() - before; n < 3 || n > 10 {
			t.Errorf("it was %d turns, want some 3", n)
		}
	})
}

func TestAFunctionThatPostsItselfStarvesNoOther(t *testing.T) {
	run(t, func(t *testing.T, l *Loop) {
		stop := false
		var again func()
		again = func() {
			if !stop {
				l.Post(again)
			}
		}
		l.Post(again)
		do(l, func() {})
		do(l, func() { stop = true })
	})
}

func TestTheLoopOutlivesItsGoroutine(t *testing.T) {
	run(t, func(t *testing.T, l *Loop) {
		var before, after uint64
		do(l, func() { before = Goroutine() })
		var ran []string
		do(l, func() { // both in one turn
			l.Post(func() {
				l.Post(func() { ran = append(ran, "posted before") })
				l.Orphan()
				runtime.Goexit()
			})
			l.Post(func() { ran = append(ran, "of the same turn") })
		})
		do(l, func() {})
		do(l, func() { after = Goroutine() })
		if before == after {
			t.Error("the goroutine survived")
		}
		if want := []string{"of the same turn", "posted before"}; !slices.Equal(ran, want) {
			t.Errorf("ran %q, want %q", ran, want)
		}
	})
}

func TestHereIsTheLoopAlone(t *testing.T) {
	run(t, func(t *testing.T, l *Loop) {
		if l.Here() {
			t.Error("the test runs on the loop")
		}
		do(l, func() {
			if !l.Here() {
				t.Error("a posted function does not run on the loop")
			}
		})
	})
}

// A probe is a Conn that records the calls of the loop.
type probe struct {
	conn
	l    *Loop
	told []string
	at   []time.Duration

	awaits int64
}

func (p *probe) Advance()               { p.told = append(p.told, "advance") }
func (p *probe) Flush()                 { p.told = append(p.told, "flush") }
func (p *probe) Awaits(when int64) bool { return when == p.awaits }

func (p *probe) Expired(when int64) {
	p.told = append(p.told, "expired")
	p.at = append(p.at, time.Duration(p.l.Now()))
}

func TestNewsComeBetweenCallbacksAndFlushesAtTheEndOfTheTurn(t *testing.T) {
	run(t, func(t *testing.T, l *Loop) {
		p := &probe{l: l}
		l.Post(func() { // both in one turn
			l.Post(func() {
				l.Gather(p)
				l.Defer(p)
				p.told = append(p.told, "first")
			})
			l.Post(func() {
				l.Defer(p)
				p.told = append(p.told, "second")
			})
		})
		synctest.Wait()
		if want := []string{"first", "advance", "second", "advance", "flush"}; !slices.Equal(p.told, want) {
			t.Errorf("got %q, want %q", p.told, want)
		}
	})
}

// A sender is a Conn that has something to send in each turn.
type sender struct {
	conn
	l       *Loop
	flushed int
}

func (s *sender) Flush() {
	s.flushed++
	s.l.CountSend(256 << 10)
	s.l.GatherHere(s)
}

func TestSocketsThatSendMuchTakeTheirTurns(t *testing.T) {
	run(t, func(t *testing.T, l *Loop) {
		var senders []*sender
		for range 16 {
			senders = append(senders, &sender{l: l})
		}
		flushed := func() (all, most int) {
			for _, s := range senders {
				all += s.flushed
				most = max(most, s.flushed)
			}
			return all, most
		}
		done := make(chan struct{})
		turns, before := 0, 0
		var look func()
		look = func() { // each time it runs is a turn
			all, most := flushed()
			if n := all - before; n > 2 || turns > 1 && n == 0 {
				t.Errorf("%d sockets of 256 KiB were flushed in one turn, want 2", n)
			}
			if fair := all/len(senders) + 1; most > fair {
				t.Errorf("a socket was flushed %d times of %d, want at most %d", most, all, fair)
			}
			if before, turns = all, turns+1; turns < 80 {
				l.Post(look)
				return
			}
			l.own = queue[Conn]{} // so that the loop can stop
			close(done)
		}
		do(l, func() {
			for _, s := range senders {
				l.GatherHere(s)
			}
			l.Post(look)
		})
		<-done
	})
}

func TestDeadlinesComeAtTheirTimeAndNotToAnotherSocket(t *testing.T) {
	run(t, func(t *testing.T, l *Loop) {
		p, late := &probe{l: l}, &probe{l: l}
		do(l, func() {
			gone, stays := l.slots.reserve(nil), l.slots.reserve(nil)
			l.slots.set(stays, p)
			l.Arm(stays, int64(3*time.Second))
			l.Arm(stays, int64(time.Second))
			l.Arm(gone, int64(2*time.Second))
			l.slots.release(gone)
			if id := l.slots.reserve(nil); id.Slot() != gone.Slot() {
				t.Errorf("slot %d was taken, want %d", id.Slot(), gone.Slot())
			} else {
				l.slots.set(id, late)
			}
		})
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if want := []time.Duration{time.Second, 3 * time.Second}; !slices.Equal(p.at, want) {
			t.Errorf("called at %v, want %v", p.at, want)
		}
		if len(late.told) != 0 {
			t.Errorf("a socket received the deadline of the one before it in its slot")
		}
	})
}

// Deadlines that no socket awaits any more do not add up, and an awaited one stays.
func TestDeadlinesThatMeanNothingDoNotAddUp(t *testing.T) {
	run(t, func(t *testing.T, l *Loop) {
		p := &probe{l: l, awaits: int64(time.Hour)}
		do(l, func() {
			id := l.slots.reserve(nil)
			l.slots.set(id, p)
			l.Arm(id, int64(time.Hour))
		})
		for range 100 {
			do(l, func() {
				for range fewest {
					gone := l.slots.reserve(nil)
					l.Arm(gone, int64(time.Minute))
					l.slots.release(gone)
				}
			})
		}
		do(l, func() {
			if n := l.timers.Len(); n > 4*fewest {
				t.Errorf("the loop holds %d deadlines, of which one means anything", n)
			}
		})
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		if want := []time.Duration{time.Hour}; !slices.Equal(p.at, want) {
			t.Errorf("called at %v, want %v", p.at, want)
		}
	})
}

func TestEventsOfSocketsThatAreGoneFindNoOne(t *testing.T) {
	run(t, func(t *testing.T, l *Loop) {
		do(l, func() {
			id := l.slots.reserve(nil)
			l.slots.set(id, &probe{l: l}) // which would crash on these
			l.slots.release(id)
			events := (*sink)(l)
			events.Received(id, []byte("x"))
			events.Ended(id)
			events.Failed(id, nil)
			events.Sent(id, 1, nil)
			events.Connected(id, driver.Addr{}, nil)
			events.AcceptFailed(id, nil)
		})
	})
}

func TestQueueGivesUpItsRoomAfterABurst(t *testing.T) {
	var q queue[int]
	for range 3 {
		for i := range 100 * roomy {
			q.push(i)
		}
		q.fill()
		for _, ok := q.pop(); ok; _, ok = q.pop() {
		}
	}
	for range 2 { // what was out becomes in, and is let go then
		q.push(1)
		q.fill()
		if v, ok := q.pop(); !ok || v != 1 {
			t.Errorf("popped %d, %v", v, ok)
		}
	}
	if got := cap(q.in) + cap(q.out); got > 4*roomy {
		t.Errorf("an empty queue keeps room for %d elements after a burst, want at most %d", got, 4*roomy)
	}
}

// A loop with more to send than its share never empties the queue.
func TestQueueThatIsNeverEmptyDoesNotGrow(t *testing.T) {
	var q queue[int]
	next, popped := 0, 0
	for range 1000 {
		for len(q.in)+len(q.out)-q.next < 100 {
			q.push(next)
			next++
		}
		q.fill()
		for range 10 {
			v, ok := q.pop()
			if !ok || v != popped {
				t.Fatalf("popped %d, %v; want %d", v, ok, popped)
			}
			popped++
		}
	}
	if got := cap(q.in) + cap(q.out); got > 1000 {
		t.Errorf("a queue of 100 elements has room for %d", got)
	}
}

func TestStoppedLoopDropsWhatIsPosted(t *testing.T) {
	l := Start(memory.NewNetwork().Driver(), 0)
	l.Stop()
	l.Post(func() { t.Error("a posted function ran after Stop") })
	l.After(0, func() { t.Error("a timer's function ran after Stop") })
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.posted.empty() {
		t.Error("a stopped loop keeps what is posted")
	}
}
