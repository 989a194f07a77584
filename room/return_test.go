// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/room/roomtest"
)

// One way is cut for longer than a stream is remembered that does not move. The sender hears the
// other node all the time, so for it no node is out.
func TestWhatWasLostOneWayForLongIsAGap(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, _ *node) {
		client, s := b.client(t, e, "x")
		b.sync(t)
		network.Drop(func(m roomtest.Message) bool { return m.From == "a" && m.To == "b" })
		text(t, a.Room("x"), "lost")
		time.Sleep(250 * second)
		if got := a.heard(); got != "[]" {
			t.Errorf("the sender heard %s", got)
		}
		network.Drop(nil)
		time.Sleep(5 * second)
		if n, heard := b.gap("a", "x"), b.heard(); n != 1 || heard != "[-a +a]" {
			t.Errorf("lost %d, want 1; heard %s", n, heard)
		}
		text(t, a.Room("x"), "1")
		time.Sleep(5 * second)
		client.Expect(t, "data: 1")
		last(t, client, s)
		if n := b.gap("a", "x"); n != 1 {
			t.Errorf("lost %d in the end, want 1", n)
		}
	})
}

// Neither side waits for the next heartbeat of the other.
func TestNodesThatAreBackHearEachOtherAtOnce(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, _ *node) {
		nodes, others := []*node{a, b}, []*node{b, a}
		for _, n := range nodes {
			n.client(t, e, "x")
			n.sync(t)
		}
		network.Delay(func(_, _ string) time.Duration { return time.Millisecond })
		network.Partition([]string{"a"}, []string{"b"})
		time.Sleep(10*second + second/10)
		network.Heal()
		for range 10 { // b tells a that it was out, and then a tells b
			text(t, a.Room("x"), "1")
			time.Sleep(3 * time.Millisecond)
		}
		for i, n := range nodes {
			before := n.Stats()
			text(t, others[i].Room("x"), "2")
			time.Sleep(2 * time.Millisecond)
			if after := n.Stats(); after.Received != before.Received+1 || after.Late != before.Late {
				t.Errorf("%s has received %d, and %d are late", n.name, after.Received-before.Received, after.Late-before.Late)
			}
		}
	})
}

// A node that has just started cannot know yet how old it is what comes.
func TestANewNodeDeliversNothingStale(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, _, _ *node) {
		network.Delay(func(from, to string) time.Duration {
			if from == "a" && to == "d" {
				return 10 * second
			}
			return 0
		})
		text(t, a.Everyone(), "0") // a is no node that has never sent
		synctest.Wait()
		d := newNode(t, network, "d", nil)
		client, s := d.client(t, e, "x")
		for range 200 {
			text(t, a.Everyone(), "stale")
			time.Sleep(second / 10)
		}
		if st := d.Stats(); st.Nodes != 3 || st.Received != 0 || st.Late == 0 {
			t.Errorf("%d nodes are up, %d received, %d late", st.Nodes, st.Received, st.Late)
		}
		network.Delay(nil)
		time.Sleep(20 * second)
		text(t, a.Everyone(), "1")
		synctest.Wait()
		client.Expect(t, "data: 1")
		last(t, client, s)
	})
}

// A node comes again under its name before the others take it for another process: what it sends meanwhile is delivered, or a Gap.
func TestWhatAProcessThatComesAgainSoonSendsIsNotLostInSilence(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, _, _ *node) {
		a.client(t, e, "x")
		a.sync(t)
		newNode(t, network, "d", nil)
		time.Sleep(second / 10)
		network.Kill("d")
		d := newNode(t, network, "d", nil)
		text(t, d.Room("x"), "1")
		time.Sleep(5 * second)
		text(t, d.Room("x"), "2")
		synctest.Wait()
		if st := a.Stats(); st.Received+int64(a.gap("d", "x")) != 2 {
			t.Errorf("%d messages have come, and %d are missing; 2 were sent: %+v", st.Received, a.gap("d", "x"), st)
		}
	})
}
