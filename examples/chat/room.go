// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
)

// A room holds the guests that have a name, which is the Value of their socket.
type room struct {
	srv    duplex.Server
	guests duplex.Group
}

func newRoom(e *duplex.Engine) *room {
	r := new(room)
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
	name, known := s.Value.(string)
	switch {
	case known:
		r.tell("%s: %s", name, text)
	case len(text) == 0 || len(text) > 32:
		s.WriteString("* A name has 1 to 32 bytes.\n")
	default:
		s.Value = string(text)
		r.guests.Add(s)
		r.tell("* %s has come; %d here", text, r.guests.Len())
	}
}

// failed tells the guest of a line that is too long. A guest who is gone, or who was too
// slow, is not reached.
func (r *room) failed(s *duplex.Socket, err error) {
	if errors.Is(err, duplex.ErrFrameTooLong) {
		s.WriteString("* A line has at most 1024 bytes.\n")
	}
}

// leave is called when a guest is gone, and has left the group.
func (r *room) leave(s *duplex.Socket) {
	name, known := s.Value.(string)
	if !known {
		return
	}
	why := ""
	if errors.Is(s.Err(), duplex.ErrWriteBufferFull) {
		why = ", who did not read"
	}
	r.tell("* %s is gone%s; %d here", name, why, r.guests.Len())
}

// tell sends a line to all guests. It is copied once, whatever their number.
func (r *room) tell(format string, args ...any) {
	r.guests.Write(fmt.Appendf(nil, format+"\n", args...))
}

// close ends the room: everything said before reaches those who read it in time.
func (r *room) close(ctx context.Context) {
	r.tell("* The room closes.")
	r.srv.Shutdown(ctx)
}
