// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
)

// An auction has no lock: all its methods but newAuction run on the only loop of its
// engine.
type auction struct {
	srv   duplex.Server
	pause time.Duration
	bid   int           // the highest
	from  string        // its bidder's address
	end   *duplex.Timer // nil before the first bid
	sold  bool
}

func newAuction(e *duplex.Engine, pause time.Duration) *auction {
	a := &auction{pause: pause}
	a.srv = duplex.Server{
		Engine: e,
		Handler: &duplex.Handler{
			Framing:   codec.Lines,
			MaxFrame:  20,
			OnConnect: func(s *duplex.Socket) { fmt.Fprintln(s, "bid more than", a.bid) },
			OnData:    a.offer,
		},
		MaxConns: 1000,
		Options:  duplex.Options{WriteTimeout: time.Minute},
	}
	return a
}

// offer is called with a line of a bidder.
func (a *auction) offer(s *duplex.Socket, line []byte) {
	if a.sold {
		return
	}
	bid, err := strconv.Atoi(string(line))
	if err != nil || bid <= a.bid {
		fmt.Fprintln(s, "bid more than", a.bid)
		return
	}
	a.bid, a.from = bid, s.RemoteAddr().String()
	a.tell("%s bids %d", a.from, a.bid)
	a.end.Stop()
	a.end = a.srv.Engine.AfterFunc(a.pause, a.sell)
}

// sell ends the auction.
func (a *auction) sell() {
	a.sold = true
	a.tell("sold to %s for %d", a.from, a.bid)
	a.srv.Unlisten()
	for s := range a.srv.Sockets() {
		s.End()
	}
}

// tell sends a line to all bidders.
func (a *auction) tell(format string, args ...any) {
	duplex.Broadcast(a.srv.Sockets(), fmt.Appendf(nil, format+"\n", args...))
}
