// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/room"
	"github.com/duplex-go/duplex/room/roomtest"
)

// A stuck is a Bus that publishes nothing while it is stuck, and delivers all the same.
type stuck struct {
	room.Bus
	until chan struct{}
}

func (b *stuck) Publish(subject string, p []byte) error {
	<-b.until
	return b.Bus.Publish(subject, p)
}

func (b *stuck) Node() string { return "a" }

// as returns a forged message with another name of one letter.
func as(name byte, p []byte) []byte {
	p[19] = name
	return p
}

// aged returns a forged message with an epoch that is later by n, and another life.
func aged(n int, p []byte) []byte {
	binary.LittleEndian.PutUint64(p[2:], uint64(n))
	binary.LittleEndian.PutUint64(p[10:], binary.LittleEndian.Uint64(p[10:])+uint64(n))
	return p
}

// Another node, or a program that knows the secret, sends the same again and again. What is queued for it is limited.
func TestAFloodOfQuestionsFillsNoQueue(t *testing.T) {
	beat := func() []byte { return forged(1, int(time.Second), 1, 5) }
	for name, message := range map[string]func(i int) []byte{
		"heartbeats":         func(int) []byte { return beat() },
		"greetings":          func(int) []byte { return forged(12, int(time.Second), 5) },
		"goodbyes":           func(i int) []byte { return aged(i, forged(2, 1)) },
		"goodbyes of others": func(i int) []byte { return as(byte('A'+i%50), forged(2, 1)) },
		"questions for numbers": func(i int) []byte {
			return forged(6, append([]any{i}, anys(strings.Split(strings.Repeat("all bind ", 1000), " "))...)...)
		},
		"questions for sockets": func(i int) []byte { return forged(8, i, 0, 1, 1, 0, 0, 0, 0, 0) },
		"questions for users":   func(i int) []byte { return forged(10, i) },
		"new lives":             func(i int) []byte { return aged(i, beat()) },
		"old logins":            func(i int) []byte { return forged(5, "bind", uint64(0), uint64(i+1), "user 1", uint64(1)) },
	} {
		t.Run(name, func(t *testing.T) {
			rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
				network := new(roomtest.Network)
				inner := &stuck{Bus: network.Bus("a"), until: make(chan struct{})}
				var came atomic.Int64
				h := &room.Hub{Bus: inner, Unique: true, OnNode: func(string, bool) { came.Add(1) }}
				if err := h.Start(); err != nil {
					t.Fatal(err)
				}
				for i := range 1000 {
					bind(t, h, e, fmt.Sprint("user ", i))
				}
				synctest.Wait()
				bus := network.Bus("m")
				_ = bus.Start(func(string, []byte) {}, func(int) {})
				close(inner.until)
				synctest.Wait()
				bus.Publish("all", beat())
				bus.Publish("node.a", forged(13, 0)) // the answer to the greeting: what comes is fresh
				synctest.Wait()
				inner.until = make(chan struct{})
				before := h.Stats()
				for i := range 5000 {
					bus.Publish("all", message(i))
					if i%100 == 0 {
						synctest.Wait()
					}
				}
				synctest.Wait()
				if st := h.Stats(); st.Queued > before.Queued+128<<10 || st.Malformed != 0 || st.Late != 0 {
					t.Errorf("%d bytes wait for the bus after the flood, %d before: %+v", st.Queued, before.Queued, st)
				}
				if n := came.Load(); n > 55 { // one for each name
					t.Errorf("%d nodes have come and gone", n)
				}
				close(inner.until)
				bus.Close()
				if n, err := h.Everyone().Local().Count(t.Context()); n != 1000 || err != nil {
					t.Errorf("%d sockets are left, %v", n, err)
				}
				h.Close(context.Background())
			})
		})
	}
}

func anys(list []string) (all []any) {
	for _, s := range list {
		all = append(all, s)
	}
	return all
}

// Other nodes are heard meanwhile.
func TestAFloodHoldsUpNoOtherNode(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, _ *node) {
		client, _ := a.client(t, e, "x")
		a.sync(t)
		bus := network.Bus("m")
		_ = bus.Start(func(string, []byte) {}, func(int) {})
		for i := range 100 {
			for range 1000 {
				bus.Publish("all", forged(1, int(time.Second), 1, 5))
			}
			text(t, b.Room("x"), "%d", i%10)
			time.Sleep(second / 10)
		}
		client.Expect(t, "data: "+strings.Repeat("0123456789", 10))
		if lost := a.gap("b", "x"); lost != 0 || a.heard() != "[+m]" {
			t.Errorf("%d messages of b are lost", lost)
		}
		bus.Close()
	})
}

// Names of nodes that do not exist take no memory without end.
func TestNamesOfNodesAreBounded(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		a := newNode(t, network, "a", nil)
		bus := network.Bus("m")
		_ = bus.Start(func(string, []byte) {}, func(int) {})
		for i := range 10_000 {
			p := forged(1, int(time.Second), 1, 5)
			name := fmt.Sprintf("%05d", i)
			p = append(append(append(p[:18:18], 5), name...), p[20:]...)
			bus.Publish("all", p)
		}
		synctest.Wait()
		if n := len(a.Nodes()); n != 4096 {
			t.Errorf("%d nodes are known, want at most 4096", n)
		}
		if st := a.Stats(); st.Withheld < 10_000-4096 || st.Malformed != 0 {
			t.Errorf("got %+v", st)
		}
		time.Sleep(70 * second)
		b := newNode(t, network, "b", nil)
		synctest.Wait()
		if st := b.Stats(); st.Nodes != 1 || a.Stats().Nodes != 1 {
			t.Errorf("a node that comes later finds %d, and a %d", st.Nodes, a.Stats().Nodes)
		}
		bus.Close()
	})
}

// Parts that no node sends, of an answer that never ends.
func TestAnAnswerHasAnEnd(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		a := newNode(t, network, "a", &room.Hub{Unique: true})
		bus := network.Bus("m")
		ids := make(map[byte]uint64)
		_ = bus.Start(func(_ string, p []byte) {
			ids[p[1]&^(1<<7)], _ = binary.Uvarint(p[20:])
		}, func(int) {})
		bus.Subscribe("all")
		bus.Subscribe("node.m")
		bus.Publish("all", forged(1, int(time.Second), 1, 0))
		synctest.Wait()
		result := make(chan error)
		go func() {
			_, err := a.Everyone().List(context.Background())
			result <- err
		}()
		synctest.Wait()
		const flood = 1000
		for i := range flood {
			bus.Publish("node.a", forged(9, int(ids[8]), 0, i+5000, 1<<40, 0, 1, "x")) // of a list
			bus.Publish("node.a", forged(11, int(ids[10]), i+5000, 1<<40))             // of users
			bus.Publish("node.a", forged(9, int(ids[8]), 0, 7, 7, 0, 1, "x"))          // after the last
		}
		synctest.Wait()
		if n := a.Stats().Malformed; n != 3*flood {
			t.Errorf("%d messages are malformed, want %d", n, 3*flood)
		}
		if err := <-result; err == nil {
			t.Error("the list is whole")
		}
		bus.Close()
	})
}

// A node finds a thousand heartbeats, as after a freeze. Of what it cannot answer the last counts.
func TestTheLastOfAThousandHeartbeatsIsAnswered(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		inner := &stuck{Bus: network.Bus("a"), until: make(chan struct{})}
		h := &room.Hub{Bus: inner}
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		bus := network.Bus("m")
		var answered atomic.Int64
		_ = bus.Start(func(_ string, p []byte) {
			if p[1]&^(1<<7) == 13 {
				at, _ := binary.Uvarint(p[20:])
				answered.Store(int64(at))
			}
		}, func(int) {})
		bus.Subscribe("node.m")
		synctest.Wait()
		const flood = 3000
		for i := range flood {
			bus.Publish("all", forged(1, int(time.Second), i+1, i+1))
		}
		synctest.Wait()
		close(inner.until)
		time.Sleep(second / 2)
		if got := answered.Load(); got != flood || h.Stats().Withheld == 0 {
			t.Errorf("the last answer is to heartbeat %d, want %d; %d withheld", got, flood, h.Stats().Withheld)
		}
		bus.Close()
		h.Close(context.Background())
	})
}
