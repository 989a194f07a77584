// Copyright 2026 The duplex authors. MIT license.

//go:build !poison

package lent

// Poison and PoisonPiece overwrite what was lent to a callback, with the build tag poison
// alone.
func Poison([]byte) {}

// PoisonPiece is Poison of a piece of consumed.
func PoisonPiece(piece, consumed []byte) {}
