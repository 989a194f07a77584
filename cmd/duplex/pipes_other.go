// Copyright 2026 The duplex authors. MIT license.

//go:build !unix

package main

// ignoreBrokenPipes has nothing to do: such writes are errors anyway.
func ignoreBrokenPipes() {}
