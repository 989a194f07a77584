// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"maps"
	"slices"
)

// eols are the values of --eol, and what ends a line.
var eols = map[string]string{"lf": "\n", "crlf": "\r\n", "nul": "\x00", "none": ""}

// An eol is what takes the place of the line feeds of stdin. A \r\n that is there
// already counts as one line end. A nil eol changes nothing.
type eol struct {
	mark string
	cr   bool // the last byte was a \r
}

// lineEnds hold the flags that say what ends the lines of stdin.
type lineEnds struct {
	name string
	crlf bool
}

// flags returns the table of its flags.
func (l *lineEnds) flags() []flag {
	return []flag{
		{"eol", "", oneOf(&l.name, slices.Sorted(maps.Keys(eols))...)},
		{"crlf", "C", yes{&l.crlf}},
	}
}

// choose returns what the flags ask for, nil if they ask for nothing.
func (l *lineEnds) choose() *eol {
	switch {
	case l.crlf:
		return &eol{mark: eols["crlf"]}
	case l.name != "":
		return &eol{mark: eols[l.name]}
	}
	return nil
}

// translate returns p with other line ends. A \r at the end of p is kept back until
// the next byte shows whether it belongs to a line end; rest returns it after the last.
func (e *eol) translate(p []byte) []byte {
	if e == nil {
		return p
	}
	var out bytes.Buffer
	for _, b := range p {
		if e.cr && b != '\n' {
			out.WriteByte('\r')
		}
		switch e.cr = b == '\r'; {
		case b == '\n':
			out.WriteString(e.mark)
		case !e.cr:
			out.WriteByte(b)
		}
	}
	return out.Bytes()
}

// rest returns what translate has kept back.
func (e *eol) rest() []byte {
	if e == nil || !e.cr {
		return nil
	}
	e.cr = false
	return []byte{'\r'}
}
