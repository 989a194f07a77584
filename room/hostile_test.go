// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"context"
	"encoding/binary"
	"log/slog"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/room"
	"github.com/duplex-go/duplex/room/roomtest"
)

// forged returns a message of a node "m" that no Hub would send.
func forged(kind byte, rest ...any) []byte {
	p := binary.LittleEndian.AppendUint64([]byte{1, kind}, 7)
	p = append(binary.LittleEndian.AppendUint64(p, uint64(time.Now().UnixNano())), 1, 'm')
	for _, x := range rest {
		switch x := x.(type) {
		case string:
			p = append(binary.AppendUvarint(p, uint64(len(x))), x...)
		case int: // a varint
			p = binary.AppendUvarint(p, uint64(x))
		case uint64: // 8 bytes
			p = binary.LittleEndian.AppendUint64(p, x)
		}
	}
	return p
}

// A number that is not after its base is that of no message. It was a Gap of two billion.
func TestAMessageWithoutANumberIsMalformed(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		for _, fresh := range []byte{0, 1 << 7} {
			for _, number := range []uint64{0, 5, math.MaxUint64} {
				network := new(roomtest.Network)
				a := newNode(t, network, "a", nil)
				bus := network.Bus("m")
				_ = bus.Start(func(string, []byte) {}, func(int) {})
				bus.Publish("all", forged(1|fresh, int(time.Second), 1, 0))
				bus.Publish("all", forged(4, 1, "all", number, number, 0, 1, 0, 0, 0, 0, 0, 0))
				synctest.Wait()
				if st := a.Stats(); st.Malformed != 1 || st.Lost != 0 || st.Received != 0 || a.gap("m", "") != 0 {
					t.Errorf("number %d: got %+v", number, st)
				}
				bus.Close()
			}
		}
	})
}

// The number of sockets in an answer is not trusted: one of 2^63 made the sum negative.
func TestNoAnswerMakesACountNegative(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		a := newNode(t, network, "a", nil)
		bus := network.Bus("m")
		var question []byte
		_ = bus.Start(func(_ string, p []byte) {
			if p[1]&^(1<<7) == 8 { // header, ID, attempt
				question = p[20:]
			}
		}, func(int) {})
		defer bus.Close()
		bus.Subscribe("all")
		bus.Publish("all", forged(1, int(time.Second), 1, 0))
		synctest.Wait()
		result := make(chan int)
		go func() {
			n, _ := a.Everyone().Count(context.Background())
			result <- n
		}()
		synctest.Wait()
		id, _ := binary.Uvarint(question)
		bus.Publish("node.a", forged(9, int(id), 0, 0, 1, -1, 0))
		if n := <-result; n != 0 || a.Stats().Malformed != 1 {
			t.Errorf("count %d, %d malformed messages", n, a.Stats().Malformed)
		}
	})
}

// Another program speaks for b, with an epoch that no node can have. b was out for ten minutes.
func TestNoForgedEpochIsTheLast(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		for _, ahead := range []uint64{1 << 40, 1<<63 - 1, 1 << 63, math.MaxUint64} {
			for _, absolute := range []bool{false, true} {
				network := new(roomtest.Network)
				a, b := newNode(t, network, "a", nil), newNode(t, network, "b", nil)
				client, _ := a.client(t, e, "x")
				a.sync(t)
				bus := network.Bus("m")
				_ = bus.Start(func(string, []byte) {}, func(int) {})
				p := forged(1, int(time.Second), 1, 0)
				p[19] = 'b'
				if absolute {
					binary.LittleEndian.PutUint64(p[10:], ahead)
				} else {
					binary.LittleEndian.PutUint64(p[10:], binary.LittleEndian.Uint64(p[10:])+ahead)
				}
				for range 3 {
					bus.Publish("all", p)
					time.Sleep(second)
				}
				bus.Close()
				time.Sleep(10 * second)
				a.sync(t)
				text(t, b.Room("x"), "here again")
				client.Expect(t, "data: here again")
				a.Close(t.Context())
				b.Close(t.Context())
			}
		}
	})
}

// A node of a version to come, another program, and another node with the name of this one: each is counted and logged once,
// and the Logger may call the Hub.
func TestWhatAnOperatorHasToMendIsLogged(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		var lines []string
		h := new(room.Hub)
		h.Logger = slog.New(hear(func(text string) {
			h.Stats()
			lines = append(lines, text)
		}))
		a := newNode(t, network, "a", h)
		bus := network.Bus("m")
		_ = bus.Start(func(string, []byte) {}, func(int) {})
		defer bus.Close()
		future := forged(1, int(time.Second), 1, 0)
		future[0] = 2
		for range 3 {
			bus.Publish("all", future)
			bus.Publish("all", append(future[:0:0], future[:10]...))
			bus.Publish("all", []byte{1, 99})
			bus.Publish("all", nil)
			bus.Publish("all", as('a', forged(1, int(time.Second), 1, 0)))
			time.Sleep(second)
		}
		if st := a.Stats(); st.Malformed != 12 || st.Conflicts != 3 || len(a.Nodes()) > 0 {
			t.Errorf("got %+v and nodes %v", st, a.Nodes())
		}
		got := strings.Join(lines, "\n")
		if len(lines) != 3 || !strings.Contains(got, `another node has the name "a"`) || !strings.Contains(got, "version 2, not 1") ||
			!strings.Contains(got, "cannot be read") {
			t.Errorf("logged:\n%s", got)
		}
		time.Sleep(10 * time.Minute)
		bus.Publish("all", future)
		synctest.Wait()
		if len(lines) != 4 {
			t.Errorf("%d lines after ten minutes, want one more", len(lines))
		}
	})
}

// hear is a slog.Handler that calls a function with each message.
type hear func(text string)

func (f hear) Enabled(context.Context, slog.Level) bool      { return true }
func (f hear) Handle(_ context.Context, r slog.Record) error { f(r.Message); return nil }
func (f hear) WithAttrs([]slog.Attr) slog.Handler            { return f }
func (f hear) WithGroup(string) slog.Handler                 { return f }
