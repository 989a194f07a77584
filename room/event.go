// Copyright 2026 The duplex authors. MIT license.

package room

import (
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/duplex-go/duplex/internal/crash"
)

// A Gap reports messages of another node that were lost on the way here, or arrived too
// late. The sockets of this node did not receive them.
type Gap struct {
	Node     string // whose messages they were
	To       Target // to whom they were addressed
	Room     string // the room, with ToRoom
	Messages int    // how many, verbs such as Join and Kick included
}

// A Target says to whom a message was addressed.
type Target uint8

const (
	ToRoom     Target = iota // to the sockets of a room
	ToUsers                  // to one of the users who share a bucket; which one is not known
	ToEveryone               // to every socket
)

// String returns room, users or everyone.
func (t Target) String() string {
	switch t {
	case ToRoom:
		return "room"
	case ToUsers:
		return "users"
	case ToEveryone:
		return "everyone"
	}
	return fmt.Sprintf("Target(%d)", uint8(t))
}

// An event is a callback of the Hub that is due: OnGap, OnNode or OnRoom.
type event struct {
	gap  Gap    // if it has Messages
	node string // else, if it is not empty
	room string // else
	on   bool
}

// key returns what an event has in common with those that it is merged with, or cancelled by.
func (e event) key() event {
	e.gap.Messages = 0
	return e
}

// backlog is how many events are queued before some are left out.
const backlog = 1024

// notify queues an event. However long a callback blocks, little more is queued than there is: gaps of
// one kind are one event, and beyond the backlog a node or a room that goes before its coming was
// reported is none. The caller holds mu.
func (h *Hub) notify(e event) {
	switch {
	case e.gap.Messages > 0:
		if h.OnGap == nil {
			return
		}
		if queued := h.queued[e.key()]; queued != nil {
			queued.Value.(*event).gap.Messages += e.gap.Messages
			return
		}
	case e.node != "" && h.OnNode == nil, e.node == "" && h.OnRoom == nil:
		return
	case !e.on && h.events.Len() >= backlog:
		came := e
		came.on = true
		if queued := h.queued[came]; queued != nil {
			h.events.Remove(queued)
			delete(h.queued, came)
			return
		}
	}
	setIn(&h.queued, e.key(), h.events.PushBack(&e))
	if !h.telling {
		h.telling = true
		go h.tell() // until no event is queued
	}
}

// tell calls the callbacks of the events that are queued, one at a time.
func (h *Hub) tell() {
	h.mu.Lock() // not deferred: a callback may end the goroutine
	for h.events.Len() > 0 {
		e := h.events.Remove(h.events.Front()).(*event)
		delete(h.queued, e.key())
		h.mu.Unlock()
		h.call(*e)
		h.mu.Lock()
	}
	h.telling = false
	h.mu.Unlock()
}

// call calls the callback of e, and survives a panic. If the callback has ended the
// goroutine, the next one goes on.
func (h *Hub) call(e event) {
	returned := false
	defer func() {
		if returned {
			return
		}
		reason := recover()
		h.mu.Lock()
		h.panics++
		h.mu.Unlock()
		if reason == nil {
			reason = "runtime.Goexit"
			defer func() { go h.tell() }()
		}
		logger := h.Logger
		if logger == nil {
			logger = slog.Default()
		}
		if unlogged, ok := h.alarm.Rings(); ok {
			attrs := []any{"reason", reason, "stack", string(crash.Stack(debug.Stack()))}
			if unlogged > 0 {
				attrs = append(attrs, "unlogged", unlogged)
			}
			logger.Error("room: a callback panicked", attrs...)
		}
	}()
	switch {
	case e.gap.Messages > 0:
		h.OnGap(e.gap)
	case e.node != "":
		h.OnNode(e.node, e.on)
	default:
		h.OnRoom(e.room, e.on)
	}
	returned = true
}
