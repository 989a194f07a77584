// Copyright 2026 The duplex authors. MIT license.

// Package lent spoils what a callback was lent, since it has returned. It does so with the
// build tag poison alone; else its functions are empty.
package lent
