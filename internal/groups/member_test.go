// Copyright 2026 The duplex authors. MIT license.

package groups_test

import (
	"sync/atomic"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// OnRefuse of a group is called for its own messages, once for those that come before the
// call, and again for later ones.
func TestAGroupIsToldOfItsOwnRefusals(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, _ := duplextest.Pipe(t, e, duplex.Options{MaxWriteBuffer: 100})
		told := make(chan string, 10)
		one := &duplex.Group{OnRefuse: func(*duplex.Socket, error) { told <- "one" }}
		other := &duplex.Group{OnRefuse: func(*duplex.Socket, error) { told <- "other" }}
		one.Add(a.Socket)
		other.Add(a.Socket)
		a.Cork()
		p := make([]byte, 60)
		a.Write(p)
		before := e.Stats().WritesRefused
		for range 2 {
			release := rig.HoldUp(t, e)
			one.Write(p)
			one.Write(p)
			release()
			if got := rig.Wait(t, told); got != "one" {
				t.Errorf("%s is told", got)
			}
			rig.Turn(t, a.Socket)
		}
		if got := e.Stats().WritesRefused - before; got != 4 || len(told) > 0 {
			t.Errorf("%d messages were refused, want 4, and OnRefuse was called %d times too often", got, len(told))
		}
		(duplex.Cast{To: []*duplex.Group{one, other}}).Write(p)
		if first, second := rig.Wait(t, told), rig.Wait(t, told); first == second {
			t.Errorf("%s is told twice", first)
		}
	})
}

// A message that was written before Add does not reach the socket, even if it still waits.
func TestANewMemberReceivesNothingOld(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		c, d := duplextest.Pipe(t, e)
		release := rig.HoldUp(t, e)
		var g, other duplex.Group
		g.Add(a.Socket)
		other.Add(c.Socket) // it knows of messages
		g.Write([]byte("old "))
		g.Add(c.Socket)
		g.Write([]byte("new"))
		release()
		b.Expect(t, "data: old new")
		d.Expect(t, "data: new")
	})
}

func TestMembersThatHaveEndedDoNotCount(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var g duplex.Group
		var members []*duplextest.End
		for range 3 {
			a, _ := duplextest.Pipe(t, e)
			g.Add(a.Socket)
			members = append(members, a)
		}
		count := func(when string) {
			t.Helper()
			for _, p := range []string{"x", ""} {
				if n, _ := g.Write([]byte(p)); n != 2 {
					t.Errorf("%s %q was queued for %d members, want 2", when, p, n)
				}
			}
		}
		members[0].End()
		count("after End")
		members[0].Destroy(nil)
		rig.Until(t, "it is no member", func() bool { return g.Len() == 2 })
		count("after its end")
	})
}

// A membership that takes the place of another one in its socket is still known to its group,
// which may move it, too.
func TestAMembershipThatMovedIsFound(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		s, x := a.Socket, newNeighbor(t, e, a.Socket)
		var one, two, three duplex.Group
		three.Add(x)
		one.Add(s)
		two.Add(s)
		three.Add(s)
		one.Remove(s)
		three.Remove(x)
		for i, g := range []*duplex.Group{&one, &two, &three} {
			if g.Contains(s) != (i > 0) {
				t.Errorf("group %d: Contains is %t", i, g.Contains(s))
			}
			g.Write([]byte{'1' + byte(i)})
		}
		b.Expect(t, "data: 23")
		if !two.Remove(s) || !three.Remove(s) || two.Len()+three.Len() != 0 {
			t.Error("it is still a member")
		}
	})
}

// newNeighbor returns a socket on the same loop as s.
func newNeighbor(t *testing.T, e *duplex.Engine, s *duplex.Socket) *duplex.Socket {
	t.Helper()
	c := &duplex.Client{Engine: e, Near: s}
	connected := make(chan struct{})
	n := c.Connect(t.Context(), "tcp", rig.Serve(t, &duplex.Server{Engine: e}), &duplex.Handler{
		OnConnect: func(*duplex.Socket) { close(connected) },
	})
	rig.Wait(t, connected)
	return n
}

// A message that comes while a loop visits the members for an earlier one reaches all of
// them, without another verb.
func TestAMessageDuringAVisitReachesAll(t *testing.T) {
	e := duplextest.Engine(t, "memory")
	const n = 700 // a turn visits some 240 on each of the two loops
	var g duplex.Group
	var members, received atomic.Int64
	srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{OnConnect: func(s *duplex.Socket) {
		g.Add(s)
		members.Add(1)
	}}}
	addr := rig.Serve(t, srv)
	h := &duplex.Handler{OnData: func(_ *duplex.Socket, p []byte) { received.Add(int64(len(p))) }}
	for range n {
		(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, h)
	}
	rig.Until(t, "all are members", func() bool { return members.Load() == n })
	for i := range 5 {
		e.Post(func() {
			g.Write([]byte("1"))
			e.Post(func() { g.Write([]byte("2")) }) // the first visits are over
		})
		rig.Until(t, "all have received both", func() bool { return received.Load() == int64(2*n*(i+1)) })
	}
}

// A group that is in To twice, and a socket that is in Without twice, count once.
func TestACastCountsEachOnce(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		g := new(duplex.Group)
		g.Add(a.Socket)
		g.Add(b.Socket)
		twice := []*duplex.Group{g, g}
		without := []*duplex.Socket{a.Socket, a.Socket}
		for _, p := range []string{"", "text"} {
			if n, err := (duplex.Cast{To: twice}).Write([]byte(p)); n != 2 || err != nil {
				t.Errorf("%q: %d members, %v; want 2", p, n, err)
			}
			if n, err := (duplex.Cast{To: twice, Without: without}).Write([]byte(p)); n != 1 || err != nil {
				t.Errorf("%q without one: %d members, %v; want 1", p, n, err)
			}
		}
	})
}
