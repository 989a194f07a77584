// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/duplex-go/duplex"
)

// A service is what serve does for a client. Its functions run on the loop, and may be
// nil.
type service struct {
	open func(*client)         // the client is connected
	data func(*client, []byte) // a piece came, or a line
	rest func(*client)         // the client sends no more
	gone func(*client)         // it is closed

	// feeds says that a goroutine sends the answer, which a signal waits for.
	feeds bool
}

// notBegun is the rest of an answer that is not begun, of a client that is known by now.
const notBegun = -1

// A client is what serve knows of a client.
type client struct {
	*duplex.Socket
	id int

	// Owned by the loop.
	begun []byte // --per line and --chat: bytes that are not answered yet

	program atomic.Pointer[program] // --exec; nil before it has started
	feeding atomic.Bool             // an answer is on its way
	rest    atomic.Int64            // bytes of that answer that are not queued yet; notBegun before it
	cut     atomic.Bool             // it was reset before its answer was whole

	// Guarded by answering of serve.
	short  *shortfall // counts what it does not get; nil if that is nothing, or not known yet
	held   int64      // bytes that the kernel had not sent when c was cut
	closed bool       // its socket is
}

// services returns what the flags ask for.
func (v *serve) services() service {
	switch {
	case v.file != "":
		return service{open: v.sendFile, feeds: true}
	case v.chargen:
		return service{open: func(c *client) { v.feed(c, new(generator), -1, func(error) {}) }}
	case v.exec != "":
		return service{open: v.execute, data: (*client).toProgram, rest: (*client).endProgram, gone: v.leaveProgram, feeds: true}
	case v.chat:
		return service{data: v.chatter}
	}
	return service{data: v.respond}
}

// maxLine is the longest line that --per line and --chat wait for. A longer one counts
// as several.
const maxLine = 64 << 10

// take answers the pieces that have come, or the lines, until the client has to read
// first. With final, a line that is not ended counts, too.
func (v *serve) take(c *client, final bool) {
	for !c.NeedDrain() && len(c.begun) > 0 && !v.printer.peer(c.Socket).leaving.Load() {
		n := bytes.IndexByte(c.begun, '\n') + 1
		switch {
		case n == 0 && len(c.begun) >= maxLine:
			n = complete(c.begun[:maxLine]) // no character is cut in two
		case n == 0 && final:
			n = len(c.begun)
		case n == 0:
			return
		}
		line := c.begun[:n]
		c.begun = c.begun[n:]
		v.service.data(c, line)
	}
}

// respond answers data, and then does what --then says.
func (v *serve) respond(c *client, data []byte) {
	reply := v.answer
	if v.echo {
		reply = data
	} else if v.template {
		reply = v.fill(c, v.answer, len(data))
	}
	v.write(c, reply)
	v.leave(c, v.then)
}

// fill returns text with its fields filled in.
func (v *serve) fill(c *client, text []byte, n int) []byte {
	return []byte(strings.NewReplacer(
		"{{id}}", strconv.Itoa(c.id),
		"{{remote}}", shown(c.RemoteAddr()),
		"{{n}}", strconv.Itoa(n),
	).Replace(string(text)))
}

// leave does what --then says.
func (v *serve) leave(c *client, then string) {
	switch then {
	case "end":
		c.End()
	case "destroy":
		v.destroy(c.Socket)
	case "reset":
		v.printer.reset(c.Socket)
	}
}

// destroy destroys s once the kernel has taken the answer. Until then it reads no
// more.
func (v *serve) destroy(s *duplex.Socket) {
	s.Pause()
	v.printer.peer(s).leaving.Store(true)
	if _, err := s.WriteFunc(nil, func(error) { s.Destroy(nil) }); err != nil {
		s.Destroy(nil)
	}
}

// write queues bytes for a client, and prints that.
func (v *serve) write(c *client, p []byte) {
	if len(p) == 0 {
		return
	}
	v.answering.Lock()
	_, err := c.Write(p)
	v.answering.Unlock()
	switch {
	case err == nil:
		v.printer.wrote(c.Socket, p)
	case v.dropped.Load():
		v.unsent.bytes.Add(int64(len(p)))
	}
}

// chatter sends a line to all other clients, as one message to the room.
func (v *serve) chatter(c *client, line []byte) {
	text := fmt.Appendf(nil, "#%d %s\n", c.id, bytes.TrimRight(line, "\r\n"))
	v.answering.Lock()
	_, err := duplex.Cast{To: []*duplex.Group{&v.room}, Without: []*duplex.Socket{c.Socket}}.Write(text)
	if err != nil {
		v.missed.bytes.Add(int64(len(text)))
	}
	var told []*client
	for _, other := range v.clients.all() {
		if err != nil || other == c {
			continue
		}
		// The room does not say whether the line is queued. This write has its place after it.
		if _, closed := other.Write(nil); closed == nil {
			told = append(told, other)
		} else if v.dropped.Load() {
			v.unsent.bytes.Add(int64(len(text)))
		}
	}
	v.answering.Unlock()
	for _, other := range told {
		v.printer.wrote(other.Socket, text)
	}
}

// sendFile sends the file to c.
func (v *serve) sendFile(c *client) {
	f, err := os.Open(v.file)
	if err != nil {
		v.fails(c, err)
		return
	}
	size := int64(-1) // it is not known of a pipe
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		size = info.Size()
	}
	v.feed(c, f, size, func(err error) {
		f.Close()
		if err != nil {
			v.fails(c, err)
			return
		}
		then := "end"
		if v.given("then") {
			then = v.then
		}
		v.leave(c, then)
	})
}

// fails resets c, since its answer cannot be read. The exit code says so, too.
func (v *serve) fails(c *client, err error) {
	v.incomplete.Add(1)
	c.cut.Store(true)
	v.report(c, err)
	v.printer.reset(c.Socket)
}

// report prints an error that the socket of c does not know of, unless it has failed before.
func (v *serve) report(c *client, err error) {
	if c.Err() != nil || v.printer.peer(c.Socket).failed.Swap(true) {
		return
	}
	e := v.printer.event("error", c.Socket, nil)
	e.err, e.in, e.out = err, c.BytesRead(), c.BytesWritten()
	v.printer.print(e)
}

// feed sends what r gives to c, no faster than c takes it: size bytes, or any number if that
// is negative. It calls done when r is over, with the error of r, unless c is closed first.
func (v *serve) feed(c *client, r io.Reader, size int64, done func(error)) {
	c.feeding.Store(true)
	c.rest.Store(max(0, size))
	if v.exec == "" { // a program may outlive its client
		v.feeding.Add(1)
	}
	go func() { // until r is over, or the socket is closed
		if v.exec == "" {
			defer v.feeding.Done()
		}
		var err error
		underWay := make(chan struct{}, ahead)
		for buf := make([]byte, 32<<10); err == nil; {
			var n int
			if n, err = r.Read(buf); n == 0 {
				continue
			}
			if size < 0 {
				c.rest.Add(int64(n))
			}
			underWay <- struct{}{}
			v.printer.wrote(c.Socket, buf[:n])
			v.answering.Lock()
			c.rest.Add(int64(-n)) // before the write, whose end may come at once
			_, closed := c.WriteFunc(buf[:n], func(error) { <-underWay })
			if closed != nil {
				c.rest.Add(int64(n))
				c.loseRest()
			}
			v.answering.Unlock()
			if closed != nil {
				<-underWay
				err = nil
				break
			}
		}
		if err == io.EOF {
			c.rest.Store(0) // also if the file has become shorter
		}
		for range ahead {
			underWay <- struct{}{}
		}
		c.feeding.Store(false)
		if err == io.EOF {
			err = nil
		}
		done(err)
		if v.stopping.Load() || c.State() == duplex.WriteOnly {
			c.End() // the client has ended, or is to end
		}
	}()
}

// A generator gives the characters of the Character Generator Protocol, RFC 864: lines
// of 72 printable characters, each of which begins with the next one.
type generator struct {
	line []byte // the rest of the line
	next int
}

func (g *generator) Read(p []byte) (n int, err error) {
	const printable, width = '~' - ' ' + 1, 72
	for n < len(p) {
		if len(g.line) == 0 {
			for i := range width {
				g.line = append(g.line, byte(' '+(g.next+i)%printable))
			}
			g.line = append(g.line, "\r\n"...)
			g.next++
		}
		moved := copy(p[n:], g.line)
		g.line, n = g.line[moved:], n+moved
	}
	return n, nil
}

// clients are those that are connected, by number.
type clients struct {
	mu   sync.Mutex
	byID map[int]*client
}

func (cs *clients) join(c *client) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.byID == nil {
		cs.byID = make(map[int]*client)
	}
	cs.byID[c.id] = c
}

func (cs *clients) leave(c *client) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	delete(cs.byID, c.id)
}

// all returns the clients, in the order of their numbers.
func (cs *clients) all() []*client {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	all := make([]*client, 0, len(cs.byID))
	for _, id := range slices.Sorted(maps.Keys(cs.byID)) {
		all = append(all, cs.byID[id])
	}
	return all
}

// numbered returns the client of a number, nil if there is none.
func (cs *clients) numbered(id int) *client {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	return cs.byID[id]
}
