// Copyright 2026 The duplex authors. MIT license.

package room

import (
	"context"
	"net"
	"slices"
	"sync/atomic"

	"github.com/duplex-go/duplex"
)

// A member is a socket that is in a room or has a user. Hub.mu guards it.
type member struct {
	socket *duplex.Socket
	rooms  []*room
	user   *user
	forget func() bool // stops waiting for the end of the socket
}

// A room is one that has a socket on this node, or had one until some seconds ago.
type room struct {
	name    string
	group   duplex.Group
	members int
	channel *channel // its subject on the Bus; nil without one
	emptied int64    // the beat in which the last socket has left
}

// A user is one that has a socket on this node.
type user struct {
	name      string
	group     duplex.Group
	members   []*member
	gen       generation   // of its newest Bind, if the Hub is Unique
	announced atomic.Int32 // how many announcements of it wait for the Bus
}

// Join puts s into rooms. Everything that is sent to them on this node after Join has
// returned reaches s; for messages of other nodes see Sync. A room that s is in already
// stays as it is. A socket leaves its rooms when its connection is over, before its OnClose.
func (h *Hub) Join(s *duplex.Socket, rooms ...string) error {
	if err := checkNames(rooms); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	m, err := h.enter(s)
	if err != nil {
		return err
	}
	defer h.release(m)
	for _, name := range rooms {
		r := h.open(name)
		if slices.Contains(m.rooms, r) {
			continue
		}
		if !r.group.Add(s) {
			h.vacate(r)
			return net.ErrClosed
		}
		m.rooms = append(m.rooms, r)
		if r.members++; r.members == 1 {
			h.notify(event{room: name, on: true})
		}
	}
	return nil
}

// Leave takes s out of rooms. What was sent before still reaches s, and nothing after.
func (h *Hub) Leave(s *duplex.Socket, rooms ...string) error {
	if err := checkNames(rooms); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.usable(); err != nil {
		return err
	}
	m := h.members[s]
	if m == nil {
		return nil
	}
	for _, name := range rooms {
		if i := slices.IndexFunc(m.rooms, func(r *room) bool { return r.name == name }); i >= 0 {
			h.leave(m, i)
		}
	}
	h.release(m)
	return nil
}

// Bind makes s a socket of the user, until its connection is over or it has another
// user. A user may have many sockets, unless the Hub is Unique: then Bind kicks the
// socket that the user has had, on whatever node.
func (h *Hub) Bind(s *duplex.Socket, name string) error {
	if err := checkNames([]string{name}); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	m, err := h.enter(s)
	if err != nil {
		return err
	}
	defer h.release(m)
	if m.user == nil || m.user.name != name {
		h.unbind(m)
		u := h.users[name]
		if u == nil {
			u = &user{name: name}
		}
		if !u.group.Add(s) {
			return net.ErrClosed
		}
		setIn(&h.users, name, u)
		if h.Unique {
			for _, older := range slices.Clone(u.members) {
				h.kick(older, ErrReplaced)
			}
			setIn(&h.users, name, u) // it has gone with its last socket
		}
		u.members = append(u.members, m)
		m.user = u
	}
	if h.Unique {
		m.user.gen = h.nextGeneration()
		if h.link != nil {
			h.link.announce(m.user)
		}
	}
	return nil
}

// User returns the user of s, and whether it has one. In OnClose of s it has none.
func (h *Hub) User(s *duplex.Socket) (string, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if m := h.member(s); m != nil && m.user != nil {
		return m.user.name, true
	}
	return "", false
}

// Rooms returns the rooms of s, sorted. In OnClose of s there are none: a program that tells the
// others who has left keeps the rooms in the Value of the socket.
func (h *Hub) Rooms(s *duplex.Socket) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	m := h.member(s)
	if m == nil {
		return nil
	}
	names := make([]string, len(m.rooms))
	for i, r := range m.rooms {
		names[i] = r.name
	}
	slices.Sort(names)
	return names
}

// member returns the member of s, or nil if there is none. A socket whose connection is over
// has none, also if it is still to be forgotten. The caller holds mu.
func (h *Hub) member(s *duplex.Socket) *member {
	if m := h.members[s]; m != nil && s.Context().Err() == nil {
		return m
	}
	return nil
}

// enter returns the member of s, made if there is none. The caller holds mu, and calls
// release at the end.
func (h *Hub) enter(s *duplex.Socket) (*member, error) {
	if err := h.usable(); err != nil {
		return nil, err
	}
	if m := h.members[s]; m != nil {
		if s.Context().Err() != nil { // it is still to be forgotten
			return nil, net.ErrClosed
		}
		return m, nil
	}
	if !h.everyone.Add(s) {
		return nil, net.ErrClosed
	}
	m := &member{socket: s}
	m.forget = context.AfterFunc(s.Context(), func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.members[s] == m {
			h.expel(m)
		}
	})
	setIn(&h.members, s, m)
	return m, nil
}

// release forgets m if it is in no room and has no user. The caller holds mu.
func (h *Hub) release(m *member) {
	if len(m.rooms) > 0 || m.user != nil || h.members[m.socket] != m {
		return
	}
	m.forget()
	delete(h.members, m.socket)
	h.everyone.Remove(m.socket)
}

// expel takes m out of all its rooms, and from its user. The caller holds mu.
func (h *Hub) expel(m *member) {
	for len(m.rooms) > 0 {
		h.leave(m, len(m.rooms)-1)
	}
	h.unbind(m)
	h.release(m)
}

// kick expels m, and calls OnKick. The caller holds mu.
func (h *Hub) kick(m *member, reason error) {
	h.expel(m)
	h.kicked++
	s := m.socket
	s.Post(func() {
		if h.OnKick == nil {
			s.Destroy(reason)
		} else {
			h.OnKick(s, reason)
		}
	})
}

// leave takes m out of the room with that index. The caller holds mu.
func (h *Hub) leave(m *member, i int) {
	r := m.rooms[i]
	r.group.Remove(m.socket)
	last := len(m.rooms) - 1
	m.rooms[i], m.rooms[last] = m.rooms[last], nil
	m.rooms = m.rooms[:last]
	if r.members--; r.members == 0 {
		h.notify(event{room: r.name})
		h.vacate(r)
	}
}

// unbind takes its user from m. The caller holds mu.
func (h *Hub) unbind(m *member) {
	u := m.user
	if u == nil {
		return
	}
	m.user = nil
	u.group.Remove(m.socket)
	u.members = slices.DeleteFunc(u.members, func(other *member) bool { return other == m })
	if len(u.members) == 0 {
		delete(h.users, u.name)
	}
}

// open returns the room, made and subscribed to if there is none. The caller holds mu.
func (h *Hub) open(name string) *room {
	r := h.rooms[name]
	if r == nil {
		r = &room{name: name}
		setIn(&h.rooms, name, r)
		if h.link != nil {
			r.channel = h.link.subscribe(roomSubject(name), ToRoom, name)
		}
	}
	delete(h.idle, r)
	return r
}

// vacate is called when r may have no socket. Without a Bus it is forgotten, and with
// one after some heartbeats: a room whose players come and go stays subscribed to. The caller holds mu.
func (h *Hub) vacate(r *room) {
	switch {
	case r.members > 0:
	case h.link == nil:
		delete(h.rooms, r.name)
	default:
		r.emptied = h.link.beats
		setIn(&h.idle, r, struct{}{})
	}
}

// setIn is (*m)[k] = v, and makes the map at its first use.
func setIn[K comparable, V any](m *map[K]V, k K, v V) {
	if *m == nil {
		*m = make(map[K]V)
	}
	(*m)[k] = v
}
