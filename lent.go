// Copyright 2026 The duplex authors. MIT license.

//go:build !poison

package duplex

// poison and poisonPiece overwrite what was lent to a callback, with the build tag poison
// alone.
func poison([]byte)                      {}
func poisonPiece(piece, consumed []byte) {}
