// Copyright 2026 The duplex authors. MIT license.

package room

import (
	"errors"
	"slices"

	"github.com/duplex-go/duplex"
)

// A Selection is a set of sockets, on this node and on all others: those that are in it
// when a verb is carried out on their node. [Hub.Room], [Hub.Users] and [Hub.Everyone] make one; Or, Except,
// Without and Local return a changed copy. A Selection may be kept and used any number of
// times, by any goroutine.
//
// Exceptions win: a socket that is excepted is not selected, whatever adds it, and in
// whatever order. A socket that several rooms add is selected once.
//
// The errors of verbs are those of a closed Hub, of a wrong name, ErrNested, ErrTooLong
// and ErrBusFull, and [duplex.ErrWriteBufferFull] if no socket of this node received the
// message because too many wait for a loop (see [duplex.Group.Write]). No error does not mean that other nodes have carried out the verb: a
// Gap there reports it if they have not.
type Selection struct {
	hub        *Hub
	to, except terms
	without    []*duplex.Socket
	local      bool
	err        error
}

// terms say which sockets are in a set: those of rooms and users, or all.
type terms struct {
	everyone     bool
	rooms, users []string
}

func (t terms) and(u terms) terms {
	return terms{
		everyone: t.everyone || u.everyone,
		rooms:    union(t.rooms, u.rooms),
		users:    union(t.users, u.users),
	}
}

func (t terms) empty() bool { return !t.everyone && len(t.rooms) == 0 && len(t.users) == 0 }

// union returns the names of both, each once. It changes neither.
func union(a, b []string) []string {
	if len(b) == 0 {
		return a
	}
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// Room selects the sockets of rooms.
func (h *Hub) Room(names ...string) Selection {
	return Selection{hub: h, to: terms{rooms: union(nil, names)}, err: checkNames(names)}
}

// Users selects the sockets of users.
func (h *Hub) Users(names ...string) Selection {
	return Selection{hub: h, to: terms{users: union(nil, names)}, err: checkNames(names)}
}

// Everyone selects every socket that is in a room or has a user.
func (h *Hub) Everyone() Selection {
	return Selection{hub: h, to: terms{everyone: true}}
}

// Or selects the sockets of both.
func (t Selection) Or(u Selection) Selection {
	t.join(u)
	t.to, t.except = t.to.and(u.to), t.except.and(u.except)
	t.without = slices.Concat(t.without, u.without)
	t.local = t.local || u.local
	return t
}

// Except selects those of t that are not in u.
func (t Selection) Except(u Selection) Selection {
	t.join(u)
	if t.err == nil && (!u.except.empty() || len(u.without) > 0) {
		t.err = ErrNested
	}
	t.except = t.except.and(u.to)
	return t
}

// join takes over the error of u.
func (t *Selection) join(u Selection) {
	switch {
	case t.err != nil:
	case u.err != nil:
		t.err = u.err
	case t.hub != u.hub:
		t.err = errors.New("room: selections of two Hubs")
	}
}

// Without selects those of t that are not among s: usually all but the sender.
func (t Selection) Without(s ...*duplex.Socket) Selection {
	t.without = slices.Concat(t.without, s)
	return t
}

// Local selects those of t that are on this node.
func (t Selection) Local() Selection {
	t.local = true
	return t
}

// Send writes p to the sockets, and returns at once. A socket receives the messages that
// one goroutine sends to one room in that order, each at most once. For a socket that does
// not keep up, its MaxWriteBuffer and Overflow apply; no other socket waits for it.
func (t Selection) Send(p []byte) error { return t.do(command{verb: send, body: p}) }

// TrySend is Send to those of the sockets whose queues are below their high-water marks. It
// is for messages that the next one makes worthless.
func (t Selection) TrySend(p []byte) error { return t.do(command{verb: trySend, body: p}) }

// Join puts the sockets into rooms.
func (t Selection) Join(rooms ...string) error { return t.move(join, rooms) }

// Leave takes the sockets out of rooms.
func (t Selection) Leave(rooms ...string) error { return t.move(leave, rooms) }

// Kick takes the sockets out of all rooms and from their users, and calls OnKick for each
// with a *KickError, or destroys it.
func (t Selection) Kick(reason string) error {
	return t.do(command{verb: kick, body: []byte(reason)})
}

func (t Selection) move(v verb, rooms []string) error {
	if err := checkNames(rooms); err != nil {
		return err
	}
	return t.do(command{verb: v, rooms: rooms})
}

// A verb is what is done to the sockets of a Selection. Its number is that on the Bus.
type verb uint8

const (
	send verb = iota
	trySend
	join
	leave
	kick
)

// A command is a verb and its argument.
type command struct {
	verb  verb
	body  []byte   // what to send, or why to kick
	rooms []string // to join or to leave
}

// wrong returns what is wrong with t itself, or nil.
func (t Selection) wrong() error {
	if t.hub == nil {
		return errors.New("room: a Selection is made by a Hub")
	}
	return t.err
}

// do carries c out on all nodes.
func (t Selection) do(c command) error {
	if err := t.wrong(); err != nil {
		return err
	}
	h := t.hub
	h.mu.Lock()
	err := h.usable()
	l := h.link
	h.mu.Unlock()
	if err != nil || t.to.empty() {
		return err
	}
	var full error
	if l != nil && !t.local {
		if full = l.send(t, c); full != nil && full != ErrBusFull {
			return full
		}
	}
	if err := h.carryOut(t, c); err != nil {
		return err
	}
	return full
}

// carryOut carries c out on this node. The error is [duplex.ErrWriteBufferFull].
func (h *Hub) carryOut(t Selection, c command) (err error) {
	switch c.verb {
	case send, trySend:
		h.mu.Lock()
		cast := duplex.Cast{To: h.groups(t.to), Except: h.groups(t.except), Without: t.without, Volatile: c.verb == trySend}
		h.mu.Unlock()
		if len(cast.To) > 0 {
			_, err = cast.Write(c.body)
		}
	case join:
		for _, s := range h.sockets(t) {
			h.Join(s, c.rooms...)
		}
	case leave:
		for _, s := range h.sockets(t) {
			h.Leave(s, c.rooms...)
		}
	case kick:
		reason := &KickError{string(c.body)}
		sockets := h.sockets(t)
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, s := range sockets {
			if m := h.members[s]; m != nil {
				h.kick(m, reason)
			}
		}
	}
	return err
}

// groups returns those of t that have sockets on this node. The caller holds mu.
func (h *Hub) groups(t terms) []*duplex.Group {
	if t.everyone {
		return []*duplex.Group{&h.everyone}
	}
	var list []*duplex.Group
	for _, name := range t.rooms {
		if r := h.rooms[name]; r != nil && r.members > 0 {
			list = append(list, &r.group)
		}
	}
	for _, name := range t.users {
		if u := h.users[name]; u != nil {
			list = append(list, &u.group)
		}
	}
	return list
}

// sockets returns the sockets of t on this node, each once.
func (h *Hub) sockets(t Selection) []*duplex.Socket {
	h.mu.Lock()
	to, except := h.groups(t.to), h.groups(t.except)
	h.mu.Unlock()
	var list []*duplex.Socket
	var seen map[*duplex.Socket]struct{}
	if len(to) > 1 {
		seen = make(map[*duplex.Socket]struct{})
	}
	for _, group := range to {
		for s := range group.Sockets() {
			if _, twice := seen[s]; twice || slices.Contains(t.without, s) || inOne(except, s) {
				continue
			}
			if seen != nil {
				seen[s] = struct{}{}
			}
			list = append(list, s)
		}
	}
	return list
}

// inOne reports whether s is in one of the groups.
func inOne(groups []*duplex.Group, s *duplex.Socket) bool {
	return slices.ContainsFunc(groups, func(g *duplex.Group) bool { return g.Contains(s) })
}

// people returns how many sockets of t this node has, and with named the users among them, sorted.
func (h *Hub) people(t Selection, named bool) (n int, names []string) {
	sockets := h.sockets(t)
	if !named {
		return len(sockets), nil
	}
	for _, s := range sockets {
		if name, ok := h.User(s); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return len(sockets), slices.Compact(names)
}
