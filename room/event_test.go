// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/room"
	"github.com/duplex-go/duplex/room/roomtest"
)

// While OnRoom blocks, rooms open and close without end. What waits stays small, and what is left
// is reported.
func TestEventsThatWaitForACallbackAreBounded(t *testing.T) {
	const rooms = 10_000
	e := duplextest.Engine(t, "memory")
	began, release, reported := make(chan struct{}), make(chan struct{}), make(chan string, 10_000)
	h := &room.Hub{OnRoom: func(name string, open bool) {
		if name == "first" && open {
			close(began)
			<-release
		}
		reported <- fmt.Sprint(name, " ", open)
	}}
	_, s := join(t, h, e, "first")
	rig.Wait(t, began)
	h.Leave(s, "first")
	before := rig.InUse()
	for i := range rooms {
		name := fmt.Sprint(i)
		h.Join(s, name)
		h.Leave(s, name)
	}
	grown := rig.InUse() - before
	h.Join(s, "last")
	close(release)
	n, open := 0, map[string]string{}
	for open["last"] == "" {
		var name, state string
		fmt.Sscan(rig.Wait(t, reported), &name, &state)
		if n++; open[name] == state {
			t.Errorf("room %s: %s again", name, state)
		}
		open[name] = state
	}
	delete(open, "last")
	for name, state := range open {
		if state == "true" {
			t.Errorf("room %s has stayed open", name)
		}
	}
	if n > 3000 || grown > 1<<20 {
		t.Errorf("%d calls and %d KB waited for %d rooms", n, grown>>10, rooms)
	}
}

// Gaps that are found in turns while OnGap blocks are one call for each room.
func TestGapsThatWaitAreOneForEachRoom(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		a := newNode(t, network, "a", nil)
		release, calls, lost := make(chan struct{}), 0, 0
		b := &room.Hub{Bus: network.Bus("b"), OnGap: func(g room.Gap) {
			<-release
			calls++
			lost += g.Messages
		}}
		if err := b.Start(); err != nil {
			t.Fatal(err)
		}
		defer b.Close(t.Context())
		synctest.Wait() // they know each other
		join(t, b, e, "x", "y")
		b.Sync(t.Context())
		for range 100 {
			network.Drop(data("a", "b"))
			text(t, a.Room("x"), "lost")
			text(t, a.Room("y"), "lost")
			synctest.Wait()
			network.Drop(nil)
			text(t, a.Room("x"), "seen")
			text(t, a.Room("y"), "seen")
			synctest.Wait()
		}
		close(release)
		synctest.Wait()
		if calls != 3 || lost != 200 { // the first was under way
			t.Errorf("%d calls, %d lost; want 3 and 200", calls, lost)
		}
	})
}
