// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/duplex-go/duplex"
)

// An event is what happened to a socket or to a listener.
type event struct {
	name string // Node's word
	id   int    // of the socket; 0 for a listener
	peer *peer  // the socket; nil for a listener

	local, remote string // of connect, connection and drop
	data          []byte // of data and write
	at            int64  // where data begins in its direction
	cut           bool   // data begins a character whose rest never came
	err           error  // of error and drop

	pause    time.Duration       // of reconnect
	when     time.Time           // of an event that was recorded; else it is now
	said     string              // the details, where no other field has them
	facts    facts               // of info
	security tls.ConnectionState // of secure

	// Of the two sockets of a proxy.
	pair  int    // the number of both; 0 for another socket
	mark  string // which of the two: > is the client, < the upstream; "" for both
	note  string // what toxics do
	toxic string // the toxic that acts
	route *route // of listening

	srv string // the listener's address, if that of the printer is not meant

	// Of a socket's close; in and out are also set in an error.
	hadError bool
	reset    bool // from our side
	in, out  int64
	lost     struct{ up, down int64 } // of a proxy: what came and was not passed on; down also to one of its sockets
}

// text returns the data of e as v is to show it: a character whose rest never came
// is U+FFFD where characters are shown, as in Node.
func (e event) text(v view) []byte {
	if e.cut && v.characters {
		return []byte("\ufffd")
	}
	return e.data
}

// appendText appends e as a line of text: the event's word in ten columns, the
// socket's number where there may be several, and the details.
func (p *printer) appendText(dst []byte, e event) []byte {
	dst = p.clock.appendText(dst, e.when)
	if p.side != "" {
		dst = append(appendPadded(dst, p.side, 8, p.color), ' ')
	}
	dst = appendWord(dst, e.name, p.color)
	dst = p.appendNumber(dst, e)
	switch e.name {
	case "listening":
		dst = fmt.Appendf(dst, " %s", cmp.Or(e.srv, p.srv))
		dst = e.route.appendText(dst)
	case "connection":
		dst = fmt.Appendf(dst, " %s", e.remote)
	case "connect":
		if e.local != "" { // it is not known of a connection that a probe found reset
			dst = append(append(dst, ' '), e.local...)
		}
		dst = append(append(dst, " -> "...), e.remote...)
	case "data", "write":
		dst = fmt.Appendf(dst, " %d B", len(e.data))
		return p.appendData(dst, e)
	case "error":
		dst = append(dst, ' ')
		dst = appendText(dst, []byte(describe(e.err)))
	case "reconnect":
		dst = fmt.Appendf(dst, " in %s", e.pause)
	case "secure":
		if e.said == "" {
			dst = appendText(dst, []byte(describeSecurity(e.security)))
		}
	case "drop":
		dst = fmt.Appendf(dst, " %s ", e.remote)
		dst = appendText(dst, []byte(describe(e.err)))
	case "ready":
		dst = fmt.Appendf(dst, " %s", e.remote)
	case "toxic":
		dst = fmt.Appendf(dst, " %s", e.toxic)
	case "close":
		switch {
		case e.whole():
			dst = fmt.Appendf(dst, " up %d B, down %d B%s, hadError %t", e.in, e.out, e.unsent(), e.hadError)
		case e.id == 0:
			dst = append(dst, " server"...)
		default:
			dst = fmt.Appendf(dst, " in %d B, out %d B, hadError %t", e.in, e.out, e.hadError)
		}
	}
	dst = appendText(dst, []byte(e.said))
	return append(bytes.TrimRight(e.appendNote(dst), " "), '\n')
}

// appendData appends the bytes of e, and ends its line.
func (p *printer) appendData(dst []byte, e event) []byte {
	view := p.look()
	shown, more := e.text(view), ""
	if p.most > 0 && len(shown) > p.most {
		shown = shown[:whole(shown, p.most)]
		more = fmt.Sprintf("… %d more bytes (--full)", len(e.data)-len(shown))
	}
	if !view.block {
		if text := view.line(nil, shown, e.at); len(text) > 0 {
			dst = append(append(dst, ' '), text...)
			if more != "" {
				dst = append(append(dst, ' '), more...)
			}
		}
		return append(e.appendNote(dst), '\n')
	}
	dst = append(e.appendNote(dst), '\n')
	dst = appendIndented(dst, view.line(nil, shown, e.at))
	if more != "" {
		dst = append(append(append(dst, "  "...), more...), '\n')
	}
	return dst
}

// appendIndented appends lines with two spaces before each.
func appendIndented(dst, lines []byte) []byte {
	start := true
	for _, b := range lines {
		if start {
			dst = append(dst, "  "...)
		}
		dst = append(dst, b)
		start = b == '\n'
	}
	return dst
}

// appendJSON appends e as a line of JSON. The order of keys is fixed.
func (p *printer) appendJSON(dst []byte, e event) []byte {
	return p.appendObject(dst, e, p.clock.form != "")
}

// appendObject is appendJSON, with the time or without.
func (p *printer) appendObject(dst []byte, e event, timed bool) []byte {
	dst = append(dst, '{')
	if timed {
		dst = fmt.Appendf(dst, `"t":"%s",`, timestamp())
	}
	dst = fmt.Appendf(dst, `"ev":"%s"`, e.name)
	dst = appendKey(dst, "side", p.side)
	if e.id > 0 {
		dst = fmt.Appendf(dst, `,"id":%d`, e.id)
	}
	dst = e.appendPair(dst)
	if e.id == 0 && e.pair == 0 || e.name == "connection" {
		dst = appendKey(dst, "srv", cmp.Or(e.srv, p.srv))
	}
	dst = appendKey(dst, "local", e.local)
	dst = appendKey(dst, "remote", e.remote)
	switch {
	case e.name == "data" || e.name == "write":
		dst = fmt.Appendf(dst, `,"n":%d`, len(e.data))
		if utf8.Valid(e.data) {
			dst = append(dst, `,"utf8":`...)
			dst = appendJSON(dst, string(e.data))
		} else {
			dst = append(dst, `,"b64":"`...)
			dst = append(appendBase64(dst, e.data, 0), '"')
		}
	case e.name == "info":
		dst = e.facts.appendJSON(dst)
	case e.name == "reconnect":
		dst = appendKey(dst, "pause", e.pause.String())
	case e.name == "listening":
		dst = e.route.appendJSON(dst)
		dst = appendKey(dst, "pin", p.pin)
	case e.name == "secure":
		dst = appendKey(dst, "version", tls.VersionName(e.security.Version))
		dst = appendKey(dst, "cipher", tls.CipherSuiteName(e.security.CipherSuite))
		dst = appendKey(dst, "alpn", strings.ToValidUTF8(e.security.NegotiatedProtocol, "\ufffd"))
		dst = appendKey(dst, "pin", peerPin(e.security))
	case e.err != nil:
		dst = appendKey(dst, "code", duplex.Code(e.err))
		dst = appendKey(dst, "message", describe(e.err))
	case e.name == "close" && e.id > 0:
		dst = fmt.Appendf(dst, `,"hadError":%t,"in":%d,"out":%d`, e.hadError, e.in, e.out)
		if e.reset && !e.hadError {
			dst = append(dst, `,"reset":true`...)
		}
		if e.lost.down > 0 {
			dst = fmt.Appendf(dst, `,"unsent":%d`, e.lost.down)
		}
	}
	dst = appendKey(dst, "toxics", e.note)
	dst = appendKey(dst, "toxic", e.toxic)
	return append(dst, "}\n"...)
}

// appendKey appends a key and its value, unless that is empty.
func appendKey(dst []byte, key, value string) []byte {
	if value == "" {
		return dst
	}
	dst = fmt.Appendf(dst, `,"%s":`, key)
	return appendJSON(dst, value)
}

// shown returns an address in the form that the command takes. The peer chooses the
// name of a Unix socket, so the name is escaped.
func shown(a net.Addr) string {
	switch a := a.(type) {
	case nil:
		return ""
	case *net.UnixAddr:
		quoted := appendQuoted(nil, []byte(a.Name))
		return "unix:" + string(quoted[1:len(quoted)-1])
	default:
		return a.String()
	}
}

// A clock is the column of time that --time asks for.
type clock struct {
	form  string // "", "rel", "abs" or "unix"
	start time.Time
}

// appendText appends the time of an event; zero is now.
func (c clock) appendText(dst []byte, now time.Time) []byte {
	if now.IsZero() {
		now = time.Now()
	}
	switch c.form {
	case "rel":
		dst = fmt.Appendf(dst, "%10.6f ", now.Sub(c.start).Seconds())
	case "abs":
		dst = append(now.AppendFormat(dst, "15:04:05.000000"), ' ')
	case "unix":
		dst = fmt.Appendf(dst, "%d.%06d ", now.Unix(), now.Nanosecond()/1000)
	}
	return dst
}

// describeSocket returns what /info shows.
func describeSocket(s *duplex.Socket) string {
	text := fmt.Sprintf("%s -> %s, in %d B, out %d B, %d B wait", shown(s.LocalAddr()), shown(s.RemoteAddr()),
		s.BytesRead(), s.BytesWritten(), s.Buffered())
	if state := s.ConnectionState(); state.HandshakeComplete {
		text += "," + describeSecurity(state)
	}
	if kernel := kernelFacts(s); kernel != nil {
		text += ", " + kernel.String()
	}
	return text
}
