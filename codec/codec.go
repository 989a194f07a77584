// Copyright 2026 The duplex authors. MIT license.

// Package codec converts bytes to text and back with an Encoding, and to frames
// and back with a Framing.
//
// # Text
//
// An Encoding means what the encoding of that name means in Node.js. Its Decode
// is Node's StringDecoder: wherever the network cuts the bytes, the pieces of text
// joined are the text of the bytes joined, and no piece ends inside a character.
// The documentation of each Encoding names its differences from Node: Hex and
// Base64 return an error where Node ignores what it cannot read.
//
// # Frames
//
// A Framing is one value for both ends of a protocol: Cut and Split find the frames in
// the bytes that arrive, and Append marks a frame for sending. There are [Length],
// [Varint], [Netstring], [Delim], [Fixed] and [Lines]. Wherever the network cuts the
// bytes, the frames are the same.
//
//	frames := codec.Length{Width: 2}
//
//	h := &duplex.Handler{Framing: frames, OnData: …}   // a socket
//	scanner.Split(frames.Split)                        // or a bufio.Scanner
//	p, err := frames.Append(nil, payload)              // what to send
//
// # Concurrency
//
// The values of this package have no state. Each may serve any number of sockets,
// from any number of goroutines.
package codec

import (
	"fmt"
	"strings"
)

// An Encoding converts bytes to text and text to bytes. Text is always UTF-8.
type Encoding interface {
	// Name is Node's name for the encoding.
	Name() string

	// Decode converts src to text. It does not convert a character that is not
	// complete at the end of src: rest is the number of its bytes, at most 3.
	// The caller puts them in front of the next piece. If final is true, there
	// is no next piece, and rest is 0.
	//
	// If the bytes are the text already, text is a prefix of src. Otherwise
	// Decode writes text to dst, or to a new slice if dst is too small;
	// 4*len(src) bytes are always enough. dst and src must not overlap, so the
	// caller keeps dst for the next call, not text.
	Decode(dst, src []byte, final bool) (text []byte, rest int)

	// Encode appends to dst the bytes that text stands for. If text is not valid
	// in the encoding, Encode returns dst and an error that says why.
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
