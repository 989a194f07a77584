// Copyright 2026 The duplex authors. MIT license.

// Heartbeat serves devices that are silent most of the time. It sends "ping" when a device
// has been silent for a while, and ends the connection when that is not answered. Its test
// lets ten minutes pass in no time.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
)

var addr = flag.String("addr", "127.0.0.1:6671", "listen on `HOST:PORT`")

const (
	silence = 4 * time.Minute // before a ping
	grace   = time.Minute     // for the answer
)

func main() {
	flag.Parse()
	srv := newServer(nil)
	if err := srv.Listen("tcp", *addr); err != nil {
		fmt.Fprintln(os.Stderr, "heartbeat:", err)
		os.Exit(1)
	}
	fmt.Println("heartbeat on", srv.Addr())
	duplex.Wait()
}

func newServer(e *duplex.Engine) *duplex.Server {
	return &duplex.Server{
		Engine: e,
		Handler: &duplex.Handler{
			Framing: codec.Lines,
			// SetTimeout reports a silence in both directions, once. The ping ends the
			// silence, so it is reported again if there is no answer; ReadTimeout counts
			// what the device sends alone, and ends the connection.
			OnConnect: func(s *duplex.Socket) { s.SetTimeout(silence) },
			OnTimeout: func(s *duplex.Socket) { fmt.Fprintln(s, "ping") },
			OnData: func(s *duplex.Socket, line []byte) {
				if string(line) != "pong" {
					fmt.Fprintf(s, "got %s\n", line)
				}
			},
		},
		Options: duplex.Options{
			ReadTimeout:  silence + grace,
			WriteTimeout: grace,
		},
	}
}
