// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/duplex-go/duplex/room"
)

// A tap is a Bus whose messages the test makes, and sees.
type tap struct {
	quietBus
	receive   func(string, []byte)
	published chan []byte
}

func (b *tap) Start(receive func(string, []byte), _ func(int)) error {
	b.receive = receive
	return nil
}

func (b *tap) Publish(_ string, p []byte) error {
	select {
	case b.published <- p:
	default:
	}
	return nil
}

// FuzzReceive holds that no message of another node ends the program, or takes more
// memory than it is long, and that a Hub goes on after it.
func FuzzReceive(f *testing.F) {
	for kind := byte(0); kind < 15; kind++ {
		head := append([]byte{1, kind}, make([]byte, 16)...)
		head = append(head, 1, 'b')
		f.Add(head)
		f.Add(append(head, 1, 5, 'r', 'o', 'o', 'm', '.', 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 'h', 'i'))
		f.Add(append(binary.AppendUvarint(head, 1<<40), 1, 1, 1, 1, 1, 1, 1))
	}
	sample := &tap{published: make(chan []byte, 100)}
	h := &room.Hub{Bus: sample, Unique: true}
	if err := h.Start(); err != nil {
		f.Fatal(err)
	}
	for i, to := range []room.Selection{h.Room("x"), h.Room("x", "y").Except(h.Users("z")), h.Users("u"), h.Everyone()} {
		for _, err := range []error{to.Send(fmt.Append(nil, i)), to.Join("z"), to.Kick("why")} {
			if err != nil {
				f.Fatal(err)
			}
		}
	}
	if err := h.Close(context.Background()); err != nil {
		f.Fatal(err)
	}
	close(sample.published)
	for p := range sample.published {
		p = append([]byte(nil), p...)
		p[19] = 'b' // another node, with the same name's length
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		bus := &tap{published: make(chan []byte, 1)}
		h := &room.Hub{Bus: bus, Unique: true, Heartbeat: time.Millisecond} // nodes that do not exist answer no goodbye
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		defer h.Close(context.Background())
		bus.receive("all", p)
		bus.receive("all", p)
		if err := h.Room("x").Send(nil); err != nil {
			t.Error(err)
		}
	})
}
