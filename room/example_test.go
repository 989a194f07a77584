// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/room"
	"github.com/duplex-go/duplex/room/roomtest"
)

// A chat: "join ROOM", "say ROOM TEXT" and "to USER TEXT", after a line with the name.
func Example() {
	hub := &room.Hub{Unique: true}
	chat := &duplex.Handler{Framing: codec.Lines, OnData: func(s *duplex.Socket, line []byte) {
		name, ok := hub.User(s)
		if !ok {
			hub.Bind(s, string(line))
			return
		}
		verb, rest, _ := bytes.Cut(line, []byte(" "))
		to, text, _ := bytes.Cut(rest, []byte(" "))
		switch string(verb) {
		case "join":
			hub.Join(s, string(to))
			fmt.Fprintf(s, "you are in %s\n", to)
		case "say":
			hub.Room(string(to)).Without(s).Send(fmt.Appendf(nil, "%s in %s: %s\n", name, to, text))
		case "to":
			hub.Users(string(to)).Send(fmt.Appendf(nil, "%s to you: %s\n", name, text))
		}
	}}
	srv := &duplex.Server{Handler: chat}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	defer srv.Close()

	lines := make(chan string)
	connect := func(text string) *duplex.Socket {
		s := duplex.Connect("tcp", srv.Addr().String(), &duplex.Handler{Framing: codec.Lines, OnData: func(_ *duplex.Socket, line []byte) {
			lines <- string(line)
		}})
		io.WriteString(s, text)
		return s
	}
	alice := connect("alice\njoin lobby\n")
	fmt.Println(<-lines)
	bob := connect("bob\njoin lobby\n")
	fmt.Println(<-lines)
	io.WriteString(alice, "say lobby hello\n")
	fmt.Println(<-lines)
	io.WriteString(bob, "to alice hi\n")
	fmt.Println(<-lines)
	alice.End()
	bob.End()
	// Output:
	// you are in lobby
	// you are in lobby
	// alice in lobby: hello
	// bob to you: hi
}

// When messages of another node were lost, the players of the room on this node are told to
// ask for its state. The Bus is one in memory; in a program it is a cluster.Node.
func ExampleGap() {
	network := new(roomtest.Network)
	hub := &room.Hub{Bus: network.Bus("node-1")}
	hub.OnGap = func(g room.Gap) {
		log.Printf("%d messages of %s were lost", g.Messages, g.Node)
		hub.Room(g.Room).Local().Send([]byte("stale\n")) // the clients ask anew
	}
	if err := hub.Start(); err != nil {
		log.Fatal(err)
	}
	if err := hub.Room("lobby").Send([]byte("hello\n")); errors.Is(err, room.ErrBusFull) {
		log.Print("only this node has heard it")
	}
	fmt.Println(hub.Close(context.Background()))
	// Output: <nil>
}

// Who is in a room, of all nodes. A node that does not answer is named.
func ExampleSelection_List() {
	hub := new(room.Hub)
	names, err := hub.Room("lobby").List(context.Background())
	var incomplete *room.IncompleteError
	if errors.As(err, &incomplete) {
		fmt.Println("without", incomplete.Nodes)
	}
	fmt.Println(len(names))
	// Output: 0
}
