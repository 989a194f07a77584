// Copyright 2026 The duplex authors. MIT license.

// Tcpclient connects, sends HelloWorld!!! and prints what comes back. It stays
// until the server ends. It is one half of docs/tutorial.md; tcpserver is the
// other.
package main

import (
	"flag"
	"fmt"

	"github.com/duplex-go/duplex"
)

var addr = flag.String("addr", "127.0.0.1:6666", "connect to `HOST:PORT`")

func main() {
	flag.Parse()

	duplex.Connect("tcp", *addr, &duplex.Handler{
		// The connection is made. Our port is an ephemeral one: the system chose
		// it among those that are free.
		OnConnect: func(s *duplex.Socket) {
			fmt.Println("connected to", s.RemoteAddr())
			fmt.Println("connect from", s.LocalAddr())
			s.WriteString("HelloWorld!!!") // a Go string is UTF-8 already
		},

		// There is no Encoding here, so these are the bytes that came. They are
		// valid until OnData returns: what is kept longer must be copied.
		OnData: func(s *duplex.Socket, p []byte) {
			fmt.Printf("data % x\n", p)
			fmt.Printf("text %s\n", p)
		},

		// The server has finished sending. Our own FIN follows by itself.
		OnEnd: func(s *duplex.Socket) { fmt.Println("end") },

		// Always the last event. After OnError, if something went wrong.
		OnClose: func(s *duplex.Socket) { fmt.Println("close") },
		OnError: func(s *duplex.Socket, err error) { fmt.Println("error", err) },
	})
	duplex.Wait() // until the socket is closed
}
