// Copyright 2026 The duplex authors. MIT license.

// Package secure holds the tests of TLS: the handshake, sessions, StartTLS, and what
// happens when records are cut, changed or never come.
package secure
