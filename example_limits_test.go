// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"bufio"
	"fmt"
	"log"
	"time"

	"github.com/duplex-go/duplex"
)

// A server that faces strangers: what one client, one address and all of them together
// may take is limited. Connections beyond a limit are refused before anything is
// allocated for them.
func ExampleServer_strangers() {
	engine := &duplex.Engine{Budget: &duplex.Budget{Limit: 256 << 20}} // all that waits, of all clients
	defer engine.Close()
	srv := &duplex.Server{
		Engine:          engine,
		MaxConns:        10_000,
		MaxPerIP:        100,
		AcceptRate:      duplex.Rate{PerSecond: 2000},
		AcceptRatePerIP: duplex.Rate{PerSecond: 20, Burst: 100},
		Handler: &duplex.Handler{
			Split:        bufio.ScanLines,
			MaxFrame:     4 << 10,
			FrameTimeout: 10 * time.Second, // for a whole line, however it trickles in
			OnData:       func(s *duplex.Socket, line []byte) { s.WriteString("hello " + string(line) + "\n") },
		},
		Options: duplex.Options{
			FirstByteTimeout: 10 * time.Second,
			ReadTimeout:      2 * time.Minute,
			WriteTimeout:     30 * time.Second,
			MaxWriteBuffer:   1 << 20,
		},
		OnDrop: func(d duplex.Drop) { log.Println("refused", d.Remote, d.Reason) },
	}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	duplex.Connect("tcp", srv.Addr().String(), &duplex.Handler{
		OnConnect: func(s *duplex.Socket) { s.WriteString("stranger\n") },
		OnData: func(s *duplex.Socket, p []byte) {
			fmt.Printf("%s", p)
			s.End()
			srv.Close()
		},
	})
	engine.Wait()
	// Output: hello stranger
}
