// Copyright 2026 The duplex authors. MIT license.

// Lines is a store of names and values, which clients ask by lines of text:
//
//	SET name value   OK
//	GET name         VALUE value, or NONE
//	QUIT             BYE, and the connection ends
//
// Anything else is answered with ERROR and a reason. A client may send several requests
// without waiting: the answers come in their order.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/duplex-go/duplex"
)

var addr = flag.String("addr", "127.0.0.1:6668", "listen on `HOST:PORT`")

func main() {
	flag.Parse()
	srv := newServer(nil)
	if err := srv.Listen("tcp", *addr); err != nil {
		fmt.Fprintln(os.Stderr, "lines:", err)
		os.Exit(1)
	}
	fmt.Println("lines on", srv.Addr())
	duplex.Wait()
}
