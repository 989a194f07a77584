// Copyright 2026 The duplex authors. MIT license.

// Lobby is where players meet before a game: they log in, talk in rooms and see who is
// there, on whatever node each of them is. Without flags it runs three nodes, each a process of
// its own, and starts one again when it ends. Kill one with kill -9 and see:
//
//	go run .
//	nc 127.0.0.1 6701
//	nc 127.0.0.1 6702
//
// With -name it is one node of as many as there are.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/cluster"
)

var (
	name      = flag.String("name", "", "be the one node with this `NAME`")
	addr      = flag.String("addr", "127.0.0.1:6701", "listen for players on `HOST:PORT`; three nodes take the next ports, and those 100 above")
	listen    = flag.String("cluster", "", "listen for other nodes on `HOST:PORT`")
	advertise = flag.String("advertise", "", "the `HOST:PORT` at which other nodes reach this one, if it is another")
	peers     = flag.String("peers", "", "other nodes: `HOST:PORT,HOST:PORT`; one that runs is enough")
	nats      = flag.String("nats", "", "the `URL` of NATS servers, instead of -cluster and -peers")
	untilEOF  = flag.Bool("until-eof", false, "end when standard input does")
)

func main() {
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	run := three
	if *name != "" {
		run = node
	}
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "lobby:", err)
		os.Exit(1)
	}
}

// node is one node, until ctx ends.
func node(ctx context.Context) error {
	bus := &cluster.Node{
		Name: *name, Listen: *listen, Advertise: *advertise, URL: *nats,
		Peers:  strings.FieldsFunc(*peers, func(r rune) bool { return r == ',' }),
		Secret: os.Getenv("LOBBY_SECRET"), // a flag would be seen by every user of the machine
	}
	l := newLobby(nil, bus)
	if err := l.start(*addr); err != nil {
		return err
	}
	fmt.Printf("%s: players at %v, process %d\n", *name, l.srv.Addr(), os.Getpid())
	if *untilEOF {
		var end context.CancelFunc
		ctx, end = context.WithCancel(ctx)
		go func() { // until the end of the process
			io.Copy(io.Discard, os.Stdin)
			end()
		}()
	}
	<-ctx.Done()
	patience, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return l.close(patience)
}
