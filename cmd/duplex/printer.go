// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/duplex-go/duplex"
)

// A printer prints events: as lines of text, as lines of JSON, or, for a pipe, only
// the bytes that came. All verbs use it.
type printer struct {
	*outbox            // of stdout
	aside   *outbox    // of stderr, for events if stdout has the bytes alone; else nil
	record  *tape      // nil without --record
	viewing sync.Mutex // guards view, which /as changes
	view    view
	events  bool // not only the bytes
	json    bool
	quiet   bool   // no events
	verbose bool   // writes and drains, too
	details bool   // what the kernel knows, too
	side    string // names the end, where both print; else ""
	ids     bool   // show them in text
	srv     string // the listener's address, once there is one
	pin     string // of its certificate, if that was made for this process; else ""
	anyPort bool   // and its port was not known before
	probes  bool   // -z: a connection that was made is enough, even if it is reset at once
	clock   clock
	color   bool
	most    int // bytes of a chunk that text shows; 0 is all

	midLine atomic.Bool // the bytes so far do not end in a line end

	lastID  int         // of a socket
	collect func(event) // instead of printing at once
}

// print records e, and prints it or hands it to collect if that is set.
func (p *printer) print(e event) {
	if p.record != nil && e.fits(true) {
		p.record.Write(p.appendObject(nil, e, true))
	}
	if p.collect != nil {
		p.collect(e)
		return
	}
	p.emit(e)
}

// emit prints e. A character that the network cut in two is printed whole, with
// the piece that completes it. The bytes of one that stays unfinished are printed
// before the event that ends their direction.
func (p *printer) emit(e event) {
	switch {
	case !p.wants(e):
		return
	case e.peer == nil:
		p.show(e)
		return
	}
	e.peer.mu.Lock()
	defer e.peer.mu.Unlock()
	switch e.name {
	case "data":
		p.showWhole(&e.peer.in, e)
	case "write":
		p.showWhole(&e.peer.out, e)
	case "end":
		p.showRest(&e.peer.in, e, "data")
		p.endText(&e.peer.in)
		p.show(e)
	case "error", "close":
		p.showRest(&e.peer.in, e, "data")
		p.endText(&e.peer.in)
		p.showRest(&e.peer.out, e, "write")
		p.show(e)
	default:
		p.show(e)
	}
}

// showWhole prints the bytes of e that are whole characters, after those that d
// kept, and keeps the rest in d. A view that does not show characters gets all
// bytes as they came.
func (p *printer) showWhole(d *direction, e event) {
	data := e.data
	if len(d.begun) > 0 {
		data = append(d.begun, data...)
	}
	whole := len(data)
	switch {
	case p.alone() && e.name == "data" && p.look().group > 0:
		whole -= whole % p.look().group
	case p.json && (p.events && !p.alone() || e.name == "write"):
		// JSON shows text only if all of a piece is text.
		if n := complete(data); utf8.Valid(data[:n]) {
			whole = n
		}
	case p.look().characters:
		whole = complete(data)
	}
	e.data, e.at = data[:whole], d.shown
	d.begun, d.shown = bytes.Clone(data[whole:]), d.shown+int64(whole)
	if whole > 0 {
		p.show(e)
	}
}

// showRest prints, as an event of the given name, the bytes that d kept. The
// character that they begin stays unfinished.
func (p *printer) showRest(d *direction, e event, name string) {
	if len(d.begun) > 0 {
		p.show(event{name: name, id: e.id, pair: e.pair, mark: e.mark, data: d.begun, at: d.shown, cut: true})
		d.begun, d.shown = nil, d.shown+int64(len(d.begun))
	}
}

// endText ends the line of a view that makes one text of all bytes.
func (p *printer) endText(d *direction) {
	if p.alone() && p.look().group > 0 && d.shown > 0 && !d.ended {
		d.ended = true
		p.Write([]byte{'\n'})
		p.midLine.Store(false)
	}
}

// look returns the view.
func (p *printer) look() view {
	p.viewing.Lock()
	defer p.viewing.Unlock()
	return p.view
}

// showAs changes the view.
func (p *printer) showAs(v view) {
	p.viewing.Lock()
	defer p.viewing.Unlock()
	p.view = v
}

// alone reports whether stdout has the bytes that came, and nothing else.
func (p *printer) alone() bool { return !p.events || p.aside != nil }

// wants reports whether the flags ask for e, or for what it may complete.
func (p *printer) wants(e event) bool {
	switch {
	case p.alone() && (e.name == "data" || e.name == "end" || e.name == "error" || e.name == "close"):
		return true // show decides whether the event is printed, too
	case !p.events:
		return false
	case p.quiet:
		return p.loud(e)
	}
	return p.verbose || e.name != "write" && e.name != "drain" && e.name != "secure" && e.name != "finish"
}

// loud reports whether e is printed even if the printer is quiet. A client that resets
// before it has said anything is no error to a reader: health checks do that. It is one if
// something was written to the client: not all of that may have arrived.
func (p *printer) loud(e event) bool {
	switch e.name {
	case "error":
		return e.peer == nil || !p.ids || e.in > 0 || e.out > 0 || duplex.Code(e.err) != "ECONNRESET"
	case "listening":
		return p.anyPort || p.json && p.pin != ""
	}
	return false
}

// show prints e.
func (p *printer) show(e event) {
	if p.alone() && e.name == "data" {
		view := p.look()
		text := view.alone(nil, e.text(view), e.at)
		p.Write(text)
		if n := len(text); n > 0 {
			p.midLine.Store(text[n-1] != '\n')
		}
		return
	}
	if !p.events || p.quiet && !p.loud(e) || !e.fits(p.json) {
		return
	}
	to := p.outbox
	if p.aside != nil {
		to = p.aside
		if to == p.outbox && p.midLine.Swap(false) {
			to.Write([]byte{'\n'}) // bytes and events share a terminal
		}
	}
	if p.json {
		to.Write(p.appendJSON(nil, e))
	} else {
		to.Write(p.appendText(nil, e))
	}
}

// A peer is the state of a printer for one socket, whose Value it is.
type peer struct {
	id      int
	leaving atomic.Bool // serve destroys it when its answer is sent
	reset   atomic.Bool // from our side
	failed  atomic.Bool // with an error that the socket does not know
	found   atomic.Bool // -z: it has done its part, and what fails now is no failure
	client  *client     // what else serve knows of it; else nil

	mu      sync.Mutex // guards what follows; connect prints from two goroutines
	in, out direction
}

// A direction is one way of a conversation, as far as it is printed.
type direction struct {
	shown int64  // how many bytes are printed
	begun []byte // the beginning of a character, or of a group, whose rest has not come
	ended bool   // the line of a view that makes one text is ended
}

// watch returns a Handler that prints each event of a socket and then calls h.
func (p *printer) watch(h *duplex.Handler) *duplex.Handler {
	watched := *h
	watched.OnConnect = func(s *duplex.Socket) {
		e := p.event("connect", s, nil)
		e.local, e.remote = shown(s.LocalAddr()), shown(s.RemoteAddr())
		if s.Server() != nil {
			e.name = "connection"
		}
		p.print(e)
		p.inform(s)
		call(h.OnConnect, s)
	}
	watched.OnSecure = func(s *duplex.Socket) {
		e := p.event("secure", s, nil)
		e.security = s.ConnectionState()
		p.print(e)
	}
	watched.OnData = func(s *duplex.Socket, data []byte) {
		p.print(p.event("data", s, data))
		p.hold(s)
		if h.OnData != nil {
			h.OnData(s, data)
		}
	}
	watched.OnEnd = func(s *duplex.Socket) {
		p.print(p.event("end", s, nil))
		p.inform(s)
		call(h.OnEnd, s)
	}
	watched.OnDrain = func(s *duplex.Socket) {
		p.print(p.event("drain", s, nil))
		call(h.OnDrain, s)
	}
	watched.OnFinish = func(s *duplex.Socket) {
		p.print(p.event("finish", s, nil))
		p.inform(s)
		call(h.OnFinish, s)
	}
	watched.OnError = func(s *duplex.Socket, err error) {
		e := p.event("error", s, nil)
		if p.probes && wasMade(err) {
			e.peer.found.Store(true)
			e.name, e.remote = "connect", shown(opOf(err).Addr)
			p.print(e)
		}
		if e.peer.found.Load() {
			return
		}
		e.err, e.in, e.out = err, s.BytesRead(), s.BytesWritten()
		p.print(e)
		if h.OnError != nil {
			h.OnError(s, err)
		}
	}
	watched.OnClose = func(s *duplex.Socket) {
		e := p.event("close", s, nil)
		e.hadError, e.in, e.out = s.Err() != nil && !e.peer.found.Load() || e.peer.failed.Load(), s.BytesRead(), s.BytesWritten()
		e.reset = e.peer.reset.Load()
		p.print(e)
		call(h.OnClose, s)
	}
	return &watched
}

// inform prints what the kernel knows of a connection, if -vv asks for that.
func (p *printer) inform(s *duplex.Socket) {
	if !p.details {
		return
	}
	if known := kernelFacts(s); known != nil {
		e := p.event("info", s, nil)
		e.facts, e.said = known, " "+known.String()
		p.print(e)
	}
}

func call(f func(*duplex.Socket), s *duplex.Socket) {
	if f != nil {
		f(s)
	}
}

// reset resets s, and has its close say so.
func (p *printer) reset(s *duplex.Socket) {
	p.peer(s).reset.Store(true)
	s.Reset()
}

// wrote prints a write of data to s.
func (p *printer) wrote(s *duplex.Socket, data []byte) { p.print(p.event("write", s, data)) }

// event returns an event of s.
func (p *printer) event(name string, s *duplex.Socket, data []byte) event {
	peer := p.peer(s)
	return event{name: name, id: peer.id, peer: peer, data: data}
}

// peer returns the state for s. The first call numbers s.
func (p *printer) peer(s *duplex.Socket) *peer {
	known, ok := s.Value.(*peer)
	if !ok {
		p.lastID++
		known = &peer{id: p.lastID}
		s.Value = known
	}
	return known
}
