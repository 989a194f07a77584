// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/room"
)

// A picky is a slow Bus that refuses the first subscription to a room, and counts those that it has already.
type picky struct {
	quietBus
	refused bool
	has     map[string]bool
	twice   int // subscriptions that it had
	vain    int // calls of Unsubscribe without one
}

func (b *picky) Subscribe(subject string) error {
	if subject == "room.x" && !b.refused {
		b.refused = true
		return errors.New("not now")
	}
	if b.has[subject] {
		b.twice++
	}
	b.has[subject] = true
	return nil
}

func (b *picky) Unsubscribe(subject string) error {
	if !b.has[subject] {
		b.vain++
	}
	delete(b.has, subject)
	return nil
}

func (b *picky) Publish(string, []byte) error {
	time.Sleep(second / 2)
	return nil
}

// A subscription that has failed, and whose room was left and entered again since then, is made once.
func TestASubscriptionIsMadeOnce(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		bus := &picky{has: make(map[string]bool)}
		h := &room.Hub{Bus: bus}
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * second)
		for range 20 { // each holds the Bus up for half a second
			text(t, h.Room("y"), "busy")
		}
		_, end := duplextest.Pipe(t, e)
		s := end.Socket
		if err := errors.Join(h.Join(s, "x"), h.Leave(s, "x")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(7 * second) // the Hub has given the room up, and the Bus does not know it yet
		if err := h.Join(s, "x"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(60 * second)
		if err := h.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if !bus.refused || !bus.has["room.x"] || bus.twice+bus.vain > 0 {
			t.Errorf("refused once: %t, subscribed: %t, %d times twice, %d times unsubscribed in vain", bus.refused, bus.has["room.x"], bus.twice, bus.vain)
		}
		s.Destroy(nil)
	})
}
