// Copyright 2026 The duplex authors. MIT license.

// Reconnect keeps a connection to a server. When the connection ends, or cannot be
// made, it connects again after a pause. Ctrl-C ends it.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"time"

	"github.com/duplex-go/duplex"
)

const (
	shortest = 100 * time.Millisecond // the limit of the first pause
	longest  = 30 * time.Second       // the limit of any pause
	lasting  = 10 * time.Second       // after a connection of this age, pauses begin anew
)

var addr = flag.String("addr", "127.0.0.1:6666", "connect to `HOST:PORT`")

func main() {
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	l := &link{client: duplex.Client{Engine: &duplex.Engine{Loops: 1}, Timeout: 10 * time.Second}}
	l.client.Engine.Post(func() { l.connect(ctx) })
	context.AfterFunc(ctx, func() {
		stop() // a second Ctrl-C ends the program at once
		l.client.Engine.Post(l.close)
	})
	l.client.Engine.Wait() // until no socket and no timer is left
}

// A link is a connection that is made again when it ends. Its engine has one loop, so
// its methods run one at a time and need no lock.
type link struct {
	client duplex.Client
	socket *duplex.Socket // the latest one
	opened time.Time      // when it connected; zero if it has not
	limit  time.Duration  // of the latest pause
	retry  *duplex.Timer  // ends the latest pause; nil before the first
}

func (l *link) connect(ctx context.Context) {
	l.opened = time.Time{}
	l.socket = l.client.Connect(ctx, "tcp", *addr, &duplex.Handler{
		OnConnect: func(s *duplex.Socket) { l.opened = time.Now(); fmt.Println("connected") },
		OnData:    func(s *duplex.Socket, p []byte) { fmt.Printf("data %s\n", p) },
		OnClose: func(s *duplex.Socket) {
			fmt.Println("closed", s.Err())
			if ctx.Err() == nil {
				l.retry = l.client.Engine.AfterFunc(l.pause(), func() { l.connect(ctx) })
			}
		},
	})
}

// pause returns a random time below a limit that doubles with each failure, so that
// many clients of a server that was restarted do not all come back at once.
func (l *link) pause() time.Duration {
	if !l.opened.IsZero() && time.Since(l.opened) >= lasting {
		l.limit = 0
	}
	l.limit = min(max(2*l.limit, shortest), longest)
	return rand.N(l.limit)
}

// close ends the connection, or the pause. An attempt to connect ends with its context.
func (l *link) close() {
	l.retry.Stop()
	l.socket.Close()
}
