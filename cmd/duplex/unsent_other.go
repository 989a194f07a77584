// Copyright 2026 The duplex authors. MIT license.

//go:build !linux

package main

import "github.com/duplex-go/duplex"

// unacknowledged returns false: only Linux shows what the peer has taken.
func unacknowledged(*duplex.Socket) (waits bool, err error) { return false, nil }

func unacknowledgedBytes(*duplex.Socket) int64 { return 0 }

func notSentBytes(*duplex.Socket) int64 { return 0 }
