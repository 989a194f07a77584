// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/room"
)

func TestARoomIsWrittenToAsOne(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := new(room.Hub)
		a, as := join(t, h, e, "x")
		b, bs := join(t, h, e, "x", "y")
		c, cs := join(t, h, e, "y")
		text(t, h.Room("x"), "1")
		text(t, h.Room("y"), "2")
		text(t, h.Room("x", "y"), "3") // once to b
		text(t, h.Everyone(), "4")
		text(t, h.Room("nowhere"), "5")
		a.Expect(t, "data: 134")
		b.Expect(t, "data: 1234")
		c.Expect(t, "data: 234")
		h.Leave(bs, "x", "never joined")
		text(t, h.Room("x"), "6")
		for _, end := range []struct {
			*duplextest.End
			s    *duplex.Socket
			want string
		}{{a, as, "data: 6"}, {b, bs, ""}, {c, cs, ""}} {
			if end.want != "" {
				end.Expect(t, end.want)
			}
			last(t, end.End, end.s)
		}
		if got := fmt.Sprint(h.Rooms(bs), h.Rooms(as)); got != "[y] [x]" {
			t.Errorf("got rooms %s", got)
		}
	})
}

func TestExceptionsWin(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := new(room.Hub)
		a, as := join(t, h, e, "x")
		b, bs := join(t, h, e, "x", "muted")
		c, cs := bind(t, h, e, "carol")
		text(t, h.Room("x").Except(h.Room("muted")).Or(h.Users("carol")), "1")
		text(t, h.Everyone().Without(as), "2")
		text(t, h.Everyone().Except(h.Users("carol")).Except(h.Room("muted")), "3")
		text(t, h.Room("x").Without(as).Or(h.Room("x")), "4")
		a.Expect(t, "data: 13")
		b.Expect(t, "data: 24")
		c.Expect(t, "data: 12")
		last(t, a, as)
		last(t, b, bs)
		last(t, c, cs)
	})
}

func TestASelectionIsAValue(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := new(room.Hub)
		a, as := join(t, h, e, "x")
		b, bs := join(t, h, e, "y")
		x := h.Room("x")
		x.Or(h.Room("y")).Except(x).Without(as).Local()
		text(t, x, "1")
		a.Expect(t, "data: 1")
		last(t, a, as)
		last(t, b, bs)
	})
}

func TestAUserMayHaveManySockets(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := new(room.Hub)
		a, as := bind(t, h, e, "alice")
		b, bs := bind(t, h, e, "alice")
		text(t, h.Users("alice", "bob"), "1")
		a.Expect(t, "data: 1")
		b.Expect(t, "data: 1")
		if err := h.Bind(bs, "bob"); err != nil {
			t.Fatal(err)
		}
		text(t, h.Users("alice"), "2")
		a.Expect(t, "data: 2")
		last(t, b, bs)
		last(t, a, as)
		if name, ok := h.User(bs); name != "bob" || !ok {
			t.Errorf("got user %q, %v; want bob", name, ok)
		}
		if list, err := h.Everyone().List(t.Context()); fmt.Sprint(list) != "[alice bob]" || err != nil {
			t.Errorf("got list %v, %v; want alice and bob", list, err)
		}
	})
}

func TestANewerLoginRemovesTheOlder(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := &room.Hub{Unique: true}
		a, as := bind(t, h, e, "alice")
		h.Join(as, "x")
		b, bs := bind(t, h, e, "alice")
		a.Expect(t, "end", "close")
		if err := as.Err(); err != room.ErrReplaced {
			t.Errorf("the older socket ended with %v", err)
		}
		text(t, h.Users("alice").Or(h.Room("x")), "1")
		b.Expect(t, "data: 1")
		h.Bind(bs, "alice") // itself again
		last(t, b, bs)
		if n := count(t, h.Everyone()); n != 1 {
			t.Errorf("%d sockets, want 1", n)
		}
	})
}

func TestAKickLeavesWhatBecomesOfTheSocketToTheProgram(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := &room.Hub{OnKick: func(s *duplex.Socket, reason error) {
			fmt.Fprint(s, reason)
			s.End()
		}}
		a, as := join(t, h, e, "x")
		b, bs := join(t, h, e, "y")
		h.Bind(as, "alice")
		if err := h.Room("x").Kick("no manners"); err != nil {
			t.Fatal(err)
		}
		a.Expect(t, "data: room: kicked: no manners", "end", "close")
		last(t, b, bs)
		if _, ok := h.User(as); ok || len(h.Rooms(as)) > 0 {
			t.Error("a kicked socket is still a member")
		}
		if st := h.Stats(); st.Kicked != 1 || st.Sockets != 1 || st.Rooms != 1 || st.Users != 0 {
			t.Errorf("got %+v", st)
		}
	})
}

func TestVerbsOfASelectionMoveItsSockets(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := new(room.Hub)
		_, as := join(t, h, e, "x")
		_, bs := join(t, h, e, "x", "y")
		h.Room("x", "y").Join("z", "w")
		h.Room("y").Leave("x", "w")
		if got := fmt.Sprint(h.Rooms(as), h.Rooms(bs)); got != "[w x z] [y z]" {
			t.Errorf("got rooms %s", got)
		}
		for want, s := range map[int]room.Selection{
			1: h.Room("x"), 2: h.Room("x", "y", "z"), 0: h.Room("z").Except(h.Everyone()),
		} {
			if n := count(t, s); n != want {
				t.Errorf("got count %d, want %d", n, want)
			}
		}
	})
}

func TestASocketLeavesWhenItsConnectionIsOver(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var mu sync.Mutex
		var opened []string
		h := &room.Hub{OnRoom: func(name string, open bool) {
			mu.Lock()
			defer mu.Unlock()
			opened = append(opened, fmt.Sprint(name, open))
		}}
		a, as := join(t, h, e, "x", "y")
		_, bs := join(t, h, e, "y")
		h.Bind(as, "alice")
		a.Destroy(nil)
		rig.Until(t, "the socket has left", func() bool { return h.Stats().Sockets == 1 })
		if st := h.Stats(); st.Rooms != 1 || st.Users != 0 {
			t.Errorf("got %+v", st)
		}
		bs.Destroy(nil)
		rig.Until(t, "both rooms are closed", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(opened) == 4
		})
		if got := fmt.Sprint(opened); got != "[xtrue ytrue xfalse yfalse]" {
			t.Errorf("got %s", got)
		}
		rig.Until(t, "the socket is closed", func() bool { return as.State() == duplex.Closed })
		if err := h.Join(as, "x"); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Join of a closed socket: %v", err)
		}
		if err := h.Bind(as, "alice"); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Bind of a closed socket: %v", err)
		}
		if st := h.Stats(); st.Sockets+st.Rooms+st.Users != 0 {
			t.Errorf("got %+v", st)
		}
	})
}

// What the Hub says in OnClose does not depend on who is faster, it or the loop.
func TestASocketHasNoRoomsAndNoUserInItsOnClose(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for _, blocking := range []bool{false, true} {
			h := &room.Hub{}
			const visits = 100
			had := make(chan string, visits)
			srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{
				Blocking: blocking,
				OnConnect: func(s *duplex.Socket) {
					h.Join(s, "x")
					h.Bind(s, "alice")
					s.End()
				},
				OnClose: func(s *duplex.Socket) {
					name, _ := h.User(s)
					had <- fmt.Sprintf("%v %q %v %v", h.Rooms(s), name, h.Join(s, "x"), h.Bind(s, "alice"))
				},
			}}
			if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			client := duplex.Client{Engine: e}
			for range visits {
				client.Connect(t.Context(), "tcp", srv.Addr().String(), nil)
			}
			for range visits {
				want := fmt.Sprintf("[] %q %v %v", "", net.ErrClosed, net.ErrClosed)
				if got := <-had; got != want {
					t.Fatalf("Blocking %v: the socket has %s", blocking, got)
				}
			}
		}
	})
}

func TestTrySendSkipsThoseWhoDoNotKeepUp(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		h := new(room.Hub)
		slow, s := join(t, h, e, "x")
		fast, fs := join(t, h, e, "x")
		slow.Pause()
		for !s.NeedDrain() {
			s.Write(make([]byte, 64<<10))
			synctest.Wait() // until the network takes no more
		}
		before := s.BytesWritten()
		if err := h.Room("x").TrySend([]byte("1")); err != nil {
			t.Fatal(err)
		}
		fast.Expect(t, "data: 1")
		last(t, fast, fs)
		if n := s.BytesWritten() - before; n != 0 {
			t.Errorf("the slow socket was given %d bytes", n)
		}
		s.Destroy(nil)
	})
}

func TestWrongUseIsAnError(t *testing.T) {
	h, other := new(room.Hub), new(room.Hub)
	long := strings.Repeat("x", room.MaxName+1)
	for name, c := range map[string]struct{ got, want error }{
		"empty name":    {h.Room("").Send(nil), room.ErrName},
		"long name":     {h.Users(long).Send(nil), room.ErrName},
		"or long name":  {h.Room("x").Or(h.Users(long)).Send(nil), room.ErrName},
		"leave":         {h.Leave(nil, long), room.ErrName},
		"move":          {h.Room("x").Join("y", ""), room.ErrName},
		"join":          {h.Join(nil, long), room.ErrName},
		"bind":          {h.Bind(nil, ""), room.ErrName},
		"nested":        {h.Room("x").Except(h.Room("y").Except(h.Room("z"))).Send(nil), room.ErrNested},
		"nested socket": {h.Room("x").Except(h.Room("y").Without(nil)).Send(nil), room.ErrNested},
		"no bus yet":    {(&room.Hub{Bus: noBus{}}).Room("x").Send(nil), room.ErrNotStarted},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("%s: got %v, want %v", name, c.got, c.want)
		}
	}
	if err := h.Room("x").Or(other.Room("x")).Send(nil); err == nil {
		t.Error("selections of two Hubs were joined")
	}
	if err := (room.Selection{}).Send(nil); err == nil {
		t.Error("the zero Selection was sent to")
	}
	if _, err := (room.Selection{}).Count(t.Context()); err == nil {
		t.Error("the zero Selection was counted")
	}
	if err := h.Close(t.Context()); err != nil {
		t.Error(err)
	}
	for _, err := range []error{h.Start(), h.Close(context.Background()), h.Join(nil, "x"), h.Room("x").Send(nil), h.Sync(t.Context())} {
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	}
}

// A noBus is never started.
type noBus struct{ room.Bus }

func TestACallbackThatFailsIsCountedAndTheNextOneComes(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		var seen []string
		h := &room.Hub{Logger: rig.Quiet, OnRoom: func(name string, open bool) {
			seen = append(seen, name)
			switch name {
			case "a":
				panic("on purpose")
			case "b":
				runtime.Goexit()
			}
		}}
		_, s := join(t, h, e, "a", "b", "c")
		rig.Turn(t, s)
		synctest.Wait()
		if !slices.Equal(seen, []string{"a", "b", "c"}) || h.Stats().Panics != 2 {
			t.Errorf("got %v and %d panics", seen, h.Stats().Panics)
		}
	})
}
