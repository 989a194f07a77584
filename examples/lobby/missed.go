// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/room"
)

// A ring holds the last messages that players of this node have sent to rooms. No other
// node can lose them: it did not send them. Its memory is bounded by the longest line.
type ring struct {
	last [1024]message
	n    int // how many there were since the node started
}

type message struct {
	room, text string
	number     int
}

// add keeps a message, and returns it with the next number.
func (r *ring) add(room, text string) message {
	r.n++
	m := message{room, text, r.n}
	r.last[r.n%len(r.last)] = m
	return m
}

// of returns the messages to a room that are left, the oldest first.
func (r *ring) of(room string) (list []message) {
	for n := max(r.n-len(r.last), 0) + 1; n <= r.n; n++ {
		if m := r.last[n%len(r.last)]; m.room == room {
			list = append(list, m)
		}
	}
	return list
}

// tell sends a message to a room, as "in ROOM NODE NUMBER TEXT". The numbers of a node rise,
// so a player's program knows which of the messages that come again it has.
func (l *lobby) tell(name, text string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	m := l.said.add(name, text)
	return l.hub.Room(name).Send(fmt.Appendf(nil, "in %s %s %d %s\n", name, l.name, m.number, text))
}

// Nodes ask each other as players talk: each has a socket, its desk, that is a user and in
// a room. Players cannot have such names.
const desks = "@desks"

func desk(node string) string { return "@" + node }

// openDesk gives this node a desk: one end of a pipe for the Hub, the other for ask.
func (l *lobby) openDesk() error {
	hub, node := net.Pipe()
	client := duplex.Client{Engine: l.srv.Engine}
	l.desk = client.Adopt(node, &duplex.Handler{Framing: codec.Lines, MaxFrame: 2048, OnData: l.ask})
	s := client.Adopt(hub, new(duplex.Handler))
	return errors.Join(l.hub.Bind(s, desk(l.name)), l.hub.Join(s, desks))
}

// gap is called when messages of another node were lost on the way to this one. Only that
// node has them.
func (l *lobby) gap(g room.Gap) {
	l.report("%d messages of %s to %s %s were lost", g.Messages, g.Node, g.To, g.Room)
	switch {
	case g.To != room.ToRoom: // for whom they were is not known
		l.hub.Everyone().Local().Send(fmt.Appendf(nil, "lost %d messages of %s\n", g.Messages, g.Node))
	case g.Room != desks:
		l.hub.Users(desk(g.Node)).Send(fmt.Appendf(nil, "missed %s %s\n", g.Room, desk(l.name)))
	}
}

// ask is called with a line for this node: a question of another, or the answer.
func (l *lobby) ask(_ *duplex.Socket, line []byte) {
	verb, rest, _ := strings.Cut(string(line), " ")
	name, rest, _ := strings.Cut(rest, " ")
	switch verb {
	case "missed": // ROOM USER: what was said here? The user is a player, or the desk of a node.
		l.mu.Lock()
		list := l.said.of(name)
		l.mu.Unlock()
		for _, m := range list {
			l.hub.Users(rest).Send(fmt.Appendf(nil, "again %s %s %d %s\n", name, l.name, m.number, m.text))
		}
	case "again": // ROOM NODE NUMBER TEXT: for all players of this node who are in the room
		l.hub.Room(name).Local().Send(fmt.Appendf(nil, "again %s %s\n", name, rest))
	}
}
