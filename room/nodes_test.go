// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"errors"
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

// together runs f in virtual time, with nodes a, b and c that know each other.
func together(t *testing.T, f func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, c *node)) {
	t.Helper()
	togetherAs(t, func() *room.Hub { return nil }, f)
}

func togetherAs(t *testing.T, h func() *room.Hub, f func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, c *node)) {
	t.Helper()
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		a, b, c := newNode(t, network, "a", h()), newNode(t, network, "b", h()), newNode(t, network, "c", h())
		synctest.Wait()
		for n, want := range map[*node]string{a: "[+b +c]", b: "[+a +c]", c: "[+a +b]"} {
			if got := n.heard(); got != want && len(got) != len(want) {
				t.Fatalf("%s heard %s, want %s", n.name, got, want)
			}
		}
		f(t, e, network, a, b, c)
	})
}

func TestASendReachesAllNodes(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, _ *roomtest.Network, a, b, c *node) {
		a1, a1s := a.client(t, e, "x")
		b1, b1s := b.client(t, e, "x", "y")
		c1, c1s := c.client(t, e, "y")
		c.Bind(c1s, "carol")
		for _, n := range []*node{a, b, c} {
			n.sync(t)
		}
		text(t, a.Room("x"), "1")
		text(t, a.Room("x", "y"), "2") // once to b1
		text(t, a.Everyone().Without(a1s), "3")
		text(t, a.Users("carol", "nobody"), "4")
		text(t, a.Room("x").Or(a.Users("carol")), "5")
		text(t, a.Everyone().Except(a.Room("y")), "6")
		text(t, a.Everyone().Local(), "7")
		a1.Expect(t, "data: 12567")
		b1.Expect(t, "data: 1235")
		c1.Expect(t, "data: 2345")
		last(t, a1, a1s)
		last(t, b1, b1s)
		last(t, c1, c1s)
		for _, n := range []*node{a, b, c} {
			if st := n.Stats(); st.Lost+st.Late+st.Malformed+st.BusErrors != 0 || st.Nodes != 2 {
				t.Errorf("%s: got %+v", n.name, st)
			}
		}
	})
}

func TestAMessageToManyRoomsIsPublishedOnce(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, _ *node) {
		var rooms []string
		for i := range 100 {
			rooms = append(rooms, fmt.Sprint("room ", i))
		}
		client, s := b.client(t, e, rooms...)
		b.sync(t)
		sent := 0
		network.Drop(func(m roomtest.Message) bool {
			if strings.Contains(string(m.Data), "once") && m.To == "b" {
				sent++
			}
			return false
		})
		text(t, a.Room(rooms...), "once")
		text(t, a.Room(rooms[0]), "more")
		client.Expect(t, "data: oncemore")
		last(t, client, s)
		if sent != 1 {
			t.Errorf("published %d times", sent)
		}
	})
}

func TestVerbsReachAllNodes(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, _ *roomtest.Network, a, b, c *node) {
		_, b1 := b.client(t, e, "x")
		c1, c1s := c.client(t, e, "x", "y")
		b.Bind(b1, "bob")
		c.Bind(c1s, "carol")
		b.sync(t)
		c.sync(t)
		a.Room("x").Join("z")
		a.Room("y").Leave("x")
		text(t, a.Room("z"), "in order")
		synctest.Wait()
		if n := b1.BytesWritten() + c1s.BytesWritten(); n != int64(2*len("in order")) {
			t.Errorf("%d bytes written after the Join of a Selection", n)
		}
		if got := fmt.Sprint(b.Rooms(b1), c.Rooms(c1s)); got != "[x z] [y z]" {
			t.Errorf("got rooms %s", got)
		}
		if n := count(t, a.Room("z")); n != 2 {
			t.Errorf("%d in z, want 2", n)
		}
		if list, err := a.Room("x", "y").List(t.Context()); fmt.Sprint(list) != "[bob carol]" || err != nil {
			t.Errorf("got list %v, %v", list, err)
		}
		a.Users("carol").Kick("go")
		c1.Expect(t, "data: in order", "end", "close")
		var kicked *room.KickError
		if err := c1s.Err(); !errors.As(err, &kicked) || kicked.Reason != "go" {
			t.Errorf("got %v", err)
		}
		if n := count(t, a.Everyone()); n != 1 {
			t.Errorf("%d in all, want 1", n)
		}
	})
}

func TestALongListComesInParts(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, _ *roomtest.Network, a, b, _ *node) {
		var want []string
		for i := range 300 {
			_, s := b.client(t, e, "x")
			name := fmt.Sprintf("%03d%s", i, strings.Repeat("u", 250))
			want = append(want, name)
			b.Bind(s, name)
		}
		got, err := a.Everyone().List(t.Context())
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %d names, %v; want %d", len(got), err, len(want))
		}
	})
}

func TestAfterSyncNothingIsMissed(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, c *node) {
		network.Delay(func(from, to string) time.Duration { return time.Duration(len(from+to)) * 7 * time.Millisecond })
		client, s := b.client(t, e)
		for i := range 50 {
			name := fmt.Sprint("room", i)
			b.Join(s, name)
			b.sync(t)
			text(t, a.Room(name), "a%d", i)
			client.Expect(t, fmt.Sprintf("data: a%d", i))
			text(t, c.Room(name), "c%d", i)
			client.Expect(t, fmt.Sprintf("data: c%d", i))
		}
		if st := b.Stats(); st.Lost != 0 {
			t.Errorf("%d lost", st.Lost)
		}
	})
}

func TestSyncNamesNodesThatDoNotAnswer(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, c *node) {
		network.Drop(func(m roomtest.Message) bool { return m.From == "b" && m.To == "a" && m.Subject == "node.a" })
		a.client(t, e, "x")
		ctx, cancel := contextFor(t, 10*second)
		defer cancel()
		var incomplete *room.IncompleteError
		if err := a.Sync(ctx); !errors.As(err, &incomplete) || fmt.Sprint(incomplete.Nodes) != "[b]" || !errors.Is(err, ctx.Err()) {
			t.Errorf("got %v", err)
		}
		network.Drop(nil)
		a.sync(t) // it was asked again
	})
}

func TestRoomsAreUnsubscribedSomeHeartbeatsLate(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, _ *node) {
		arrived := 0
		network.Drop(func(m roomtest.Message) bool {
			if m.Subject == "room.x%20%C3%A4" {
				arrived++
			}
			return false
		})
		client, s := b.client(t, e, "x ä")
		b.sync(t)
		b.Leave(s, "x ä")
		text(t, a.Room("x ä"), "1")
		time.Sleep(4 * second)
		b.Join(s, "x ä")
		b.sync(t)
		text(t, a.Room("x ä"), "2")
		client.Expect(t, "data: 2")
		b.Leave(s, "x ä")
		time.Sleep(10 * second)
		text(t, a.Room("x ä"), "3")
		synctest.Wait()
		b.Join(s, "x ä")
		b.sync(t)
		text(t, a.Room("x ä"), "4")
		client.Expect(t, "data: 4")
		if got := b.opened(); arrived != 3 || got != "[+x ä -x ä +x ä -x ä +x ä]" {
			t.Errorf("%d messages arrived, want 3; rooms %s", arrived, got)
		}
		if n := b.Stats().Lost; n != 0 {
			t.Errorf("%d lost", n)
		}
	})
}

func TestAQueueThatIsFullRefuses(t *testing.T) {
	togetherAs(t, func() *room.Hub { return &room.Hub{MaxQueue: 100 << 10} }, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, _ *node) {
		here, hs := a.client(t, e, "x")
		there, ts := b.client(t, e, "x")
		a.sync(t)
		b.sync(t)
		thaw := network.Freeze("a")
		refused, sent := 0, 0
		for range 20 {
			switch err := a.Room("x").Send(make([]byte, 10<<10)); err {
			case nil:
				sent++
			case room.ErrBusFull:
				refused++
			default:
				t.Fatal(err)
			}
		}
		thaw()
		synctest.Wait()
		if st := a.Stats(); st.Refused != int64(refused) || refused < 9 || sent < 9 || st.Queued != 0 {
			t.Errorf("%d sent, %d refused: %+v", sent, refused, st)
		}
		if n := hs.BytesWritten(); n != 20*10<<10 {
			t.Errorf("%d bytes written here, want all", n)
		}
		if n := ts.BytesWritten(); n != int64(sent*10<<10) || b.Stats().Lost != 0 {
			t.Errorf("%d bytes written there, %d messages lost", n, b.Stats().Lost)
		}
		if err := a.Room("x").Send(make([]byte, room.MaxMessage)); err != room.ErrTooLong {
			t.Errorf("a message that is too long: %v", err)
		}
		here.Destroy(nil)
		there.Destroy(nil)
	})
}

func TestANodeSaysGoodbye(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, c *node) {
		_, s := c.client(t, e, "x")
		c.sync(t)
		text(t, b.Room("x"), "last words")
		if err := b.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := a.heard() + c.heard(); got != "[-b][-b]" {
			t.Errorf("heard %s", got)
		}
		if n := s.BytesWritten(); n != int64(len("last words")) {
			t.Errorf("%d bytes written", n)
		}
		if n := count(t, a.Room("x")); n != 1 {
			t.Errorf("count %d, want 1: a node that has left is not awaited", n)
		}
		b = newNode(t, network, "b", nil)
		synctest.Wait()
		if got := a.heard() + c.heard() + fmt.Sprint(len(b.heard())); got != "[+b][+b]7" {
			t.Errorf("heard %s", got)
		}
		text(t, b.Room("x"), "!")
		synctest.Wait()
		if n := s.BytesWritten(); n != int64(len("last words!")) || c.Stats().Lost != 0 {
			t.Errorf("%d bytes written, %d messages lost", n, c.Stats().Lost)
		}
	})
}

func TestANameThatTwoNodesHaveIsCounted(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		one, other := new(roomtest.Network), new(roomtest.Network)
		a := newNode(t, one, "a", nil)
		h := &room.Hub{Bus: named{other.Bus("z"), "a"}}
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		h.Close(t.Context())
		h = &room.Hub{Bus: named{one.Bus("z"), "a"}}
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		defer h.Close(t.Context())
		synctest.Wait()
		if n := a.Stats().Conflicts; n == 0 {
			t.Error("no conflict was counted")
		}
	})
}

// named is a Bus with another name.
type named struct {
	room.Bus
	name string
}

func (b named) Node() string { return b.name }

func TestWhatIsNoMessageIsCounted(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		a := newNode(t, network, "a", nil)
		bus := network.Bus("stranger")
		_ = bus.Start(func(string, []byte) {}, func(int) {})
		defer bus.Close()
		for _, p := range []string{"", "\x01", "hello, is there anybody?", strings.Repeat("\xff", 100)} {
			bus.Publish("all", []byte(p))
		}
		synctest.Wait()
		if n := a.Stats().Malformed; n != 4 {
			t.Errorf("%d malformed messages, want 4", n)
		}
		if nodes := a.Nodes(); len(nodes) != 0 {
			t.Errorf("got nodes %v", nodes)
		}
	})
}
