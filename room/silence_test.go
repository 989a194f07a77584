// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/room"
	"github.com/duplex-go/duplex/room/roomtest"
)

func contextFor(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), d)
}

// data drops messages from a node to another that are for sockets.
func data(from, to string) func(roomtest.Message) bool {
	return func(m roomtest.Message) bool {
		return m.From == from && m.To == to && (m.Subject[0] == 'r' || m.Subject[0] == 'u')
	}
}

func TestALossShowsWithTheNextMessage(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, c *node) {
		client, _ := b.client(t, e, "x", "y")
		b.sync(t)
		text(t, a.Room("x"), "1")
		synctest.Wait()
		network.Drop(data("a", "b"))
		text(t, a.Room("x"), "2")
		text(t, a.Room("x"), "3")
		text(t, a.Room("y"), "4")
		text(t, a.Room("x", "y"), "5") // lost for both rooms
		synctest.Wait()
		network.Drop(nil)
		text(t, a.Room("x"), "6")
		synctest.Wait()
		if x, y := b.gap("a", "x"), b.gap("a", "y"); x != 3 || y != 0 {
			t.Errorf("lost %d of x and %d of y, want 3 and, so far, 0", x, y)
		}
		client.Expect(t, "data: 16")
		if n := c.Stats().Lost; n != 0 {
			t.Errorf("c has lost %d", n)
		}
	})
}

func TestALostTailShowsWithinAHeartbeat(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, _ *node) {
		b.client(t, e, "x")
		b.sync(t)
		network.Drop(data("a", "b"))
		text(t, a.Room("x"), "1") // the first of all
		text(t, a.Users("nobody"), "2")
		time.Sleep(second + time.Millisecond)
		if x, users := b.gap("a", "x"), b.gap("a", ""); x != 1 || users != 1 {
			t.Errorf("lost %d of x and %d of users, want 1 and 1", x, users)
		}
		time.Sleep(10 * second)
		if x := b.gap("a", "x"); x != 1 {
			t.Errorf("lost %d in the end, want 1", x)
		}
	})
}

// The sender is heard all the time, so it is not out, but its heartbeats are lost, too.
func TestALostTailShowsAlthoughHeartbeatsAreLost(t *testing.T) {
	for _, lost := range []int{1, 3, 10} {
		together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, _ *node) {
			b.client(t, e, "x")
			b.sync(t)
			network.Drop(func(m roomtest.Message) bool {
				return m.From == "a" && m.To == "b" && (m.Subject == "room.x" || m.Subject == "all")
			})
			text(t, a.Room("x"), "lost")
			for range lost {
				time.Sleep(second)
				text(t, a.Users("nobody"), "a sign of life")
			}
			network.Drop(nil)
			time.Sleep(1100 * time.Millisecond)
			if x, heard := b.gap("a", "x"), b.heard(); x != 1 || heard != "[]" {
				t.Errorf("after %d heartbeats: lost %d, want 1; heard %s", lost, x, heard)
			}
		})
	}
}

func TestAGoodbyeReportsALostTail(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, _ *node) {
		b.client(t, e, "x")
		b.sync(t)
		network.Drop(data("a", "b"))
		text(t, a.Room("x"), "lost")
		if err := a.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if x, heard := b.gap("a", "x"), b.heard(); x != 1 || heard != "[-a]" {
			t.Errorf("lost %d, want 1; heard %s", x, heard)
		}
	})
}

func TestANodeThatIsSilentForThreeHeartbeatsIsOut(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, c *node) {
		_, s := c.client(t, e, "x")
		c.sync(t)
		network.Kill("b")
		time.Sleep(2900 * time.Millisecond)
		if got := a.heard(); got != "[]" {
			t.Errorf("after 2.9 s: %s", got)
		}
		if n, err := a.Room("x").Count(t.Context()); n != 1 || err == nil {
			t.Errorf("count %d, %v; want 1, and that b is missing", n, err)
		}
		time.Sleep(400 * time.Millisecond)
		if got := a.heard() + c.heard(); got != "[-b][-b]" {
			t.Errorf("after 3.3 s: %s", got)
		}
		nodes := a.Nodes()
		if len(nodes) != 2 || nodes[0].Name != "b" || nodes[0].Up || !nodes[1].Up {
			t.Errorf("got nodes %v", nodes)
		}
		n, err := a.Room("x").Count(t.Context())
		var incomplete *room.IncompleteError
		if n != 1 || !errors.As(err, &incomplete) || fmt.Sprint(incomplete.Nodes, incomplete.Err) != "[b] <nil>" {
			t.Errorf("count %d, %v; want 1, and that b is missing", n, err)
		}
		time.Sleep(60 * second)
		if n := count(t, a.Room("x")); n != 1 {
			t.Errorf("count %d a minute later", n)
		}
		s.Destroy(nil)
	})
}

func TestABusThatHasLostAConnectionIsNotWaitedForThatLong(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, c *node) {
		time.Sleep(time.Millisecond)
		network.Kill("b")
		network.Lost("a", 0)
		time.Sleep(301 * time.Millisecond)
		if got := a.heard() + c.heard(); got != "[-b][]" {
			t.Errorf("heard %s", got)
		}
	})
}

func TestBothSidesOfAPartitionComeBackAndKnowWhatTheyMissed(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, c *node) {
		ac, as := a.client(t, e, "x")
		bc, bs := b.client(t, e, "x")
		for _, n := range []*node{a, b, c} {
			n.sync(t)
		}
		network.Partition([]string{"a"})
		for range 30 {
			text(t, a.Room("x"), "a")
			text(t, b.Room("x"), "b")
			text(t, b.Room("x"), "b")
			time.Sleep(second)
		}
		if got := a.heard() + b.heard() + c.heard(); len(got) != len("[-b -c][-a][-a]") {
			t.Errorf("heard %s", got)
		}
		network.Heal()
		time.Sleep(2 * second)
		if got := a.heard() + b.heard() + c.heard(); len(got) != len("[+b +c][+a][+a]") {
			t.Errorf("heard %s", got)
		}
		if x, y := a.gap("b", "x"), b.gap("a", "x"); x != 60 || y != 30 {
			t.Errorf("a missed %d of b, and b %d of a; want 60 and 30", x, y)
		}
		text(t, c.Room("x"), "!")
		synctest.Wait()
		if an, bn := as.BytesWritten(), bs.BytesWritten(); an != 31 || bn != 61 {
			t.Errorf("a received %d, b %d; want 31 and 61", an, bn)
		}
		ac.Destroy(nil)
		bc.Destroy(nil)
	})
}

func TestANodeThatWasFrozenDeliversNothingStaleAndAccusesNoOne(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, c *node) {
		client, s := b.client(t, e, "x")
		there, ts := a.client(t, e, "x")
		a.sync(t)
		b.sync(t)
		thaw := network.Freeze("b")
		for range 5 {
			time.Sleep(second)
			text(t, a.Room("x"), "stale")
		}
		text(t, b.Room("x").Without(s), "late") // b's own program, just before it is frozen
		time.Sleep(500 * time.Millisecond)
		if got := a.heard() + c.heard(); got != "[-b][-b]" {
			t.Errorf("heard %s", got)
		}
		thaw()
		time.Sleep(second / 10)
		text(t, a.Room("x").Without(ts), "fresh")
		text(t, b.Room("x").Without(s), "back")
		synctest.Wait()
		client.Expect(t, "data: fresh")
		there.Expect(t, "data: stalestalestalestalestaleback")
		if got := a.heard() + b.heard() + c.heard(); got != "[+b][][+b]" {
			t.Errorf("heard %s", got)
		}
		if x, y := b.gap("a", "x"), a.gap("b", "x"); x != 5 || y != 1 {
			t.Errorf("b missed %d of a, and a %d of b; want 5 and 1", x, y)
		}
		if st := b.Stats(); st.Epochs == 0 || st.Late == 0 {
			t.Errorf("got %+v", st)
		}
	})
}

// It is frozen for so short a time that it needs no new epoch. What others have said meanwhile is still to be read.
func TestANodeThatWasFrozenForAShortTimeAccusesNoOne(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, c *node) {
		network.Delay(func(_, to string) time.Duration {
			if to == "b" {
				return second / 2
			}
			return 0
		})
		time.Sleep(10*second + 9*second/20) // 0.95 s after the last heartbeats have come
		thaw := network.Freeze("b")
		time.Sleep(2*second + second/2) // it has published its own after half a second of that
		thaw()
		time.Sleep(5 * second)
		if st, got := b.Stats(), a.heard()+b.heard()+c.heard(); st.Epochs != 0 || got != "[][][]" {
			t.Errorf("%d epochs; heard %s", st.Epochs, got)
		}
	})
}

func TestWhatComesAfterItsNodeWasOutIsNotDelivered(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, _ *node) {
		client, _ := b.client(t, e, "x")
		b.sync(t)
		network.Delay(func(from, to string) time.Duration {
			if from == "a" && to == "b" {
				return 5 * second
			}
			return 0
		})
		for range 3 {
			text(t, a.Room("x"), "late")
			time.Sleep(second)
		}
		time.Sleep(10 * second)
		network.Delay(nil)
		time.Sleep(10 * second)
		text(t, a.Room("x"), "fresh")
		client.Expect(t, "data: fresh")
		if x := b.gap("a", "x"); x != 3 {
			t.Errorf("missed %d, want 3", x)
		}
	})
}

// Streams that have not moved for long are forgotten by their sender, and begin anew above all
// numbers of before. That is no loss.
func TestAStreamThatWasForgottenGoesOn(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, _ *node) {
		client, _ := b.client(t, e, "x", "y")
		b.sync(t)
		text(t, a.Room("x"), "1")
		for range 50 {
			text(t, a.Room("y"), "y")
		}
		time.Sleep(300 * second)
		text(t, a.Room("x"), "2")
		synctest.Wait()
		network.Drop(data("a", "b"))
		text(t, a.Room("x"), "3")
		synctest.Wait()
		network.Drop(nil)
		text(t, a.Room("x"), "4")
		client.Expect(t, "data: 1"+strings.Repeat("y", 50)+"24")
		synctest.Wait()
		if x, y := b.gap("a", "x"), b.gap("a", "y"); x != 1 || y != 0 {
			t.Errorf("lost %d of x and %d of y, want 1 and 0", x, y)
		}
	})
}

// The way from a to b grows long, but b hears a all the time.
func TestWhatWasUnderWayForThreeHeartbeatsIsNotDelivered(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, _ *node) {
		began := time.Now()
		received, oldest := 0, time.Duration(0)
		_, end := duplextest.PipeOf(t, e, &duplex.Handler{Split: bufio.ScanLines, OnData: func(_ *duplex.Socket, p []byte) {
			received++
			sent, _ := time.ParseDuration(string(p))
			oldest = max(oldest, time.Since(began)-sent)
		}}, nil)
		if err := b.Join(end.Socket, "x"); err != nil {
			t.Fatal(err)
		}
		b.sync(t)
		network.Delay(func(from, to string) time.Duration {
			if from == "a" && to == "b" && time.Since(began) < 30*second {
				return min(8*second, time.Since(began)/2)
			}
			return 0
		})
		const sent = 500
		for range sent {
			text(t, a.Room("x"), "%v\n", time.Since(began))
			time.Sleep(second / 10)
		}
		synctest.Wait()
		if lost := b.gap("a", "x"); received+lost != sent || lost == 0 || received < 100 || oldest > 3*second || b.heard() != "[]" {
			t.Errorf("received %d and lost %d of %d; the oldest was %v old", received, lost, sent, oldest)
		}
	})
}

// All that a says is held up for some seconds. Meanwhile a is frozen, and begins a new epoch.
func TestANewEpochMakesNothingFresh(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, _ *node) {
		client, _ := b.client(t, e, "x")
		b.sync(t)
		until := time.Now().Add(10 * second)
		network.Delay(func(from, to string) time.Duration {
			if from == "a" && to == "b" {
				return time.Until(until)
			}
			return 0
		})
		thaw := network.Freeze("a")
		time.Sleep(4 * second)
		thaw()
		time.Sleep(second / 10)
		text(t, a.Room("x"), "stale")
		time.Sleep(8 * second)
		text(t, a.Room("x"), "fresh")
		client.Expect(t, "data: fresh")
		if x := b.gap("a", "x"); x != 1 || a.Stats().Epochs == 0 {
			t.Errorf("missed %d, want 1; %d epochs", x, a.Stats().Epochs)
		}
	})
}

func TestCountAsksAgain(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, _ *node) {
		b.client(t, e, "x")
		lose := 2
		network.Drop(func(m roomtest.Message) bool {
			if m.From == "b" && m.Subject == "node.a" && lose > 0 {
				lose--
				return true
			}
			return false
		})
		if n := count(t, a.Room("x")); n != 1 || lose != 0 {
			t.Errorf("count %d, want 1", n)
		}
		network.Drop(func(m roomtest.Message) bool { return m.From == "b" && m.Subject == "node.a" })
		ctx, cancel := contextFor(t, second/2)
		defer cancel()
		_, err := a.Room("x").List(ctx)
		var incomplete *room.IncompleteError
		if !errors.As(err, &incomplete) || fmt.Sprint(incomplete.Nodes) != "[b]" || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}
