// Copyright 2026 The duplex authors. MIT license.

// Package codec says how bytes are seen: as text, by an Encoding, and as
// frames, by a Framing. Both go both ways.
//
// # Text
//
// An Encoding has the meaning of the encoding of that name in Node.js, and
// its Decode the meaning of Node's StringDecoder: however a network cuts the
// bytes, the pieces of text joined are the text of the bytes joined, and no
// piece ends inside a character. What differs from Node is said on the value:
// Hex and Base64 return an error where Node ignores what it cannot read.
//
// # Frames
//
// A Framing is a pair of functions: a splitter for what comes in, and what
// undoes it for what goes out. Lines is one.
//
// # Concurrency
//
// No value of this package has state. One serves any number of sockets, from
// any number of goroutines.
package codec

import (
	"bufio"
	"fmt"
	"strings"
)

// An Encoding is a way to see bytes as text, both ways. Text is always UTF-8.
type Encoding interface {
	// Name is Node's name for the encoding.
	Name() string

	// Decode turns src into text. Of a character that src cuts short it takes
	// nothing: rest is the number of bytes, at most 3, at the end of src that
	// belong in front of the next piece. With final there is no next piece,
	// and rest is 0.
	//
	// Where the bytes are the text already, text is the front of src itself.
	// Otherwise it is written over dst, or over a new slice if dst is too
	// small; 4*len(src) bytes are always enough. dst and src must not
	// overlap, so a caller keeps dst for the next piece, not text.
	Decode(dst, src []byte, final bool) (text []byte, rest int)

	// Encode appends to dst the bytes that text stands for. If it stands for
	// none, the error says why and the slice returned is dst.
	Encode(dst []byte, text string) ([]byte, error)
}

// Parse returns the Encoding with one of Node's names, in any case: utf8 or
// utf-8, hex, base64, latin1 or binary, ascii, utf16le, utf-16le, ucs2 or
// ucs-2.
func Parse(name string) (Encoding, error) {
	switch strings.ToLower(name) {
	case "utf8", "utf-8":
		return UTF8, nil
	case "hex":
		return Hex, nil
	case "base64":
		return Base64, nil
	case "latin1", "binary":
		return Latin1, nil
	case "ascii":
		return ASCII, nil
	case "utf16le", "utf-16le", "ucs2", "ucs-2":
		return UTF16LE, nil
	}
	return nil, fmt.Errorf("codec: unknown encoding %q: want utf8, hex, base64, latin1, ascii or utf16le", name)
}

// A Framing cuts a stream of bytes into frames, and marks frames so that they
// can be cut apart again.
type Framing struct {
	// Split finds the first frame in data, without what marks it. The frame
	// is a part of data.
	//
	// A SplitFunc has no memory, so it looks at a frame that trickles in from
	// its start at each arrival. The longest frame bounds what that costs;
	// each Framing says how much it is.
	Split bufio.SplitFunc

	// Append appends frame to dst, marked. For a frame that Split could not
	// give back whole, it returns dst and an error.
	Append func(dst, frame []byte) ([]byte, error)
}
