// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/room"
	"github.com/duplex-go/duplex/room/roomtest"
)

// A connection changes while a node has no credit, as a list of many names waits for it.
func TestANodeWithoutCreditIsNotTakenForSilent(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		inner := &stuck{Bus: network.Bus("a"), until: make(chan struct{})}
		close(inner.until)
		a := &losing{Bus: inner}
		var out []string
		h := &room.Hub{Bus: a, OnNode: func(name string, up bool) {
			if !up {
				out = append(out, name)
			}
		}}
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		b := newNode(t, network, "b", nil)
		for i := range 2000 {
			bind(t, h, e, fmt.Sprint(strings.Repeat("long ", 10), i))
		}
		time.Sleep(2*second + second/10)
		inner.until = make(chan struct{})
		listed := make(chan error, 1)
		go func() {
			_, err := b.Everyone().List(t.Context())
			listed <- err
		}()
		synctest.Wait()
		time.Sleep(second / 100)
		a.lost(0)
		time.Sleep(second / 20)
		close(inner.until)
		if err := <-listed; err != nil {
			t.Error(err)
		}
		time.Sleep(3 * second)
		if len(out) > 0 {
			t.Errorf("%v were out", out)
		}
		h.Close(t.Context())
	})
}

// A losing is a Bus that gives its report of losses to the test.
type losing struct {
	room.Bus
	lost func(n int)
}

func (b *losing) Start(receive func(string, []byte), lost func(int)) error {
	b.lost = lost
	return b.Bus.Start(receive, lost)
}
