// Copyright 2026 The duplex authors. MIT license.

// Chat is a room for people with netcat or telnet: a guest's first line is a name, and
// every other line goes to all guests. A guest who does not read is shown the door. Ctrl-C
// ends the room.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/duplex-go/duplex"
)

var addr = flag.String("addr", "127.0.0.1:6667", "listen on `HOST:PORT`")

func main() {
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	r := newRoom(new(duplex.Engine))
	if err := r.srv.Listen("tcp", *addr); err != nil {
		fmt.Fprintln(os.Stderr, "chat:", err)
		os.Exit(1)
	}
	fmt.Println("chat on", r.srv.Addr())
	<-ctx.Done()
	patience, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	r.close(patience)
}
