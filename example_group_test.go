// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"fmt"
	"log"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
)

// A pub with two rooms: a guest's first line names a room, and what a guest says goes to all
// others there.
func ExampleGroup() {
	rooms := map[string]*duplex.Group{"snug": {}, "cellar": {}}
	entered := make(chan bool)
	pub := &duplex.Server{Handler: &duplex.Handler{
		Framing: codec.Lines,
		OnData: func(s *duplex.Socket, line []byte) {
			if room, ok := s.Value.(*duplex.Group); ok {
				duplex.Cast{To: []*duplex.Group{room}, Without: []*duplex.Socket{s}}.Write(append(line, '\n'))
				return
			}
			room := rooms[string(line)]
			if room == nil {
				s.Destroy(nil)
				return
			}
			s.Value = room
			room.Add(s) // until s closes
			entered <- true
		},
	}}
	if err := pub.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}

	enter := func(name, room string) *duplex.Socket {
		guest := duplex.Connect("tcp", pub.Addr().String(), &duplex.Handler{
			Framing: codec.Lines,
			OnData: func(s *duplex.Socket, line []byte) {
				fmt.Printf("%s hears %q\n", name, line)
				s.End()
			},
		})
		guest.WriteString(room + "\n")
		<-entered
		return guest
	}
	ann := enter("Ann", "snug")
	enter("Bob", "snug")
	carol := enter("Carol", "cellar")
	ann.WriteString("hello, snug\n")
	ann.End()
	carol.End()
	pub.Unlisten()
	duplex.Wait()
	fmt.Println(rooms["snug"].Len(), "left in the snug")
	// Output:
	// Bob hears "hello, snug"
	// 0 left in the snug
}

// A message that all players of a game and all who watch it receive, once each, but for those
// who have left the table.
func ExampleCast() {
	players := &duplex.Group{
		OnRefuse: func(s *duplex.Socket, err error) { s.Destroy(err) }, // it has missed a move
	}
	var watchers, away duplex.Group
	tick := duplex.Cast{
		To:       []*duplex.Group{players, &watchers},
		Except:   []*duplex.Group{&away},
		Volatile: true, // the next tick is better than a late one
	}
	n, err := tick.Write([]byte("the ball is at 3,4\n"))
	fmt.Println(n, err)
	// Output: 0 <nil>
}
