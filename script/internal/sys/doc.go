// Copyright 2026 The duplex authors. MIT license.

// Package sys holds what package script needs beyond the type system and the portable
// part of the system's calls. It alone imports unsafe.
package sys
