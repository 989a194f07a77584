// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
)

// A room holds the guests that have a name. Its engine has one loop, on which all its
// callbacks run, so guests needs no lock.
type room struct {
	srv    duplex.Server
	guests map[*duplex.Socket]string
}

func newRoom(e *duplex.Engine) *room {
	r := &room{guests: make(map[*duplex.Socket]string)}
	r.srv = duplex.Server{
		Engine: e,
		Handler: &duplex.Handler{
			Encoding:  codec.UTF8,
			Framing:   codec.Lines,
			MaxFrame:  1024,
			OnConnect: func(s *duplex.Socket) { s.WriteString("* What is your name?\n") },
			OnData:    r.line,
			OnError:   r.failed,
			OnClose:   r.leave,
		},
		MaxConns: 10_000,
		Options: duplex.Options{
			MaxWriteBuffer: 256 << 10, // what may wait for a guest who reads slowly,
			Overflow:       duplex.OverflowDestroy,
			WriteTimeout:   time.Minute,    // and for how long, if nothing is read
			ReadTimeout:    10 * time.Hour, // guests may be silent, but not for ever
		},
	}
	return r
}

// line is called with a line of a guest.
func (r *room) line(s *duplex.Socket, text []byte) {
	name, known := r.guests[s]
	switch {
	case known:
		r.tell("%s: %s", name, text)
	case len(text) == 0 || len(text) > 32:
		s.WriteString("* A name has 1 to 32 bytes.\n")
	default:
		r.guests[s] = string(text)
		r.tell("* %s has come; %d here", text, len(r.guests))
	}
}

// failed tells the guest of a line that is too long. A guest who is gone, or who was too
// slow, is not reached.
func (r *room) failed(s *duplex.Socket, err error) {
	if errors.Is(err, duplex.ErrFrameTooLong) {
		s.WriteString("* A line has at most 1024 bytes.\n")
	}
}

// leave is called when a guest is gone.
func (r *room) leave(s *duplex.Socket) {
	name, known := r.guests[s]
	if !known {
		return
	}
	delete(r.guests, s)
	why := ""
	if errors.Is(s.Err(), duplex.ErrWriteBufferFull) {
		why = ", who did not read"
	}
	r.tell("* %s is gone%s; %d here", name, why, len(r.guests))
}

// tell sends a line to all guests. It is copied once, whatever their number.
func (r *room) tell(format string, args ...any) {
	duplex.Broadcast(maps.Keys(r.guests), fmt.Appendf(nil, format+"\n", args...))
}

// close ends the room: everything said before reaches those who read it in time.
func (r *room) close(ctx context.Context) {
	said := make(chan struct{})
	r.srv.Engine.Post(func() {
		r.tell("* The room closes.")
		close(said)
	})
	<-said
	r.srv.Shutdown(ctx)
}
