// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/room"
	"github.com/duplex-go/duplex/room/roomtest"
)

// all calls every method of a Hub, and returns the first error that is not that of a closed Hub.
func all(ctx context.Context, h *room.Hub, s *duplex.Socket, name string) error {
	_, counted := h.Everyone().Count(ctx)
	_, listed := h.Room(name).List(ctx)
	h.Nodes()
	h.Stats()
	h.User(s)
	h.Rooms(s)
	for _, err := range []error{
		counted, listed, h.Join(s, name), h.Bind(s, name), h.Leave(s, name), h.Sync(ctx), h.Start(),
		h.Room(name).Send([]byte("x")), h.Users(name).TrySend([]byte("x")), h.Everyone().Join(name), h.Everyone().Leave(name),
		h.Users(name).Kick("x"),
	} {
		if err != nil && !errors.Is(err, net.ErrClosed) {
			return err
		}
	}
	return nil
}

// Callbacks call everything, and Close last. No one waits for another.
func TestCallbacksMayCallTheHub(t *testing.T) {
	for _, which := range []string{"gap", "node", "room", "kick"} {
		t.Run(which, func(t *testing.T) {
			rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
				network := new(roomtest.Network)
				b := newNode(t, network, "b", nil)
				h := &room.Hub{Bus: network.Bus("a"), Unique: true}
				_, s := join(t, new(room.Hub), e, "elsewhere")
				var calls atomic.Int64
				ended := make(chan error, 1)
				call := func(is string) {
					if is != which || calls.Add(1) > 1 {
						return
					}
					err := h.Join(s, "from a callback")
					if is != "kick" { // which runs on the loop, and must not wait
						err = errors.Join(err, h.Sync(context.Background()))
						_, counted := h.Everyone().Count(context.Background())
						err = errors.Join(err, counted)
					}
					h.Room("from a callback").Send([]byte("!"))
					h.Leave(s, "from a callback")
					if is == "kick" {
						go func() { ended <- errors.Join(err, h.Close(context.Background())) }()
						return
					}
					ended <- errors.Join(err, h.Close(context.Background()))
				}
				h.OnGap = func(room.Gap) { call("gap") }
				h.OnNode = func(string, bool) { call("node") }
				h.OnRoom = func(string, bool) { call("room") }
				h.OnKick = func(*duplex.Socket, error) { call("kick") }
				if err := h.Start(); err != nil {
					t.Fatal(err)
				}
				_, x := duplextest.Pipe(t, e)
				if err := h.Join(x.Socket, "x"); err != nil && (which != "node" || !errors.Is(err, net.ErrClosed)) {
					t.Fatal(err) // OnNode may have closed the Hub by now
				}
				if which != "node" && which != "room" {
					if err := h.Sync(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				synctest.Wait()
				network.Drop(data("b", "a"))
				b.Room("x").Send([]byte("lost"))
				synctest.Wait()
				network.Drop(nil)
				b.Room("x").Send([]byte("1"))
				h.Bind(x.Socket, "u")
				h.Users("u").Kick("go")
				select {
				case err := <-ended:
					if err != nil {
						t.Error(err)
					}
				case <-time.After(time.Minute):
					t.Fatal("the callback does not return")
				}
				if err := all(t.Context(), h, s, "x"); err != nil {
					t.Errorf("after Close: %v", err)
				}
				time.Sleep(5 * second)
				if n := b.Stats().Nodes; n != 0 {
					t.Errorf("%d nodes are up, want none: it has said goodbye", n)
				}
			})
		})
	}
}

// Before Start and after Close, and on a zero Hub and a zero Selection, there are errors and no panics.
func TestAHubThatIsNotStartedReturnsErrors(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		h := &room.Hub{Bus: network.Bus("a")}
		_, s := join(t, new(room.Hub), e, "elsewhere")
		for name, err := range map[string]error{
			"Join": h.Join(s, "x"), "Bind": h.Bind(s, "x"), "Leave": h.Leave(s, "x"), "Sync": h.Sync(t.Context()),
			"Send": h.Room("x").Send(nil), "Kick": h.Everyone().Kick(""),
		} {
			if !errors.Is(err, room.ErrNotStarted) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n, err := h.Everyone().Count(t.Context()); n != 0 || !errors.Is(err, room.ErrNotStarted) {
			t.Errorf("Count: %d, %v", n, err)
		}
		if len(h.Nodes()) != 0 || h.Stats() != (room.Stats{}) {
			t.Errorf("got %v, %+v", h.Nodes(), h.Stats())
		}
		if err := h.Close(t.Context()); err != nil {
			t.Errorf("Close: %v", err)
		}
		if err := h.Start(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Start after Close: %v", err)
		}
		if err := all(t.Context(), h, s, "x"); err != nil {
			t.Errorf("after Close: %v", err)
		}
		var none room.Selection
		if none.Send(nil) == nil || none.Or(none).Except(none).Local().Without(s).Kick("") == nil {
			t.Error("a zero Selection has sent")
		}
		if _, err := none.Count(t.Context()); err == nil {
			t.Error("a zero Selection was counted")
		}
	})
}
