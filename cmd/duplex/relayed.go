// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"strings"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/faults"
	"github.com/duplex-go/duplex/internal/relay"
)

// A route is what a proxy does with its clients.
type route struct {
	upstreams []string
	toxics    []string
	seeded    bool
	seed      uint64
	api       bool // it is the address of the API, and no proxy
}

func (r *route) appendText(dst []byte) []byte {
	switch {
	case r == nil:
		return dst
	case r.api:
		return append(dst, "  API of Toxiproxy"...)
	}
	dst = fmt.Appendf(dst, " -> %s", strings.Join(r.upstreams, ", "))
	if len(r.toxics) > 0 {
		dst = fmt.Appendf(dst, "  toxics %s", strings.Join(r.toxics, " "))
	}
	if r.seeded {
		dst = fmt.Appendf(dst, "  seed %d", r.seed)
	}
	return dst
}

func (r *route) appendJSON(dst []byte) []byte {
	switch {
	case r == nil:
		return dst
	case r.api:
		return append(dst, `,"api":true`...)
	}
	dst = appendStrings(dst, "upstreams", r.upstreams)
	if len(r.toxics) > 0 {
		dst = appendStrings(dst, "toxics", r.toxics)
	}
	if r.seeded {
		dst = fmt.Appendf(dst, `,"seed":%d`, r.seed)
	}
	return dst
}

// appendStrings appends a key whose value is a list.
func appendStrings(dst []byte, key string, values []string) []byte {
	dst = fmt.Appendf(dst, `,"%s":[`, key)
	for i, v := range values {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSON(dst, v)
	}
	return append(dst, ']')
}

// whole reports whether e is of a pair as a whole, and not of one of its sockets.
func (e event) whole() bool { return e.pair > 0 && e.id == 0 }

// fits reports whether e is for this form of output. A reader wants to see one connection
// where there are two sockets; a program gets the events of both, with one number as pair.
func (e event) fits(json bool) bool {
	switch e.name {
	case "connection", "connect", "close":
		return e.pair == 0 || e.whole() != json
	}
	return true
}

// appendNumber appends the number of the socket, or that of the pair with the mark of the
// socket.
func (p *printer) appendNumber(dst []byte, e event) []byte {
	switch {
	case e.pair > 0:
		dst = fmt.Appendf(dst, " #%d", e.pair)
	case p.ids && e.id > 0:
		dst = fmt.Appendf(dst, " #%d", e.id)
	}
	if e.mark != "" {
		dst = append(append(dst, ' '), e.mark...)
	}
	return dst
}

// appendPair appends the keys of a pair.
func (e event) appendPair(dst []byte) []byte {
	if e.pair == 0 {
		return dst
	}
	dst = fmt.Appendf(dst, `,"pair":%d`, e.pair)
	switch e.mark {
	case ">":
		dst = append(dst, `,"dir":"up"`...)
	case "<":
		dst = append(dst, `,"dir":"down"`...)
	}
	return dst
}

// unsent returns what a close says of the bytes that were not passed on.
func (e event) unsent() (text string) {
	if e.lost.up > 0 {
		text = fmt.Sprintf(", unsent up %d B", e.lost.up)
	}
	if e.lost.down > 0 {
		text += fmt.Sprintf(", unsent down %d B", e.lost.down)
	}
	return text
}

// appendNote appends what toxics do.
func (e event) appendNote(dst []byte) []byte {
	if e.note == "" {
		return dst
	}
	return append(append(dst, "  "...), e.note...)
}

// refused returns the failure of a server that cannot listen.
func (p *printer) refused(err error) error {
	f, misused := err.(*failure)
	if misused {
		return f
	}
	f = fail(err)
	if p.json {
		p.print(event{name: "error", err: err})
		p.flush()
		f.message = ""
	}
	return f
}

// relayed prints an event of a relay.
func (p *printer) relayed(r *relay.Relay, of relay.Event) {
	e := event{name: of.Name, data: of.Data, err: of.Err, note: of.Touches.String()}
	if of.Pair != nil {
		e.pair = int(of.Pair.Number)
	}
	if of.Toxic != nil {
		e.toxic = of.Toxic.Short()
	}
	if l := of.Leg; l != nil {
		e.id, e.peer = int(l.ID), peerOf(l)
		e.mark = markOf(of)
	}
	switch of.Name {
	case "connection", "connect":
		if of.Leg == nil {
			e.remote = shown(of.Pair.Client.RemoteAddr()) + " -> " + of.Pair.Target.Shown
			break
		}
		e.mark, e.srv = "", shown(r.Addr())
		e.local, e.remote = shown(of.Leg.LocalAddr()), shown(of.Leg.RemoteAddr())
	case "secure":
		e.security = of.Leg.ConnectionState()
	case "drop":
		e.remote = shown(of.Pair.Client.RemoteAddr())
	case "ready":
		e.remote = of.Target.Shown
	case "error":
		switch {
		case of.Leg != nil:
			e.in, e.out = of.Leg.BytesRead(), of.Leg.BytesSent()
		case of.Pair != nil:
			e.id = int(2 * of.Pair.Number) // of the upstream that it would have been
			e.remote = of.Target.Shown
		}
	case "close":
		if of.Leg == nil {
			if of.Pair.Upstream == nil {
				return // drop has said it
			}
			e.in, e.out = of.Pair.Carried()
			e.lost.up, e.lost.down = of.Pair.Unsent()
			e.hadError = of.Pair.Failed
			break
		}
		e.mark = ""
		e.hadError, e.in, e.out = of.Leg.HadError(), of.Leg.BytesRead(), of.Leg.BytesSent()
		e.reset, e.lost.down = of.Leg.WasReset(), of.Leg.Unsent()
	}
	p.print(e)
}

// markOf returns the mark of an event of a socket: the way that the bytes go. The age is
// that of both ways.
func markOf(of relay.Event) string {
	if of.Err == duplex.ErrMaxAge {
		return ""
	}
	if (of.Leg.Direction() == faults.Up) != of.Sending {
		return ">"
	}
	return "<"
}

// peerOf returns the state of a printer for a socket of a proxy.
func peerOf(l *relay.Leg) *peer {
	known, ok := l.Value.(*peer)
	if !ok {
		known = &peer{id: int(l.ID)}
		l.Value = known
	}
	return known
}
