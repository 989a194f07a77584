// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/room"
)

// A lobby is one node: a server of players, and the Hub that joins it with the other nodes.
type lobby struct {
	name string
	srv  duplex.Server
	hub  room.Hub
	desk *duplex.Socket // where other nodes ask this one

	mu   sync.Mutex // guards said, and keeps what is sent in the order of its numbers
	said ring

	loginTime time.Duration                    // how long a login may take
	report    func(format string, args ...any) // for the operator
}

// A player is the Value of a socket. The callbacks of the socket own it.
type player struct {
	name  string // empty until the login
	rooms map[string]bool
	timer *duplex.Timer // ends the connection if there is no login
}

var playerOf = duplex.ValueOf[*player]

var errNoLogin = errors.New("no login in time")

func newLobby(e *duplex.Engine, bus room.Bus) *lobby {
	l := &lobby{name: bus.Node(), loginTime: 10 * time.Second}
	l.report = func(format string, args ...any) { fmt.Printf(l.name+": "+format+"\n", args...) }
	l.hub = room.Hub{
		Bus:    bus,
		Unique: true, // of a player's logins the newest stays, on whatever node
		OnKick: l.kicked,
		OnGap:  l.gap,
		OnNode: l.node,
	}
	l.srv = duplex.Server{
		Engine: e,
		Handler: &duplex.Handler{
			Encoding:  codec.UTF8,
			Framing:   codec.Lines,
			MaxFrame:  1024,
			Blocking:  true, // who and join wait for the other nodes
			OnConnect: l.connect,
			OnData:    l.line,
			OnClose:   l.leave,
		},
		MaxConns: 10_000,
		Options: duplex.Options{
			MaxWriteBuffer: 256 << 10, // a player who does not read is let go
			Overflow:       duplex.OverflowDestroy,
			WriteTimeout:   time.Minute,
		},
	}
	return l
}

// start joins the cluster, and then lets players in.
func (l *lobby) start(addr string) error {
	if err := l.hub.Start(); err != nil {
		return err
	}
	if err := errors.Join(l.openDesk(), l.srv.Listen("tcp", addr)); err != nil {
		return errors.Join(err, l.hub.Close(context.Background()))
	}
	return nil
}

// close ends the node. Its players end over two seconds, so that they do not come to the
// other nodes all at once, and the other nodes hear that each of them has left.
func (l *lobby) close(ctx context.Context) error {
	err := l.srv.ShutdownOver(ctx, 2*time.Second)
	l.desk.Destroy(nil)
	return errors.Join(err, l.hub.Close(ctx))
}

// connect is called with a new player.
func (l *lobby) connect(s *duplex.Socket) {
	s.Value = &player{
		rooms: make(map[string]bool),
		timer: s.AfterFunc(l.loginTime, func() { s.Destroy(errNoLogin) }),
	}
	fmt.Fprintf(s, "hello from %s\n", l.name)
}

// leave is called when a player is gone. The Hub no longer has its name and rooms.
func (l *lobby) leave(s *duplex.Socket) {
	p := playerOf(s)
	for name := range p.rooms {
		l.tell(name, p.name+" leaves")
	}
}

// kicked is called when a player was kicked: by the host, or because the same player has
// logged in anew, maybe at another node.
func (l *lobby) kicked(s *duplex.Socket, reason error) {
	var kick *room.KickError
	switch {
	case errors.As(reason, &kick):
		fmt.Fprintf(s, "kicked: %s\n", kick.Reason)
	case errors.Is(reason, room.ErrReplaced):
		fmt.Fprintln(s, "kicked: you have logged in elsewhere")
	}
	s.Close()
}

// node is called when another node has come or gone. The players of a node that was killed
// could not say goodbye.
func (l *lobby) node(name string, up bool) {
	state := "down"
	if up {
		state = "up"
	}
	l.report("%s is %s", name, state)
	l.hub.Everyone().Local().Send(fmt.Appendf(nil, "node %s is %s\n", name, state))
}
