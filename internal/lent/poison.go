// Copyright 2026 The duplex authors. MIT license.

//go:build poison

package lent

import "bytes"

// Poison overwrites bytes that were lent to a callback, since the callback has returned.
// A program that has kept them notices.
func Poison(p []byte) {
	for len(p) > 0 {
		p = p[copy(p, venom):]
	}
}

// venom is no character of UTF-8, no digit and no length that makes sense.
var venom = bytes.Repeat([]byte{0xDB}, 4<<10)

// PoisonPiece is Poison of a piece that Split has cut out of consumed, the bytes that it
// has advanced over. A piece that is elsewhere, or not consumed yet, belongs to the program
// or comes again.
func PoisonPiece(piece, consumed []byte) {
	if len(piece) == 0 {
		return
	}
	for i := range consumed {
		if &consumed[i] == &piece[0] {
			if i+len(piece) <= len(consumed) {
				Poison(piece)
			}
			return
		}
	}
}
