// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/internal/buf"
	"github.com/duplex-go/duplex/internal/lent"
)

// A delivery is input on its way to a Handler or to outlets. Take fills it under the
// socket's mu, deliver runs without mu, and keep takes back the rest under mu. The pump
// owns it meanwhile.
type delivery struct {
	h       *Handler
	text    buf.Backlog // decoded
	tail    tail        // arrived after text: the start of a character
	final   bool        // no more input follows
	decoded bool        // an Encoding has made some of the text that was kept
	lent    bool        // p, and text that shares its memory, belongs to the driver, to an Encoding or to raw
	whole   bool        // cut has found a piece
	part    bool        // bytes of a piece that is not complete came after that
	began   int64       // when the piece began that p goes on with; 0 for none
	wait    int         // how many bytes of text the Framing waits for; 0 if it was not asked
	due     bool        // the text that deliver leaves may hold whole pieces, or an empty one at the end
	frames  int         // how many pieces OnData had
	p       []byte      // arrived after the tail, not decoded
	raw     buf.Backlog // the memory of p, if p was kept; tellData returns it
}

// deliver decodes the input and passes it on: to the outlets, to nothing, piece by
// piece, or to OnData. It survives a panic or Goexit of the Handler.
func (st *stream) deliver(d *delivery) {
	survive(func() { st.give(d) }, st.crashed)
	if d.frames > 0 {
		st.conf.lane.frames.Add(int64(d.frames))
		st.conf.frames.Add(int64(d.frames))
	}
}

// give is deliver, and does not.
func (st *stream) give(d *delivery) {
	switch {
	case d.h == piping:
		if d.decode(); d.text.Len() > 0 {
			st.carry(d)
		}
	case d.h.OnData == nil:
		st.discard(d.drop())
	case d.h.cuts():
		d.decode()
		st.cut(d)
		if d.h.FrameTimeout > 0 {
			st.clock(d)
		}
	case d.h.Encoding == nil && !d.left(): // bytes as they arrived
		if len(d.p) > 0 {
			d.h.OnData((*Socket)(st), d.p)
			lent.Poison(d.p)
		}
	default:
		d.decode()
		if text := d.text.Bytes(); len(text) > 0 {
			d.text = buf.Backlog{}
			d.h.OnData((*Socket)(st), text)
			lent.Poison(text)
		}
	}
}

// left reports whether input is left to keep. After most deliveries none is.
func (d *delivery) left() bool { return d.text.Len() > 0 || d.tail.n > 0 || d.due }

// drop empties d, and returns how many bytes it held.
func (d *delivery) drop() int {
	n := d.text.Len() + int(d.tail.n) + len(d.p)
	*d = delivery{h: d.h}
	return n
}

// decode turns the tail and p into text, after the text that d holds already. It leaves
// in tail the start of a character whose rest has not arrived.
func (d *delivery) decode() {
	enc, p := d.h.Encoding, d.p
	d.p = nil
	if d.text.Len() == 0 && d.tail.n == 0 {
		if enc != nil {
			text, rest := enc.Decode(nil, p, d.final)
			if rest > 0 {
				d.tail = newTail(p[len(p)-rest:])
			}
			d.lent = d.lent || len(text) == 0 || &text[0] != &p[0]
			p = text
		}
		d.text = buf.Of(p)
		return
	}
	d.lent = false
	if n := int(d.tail.n); n > 0 {
		// At most 3 bytes complete the character that waits. Decoding these bytes
		// apart saves a copy of p after the tail.
		joined := append(make([]byte, 0, 2*len(d.tail.bytes)), d.tail.bytes[:n]...)
		head := p[:min(len(p), len(d.tail.bytes))]
		joined = append(joined, head...)
		rest := d.append(enc, joined, d.final && len(head) == len(p))
		if len(head) == len(p) {
			d.tail = newTail(joined[len(joined)-rest:])
			return
		}
		p = p[len(head)-rest:]
	}
	rest := d.append(enc, p, d.final)
	d.tail = newTail(p[len(p)-rest:])
}

// append decodes p and appends it to text. It returns how many bytes at the end of p
// it leaves.
func (d *delivery) append(enc codec.Encoding, p []byte, final bool) (rest int) {
	if enc == nil {
		d.text.Append(p)
		return 0
	}
	d.text.Reserve(len(p), 0)
	text, rest := enc.Decode(d.text.Spare(), p, final)
	d.text.AppendSpare(text)
	return rest
}

// slack is how many bytes beyond MaxFrame an incomplete piece may have, for its
// delimiter or header.
const slack = 16

// maxEmpty is how many pieces in a row a Split may find without advancing, as in
// bufio.Scanner.
const maxEmpty = 100

// tooLong returns the error of a piece that is longer than limit.
func tooLong(limit int) error {
	if limit < 0 { // Framing has a limit of its own
		return ErrFrameTooLong
	}
	return fmt.Errorf("%w of %d bytes", ErrFrameTooLong, limit)
}

// cut delivers the pieces of the text, and leaves the rest in d.
func (st *stream) cut(d *delivery) {
	h := d.h
	limit := h.maxFrame()
	empty := 0
	for d.text.Len() > 0 || d.final {
		text := d.text.Bytes()
		n, piece, err := d.next(text, limit)
		switch {
		case errors.Is(err, codec.ErrTooLong):
			st.fail(tooLong(limit))
			return
		case err != nil && !errors.Is(err, bufio.ErrFinalToken):
			st.fail(err)
			return
		case n < 0 || n > len(text):
			st.fail(errAdvance(n))
			return
		case h.Framing == nil && limit >= 0 && (len(piece) > limit || piece == nil && n == 0 && len(text)-slack > limit):
			st.fail(tooLong(limit))
			return
		}
		d.text.Consume(n)
		d.whole, d.part = d.whole || piece != nil, piece == nil && (d.part || n > 0)
		if piece != nil {
			d.frames++
			h.OnData((*Socket)(st), piece[:len(piece):len(piece)])
			lent.PoisonPiece(piece, text[:n])
		}
		if err != nil {
			st.mute()
			return
		}
		if n == 0 {
			if empty++; piece == nil || empty > maxEmpty {
				break
			}
		} else {
			empty = 0
		}
		if (d.text.Len() > 0 || d.final) && st.interrupted(h) {
			d.text.Keep(d.lent)
			d.due = true // also without text: a Split may find an empty piece at the end
			return
		}
	}
	switch {
	case empty > maxEmpty:
		st.fail(io.ErrNoProgress)
	case !d.final:
		d.text.Keep(d.lent)
		d.part = d.part || d.left()
	case d.text.Len() > 0:
		st.fail(io.ErrUnexpectedEOF)
	}
}

// next returns the first piece of text. A Framing is not asked before there is as much as
// it waits for.
func (d *delivery) next(text []byte, limit int) (n int, piece []byte, err error) {
	if d.h.Framing == nil {
		return d.h.Split(text, d.final)
	}
	if len(text) < d.wait && !d.final {
		return 0, nil, nil
	}
	n, piece, d.wait, err = d.h.Framing.Cut(text, d.wait, limit, d.final)
	if piece != nil {
		d.wait = 0
	}
	return n, piece, err
}

// fail ends the socket because the rest of its input cannot be cut. The input is
// discarded at once. (Destroy would wait for posted functions.) OnError is due while
// output is possible; then the socket closes as after Close.
func (st *stream) fail(err error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	switch {
	case st.phase != open || st.sending == broken:
		st.destroy(err)
	case st.in.interest != discarded: // else Close was called meanwhile
		st.endDetach(err)
		st.lose(discarded)
		(*Socket)(st).rare().err = err
		st.report = errorDue
		st.advanceLater()
	}
}

// condemned reports whether input that could not be cut has ended the socket: more.err is
// why, whatever happens until it is closed.
func (st *stream) condemned() bool { return st.phase <= open && st.report >= errorDue }

// mute discards the rest of the input. The peer's end is still reported.
func (st *stream) mute() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.lose(muted)
}

func errAdvance(n int) error {
	if n < 0 {
		return bufio.ErrNegativeAdvance
	}
	return bufio.ErrAdvanceTooFar
}

// interrupted reports whether h must not receive more for now.
func (st *stream) interrupted(h *Handler) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.stalled() || st.in.interest != wanted || st.phase != open || st.receiver() != h || st.securing() || h.givesWay()
}

// WriteTo resumes the socket, and writes to w the bytes that it receives from now on,
// undecoded and uncut, until the peer's end. It reads no further ahead than one read.
// It returns the number of bytes that w took, and nil at the peer's end (at once, if
// OnEnd was called), an error of w, or the reason why the socket closed,
// [net.ErrClosed] if there is no other. It blocks, so it is not for callbacks: on a
// loop of the socket's engine, and in a callback of the socket itself, it returns an
// error and does nothing.
//
// The Handler receives every event but the data, also if SetHandler changes it
// meanwhile. OnEnd comes after w has taken the bytes before it. After an error of w the
// socket is paused; OnData receives the bytes that w did not take, and those that
// arrive after Resume. After a panic of w it receives all that w was given last. If the socket is piped or copied elsewhere, too, each
// destination receives all bytes, and the slowest sets the pace.
func (s *Socket) WriteTo(w io.Writer) (n int64, err error) {
	switch {
	case s.onLoop():
		return 0, errWriteToOnLoop
	case s.onItsOwn():
		return 0, errWriteToItself
	}
	c := &copying{source: s, parts: make(chan part, 3)} // bytes, the end, and closed
	var held []byte                                     // what w has not taken, or may not have; nil for nothing
	defer s.unlead(c, func() {                          // also after a panic of w
		if held != nil {
			s.restore(held)
		}
	})
	switch phase, fin := s.lead(c); {
	case phase == closed:
		return 0, net.ErrClosed
	case fin == told:
		return 0, nil
	}
	s.Resume()
	for {
		got := <-c.parts
		if got.last {
			return n, got.err
		}
		held = got.p
		m, err := w.Write(held)
		if m < 0 || m > len(held) {
			m, err = 0, errInvalidWrite
		}
		n += int64(m)
		if held = held[m:]; err == nil && len(held) > 0 {
			err = io.ErrShortWrite
		}
		if err != nil {
			return n, err
		}
		held = nil
		c.full.Store(false)
		s.conf.lane.Defer((*stream)(s))
	}
}

// The errors of a WriteTo that would wait for its own caller, and of a writer.
var (
	errWriteToOnLoop = errors.New("duplex: WriteTo waits for the event loop, and was called on one; call it on another goroutine")
	errWriteToItself = errors.New("duplex: WriteTo waits for the socket's callbacks, and was called in one; call it on another goroutine")
	errInvalidWrite  = errors.New("duplex: a writer returned an invalid count")
)

// restore pauses s and puts p in front of the kept input. The caller holds mu.
func (s *Socket) restore(p []byte) {
	s.hold(true)
	if s.phase == open && s.in.interest == wanted {
		k := &s.rare().kept
		text := buf.Of(p)
		text.Append(k.text.Bytes())
		k.text, k.due, k.bare = text, true, true
	}
}

// A copying is the outlet of WriteTo. It takes one piece at a time, and is full until
// the writer has taken that piece.
type copying struct {
	source *Socket // constant
	branch
	buf   []byte // the last piece; owned by WriteTo while full
	parts chan part
}

// A part is a piece of input, or the end of a WriteTo.
type part struct {
	p    []byte
	last bool
	err  error
}

// take implements outlet.
func (c *copying) take(p []byte) (int, error) {
	c.buf = append(c.buf[:0], p...)
	c.full.Store(true)
	c.parts <- part{p: c.buf[:len(p):len(p)]}
	return len(p), nil
}

// end implements outlet.
func (c *copying) end() { c.parts <- part{last: true} }

// closed implements outlet.
func (c *copying) closed() {
	err := c.source.Err()
	if err == nil {
		err = net.ErrClosed
	}
	c.parts <- part{last: true, err: err}
}

var _ io.WriterTo = (*Socket)(nil)
