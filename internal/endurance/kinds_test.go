// Copyright 2026 The duplex authors. MIT license.

package endurance_test

import (
	"bufio"
	"context"
	"math/rand/v2"
	"time"

	"github.com/duplex-go/duplex"
)

// lines is the Handler of servers that answer each line with itself.
func (p *program) lines() *duplex.Handler {
	return &duplex.Handler{
		Split:   bufio.ScanLines,
		OnData:  func(s *duplex.Socket, line []byte) { s.Write(append(line, '\n')) },
		OnClose: func(s *duplex.Socket) { p.count(s.Err()) },
	}
}

// flood is the Handler of a server that writes to each client, without regard to NeedDrain:
// about ten times a second as much as it may, for as long as the client stays.
func (p *program) flood() *duplex.Handler {
	message := content[:64<<10]
	return p.clockwork(func(s *duplex.Socket) {
		for {
			if _, err := s.Write(message); err != nil {
				p.refused.Add(1)
				break
			}
		}
	})
}

// clockwork is the Handler of a server that does something for each client about ten times a
// second. (At the same times for all clients, it would fill a turn of some milliseconds.)
func (p *program) clockwork(something func(*duplex.Socket)) *duplex.Handler {
	return &duplex.Handler{
		OnConnect: func(s *duplex.Socket) {
			var more func()
			more = func() {
				something(s)
				s.AfterFunc(time.Duration(50+rand.IntN(100))*time.Millisecond, more)
			}
			more()
		},
		OnClose: func(s *duplex.Socket) { p.count(s.Err()) },
	}
}

// proxy is the Handler of a server that joins each client to the sink.
func (p *program) proxy() *duplex.Handler {
	return &duplex.Handler{
		OnConnect: func(s *duplex.Socket) {
			client := &duplex.Client{Engine: p.engine, Near: s, Options: duplex.Options{MaxWriteBuffer: p.Cap}}
			sink := client.Connect(context.Background(), "tcp", p.Sink, nil)
			s.Pipe(sink)
			sink.Pipe(s)
		},
		OnClose: func(s *duplex.Socket) { p.count(s.Err()) },
	}
}
