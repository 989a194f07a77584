// Copyright 2026 The duplex authors. MIT license.

// Auction sells one thing to the highest bidder. Everything that clients share is touched
// by one event loop only, so there are no locks, as in a program for Node. A client sends a
// number on a line; everyone hears each higher bid; three seconds after the last one the
// auction ends.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/duplex-go/duplex"
)

var (
	addr  = flag.String("addr", "127.0.0.1:6670", "listen on `HOST:PORT`")
	pause = flag.Duration("pause", 3*time.Second, "the time after the last bid")
)

func main() {
	flag.Parse()
	e := &duplex.Engine{Loops: 1} // one loop: callbacks and timers run one at a time
	a := newAuction(e, *pause)
	if err := a.srv.Listen("tcp", *addr); err != nil {
		fmt.Fprintln(os.Stderr, "auction:", err)
		os.Exit(1)
	}
	fmt.Println("auction on", a.srv.Addr())
	e.Wait() // until the server and its clients are gone
	fmt.Println("sold for", a.bid)
}
