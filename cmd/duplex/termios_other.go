// Copyright 2026 The duplex authors. MIT license.

//go:build unix && !linux

package main

import "golang.org/x/sys/unix"

const (
	getTermios = unix.TIOCGETA
	setTermios = unix.TIOCSETA
)
