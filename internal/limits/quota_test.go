// Copyright 2026 The duplex authors. MIT license.

package limits_test

import (
	"errors"
	"runtime"
	"slices"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// newCapped returns a hall whose server has MaxQueued of 1 MiB, and no Budget.
func newCapped(t *testing.T, e *duplex.Engine, o duplex.Options) *hall {
	t.Helper()
	return newHall(t, e, nil, &duplex.Server{MaxQueued: mib, Options: o})
}

// expectNothingCounted waits until the server has no sockets, and nothing is counted.
func (h *hall) expectNothingCounted() {
	h.t.Helper()
	for s := range h.srv.Sockets() {
		s.Destroy(nil)
	}
	rig.Until(h.t, "all are closed", func() bool { return h.srv.Len() == 0 })
	if n := h.srv.Queued(); n != 0 {
		h.t.Errorf("all sockets are closed, and %d bytes count", n)
	}
}

func TestMaxQueuedRefusesWritesOfAllSockets(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := newCapped(t, e, duplex.Options{})
		a, b := h.enter(), h.enter()
		a.hold(700 << 10)
		if n := h.srv.Queued(); n < 700<<10 || n > 800<<10 {
			t.Errorf("%d bytes count, want some 700 KiB", n)
		}
		b.server.Cork()
		if n, err := b.server.Write(make([]byte, 500<<10)); n != 0 || err != duplex.ErrWriteBufferFull {
			t.Errorf("Write returned %d and %v, want 0 and ErrWriteBufferFull", n, err)
		}
		if n := h.srv.Queued(); n > 800<<10 {
			t.Errorf("%d bytes count after a Write was refused", n)
		}
		b.server.Post(func() {})
		if n, err := b.server.Write(make([]byte, 500<<10)); n != 0 || err != duplex.ErrWriteBufferFull {
			t.Errorf("after a posted function Write returned %d and %v", n, err)
		}
		rig.Turn(t, b.server)
		if n, err := b.server.Write(make([]byte, 100<<10)); n != 100<<10 || err != nil {
			t.Errorf("a Write for which there is room returned %d and %v", n, err)
		}
		a.release()
		rig.Until(t, "there is room", func() bool { return h.srv.Queued() < 400<<10 })
		if n, err := b.server.Write(make([]byte, 500<<10)); n != 500<<10 || err != nil {
			t.Errorf("Write returned %d and %v when there is room", n, err)
		}
		if _, err := b.server.Write(make([]byte, mib+1)); err != duplex.ErrWriteBufferFull {
			t.Errorf("a Write beyond all room returned %v", err)
		}
		h.expectNothingCounted()
	})
}

// TestMaxQueuedOffersTheQueueFirst has a socket whose bytes only wait for the end of the
// turn.
func TestMaxQueuedOffersTheQueueFirst(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		if runtime.GOOS == "windows" && e.Driver != "memory" {
			t.Skip("package net of Windows does not say how much the kernel takes at once")
		}
		h := newHall(t, e, nil, &duplex.Server{MaxQueued: 16 << 10})
		g := h.enter()
		want := rig.Pattern(40 << 10) // as much as any kernel takes at once
		done := make(chan bool)
		g.server.Post(func() {
			defer close(done)
			for p := range slices.Chunk(want, 4<<10) {
				if _, err := g.server.Write(p); err != nil {
					t.Errorf("Write returned %v, although the kernel has room", err)
				}
			}
		})
		rig.Wait(t, done)
		g.client.Expect(t, "data: "+string(want))
		h.expectNothingCounted()
	})
}

func TestMaxQueuedHasThePoliciesOfMaxWriteBuffer(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		out := outside(t, e)
		dropping := newHallOf(t, e, out, nil, &duplex.Server{MaxQueued: mib, Options: duplex.Options{Overflow: duplex.OverflowDrop}})
		dropping.enter().hold(mib * 3 / 4)
		told := make(chan error, 1)
		if n, err := dropping.enter().server.WriteFunc(make([]byte, mib/2), func(err error) { told <- err }); n != mib/2 || err != nil {
			t.Errorf("Write returned %d and %v under OverflowDrop", n, err)
		}
		if err := rig.Wait(t, told); err != duplex.ErrWriteBufferFull || e.Stats().WritesDropped != 1 {
			t.Errorf("the completion has %v, and %d writes were dropped", err, e.Stats().WritesDropped)
		}
		dropping.expectNothingCounted()

		destroying := newHallOf(t, e, out, nil, &duplex.Server{MaxQueued: mib, Options: duplex.Options{Overflow: duplex.OverflowDestroy}})
		a, b := destroying.enter(), destroying.enter()
		a.hold(mib * 3 / 4)
		if _, err := b.server.Write(make([]byte, mib/2)); err != duplex.ErrWriteBufferFull {
			t.Errorf("Write returned %v under OverflowDestroy", err)
		}
		rig.Until(t, "it is destroyed", func() bool { return errors.Is(b.server.Err(), duplex.ErrWriteBufferFull) })
		if err := a.server.Err(); err != nil {
			t.Errorf("the other socket has %v", err)
		}
		destroying.expectNothingCounted()
	})
}

// TestABroadcastCountsOnce has a hundred sockets hold a message.
func TestABroadcastCountsOnce(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := newHall(t, e, &duplex.Budget{Limit: 8 * mib}, &duplex.Server{MaxQueued: mib})
		const n = 100
		for range n {
			h.enter().server.Cork()
		}
		if got := duplex.Broadcast(h.srv.Sockets(), make([]byte, 700<<10)); got != n {
			t.Errorf("%d sockets took the message, want %d", got, n)
		}
		if st, got := h.budget.Stats(), h.srv.Queued(); st.QueuedOut < 700<<10 || st.QueuedOut > 750<<10 || int(st.QueuedOut) != got {
			t.Errorf("a message of 700 KiB counts as %d and %d", st.QueuedOut, got)
		}
		if got := duplex.Broadcast(h.srv.Sockets(), make([]byte, 500<<10)); got != 0 {
			t.Errorf("%d sockets took a message beyond MaxQueued", got)
		}
		first := true
		for s := range h.srv.Sockets() { // the last one counts for all
			if !first {
				s.Destroy(nil)
			}
			first = false
		}
		rig.Until(t, "one is left", func() bool { return h.srv.Len() == 1 })
		if got := h.srv.Queued(); got < 700<<10 || got > 701<<10 {
			t.Errorf("%d bytes count for one socket that holds 700 KiB", got)
		}
		h.expectNothingCounted()
		h.expectNothingQueued()
	})
}

// TestMessagesOfManyLendersShedTheNewest has sockets that hold nothing of their own.
func TestMessagesOfManyLendersShedTheNewest(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := newHall(t, e, &duplex.Budget{Limit: 4 * mib, MaxStop: -1}, nil)
		quick := h.enter()
		slow := h.enter()
		slow.server.Cork()
		last := h.enter()
		for range 5 {
			duplex.Broadcast(h.srv.Sockets(), make([]byte, mib))
			for _, g := range []*guest{quick, last} {
				rig.Until(t, "it is sent", func() bool { return g.server.Buffered() == 0 })
			}
		}
		rig.Until(t, "the slow one is shed", slow.shed)
		if quick.shed() || last.shed() {
			t.Errorf("others have %v and %v", quick.server.Err(), last.server.Err())
		}
		h.expectNothingQueued()
	})
}

// TestAPipeWaitsForMaxQueued has another socket take up all room.
func TestAPipeWaitsForMaxQueued(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := newCapped(t, e, duplex.Options{})
		hog, dst := h.enter(), h.enter()
		hog.hold(mib - 8<<10)
		dst.server.Cork()
		from, source := duplextest.Pipe(t, h.clients.Engine)
		source.Pipe(dst.server)
		want := rig.Pattern(3 * mib)
		from.Write(want)
		from.End()
		rig.Until(t, "the pipe waits", func() bool { return dst.server.NeedDrain() })
		if n := h.srv.Queued(); n > mib+256<<10 {
			t.Errorf("%d bytes count, want at most a read beyond MaxQueued", n)
		}
		dst.server.Uncork()
		dst.client.Expect(t, "data: "+string(want), "end", "close")
		h.expectNothingCounted()
	})
}
