// Copyright 2026 The duplex authors. MIT license.

// Tcpserver listens, prints what its clients send and answers each of them with
// goodbye!!!. It is one half of docs/tutorial.md; tcpclient is the other.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
)

var (
	addr  = flag.String("addr", "127.0.0.1:6666", "listen on `HOST:PORT`; port 0 is any free one")
	hex   = flag.Bool("hex", false, "print what arrives as hexadecimal digits")
	end   = flag.Bool("end", false, "end each client after the answer")
	unref = flag.Bool("unref", false, "do not stay for the server's sake")
	stop  = flag.Bool("close", false, "stop listening once a client has come")
)

func main() {
	flag.Parse()

	// The events of a client. All clients share this one Handler; each callback receives
	// the Socket of the client that it is about.
	client := &duplex.Handler{
		// OnData receives text, and never half a character. Without an Encoding
		// it would receive the bytes as they came.
		Encoding: codec.UTF8,

		// A socket was made for one client. It is found by the client's address
		// and port, which no other client has at the same time.
		OnConnect: func(s *duplex.Socket) {
			from := s.RemoteAddrPort()
			fmt.Println("client", from.Addr(), from.Port())
			fmt.Println("server connection", from)
			if *stop {
				s.Server().Unlisten() // this client stays; no other is let in
			}
		},
		OnData: func(s *duplex.Socket, text []byte) {
			fmt.Printf("data %s\n", text)
			s.WriteString("goodbye!!!")
			if *end {
				s.End() // our FIN follows the answer; the client ends in turn
			}
		},
		OnClose: func(s *duplex.Socket) { fmt.Println("client close") },
		OnError: func(s *duplex.Socket, err error) { fmt.Println("client error", err) },
	}
	if *hex {
		client.Encoding = codec.Hex
	}

	// The events of the server itself.
	srv := &duplex.Server{Handler: client}
	srv.OnListening = func() { fmt.Println("server listening", srv.Addr()) }
	srv.OnClose = func() { fmt.Println("server close") }
	srv.OnError = func(err error) { fmt.Println("server error", err) }

	// From here on the address is ours alone, or Listen returns an error.
	if err := srv.Listen("tcp", *addr); err != nil {
		fmt.Println("server error", err)
		os.Exit(1)
	}
	if *unref {
		srv.Unref()
	}
	duplex.Wait() // until the server and every socket are closed
}
