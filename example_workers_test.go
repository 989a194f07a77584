// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"fmt"
	"log"
	"sync"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
)

// Twenty devices ask a database that serves four queries at a time. The others wait in
// line, without a goroutine.
func ExampleWorkers() {
	database := &duplex.Workers{Limit: 4}
	var mu sync.Mutex
	now, most := 0, 0
	query := func(n int) {
		mu.Lock()
		defer mu.Unlock()
		now += n
		most = max(most, now)
	}

	const devices = 20
	answered := make(chan string, devices)
	srv := &duplex.Server{Handler: &duplex.Handler{
		Blocking: true,
		Workers:  database,
		Framing:  codec.Lines,
		OnData: func(s *duplex.Socket, line []byte) {
			query(+1)
			time.Sleep(time.Millisecond) // a query
			query(-1)
			fmt.Fprintf(s, "%s is known\n", line)
		},
	}}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	device := &duplex.Handler{
		Framing:   codec.Lines,
		OnConnect: func(s *duplex.Socket) { s.WriteString("device\n") },
		OnData: func(s *duplex.Socket, line []byte) {
			answered <- string(line)
			s.End()
		},
	}
	for range devices {
		duplex.Connect("tcp", srv.Addr().String(), device)
	}
	for range devices {
		<-answered
	}
	srv.Unlisten()
	duplex.Wait()
	fmt.Println("no more than 4 at a time:", most <= 4)
	fmt.Println("in line:", database.Stats().Waiting)
	// Output:
	// no more than 4 at a time: true
	// in line: 0
}
