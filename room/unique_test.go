// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/room"
	"github.com/duplex-go/duplex/room/roomtest"
)

func unique() *room.Hub {
	return &room.Hub{Unique: true, OnKick: func(*duplex.Socket, error) {}}
}

// holders returns how many nodes have a socket of the user.
func holders(user string, nodes ...*node) (n int) {
	for _, node := range nodes {
		here, _ := node.Users(user).Local().Count(context.Background())
		n += here
	}
	return n
}

func TestOfSimultaneousLoginsOneStays(t *testing.T) {
	togetherAs(t, unique, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, c *node) {
		network.Delay(func(from, to string) time.Duration {
			return time.Duration(rand.IntN(20)) * time.Millisecond
		})
		nodes := []*node{a, b, c}
		for user := range 200 {
			for _, n := range nodes {
				_, end := duplextest.Pipe(t, e)
				n.Bind(end.Socket, fmt.Sprint(user))
			}
		}
		time.Sleep(second)
		for user := range 200 {
			if got := holders(fmt.Sprint(user), nodes...); got != 1 {
				t.Errorf("user %d has %d holders", user, got)
			}
		}
	})
}

func TestALoginWhoseAnnouncementWasLostIsFound(t *testing.T) {
	togetherAs(t, unique, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, _ *node) {
		_, older := bind(t, a.Hub, e, "alice")
		_, other := bind(t, b.Hub, e, "bob")
		synctest.Wait()
		time.Sleep(time.Millisecond)
		network.Drop(func(m roomtest.Message) bool { return m.Subject == "bind" })
		_, newer := bind(t, b.Hub, e, "alice")
		_, fresh := bind(t, a.Hub, e, "bob")
		synctest.Wait()
		if n := holders("alice", a, b); n != 2 {
			t.Fatalf("%d holders while the announcement is lost", n)
		}
		network.Drop(nil)
		time.Sleep(2 * second)
		for s, want := range map[*duplex.Socket]bool{older: false, newer: true, other: false, fresh: true} {
			_, onA := a.User(s)
			_, onB := b.User(s)
			if (onA || onB) != want {
				t.Errorf("got %v, want %v", onA || onB, want)
			}
		}
	})
}

func TestAfterAPartitionTheNewerLoginStays(t *testing.T) {
	togetherAs(t, unique, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, c *node) {
		network.Partition([]string{"a"})
		time.Sleep(5 * second)
		_, older := bind(t, a.Hub, e, "alice")
		_, bob := bind(t, b.Hub, e, "bob")
		time.Sleep(5 * second)
		_, newer := bind(t, b.Hub, e, "alice")
		_, bobs := bind(t, a.Hub, e, "bob")
		if n := holders("alice", a, b, c); n != 2 {
			t.Errorf("%d holders in the partition, want 2", n)
		}
		network.Heal()
		time.Sleep(3 * second)
		for s, n := range map[*duplex.Socket]*node{newer: b, bobs: a} {
			if _, ok := n.User(s); !ok {
				t.Error("the newer login is gone")
			}
		}
		for s, n := range map[*duplex.Socket]*node{older: a, bob: b} {
			if _, ok := n.User(s); ok {
				t.Error("the older login has stayed")
			}
		}
	})
}

func TestTheClocksOfNodesNeedNotAgree(t *testing.T) {
	togetherAs(t, unique, func(t *testing.T, e *duplex.Engine, _ *roomtest.Network, a, b, c *node) {
		// All in the same nanosecond of virtual time, and each knows of the one before.
		for i := range 30 {
			n := []*node{c, b, a}[i%3] // whose names do not help
			_, s := bind(t, n.Hub, e, "alice")
			synctest.Wait()
			if _, ok := n.User(s); !ok || holders("alice", a, b, c) != 1 {
				t.Fatalf("login %d did not replace the one before", i)
			}
		}
	})
}
