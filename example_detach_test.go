// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
)

// A client asks for another protocol, whose code blocks. What it has sent behind the request
// goes to that code, too.
func ExampleSocket_Detach() {
	greet := func(c net.Conn) {
		defer c.Close()
		name, err := bufio.NewReader(c).ReadString('\n')
		if err != nil {
			log.Print(err)
			return
		}
		fmt.Fprintf(c, "hello %s", name)
	}
	srv := &duplex.Server{Handler: &duplex.Handler{
		Framing: codec.Lines,
		OnData: func(s *duplex.Socket, line []byte) {
			if string(line) != "UPGRADE" {
				io.WriteString(s, "what?\n")
				return
			}
			io.WriteString(s, "go on\n")
			s.Detach(func(c net.Conn, err error) {
				if err != nil {
					log.Print(err)
					return
				}
				go greet(c)
			})
		},
	}}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	defer srv.Close()

	c, err := net.Dial("tcp", srv.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "UPGRADE\ngopher\n")
	answer, err := io.ReadAll(c)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s", answer)
	// Output:
	// go on
	// hello gopher
}
