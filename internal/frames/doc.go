// Copyright 2026 The duplex authors. MIT license.

// Package frames holds the tests of how input is cut: by Encoding, Split and Framing,
// at every place where a read may end.
package frames
