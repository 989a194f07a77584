// Copyright 2026 The duplex authors. MIT license.

package groups_test

import (
	"errors"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// perWaiting is what a message that waits for a loop costs beside its bytes.
const perWaiting = 256

// pair returns a group of two members, one on each loop, and these.
func pair(t *testing.T, e *duplex.Engine) (*duplex.Group, [2]*duplex.Socket) {
	t.Helper()
	a, b := duplextest.Pipe(t, e)
	g := new(duplex.Group)
	g.Add(a.Socket)
	g.Add(b.Socket)
	return g, [2]*duplex.Socket{a.Socket, b.Socket}
}

func TestMessagesThatWaitForALoopAreInTheBudget(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		b := &duplex.Budget{Limit: 1 << 20, MaxStop: -1}
		e.Budget = b
		g, members := pair(t, e)
		release := rig.HoldUp(t, e)
		before := b.Stats().QueuedOut
		p := make([]byte, 100<<10)
		for range 2 {
			if _, err := g.Write(p); err != nil {
				t.Fatal(err)
			}
		}
		want := int64(2 * (len(p) + 2*perWaiting))
		if got := b.Stats().QueuedOut - before; got != want {
			t.Errorf("the Budget counts %d bytes for two messages to two loops, want %d", got, want)
		}
		if got, want := e.Stats().GroupBacklog, int64(2*2*(len(p)+perWaiting)); got != want {
			t.Errorf("GroupBacklog is %d, want %d", got, want)
		}
		if _, err := g.Write(p); !errors.Is(err, duplex.ErrWriteBufferFull) {
			t.Errorf("beyond a quarter of the Budget Write returned %v", err)
		}
		if _, err := g.Write(make([]byte, 1<<20+1)); !errors.Is(err, duplex.ErrOverBudget) {
			t.Errorf("a message longer than the Budget: %v", err)
		}
		release()
		for _, s := range members {
			rig.Until(t, "all is sent", func() bool { return s.BytesWritten() == int64(2*len(p)) && s.Buffered() == 0 })
		}
		rig.Until(t, "nothing is counted", func() bool { return b.Stats().QueuedOut == 0 && e.Stats().GroupBacklog == 0 })
	})
}

// The last member takes the messages that waited for it with it.
func TestMessagesThatNoMemberIsLeftForAreNotCounted(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		b := &duplex.Budget{MaxStop: -1}
		e.Budget = b
		g, members := pair(t, e)
		release := rig.HoldUp(t, e)
		defer release()
		g.Write(make([]byte, 100))
		for _, s := range members {
			s.Destroy(nil)
		}
		if n := e.Stats().GroupBacklog; n != 0 {
			t.Errorf("%d bytes wait for no member", n)
		}
		before := b.Stats().QueuedOut
		g.Write(make([]byte, 100))
		if n := b.Stats().QueuedOut - before; n != 0 {
			t.Errorf("the Budget counts %d bytes of a message to no member", n)
		}
	})
}

// What waits for loops alone can exceed a Budget: then no socket is worth being shed.
func TestMessagesAreRefusedWhileNoSocketCanBeShed(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		e.Budget = &duplex.Budget{Limit: 400 << 10, MaxStop: -1}
		_, members := pair(t, e)
		var one, other duplex.Group
		one.Add(members[0])
		other.Add(members[1])
		release := rig.HoldUp(t, e)
		p := make([]byte, 300<<10)
		for _, g := range []*duplex.Group{&one, &other} {
			if _, err := g.Write(p); err != nil {
				t.Errorf("a long message, alone on its loop: %v", err)
			}
		}
		if _, err := one.Write([]byte("x")); !errors.Is(err, duplex.ErrOverBudget) {
			t.Errorf("Write returned %v beyond the Budget", err)
		}
		release()
		rig.Until(t, "there is room again", func() bool { _, err := one.Write([]byte("x")); return err == nil || one.Len() == 0 })
	})
}

// A message that one loop has no room for takes none on the others.
func TestAMessageThatIsRefusedWaitsNowhere(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		e.Budget = &duplex.Budget{Limit: 400 << 10, MaxStop: -1}
		both, members := pair(t, e)
		release := rig.HoldUp(t, e)
		for _, s := range members {
			var g duplex.Group
			g.Add(s)
			if _, err := g.Write(make([]byte, 90<<10)); err != nil {
				t.Fatal(err)
			}
			before := e.Stats().GroupBacklog
			if _, err := both.Write(make([]byte, 20<<10)); !errors.Is(err, duplex.ErrWriteBufferFull) {
				t.Errorf("Write returned %v, and one loop has no room", err)
			}
			if n := e.Stats().GroupBacklog - before; n != 0 {
				t.Errorf("%d bytes wait of a message that was refused", n)
			}
			g.Remove(s)
		}
		release()
	})
}
