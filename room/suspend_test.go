// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/room"
	"github.com/duplex-go/duplex/room/roomtest"
)

// A machine has the clocks of one node.
type machine struct {
	mu    sync.Mutex
	began time.Time
	slept time.Duration // by which the monotonic clock is behind
	down  time.Time     // since when it is suspended; zero if it is not
	set   time.Duration // by which the wall clock was set forward
}

func (m *machine) read() (since time.Duration, wall time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	if !m.down.IsZero() {
		now = m.down // nothing runs, so that nothing sees that time passes
	}
	return now.Sub(m.began) - m.slept, now.Round(0).Add(m.set)
}

// suspend suspends the machine. What was sent to it is delivered after the resume, at once.
func (m *machine) suspend(network *roomtest.Network, node string) (resume func()) {
	thaw := network.Freeze(node)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down = time.Now()
	return func() {
		m.mu.Lock()
		m.slept += time.Since(m.down)
		m.down = time.Time{}
		m.mu.Unlock()
		thaw()
	}
}

// setForward sets the wall clock, forward or back.
func (m *machine) setForward(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.set += d
}

// withMachine is together, with the machine of node b.
func withMachine(t *testing.T, f func(t *testing.T, e *duplex.Engine, network *roomtest.Network, m *machine, a, b, c *node)) {
	t.Helper()
	var m *machine
	n := 0
	togetherAs(t, func() *room.Hub {
		h := new(room.Hub)
		if n++; n == 2 {
			m = &machine{began: time.Now()}
			h.SetClocks(m.read)
		}
		return h
	}, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, c *node) {
		f(t, e, network, m, a, b, c)
	})
}

// A laptop is closed, or a virtual machine suspended: the monotonic clock stands still.
func TestANodeWhoseMachineWasSuspendedDeliversNothingStaleAndAccusesNoOne(t *testing.T) {
	for _, away := range []time.Duration{4 * second, time.Hour} {
		withMachine(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, m *machine, a, b, c *node) {
			client, s := b.client(t, e, "x")
			there, ts := a.client(t, e, "x")
			a.sync(t)
			b.sync(t)
			time.Sleep(10*second + second/10)
			resume := m.suspend(network, "b")
			for range 5 {
				text(t, a.Room("x"), "stale")
				time.Sleep(away / 5)
			}
			text(t, b.Room("x").Without(s), "late") // b's own program, just before
			if got := a.heard() + c.heard(); got != "[-b][-b]" {
				t.Errorf("heard %s", got)
			}
			resume()
			time.Sleep(second / 2)
			text(t, a.Room("x").Without(ts), "fresh")
			text(t, b.Room("x").Without(s), "back")
			synctest.Wait()
			client.Expect(t, "data: fresh")
			there.Expect(t, "data: stalestalestalestalestaleback")
			time.Sleep(10 * second)
			if got := a.heard() + b.heard() + c.heard(); got != "[+b][][+b]" {
				t.Errorf("heard %s", got)
			}
			want := 1
			if away > 600*second {
				want = 0 // a has forgotten b
			}
			if x, y := b.gap("a", "x"), a.gap("b", "x"); x != 5 || y != want {
				t.Errorf("b missed %d of a, and a %d of b; want 5 and %d", x, y, want)
			}
			if st := b.Stats(); st.Epochs != 1 || st.Late != 5 {
				t.Errorf("got %+v, want one epoch and 5 late messages", st)
			}
			for _, n := range b.Nodes() {
				if ago := time.Since(n.Heard); ago < 0 || ago > second {
					t.Errorf("%s was heard %v ago", n.Name, ago)
				}
			}
		})
	}
}

// Naps that are too short each for that add up.
func TestShortNapsMakeNothingFresh(t *testing.T) {
	withMachine(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, m *machine, a, b, _ *node) {
		b.client(t, e, "x")
		b.sync(t)
		time.Sleep(10*second + second/10)
		// What a says takes long, and is held up by the naps, too.
		until := time.Now().Add(6 * second)
		network.Delay(func(from, to string) time.Duration {
			if from == "a" && to == "b" {
				return max(0, time.Until(until))
			}
			return 0
		})
		text(t, a.Room("x"), "stale")
		for range 3 {
			resume := m.suspend(network, "b")
			time.Sleep(19 * second / 10)
			resume()
			time.Sleep(second / 5)
		}
		time.Sleep(second)
		if st := b.Stats(); st.Received != 0 || st.Late != 1 || b.gap("a", "x") != 1 {
			t.Errorf("got %+v, and a gap of %d; want one that is late", st, b.gap("a", "x"))
		}
	})
}

// Someone sets the wall clock. That is taken for a time in which the machine was suspended, and costs a round trip.
func TestAWallClockThatIsSetCostsARoundTripAtMost(t *testing.T) {
	for _, by := range []time.Duration{second / 2, 19 * second / 10, time.Hour, 200 * 365 * 24 * time.Hour, -time.Hour, -1 << 62} {
		t.Run(fmt.Sprint(by), func(t *testing.T) {
			withMachine(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, m *machine, a, b, _ *node) {
				client, _ := b.client(t, e, "x")
				there, _ := a.client(t, e, "y")
				a.sync(t)
				b.sync(t)
				network.Kill("c")
				time.Sleep(20*second + second/10)
				if got := a.heard() + b.heard(); got != "[-c][-c]" {
					t.Errorf("heard %s", got)
				}
				network.Delay(func(_, _ string) time.Duration { return second / 5 })
				counted := make(chan error, 1)
				go func() {
					_, err := b.Room("y").Count(t.Context())
					counted <- err
				}()
				synctest.Wait()
				m.setForward(by)
				time.Sleep(second) // a tick, and the round trip
				var incomplete *room.IncompleteError
				if err := <-counted; !errors.As(err, &incomplete) || fmt.Sprint(incomplete.Nodes) != "[c]" {
					t.Errorf("Count returned %v, want that c is missing", err)
				}
				for range 100 {
					text(t, a.Room("x"), "1")
					text(t, b.Room("y"), "2")
					time.Sleep(second / 10)
				}
				time.Sleep(second)
				if st := b.Stats(); st.Received != 100 || st.Lost != 0 || st.Epochs > 1 || by > 2*second && st.Epochs != 1 {
					t.Errorf("b: got %+v", st)
				}
				if st := a.Stats(); st.Received != 100 || st.Lost != 0 {
					t.Errorf("a: got %+v", st)
				}
				if got := a.heard() + b.heard(); got != "[][]" {
					t.Errorf("heard %s", got)
				}
				if n := len(b.Nodes()); n != 2 {
					t.Errorf("%d nodes are known, want also the one that is out", n)
				}
				client.Destroy(nil)
				there.Destroy(nil)
			})
		})
	}
}

// Each time by so little that the node takes itself for no one that was frozen.
func TestAWallClockThatIsSetTwiceAccusesNoOne(t *testing.T) {
	withMachine(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, m *machine, a, b, c *node) {
		network.Delay(func(_, _ string) time.Duration { return 6 * second / 10 })
		time.Sleep(10*second + 7*second/10) // the last heartbeats have just come
		for range 2 {
			m.setForward(17 * second / 10)
			time.Sleep(second / 10)
		}
		time.Sleep(5 * second)
		if st := b.Stats(); st.Epochs != 0 || a.heard()+b.heard()+c.heard() != "[][][]" {
			t.Errorf("got %+v", st)
		}
	})
}
