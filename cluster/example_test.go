// Copyright 2026 The duplex authors. MIT license.

package cluster_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/cluster"
	"github.com/duplex-go/duplex/room"
)

// A node of a program that runs on several machines. Every machine has the same list of
// peers, and the same secret.
func Example() {
	hub := &room.Hub{
		Bus: &cluster.Node{
			Listen: "10.0.0.1:6222",
			Peers:  []string{"10.0.0.1:6222", "10.0.0.2:6222", "10.0.0.3:6222"},
			Secret: os.Getenv("CLUSTER_SECRET"),
		},
		OnNode: func(node string, up bool) { log.Printf("node %s: up %v", node, up) },
		OnGap:  func(g room.Gap) { log.Printf("%d messages of %s to %s were lost", g.Messages, g.Node, g.Room) },
	}
	if err := hub.Start(); err != nil {
		log.Fatal(err)
	}
	srv := &duplex.Server{Handler: &duplex.Handler{
		OnConnect: func(s *duplex.Socket) { hub.Join(s, "lobby") },
		OnData:    func(s *duplex.Socket, p []byte) { hub.Room("lobby").Without(s).Send(p) },
	}}
	if err := srv.Listen("tcp", ":4000"); err != nil {
		log.Fatal(err)
	}
	duplex.Wait()
}

// The servers of an operator carry the messages.
func ExampleNode_operator() {
	hub := &room.Hub{Bus: &cluster.Node{
		URL:         "tls://nats.example.org:4222",
		Credentials: "/etc/game/nats.creds",
		Prefix:      "game",
	}}
	if err := hub.Start(); err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := hub.Close(ctx); err != nil {
		log.Print("not everything was sent: ", err)
	}
}

// Two nodes in one process, on loopback, which needs no secret.
func ExampleNode() {
	first := &cluster.Node{Name: "first", Listen: "127.0.0.1:0"}
	one := &room.Hub{Bus: first}
	if err := one.Start(); err != nil {
		log.Fatal(err)
	}
	met := make(chan string, 1)
	two := &room.Hub{
		Bus:    &cluster.Node{Name: "second", Listen: "127.0.0.1:0", Peers: []string{first.Addr().String()}},
		OnNode: func(node string, up bool) { met <- fmt.Sprint(node, " ", up) },
	}
	if err := two.Start(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(<-met)
	one.Close(context.Background())
	fmt.Println(<-met)
	two.Close(context.Background())
	// Output:
	// first true
	// first false
}
