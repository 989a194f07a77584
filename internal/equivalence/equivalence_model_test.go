// Copyright 2026 The duplex authors. MIT license.

package equivalence_test

import (
	"bufio"
	"fmt"
	"slices"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
)

// A model predicts the events of each side from TCP and the laws. It is a connection
// without delays.
type model [2]*side

const calling, serving = 0, 1 // the sides

// A side is an end of the connection in a model.
type side struct {
	peer     *side
	serves   bool
	halfOpen bool
	secure   bool // with TLS

	// Output.
	bytes    []byte // all that it may write
	written  int
	loose    int // of written, what Cork does not hold back
	corked   int
	acks     []int // of WriteFunc: what was written then
	writes   int   // in this move
	ended    bool  // End was called
	finished bool  // FIN is with the kernel
	reset    bool  // RST is

	// Input.
	view    view
	left    int    // lines until view.then
	heard   int    // of the peer's bytes
	waiting []byte // start of a character
	text    []byte // start of a line, or if recut, what is kept by a pause
	recut   bool
	backlog int // of heard, what may still be with the kernel because of that
	paused  bool
	discard bool // by Close
	eof     bool
	flushed bool
	toldEnd bool

	connected, closed bool
	told              transcript
}

// A view is what varies among the Handlers of an end.
type view struct {
	enc   codec.Encoding
	lines bool
	after int    // lines until then; 0 for never
	then  string // what OnData does with that line: pause, close or unsplit
}

// unsplit returns v without lines.
func (v view) unsplit() view { return view{enc: v.enc} }

func (v view) String() string {
	s := "bytes"
	if v.enc != nil {
		s = v.enc.Name()
	}
	if v.lines {
		s += " in lines"
	}
	if v.after > 0 {
		s += fmt.Sprintf(", %s at line %d", v.then, v.after)
	}
	return s
}

// sure is how many bytes every kernel takes while the peer does not read. A kernel may
// take more, and the drivers differ in that.
const sure = 16 << 10

func newModel(p *plan) *model {
	m := new(model)
	for i := range m {
		o := p.options[i]
		m[i] = &side{
			serves:   i == serving,
			halfOpen: o.AllowHalfOpen,
			secure:   p.secure,
			paused:   o.PauseOnConnect,
			bytes:    p.bytes[i],
			view:     p.views[i],
			left:     p.views[i].after,
		}
	}
	m[0].peer, m[1].peer = m[1], m[0]
	return m
}

// clone returns a copy of m.
func (m *model) clone() *model {
	c := new(model)
	for i, x := range m {
		c[i] = new(side)
		*c[i] = *x
		c[i].acks = slices.Clone(x.acks)
		c[i].told.events = slices.Clip(x.told.events)
	}
	c[0].peer, c[1].peer = c[1], c[0]
	return c
}

// settle makes all events happen that are due.
func (m *model) settle() {
	for m[0].advance() || m[1].advance() {
	}
	m[0].writes, m[1].writes = 0, 0
}

// certain reports whether m, after settle, does not depend on how many bytes the
// kernels hold.
func (m *model) certain() bool {
	for _, x := range m {
		switch {
		case x.closed && x.peer.written > x.heard: // RST is the answer, sooner or later
			return false
		case x.closed:
		case x.ended && !x.finished, len(x.acks) > 0 && x.corked == 0:
			return false
		}
	}
	return true
}

func (x *side) reads() bool { return x.discard || !x.paused }

// unread reports whether input may wait that x has not read.
func (x *side) unread() bool { return x.recut || x.peer.written > x.heard }

// pending returns how many bytes of x its peer may not have read yet.
func (x *side) pending() int { return x.written - x.peer.heard + x.peer.backlog }

// sent returns how many bytes the kernel has in any case.
func (x *side) sent() int {
	if taken := x.peer.heard - x.peer.backlog; x.loose-taken > sure {
		return taken
	}
	return x.loose
}

// muffled reports whether x discards records without opening them, so that it does not
// know how many bytes they hold.
func (x *side) muffled() bool { return x.secure && x.discard }

// reacts reports whether x may close itself when lines arrive.
func (x *side) reacts() bool { return x.view.lines && x.left > 0 && x.view.then == "close" }

// advance makes the next event of x happen. It reports whether there was one.
func (x *side) advance() bool {
	y := x.peer
	switch {
	case x.closed:
		return false
	case !x.connected:
		x.connected = true
		x.told.event("connect")
	case len(x.acks) > 0 && x.acks[0] <= x.sent():
		x.told.event(writtenLine(x.acks[0], nil))
		x.acks = x.acks[1:]
	case x.ended && !x.finished && x.sent() == x.written:
		x.finished = true
		x.told.event("finish")
	case x.finished && (x.toldEnd || x.discard && x.eof):
		x.close("")
	case !x.reads():
		return false
	case x.recut:
		x.hear(nil)
	case x.heard < y.loose:
		p := y.bytes[x.heard:y.loose]
		x.heard = y.loose
		if !x.discard {
			x.hear(p)
		}
	case y.reset && !x.eof:
		x.close("read ECONNRESET")
	case (y.finished || y.closed && !y.reset) && !x.eof:
		x.eof = true
	case x.eof && !x.discard && !x.flushed:
		x.flushed = true
		x.hear(nil)
	case x.eof && !x.discard && !x.toldEnd:
		x.toldEnd = true
		x.told.event("end")
		if !x.halfOpen {
			x.end()
		}
	default:
		return false
	}
	return true
}

// hear delivers p to x, after what was kept.
func (x *side) hear(p []byte) {
	backlog := x.backlog + len(p)
	src := slices.Concat(x.waiting, p)
	x.waiting = nil
	text := src
	if enc := x.view.enc; enc != nil {
		var rest int
		text, rest = enc.Decode(nil, src, x.flushed)
		x.waiting = src[len(src)-rest:]
	}
	text = slices.Concat(x.text, text)
	x.text, x.recut, x.backlog = nil, false, 0
	if !x.view.lines {
		x.told.data(text)
		return
	}
	for len(text) > 0 {
		n, line, _ := bufio.ScanLines(text, x.flushed)
		if n == 0 {
			break
		}
		text = text[n:]
		x.told.line(line)
		if x.left--; x.left != 0 {
			continue
		}
		switch x.view.then {
		case "pause":
			x.paused = true
		case "close":
			x.linger()
			return
		case "unsplit":
			x.view = x.view.unsplit()
		}
		if x.text = text; len(text) > 0 {
			x.recut, x.backlog = true, backlog
		}
		return
	}
	x.text = text
}

// perform carries out d on x, and stores the result in d. It returns false if drivers
// may differ in what follows.
func (x *side) perform(d *deed) bool {
	y := x.peer
	if x.closed {
		d.refused = d.writes() || d.verb == "close"
		return true
	}
	switch d.verb {
	case "write", "writeString", "writev", "writeFunc":
		if d.refused = x.ended; d.refused {
			return true
		}
		ack := d.verb == "writeFunc"
		if y.closed || x.written+d.size > len(x.bytes) {
			return false
		}
		// A side that may close itself in the middle of a move gets one write only.
		if y.reacts() && (ack || x.writes > 0) || (x.reacts() || y.reacts()) && y.writes > 0 {
			return false
		}
		d.from = x.written
		x.written += d.size
		x.release()
		x.writes++
		if ack {
			x.acks = append(x.acks, x.written)
		}
	case "cork":
		if x.ended || y.closed || x.pending() > 0 {
			return false
		}
		x.corked++
	case "uncork":
		x.corked = max(0, x.corked-1)
		x.release()
	case "end":
		if y.reset || y.reacts() {
			return false
		}
		x.end()
	case "close":
		if y.reset || y.reacts() {
			return false
		}
		d.refused = x.discard
		x.linger()
	case "destroy", "reset":
		// The kernel sends RST if it has unread bytes. And the portable driver does not
		// know yet whether the kernel took a write.
		if x.unread() || y.corked > 0 || len(x.acks) > 0 || x.written > x.loose || x.pending() > sure {
			return false
		}
		// With TLS, close_notify of a peer that has not ended finds no reader, so that a
		// reset may come before its finish. And close_notify is an unread byte, where FIN
		// is none.
		if x.secure && !y.closed && (d.verb == "destroy" && !y.finished || y.ended && !x.eof) {
			return false
		}
		x.corked = 0
		x.release()
		// After FINs both ways there is no connection to reset.
		if d.verb == "reset" && !y.closed && !(x.finished && y.finished) {
			if x.finished || y.reacts() { // the peer hears of FIN, and of RST when it writes
				return false
			}
			x.reset = true
		}
		x.close(d.err)
	case "pause":
		x.paused = true
	case "resume":
		x.paused = false
	case "view":
		if x.recut && len(x.text) > 0 && d.view.enc != x.view.enc {
			return false // part of what waits is decoded already
		}
		if y.reset && d.view.then == "close" {
			return false // as for close itself: FIN fails, with an error of its own
		}
		x.view, x.left = d.view, d.view.after
		x.recut = x.recut || len(x.text)+len(x.waiting) > 0
	case "timeout":
		if y.closed || x.unread() || x.pending() > sure || x.corked > 0 {
			return false
		}
		x.told.event("timeout")
	default:
		panic("no verb " + d.verb)
	}
	return true
}

// release sends what no Cork holds back.
func (x *side) release() {
	if x.corked == 0 {
		x.loose = x.written
	}
}

func (x *side) end() {
	if !x.ended {
		x.ended = true
		x.corked = 0
		x.release()
	}
}

// linger closes x, as Close does.
func (x *side) linger() {
	x.end()
	x.discard = true
	x.text, x.waiting, x.recut, x.backlog = nil, nil, false, 0
}

// close closes x with err.
func (x *side) close(err string) {
	if err != "" {
		x.told.event("error: " + err)
	}
	if x.serves {
		x.told.event("server closed") // it has stopped listening, and x was its last
	}
	x.closed = true
	x.told.event(closeLine(int64(x.heard), int64(x.written), err, x.muffled()))
}

// mark returns the state of x.
func (x *side) mark() mark {
	p := x.told.progress()
	p.kept, p.waiting = len(x.text), len(x.waiting)
	return mark{
		progress: p,
		state:    x.state(),
		paused:   x.paused,
		read:     int64(x.heard),
		unread:   !x.reads() && x.unread() || x.muffled(),
		written:  int64(x.written),
		deaf:     x.closed || x.discard,
		lost:     x.peer.reset && !x.closed,
	}
}

func (x *side) state() duplex.State {
	readable, writable := !x.toldEnd && !x.discard, !x.ended
	switch {
	case x.closed || !readable && !writable:
		return duplex.Closed
	case readable && writable:
		return duplex.Open
	case readable:
		return duplex.ReadOnly
	}
	return duplex.WriteOnly
}
