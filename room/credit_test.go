// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
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
		synctest.Wait()
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
		synctest.Wait()
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

// A program asks for many lists at once. Each has an answer, although there is credit for one at a time.
func TestManyListsAtOnce(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		a, b := newNode(t, network, "a", nil), newNode(t, network, "b", nil)
		for i := range 1000 {
			bind(t, a.Hub, e, fmt.Sprint(strings.Repeat("long ", 20), i))
		}
		time.Sleep(2 * second)
		ended := make(chan int)
		const lists = 100
		for range lists {
			go func() {
				names, err := b.Everyone().List(t.Context())
				if err != nil {
					t.Error(err)
				}
				ended <- len(names)
			}()
		}
		for range lists {
			if n := <-ended; n != 1000 {
				t.Errorf("a list has %d names", n)
			}
		}
	})
}

// A slow is a Bus that takes time to publish.
type slow struct{ room.Bus }

func (b slow) Publish(subject string, p []byte) error {
	time.Sleep(time.Millisecond)
	return b.Bus.Publish(subject, p)
}

// A node has no credit for long, as it asks for lists all the time. Its heartbeats, its Sync, and its
// question for the users are answered all the same.
func TestListsHoldUpNothingElse(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		h := &room.Hub{Bus: slow{network.Bus("a")}, Unique: true}
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		b := newNode(t, network, "b", &room.Hub{Unique: true})
		b.client(t, e, "x")
		bind(t, b.Hub, e, "twice")
		b.sync(t)
		for i := range 1000 {
			bind(t, h, e, fmt.Sprint(strings.Repeat("long ", 40), i))
		}
		time.Sleep(2 * second)
		ctx, cancel := context.WithCancel(t.Context())
		var work sync.WaitGroup
		for range 200 {
			work.Go(func() {
				for ctx.Err() == nil {
					b.Everyone().List(ctx)
				}
			})
		}
		time.Sleep(second)
		b.client(t, e, "y")
		soon, stop := context.WithTimeout(t.Context(), 3*second)
		if err := b.Sync(soon); err != nil {
			t.Errorf("Sync: %v", err)
		}
		stop()
		network.Drop(func(m roomtest.Message) bool { return m.Subject == "bind" })
		bind(t, h, e, "twice")
		time.Sleep(second / 10)
		network.Drop(nil)
		time.Sleep(3 * second)
		if n := b.Stats().Users; n > 0 {
			t.Error("the older of two logins is left")
		}
		const messages = 80
		for range messages {
			text(t, h.Room("x"), "1")
			time.Sleep(second / 10)
		}
		cancel()
		work.Wait()
		time.Sleep(second)
		if st := b.Stats(); st.Received != messages || st.Late != 0 {
			t.Errorf("got %+v, want %d messages; a has withheld %d", st, messages, h.Stats().Withheld)
		}
		h.Close(t.Context())
	})
}
