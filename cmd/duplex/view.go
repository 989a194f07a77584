// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
)

// A view is a way to show bytes to a reader: what --as names.
type view struct {
	name string

	// block says that the view fills lines of its own.
	block bool

	// characters says that the view shows characters, which may arrive in parts.
	characters bool

	// line appends p, whose first byte is at the given offset of its stream, as
	// part of an event's line, or as lines if block is set.
	line func(dst, p []byte, at int64) []byte

	// group is the number of bytes that are shown together, for a view that makes one
	// line of all bytes where there are no event lines. Else it is 0.
	group int

	// alone appends p for an output that has no event lines.
	alone func(dst, p []byte, at int64) []byte
}

var views = []view{
	{"raw", false, false, appendRaw, 0, appendRaw},
	{"utf8", false, true, appendQuotedAt, 0, appendTextAt},
	{"hex", false, false, appendHex, 1, appendHex},
	{"dump", true, false, appendDump, 0, appendDump},
	{"xxd", true, false, appendXXD, 0, appendXXD},
	{"base64", false, false, appendBase64, 3, appendBase64},
	{"none", false, false, appendNone, 0, appendNone},
}

func viewNames() (names []string) {
	for _, v := range views {
		names = append(names, v.name)
	}
	return names
}

func viewNamed(name string) view {
	for _, v := range views {
		if v.name == name {
			return v
		}
	}
	panic("no view " + name)
}

func appendRaw(dst, p []byte, _ int64) []byte      { return append(dst, p...) }
func appendNone(dst, _ []byte, _ int64) []byte     { return dst }
func appendTextAt(dst, p []byte, _ int64) []byte   { return appendText(dst, p) }
func appendQuotedAt(dst, p []byte, _ int64) []byte { return appendQuoted(dst, p) }
func appendHex(dst, p []byte, _ int64) []byte      { return hex.AppendEncode(dst, p) }
func appendBase64(dst, p []byte, _ int64) []byte   { return base64.StdEncoding.AppendEncode(dst, p) }

// perLine is how many bytes a line of a dump shows.
const perLine = 16

// appendDump appends the format of hexdump -C.
func appendDump(dst, p []byte, at int64) []byte {
	for ; len(p) > 0; p, at = p[min(perLine, len(p)):], at+perLine {
		row := p[:min(perLine, len(p))]
		dst = fmt.Appendf(dst, "%08x  ", at)
		for i := range perLine {
			if i == perLine/2 {
				dst = append(dst, ' ')
			}
			if i < len(row) {
				dst = fmt.Appendf(dst, "%02x ", row[i])
			} else {
				dst = append(dst, "   "...)
			}
		}
		dst = append(dst, " |"...)
		dst = appendASCII(dst, row)
		dst = append(dst, "|\n"...)
	}
	return dst
}

// appendXXD appends the format of xxd, which xxd -r reads.
func appendXXD(dst, p []byte, at int64) []byte {
	for ; len(p) > 0; p, at = p[min(perLine, len(p)):], at+perLine {
		row := p[:min(perLine, len(p))]
		dst = fmt.Appendf(dst, "%08x: ", at)
		for i := range perLine {
			if i < len(row) {
				dst = fmt.Appendf(dst, "%02x", row[i])
			} else {
				dst = append(dst, "  "...)
			}
			if i%2 == 1 {
				dst = append(dst, ' ')
			}
		}
		dst = append(dst, ' ')
		dst = appendASCII(dst, row)
		dst = append(dst, '\n')
	}
	return dst
}

func appendASCII(dst, p []byte) []byte {
	for _, b := range p {
		if b < ' ' || b > '~' {
			b = '.'
		}
		dst = append(dst, b)
	}
	return dst
}
