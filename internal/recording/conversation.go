// Copyright 2026 The duplex authors. MIT license.

package recording

import (
	"errors"
	"io"
	"time"
)

// A Side is an end of a connection.
type Side uint8

// The two sides.
const (
	Client Side = iota
	Server
)

// Other returns the other side.
func (s Side) Other() Side { return 1 - s }

func (s Side) String() string {
	if s == Client {
		return "client"
	}
	return "server"
}

// A Kind is what a side does in a step.
type Kind uint8

// The kinds of steps. The last three end the side: no step of it follows.
const (
	Data  Kind = iota // sends bytes
	End               // sends no more, and still receives
	Close             // closes, without an end of its own
	Reset             // resets the connection
)

// A Step is what a side did.
type Step struct {
	Line int // of the recording
	Time time.Time
	From Side
	Kind Kind
	Data []byte // of Data
}

// A Conversation is what was recorded of one connection, in its order.
type Conversation struct {
	ID       int
	Pair     int    // of a proxy: its other connection has the same; else 0
	Recorder Side   // the side that has recorded
	Client   string // an address; it may be "" or of a Unix socket
	Server   string
	Began    time.Time
	Ended    time.Time // of the last event
	Closed   bool      // the recording has its close
	Steps    []Step    // of a Recording

	over [2]bool // no step of the side follows
}

// A Recording is all of a file.
type Recording struct {
	Header        Header
	Conversations []*Conversation
}

// Read reads a recording to its end. With an error it returns what comes before the fault,
// too, if the header is right.
func Read(r io.Reader) (*Recording, error) {
	rd, err := NewReader(r)
	if err != nil {
		return nil, err
	}
	rec, open := &Recording{Header: rd.Header}, new(Joiner)
	for {
		e, err := rd.Next()
		if err == io.EOF {
			return rec, nil
		}
		if err != nil {
			return rec, err
		}
		c, step, err := open.Join(e)
		switch {
		case err != nil:
			return rec, err
		case step != nil:
			c.Steps = append(c.Steps, *step)
		case begins(e):
			rec.Conversations = append(rec.Conversations, c)
		}
	}
}

// A Joiner sorts events into conversations. The zero Joiner is ready.
type Joiner struct {
	byID map[int]*Conversation
}

// Join returns the conversation that an event belongs to, and the step that it is. The
// conversation is nil for an event of no connection, and for those of a client that has not
// connected. The step is nil for an event that is none.
func (j *Joiner) Join(e *Event) (*Conversation, *Step, error) {
	c := j.byID[e.ID]
	switch {
	case begins(e):
		if e.ID == 0 || c != nil {
			return nil, nil, &Error{e.Line, errors.New("each connection has an id of its own")}
		}
		return j.open(e), nil, nil
	case c == nil && (e.Name == "data" || e.Name == "write"):
		return nil, nil, &Error{e.Line, errors.New("data of a connection that has not begun")}
	case c == nil:
		return nil, nil, nil
	case c.Closed:
		return nil, nil, &Error{e.Line, errors.New("the connection is closed already")}
	}
	c.Ended = e.Time
	return c, c.step(e), nil
}

// begins reports whether e begins a connection.
func begins(e *Event) bool { return e.Name == "connect" || e.Name == "connection" }

func (j *Joiner) open(e *Event) *Conversation {
	c := &Conversation{ID: e.ID, Pair: e.Pair, Began: e.Time, Ended: e.Time, Client: e.Local, Server: e.Remote}
	if e.Name == "connection" {
		c.Recorder, c.Client, c.Server = Server, e.Remote, e.Local
	}
	if j.byID == nil {
		j.byID = make(map[int]*Conversation)
	}
	j.byID[e.ID] = c
	return c
}

// step returns the step that an event is, nil if it is none.
func (c *Conversation) step(e *Event) *Step {
	us, peer := c.Recorder, c.Recorder.Other()
	step := &Step{Line: e.Line, Time: e.Time, Data: e.Data}
	switch e.Name {
	case "data":
		step.From = peer
		return step
	case "write":
		step.From = us
		return step
	case "end":
		step.From, step.Kind = peer, End
	case "finish":
		step.From, step.Kind = us, End
	case "error":
		if e.Code != "ECONNRESET" && e.Code != "EPIPE" || c.over[0] && c.over[1] {
			return nil
		}
		step.From, step.Kind = peer, Reset
		c.over = [2]bool{true, true}
		return step
	case "close":
		c.Closed = true
		step.From, step.Kind = us, Close
		if e.Reset && !(c.over[0] && c.over[1]) {
			step.Kind = Reset
			c.over = [2]bool{true, true}
			return step
		}
	default:
		return nil
	}
	if c.over[step.From] {
		return nil
	}
	c.over[step.From] = true
	return step
}

// Bytes returns how many bytes a side has sent.
func (c *Conversation) Bytes(from Side) (n int64) {
	for _, s := range c.Steps {
		if s.From == from {
			n += int64(len(s.Data))
		}
	}
	return n
}
