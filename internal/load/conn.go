// Copyright 2026 The duplex authors. MIT license.

package load

import (
	"context"
	"errors"
	"net"
	"os"

	"github.com/duplex-go/duplex"
)

// A phase is how far a conn has come.
type phase uint8

const (
	resting phase = iota // it has no socket
	dialing
	open
	leaving // its socket closes, as it is meant to
)

// A conn is one connection of a worker, and its successors when that is lost. Its
// worker's loop owns it.
type conn struct {
	w       *worker
	socket  *duplex.Socket
	phase   phase
	began   int64 // when dialing began
	stamps  []stamp
	oldest  int // of stamps
	under   int // messages under way: so many stamps
	reading reading
	turn    int  // of the payload's messages
	listed  bool // among those that are free

	fruitless int   // sockets in a row that brought no reply
	flushed   bool  // the kernel has taken all that was written
	counted   int64 // of Stream: bytes that the kernel had taken when they were counted last
}

// A stamp is a message under way.
type stamp struct {
	due  int64
	sent int64
	size int
}

// dial begins a connection.
func (c *conn) dial(now int64) {
	w := c.w
	c.phase, c.began, c.flushed, c.counted = dialing, now, false, 0
	w.dialing++
	c.socket = w.client.Connect(context.Background(), w.plan.Network, w.plan.Address, &w.handler)
	c.socket.Value = c // before its first callback, which comes on this loop
}

// connected is called when the connection is made.
func (c *conn) connected() {
	w := c.w
	if tune := w.plan.Tune; tune != nil && !tune(c.socket) {
		return // OnClose follows
	}
	now := w.now()
	c.phase = open
	w.dialing--
	w.open++
	if w.counts(c.began) {
		record(w.tally.connect, now-c.began)
	}
	switch w.stage {
	case preparing:
		if w.plan.Mode == Connect { // this one was to find out whether there is a server
			c.leave()
		}
		w.settle()
	case running, finishing:
		c.serve(now)
	case over:
		c.socket.Destroy(nil)
	}
}

// serve lets an open connection begin.
func (c *conn) serve(now int64) {
	w := c.w
	switch p := w.plan; {
	case p.Mode == Connect && p.Bare:
		c.complete(now)
	case p.Mode == Connect:
		c.write(c.message())
	case w.stage != running:
	case p.open():
		w.release(c)
		w.pace(now)
	case p.Mode == Stream:
		c.flood()
	default:
		c.fill(now)
	}
}

// message returns the next message of the payload.
func (c *conn) message() []byte {
	messages := c.w.plan.Payload.Messages
	m := messages[c.turn]
	if c.turn++; c.turn == len(messages) {
		c.turn = 0
	}
	return m
}

// write offers p to the kernel at once, since the message's time has begun. At the end of
// the turn it would wait for all other connections of the turn. An error is reported to
// OnClose, too.
func (c *conn) write(p []byte) {
	n, err := c.socket.TryWrite(p)
	if err == nil && n < len(p) {
		_, _ = c.socket.Write(p[n:])
	}
}

// mark notes a message that is sent now.
func (c *conn) mark(due, now int64, size int) {
	at := c.oldest + c.under
	if at >= len(c.stamps) {
		at -= len(c.stamps)
	}
	c.stamps[at] = stamp{due, now, size}
	c.under++
	c.w.under++
}

// fill sends as many messages as may be under way.
func (c *conn) fill(now int64) {
	w := c.w
	room := len(c.stamps) - c.under
	if w.repeated == nil {
		for range room {
			m := c.message()
			c.mark(now, now, len(m))
			c.write(m)
		}
		return
	}
	size := len(w.repeated) / len(c.stamps)
	for range room {
		c.mark(now, now, size)
	}
	c.write(w.repeated[:room*size])
}

// flood writes until the queue is full.
func (c *conn) flood() {
	for c.w.stage == running && c.phase == open && !c.socket.NeedDrain() {
		if _, err := c.socket.Write(c.w.block); err != nil {
			return // OnClose follows
		}
	}
}

// received takes bytes of replies.
func (c *conn) received(p []byte) {
	w := c.w
	now := w.now()
	for len(p) > 0 {
		if c.under == 0 {
			w.tally.surplus += int64(len(p))
			break
		}
		n, complete := w.plan.Reply.take(&c.reading, c.stamps[c.oldest].size, p)
		p = p[n:]
		if complete {
			c.complete(now)
		}
	}
	switch {
	case w.plan.Mode == Connect || c.under == len(c.stamps):
	case w.stage == finishing:
		w.check()
	case w.stage != running || c.phase != open:
	case w.plan.open():
		w.release(c)
		w.pace(now)
	case now < w.end:
		c.fill(now)
	}
}

// complete counts the oldest message, whose reply is there.
func (c *conn) complete(now int64) {
	w, m := c.w, c.pop()
	if w.counts(m.due) {
		t := w.tally
		record(t.response, now-m.due)
		if w.plan.open() {
			record(t.service, now-m.sent)
		}
		t.ok++
		t.in += int64(c.reading.bytes)
		t.out += int64(m.size)
	}
	c.reading = reading{}
	c.fruitless = 0
	if w.plan.Mode == Connect {
		c.leave()
	}
}

// pop takes the oldest message off those under way.
func (c *conn) pop() stamp {
	m := c.stamps[c.oldest]
	if c.oldest++; c.oldest == len(c.stamps) {
		c.oldest = 0
	}
	c.under--
	c.w.under--
	return m
}

// leave closes the socket, when the kernel has taken what was written.
func (c *conn) leave() {
	if c.phase == open {
		c.w.open--
		c.w.parting++
		c.phase = leaving
		c.socket.Close()
	}
}

// ErrEnded is the error of messages whose reply did not come before the server's end.
var ErrEnded = errors.New("the server ended the connection, and a reply was missing")

// ended is Node's name for ErrEnded.
const ended = "EOF"

// closed is called when the socket is closed, whatever the reason.
func (c *conn) closed(s *duplex.Socket) {
	w, was := c.w, c.phase
	w.flow(c)
	c.phase, c.socket = resting, nil
	switch was {
	case dialing:
		w.dialing--
	case open:
		w.open--
	case leaving:
		w.parting--
	}
	err := s.Err()
	code := duplex.Code(err)
	switch {
	case err == nil:
		err = &net.OpError{Op: "read", Net: w.plan.Network, Addr: s.RemoteAddr(), Err: ErrEnded}
		code = ended
	case code == "":
		code = "ERROR"
	}
	lost := c.under
	for c.under > 0 {
		if m := c.pop(); w.counts(m.due) {
			w.tally.fail(code, err, 1)
		}
	}
	c.reading = reading{}
	switch {
	case was == dialing && lost == 0 && w.counts(c.began):
		w.tally.fail(code, err, 1)
	case was == leaving && w.plan.Mode == Stream && !c.flushed:
		w.tally.fail(code, err, 1) // the end of what was written is lost
	case was == open && w.plan.Mode == Stream && w.stage == running && w.counts(w.now()):
		w.tally.fail(code, err, 1)
	}
	w.leaves(c, was)
}

// overdue destroys the socket if the oldest reply has been awaited for too long.
func (c *conn) overdue(now int64) {
	if c.phase == open && c.under > 0 && now-c.stamps[c.oldest].sent > int64(c.w.plan.Timeout) {
		c.socket.Destroy(&net.OpError{Op: "read", Net: c.w.plan.Network, Addr: c.socket.RemoteAddr(), Err: os.ErrDeadlineExceeded})
	}
}

// taken returns how many bytes of the payload the kernel has taken.
func (c *conn) taken() int64 { return c.socket.BytesSent() }
