// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// crowd returns a group of n sockets, and the other ends of their connections.
func crowd(t *testing.T, e *duplex.Engine, n int, o duplex.Options) (g *duplex.Group, speakers []*duplex.Socket, listeners []*duplextest.End) {
	t.Helper()
	g = new(duplex.Group)
	all, listeners := audience(t, e, n, o)
	for s := range all {
		if !g.Add(s) {
			t.Fatal("Add refused an open socket")
		}
		speakers = append(speakers, s)
	}
	return g, speakers, listeners
}

// say writes text to the group, and wants it to be queued for n members.
func say(t *testing.T, g *duplex.Group, text string, n int) {
	t.Helper()
	if got, err := g.Write([]byte(text)); got != n || err != nil {
		t.Errorf("Write of %.20q returned %d, %v; want %d members", text, got, err, n)
	}
}

func TestAGroupIsWrittenToAsOne(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		g, speakers, listeners := crowd(t, e, 5, duplex.Options{})
		want := ""
		for i, size := range []int{5, 100, 1 << 10, 0, 20 << 10, 300 << 10, 7} {
			p := bytes.Repeat([]byte{'a' + byte(i)}, size)
			want += string(p)
			say(t, g, string(p), 5)
			for _, s := range speakers {
				io.WriteString(s, "|")
			}
			want += "|"
		}
		for _, s := range speakers {
			s.End()
		}
		say(t, g, "not this", 0)
		for _, l := range listeners {
			l.Expect(t, "data: "+want, "end", "close")
		}
		rig.Until(t, "the group is empty", func() bool { return g.Len() == 0 })
	})
}

// The bytes are the caller's again when Write has returned, also while they wait.
func TestAGroupKeepsNoSliceOfTheCaller(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		g, _, listeners := crowd(t, e, 2, duplex.Options{})
		want := bytes.Repeat([]byte("s"), 2<<10)
		p := bytes.Clone(want)
		release := rig.HoldUp(t, e)
		g.Write(p)
		clear(p)
		release()
		for _, l := range listeners {
			l.Expect(t, "data: "+string(want))
		}
	})
}

func TestASocketReceivesWhatIsWrittenWhileItIsAMember(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		g, speakers, listeners := crowd(t, e, 3, duplex.Options{})
		s, l := speakers[1], listeners[1]
		if g.Add(s) {
			t.Error("a member was added again")
		}
		if !g.Contains(s) || g.Len() != 3 || len(slices.Collect(g.Sockets())) != 3 {
			t.Error("the group does not show its members")
		}
		say(t, g, "one ", 3)
		if !g.Remove(s) || g.Remove(s) || g.Contains(s) || g.Len() != 2 {
			t.Error("Remove did not remove once")
		}
		say(t, g, "not this ", 2)
		g.Add(s)
		say(t, g, "two", 3)
		l.Expect(t, "data: one two")
		for range g.Sockets() {
			break // also in the middle
		}
		for s := range g.Sockets() {
			s.Destroy(nil)
		}
		if g.Len() != 0 || g.Contains(s) || g.Add(s) || g.Remove(s) {
			t.Error("a destroyed socket is a member")
		}
	})
}

func TestACastReachesASocketOnce(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, speakers, listeners := crowd(t, e, 4, duplex.Options{})
		b, c := new(duplex.Group), new(duplex.Group)
		b.Add(speakers[0])
		b.Add(speakers[1])
		c.Add(speakers[1])
		cast := duplex.Cast{To: []*duplex.Group{a, b, a}, Except: []*duplex.Group{c}, Without: speakers[2:3]}
		if n, err := cast.Write([]byte("x")); err != nil || n != 4+2-1 {
			t.Errorf("Write returned %d, %v; want 5", n, err)
		}
		for i, want := range []string{"data: x|", "data: |", "data: |", "data: x|"} {
			io.WriteString(speakers[i], "|")
			listeners[i].Expect(t, want)
		}
		if n, err := (duplex.Cast{}).Write([]byte("x")); n != 0 || err != nil {
			t.Errorf("a Cast to no group returned %d, %v", n, err)
		}
	})
}

func TestAVolatileCastLeavesOutSocketsThatNeedDrain(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		g, speakers, listeners := crowd(t, e, 2, duplex.Options{HighWaterMark: 10})
		speakers[0].Cork()
		io.WriteString(speakers[0], "ten bytes.")
		volatile := duplex.Cast{To: []*duplex.Group{g}, Volatile: true}
		volatile.Write([]byte("one "))
		rig.Turn(t, speakers[0])
		speakers[0].Uncork()
		listeners[0].Expect(t, "data: ten bytes.")
		rig.Until(t, "the queue is empty", func() bool { return !speakers[0].NeedDrain() })
		volatile.Write([]byte("two"))
		listeners[0].Expect(t, "data: two")
		listeners[1].Expect(t, "data: one two")
	})
}

// A message that passes the high-water mark leaves out no socket that keeps up.
func TestAVolatileCastReachesSocketsThatKeepUp(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		if e.Stats().Driver == "portable" && runtime.GOOS == "windows" {
			t.Skip("the driver takes no bytes while Write runs, as TestAWriteThatTheKernelTakesNeedsNoDrain shows")
		}
		g, speakers, listeners := crowd(t, e, 2, duplex.Options{HighWaterMark: 10})
		release := rig.HoldUp(t, e)
		io.WriteString(speakers[0], "more than ten bytes, ")
		say(t, g, "and more, ", 2)
		say(t, g, "than ten bytes, ", 2)
		(duplex.Cast{To: []*duplex.Group{g}, Volatile: true}).Write([]byte("volatile"))
		release()
		listeners[0].Expect(t, "data: more than ten bytes, and more, than ten bytes, volatile")
		listeners[1].Expect(t, "data: and more, than ten bytes, volatile")
	})
}

func TestADetachedSocketLeavesItsGroups(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedPlain(t, "Detach gives no connection with TLS back")
		g, speakers, listeners := crowd(t, e, 2, duplex.Options{})
		say(t, g, "before", 2)
		given := make(chan net.Conn, 1)
		if err := speakers[0].Detach(func(c net.Conn, err error) { given <- c }); err != nil {
			t.Fatal(err)
		}
		say(t, g, "after", 1)
		c := rig.Wait(t, given)
		if g.Len() != 1 || g.Contains(speakers[0]) {
			t.Error("a socket that was detached is a member")
		}
		io.WriteString(c, "|")
		c.Close()
		listeners[0].Expect(t, "data: before|", "end", "close")
		listeners[1].Expect(t, "data: beforeafter")
	})
}

// A message that a posted function writes to a group is in order with what it writes to its own
// socket, and comes before what was written after Post.
func TestAPostedFunctionWritesToItsOwnGroupInOrder(t *testing.T) {
	for _, blocking := range []bool{false, true} {
		rig.Run(t, func(t *testing.T, e *duplex.Engine) {
			h := &duplex.Handler{Blocking: blocking}
			a, b := duplextest.PipeOf(t, e, h, nil)
			var g duplex.Group
			g.Add(a.Socket)
			hold := make(chan struct{})
			a.Post(func() {
				<-hold
				g.Write([]byte("1"))
				io.WriteString(a, "2")
				g.Write([]byte("3"))
			})
			g.Write([]byte("4"))
			io.WriteString(a, "5")
			a.Post(func() { g.Write([]byte("6")) })
			g.Write([]byte("7"))
			a.End()
			g.Write([]byte("not this"))
			close(hold)
			b.Expect(t, "data: 1234567", "end", "close")
		})
	}
}

// A Blocking callback does not wait for the posted functions that wait for it, and neither do
// its messages to groups.
func TestABlockingCallbackWritesToItsOwnGroupInOrder(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var g duplex.Group
		began, hold := make(chan struct{}), make(chan struct{})
		h := &duplex.Handler{Blocking: true, OnData: func(s *duplex.Socket, _ []byte) {
			close(began)
			<-hold
			g.Write([]byte("1"))
			io.WriteString(s, "2")
			g.Write([]byte("3"))
		}}
		a, b := duplextest.PipeOf(t, e, h, nil)
		g.Add(a.Socket)
		io.WriteString(b, "go")
		rig.Wait(t, began)
		a.Post(func() { io.WriteString(a, "4") })
		g.Write([]byte("5"))
		close(hold)
		b.Expect(t, "data: 12345")
	})
}

func TestAMemberThatHasNoRoomRefuses(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for _, overflow := range []duplex.Overflow{duplex.OverflowError, duplex.OverflowDrop, duplex.OverflowDestroy} {
			before := e.Stats()
			g, speakers, listeners := crowd(t, e, 2, duplex.Options{MaxWriteBuffer: 100, Overflow: overflow})
			refused := make(chan *duplex.Socket, 10)
			told := new(duplex.Group)
			told.OnRefuse = func(s *duplex.Socket, err error) {
				if !errors.Is(err, duplex.ErrWriteBufferFull) {
					t.Errorf("OnRefuse was given %v", err)
				}
				refused <- s
			}
			for _, s := range speakers {
				told.Add(s)
			}
			speakers[0].Cork()
			for range 2 {
				say(t, told, string(make([]byte, 60)), 2)
				listeners[1].Expect(t, "data: "+string(make([]byte, 60)))
				rig.Until(t, "the loop knows it", func() bool { return speakers[1].Buffered() == 0 })
			}
			rig.Until(t, "the first has no room for the second", func() bool {
				now := e.Stats()
				return now.WritesDropped+now.WritesRefused > before.WritesDropped+before.WritesRefused || !told.Contains(speakers[0])
			})
			rig.Turn(t, speakers[1])
			now := e.Stats()
			dropped, declined := now.WritesDropped-before.WritesDropped, now.WritesRefused-before.WritesRefused
			switch overflow {
			case duplex.OverflowError:
				if s := rig.Wait(t, refused); s != speakers[0] || declined != 1 || !g.Contains(s) {
					t.Errorf("OverflowError: %d refused, by %p", declined, s)
				}
			case duplex.OverflowDrop:
				if dropped != 1 || declined != 0 {
					t.Errorf("OverflowDrop: %d dropped, %d refused", dropped, declined)
				}
			case duplex.OverflowDestroy:
				rig.Until(t, "the socket is gone", func() bool { return told.Len() == 1 && g.Len() == 1 })
				if !errors.Is(speakers[0].Err(), duplex.ErrWriteBufferFull) || declined != 0 {
					t.Errorf("OverflowDestroy: Err is %v, %d refused", speakers[0].Err(), declined)
				}
			}
			if len(refused) > 0 {
				t.Errorf("policy %d: OnRefuse was called once too often", overflow)
			}
			for _, s := range speakers {
				s.Destroy(nil)
			}
		}
	})
}

// Messages that a stuck loop does not come to are limited, and all or none of the loops take one.
func TestMessagesThatWaitForALoopAreLimited(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		g, speakers, _ := crowd(t, e, 4, duplex.Options{MaxWriteBuffer: -1, PauseOnConnect: true})
		stuck, free := speakers[0], make(chan struct{})
		stuck.Post(func() { <-free })
		p := make([]byte, 1<<20)
		n := 0
		for ; ; n++ {
			if _, err := g.Write(p); err != nil {
				if !errors.Is(err, duplex.ErrWriteBufferFull) {
					t.Errorf("Write returned %v", err)
				}
				break
			}
			if n > 64 {
				t.Fatal("more than 64 MiB wait for a loop")
			}
		}
		if n < 60 {
			t.Errorf("%d MiB had room, want some 64", n)
		}
		close(free)
		rig.Until(t, "there is room again", func() bool { _, err := g.Write([]byte("x")); return err == nil })
		for _, s := range speakers {
			rig.Until(t, "all is queued", func() bool { return s.BytesWritten() == int64(n)<<20+1 })
		}
		if _, err := g.Write(make([]byte, 65<<20)); err != nil {
			t.Errorf("a message that is longer than the limit, alone: %v", err)
		}
		for _, s := range speakers {
			s.Destroy(nil)
		}
	})
}

// A loop that visits many members leaves other events their turn.
func TestALoopIsFreeWhileItVisitsMembers(t *testing.T) {
	e := &duplex.Engine{Loops: 1, Driver: "memory"}
	defer e.Close()
	const n = 2000
	var g duplex.Group
	h := &duplex.Handler{OnConnect: func(s *duplex.Socket) { g.Add(s) }}
	srv := &duplex.Server{Engine: e, Handler: h}
	addr := rig.Serve(t, srv)
	for range n {
		(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
	}
	rig.Until(t, "all are members", func() bool { return g.Len() == n })
	began := make(chan struct{})
	hold := make(chan struct{})
	e.Post(func() { close(began); <-hold })
	rig.Wait(t, began)
	before := e.Stats().Turns
	g.Write([]byte("x"))
	close(hold)
	for _, s := range slices.Collect(g.Sockets()) {
		rig.Until(t, "all are told", func() bool { return s.BytesWritten() == 1 })
	}
	if turns := e.Stats().Turns - before; turns < n/300 {
		t.Errorf("%d members were visited in %d turns", n, turns)
	}
}

// Members that leave while a loop visits the others make it leave none of them out.
func TestAVisitLeavesOutNoMember(t *testing.T) {
	e := &duplex.Engine{Loops: 1, Driver: "memory"}
	defer e.Close()
	const n = 2000
	var g duplex.Group
	srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{OnConnect: func(s *duplex.Socket) { g.Add(s) }}}
	addr := rig.Serve(t, srv)
	for range n {
		(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
	}
	rig.Until(t, "all are members", func() bool { return g.Len() == n })
	sockets := slices.Collect(g.Sockets())
	for _, leaves := range []func(i int) bool{
		func(i int) bool { return i < 100 },
		func(i int) bool { return i >= n/2 },
		func(i int) bool { return i%3 == 0 },
	} {
		before := make(map[*duplex.Socket]int64)
		for _, s := range sockets {
			before[s] = s.BytesWritten()
		}
		began, left := make(chan struct{}), make(chan struct{})
		e.Post(func() {
			g.Write([]byte("x")) // the first visits come in the next turn
			e.Post(func() {
				for i, s := range sockets {
					if leaves(i) {
						g.Remove(s)
					}
				}
				close(left)
			})
			close(began)
		})
		rig.Wait(t, began)
		rig.Wait(t, left)
		for _, s := range sockets {
			rig.Until(t, "all are told", func() bool { return s.BytesWritten() == before[s]+1 })
		}
		for _, s := range sockets {
			g.Add(s)
		}
	}
}

func TestASocketInManyGroupsIsToldInOrder(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		groups := make([]duplex.Group, 100)
		for i := range groups {
			groups[i].Add(a.Socket)
		}
		release := rig.HoldUp(t, e)
		want := ""
		for i := range groups { // one waits, or some, or all
			groups[i*37%len(groups)].Write([]byte{byte('a' + i%26)})
			want += string(rune('a' + i%26))
			if i%10 == 0 {
				io.WriteString(a, "|")
				want += "|"
			}
		}
		release()
		b.Expect(t, "data: "+want)
		a.Destroy(nil)
		for i := range groups {
			if groups[i].Len() != 0 {
				t.Fatalf("group %d still has a member", i)
			}
		}
	})
}

// Whatever ends a crowd, no membership and no message is left.
func TestAnEngineThatClosesLeavesGroupsEmpty(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var g, other duplex.Group
		all, _ := audience(t, e, 10, duplex.Options{})
		var writing sync.WaitGroup
		var over atomic.Bool
		for s := range all {
			g.Add(s)
			other.Add(s)
		}
		for range 2 {
			writing.Go(func() {
				for !over.Load() {
					g.Write(make([]byte, 1000))
					duplex.Cast{To: []*duplex.Group{&g, &other}}.Write([]byte("x"))
					time.Sleep(50 * time.Microsecond)
				}
			})
		}
		e.Close()
		over.Store(true)
		writing.Wait()
		if g.Len() != 0 || other.Len() != 0 {
			t.Errorf("%d and %d members are left", g.Len(), other.Len())
		}
		say(t, &g, "nobody", 0)
	})
}

// A membership of a socket with ten takes at most 64 bytes, and a socket with none as much as
// before groups.
func TestAMembershipIsSmall(t *testing.T) {
	e := duplextest.Engine(t, "memory")
	const clients, rooms, each = 2000, 400, 10
	srv := &duplex.Server{Engine: e}
	addr := rig.Serve(t, srv)
	for range clients {
		(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
	}
	rig.Until(t, "all are there", func() bool { return srv.Len() == clients })
	sockets := slices.Collect(srv.Sockets())
	groups := make([]duplex.Group, rooms)
	rig.InUse()
	before := rig.InUse()
	for i, s := range sockets {
		for j := range each {
			groups[(i+j*(rooms/each))%rooms].Add(s)
		}
	}
	per := float64(rig.InUse()-before) / (clients * each)
	t.Logf("%.1f bytes for a membership", per)
	if per > 64 {
		t.Errorf("a membership takes %.1f bytes, want at most 64", per)
	}
	runtime.KeepAlive(groups)
	runtime.KeepAlive(sockets)
}
