// Copyright 2026 The duplex authors. MIT license.

// Goodbye is the program in README.md: a server that answers, and a client, in
// one process.
package main

import (
	"fmt"
	"io"
	"log"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
)

var goodbye = &duplex.Handler{
	Encoding:  codec.UTF8, // whole characters, as Node's setEncoding('utf8')
	OnConnect: func(s *duplex.Socket) { fmt.Println("connection", s.RemoteAddr()) },
	OnData: func(s *duplex.Socket, text []byte) {
		fmt.Printf("data %s\n", text)
		io.WriteString(s, "goodbye!!!")
	},
	OnError: func(s *duplex.Socket, err error) { fmt.Println("error", err) },
	OnClose: func(s *duplex.Socket) { fmt.Println("close") },
}

var hello = &duplex.Handler{
	OnConnect: func(s *duplex.Socket) { io.WriteString(s, "HelloWorld!!!") },
	OnData: func(s *duplex.Socket, p []byte) {
		fmt.Printf("answer %s\n", p)
		s.End() // FIN; the server's end follows by itself
	},
	OnError: func(s *duplex.Socket, err error) { fmt.Println("error", err) },
}

func main() {
	srv := &duplex.Server{Handler: goodbye}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil { // any free port
		log.Fatal(err)
	}
	duplex.Connect("tcp", srv.Addr().String(), hello)
	duplex.Wait() // for ever: the server listens
}
