// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"

	"github.com/duplex-go/duplex"
)

// A printer prints events: as lines of text, as lines of JSON, or, of a
// connection that is piped on, only the bytes that came. All verbs print by one.
type printer struct {
	*outbox
	view    view
	events  bool // not only the bytes
	json    bool
	quiet   bool   // no events
	verbose bool   // writes and drains, too
	side    string // names the end, where both print; else ""
	ids     bool   // show them in text
	srv     string // the listener's address, once there is one
	anyPort bool   // and its port was not known before
	clock   clock
	color   bool
	most    int    // bytes of a chunk that text shows; 0 is all
	begun   []byte // of a character whose rest comes with the next bytes

	lastID  int         // of a socket
	collect func(event) // instead of printing at once
}

// print prints e, unless somebody collects events.
func (p *printer) print(e event) {
	if p.collect != nil {
		p.collect(e)
		return
	}
	p.emit(e)
}

// emit prints e if it is wanted.
func (p *printer) emit(e event) {
	switch {
	case !p.events:
		p.emitAlone(e)
	case p.quiet && e.name != "error" && (e.name != "listening" || !p.anyPort),
		!p.verbose && (e.name == "write" || e.name == "drain"):
	case p.json:
		p.Write(p.appendJSON(nil, e))
	default:
		p.Write(p.appendText(nil, e))
	}
}

// emitAlone prints the bytes of e alone. Of text, a character that is cut in two
// waits for its rest, or for the end of the stream.
func (p *printer) emitAlone(e event) {
	var data []byte
	switch e.name {
	case "close":
		data = p.begun
	case "data":
		data = e.data
		if p.view.characters {
			data = append(p.begun, data...)
			n := complete(data)
			data, p.begun = data[:n], bytes.Clone(data[n:])
		}
	}
	if len(data) > 0 {
		p.Write(p.view.alone(nil, data, e.at))
	}
}

// A peer is what a printer knows of a socket: its Value.
type peer struct {
	id      int
	in, out int64 // bytes printed
}

// watch returns a handler that prints what happens to a socket and then does as h
// says.
func (p *printer) watch(h *duplex.Handler) *duplex.Handler {
	watched := *h
	watched.OnConnect = func(s *duplex.Socket) {
		e := event{name: "connect", id: p.peer(s).id, local: shown(s.LocalAddr()), remote: shown(s.RemoteAddr())}
		if s.Server() != nil {
			e.name = "connection"
		}
		p.print(e)
		call(h.OnConnect, s)
	}
	watched.OnData = func(s *duplex.Socket, data []byte) {
		peer := p.peer(s)
		p.print(event{name: "data", id: peer.id, data: data, at: peer.in})
		peer.in += int64(len(data))
		p.hold(s)
		if h.OnData != nil {
			h.OnData(s, data)
		}
	}
	watched.OnEnd = func(s *duplex.Socket) {
		p.print(event{name: "end", id: p.peer(s).id})
		call(h.OnEnd, s)
	}
	watched.OnDrain = func(s *duplex.Socket) {
		p.print(event{name: "drain", id: p.peer(s).id})
		call(h.OnDrain, s)
	}
	watched.OnError = func(s *duplex.Socket, err error) {
		p.print(event{name: "error", id: p.peer(s).id, err: err})
		if h.OnError != nil {
			h.OnError(s, err)
		}
	}
	watched.OnClose = func(s *duplex.Socket) {
		p.print(event{name: "close", id: p.peer(s).id, hadError: s.Err() != nil, in: s.BytesRead(), out: s.BytesWritten()})
		call(h.OnClose, s)
	}
	return &watched
}

func call(f func(*duplex.Socket), s *duplex.Socket) {
	if f != nil {
		f(s)
	}
}

// wrote prints a write of data to s.
func (p *printer) wrote(s *duplex.Socket, data []byte) {
	peer := p.peer(s)
	p.print(event{name: "write", id: peer.id, data: data, at: peer.out})
	peer.out += int64(len(data))
}

// peer returns what is known of s, which has a number from now on.
func (p *printer) peer(s *duplex.Socket) *peer {
	known, ok := s.Value.(*peer)
	if !ok {
		p.lastID++
		known = &peer{id: p.lastID}
		s.Value = known
	}
	return known
}
