// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"fmt"
	"io"
	"log"
	"net"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
)

// Any net.Conn can be served, here one end of a net.Pipe. The events are the same.
func ExampleClient_Adopt_anyConnection() {
	ours, theirs := net.Pipe()
	new(duplex.Client).Adopt(ours, &duplex.Handler{
		Framing: codec.Lines,
		OnData:  func(s *duplex.Socket, line []byte) { fmt.Fprintf(s, "you said %s", line) },
	})
	io.WriteString(theirs, "hello\n")
	answer := make([]byte, len("you said hello"))
	if _, err := io.ReadFull(theirs, answer); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", answer)
	theirs.Close()
	// Output: you said hello
}
