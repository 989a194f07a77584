// Copyright 2026 The duplex authors. MIT license.

//go:build !unix

package main

// ignoreBrokenPipes does nothing: a write to a pipe without a reader is an error.
func ignoreBrokenPipes() {}
