// Copyright 2026 The duplex authors. MIT license.

package sys

import "golang.org/x/sys/windows"

// Listening returns nil: on Windows package net makes no listener of a descriptor.
func Listening(fd uintptr) error { return nil }

// Connected returns nil: on Windows package net makes no connection of a descriptor.
func Connected(fd uintptr) error { return nil }

// Restore gives the TCP socket fd the options of a new socket, except that TCP_NODELAY is
// on. Connections inherit their options from their listener.
//
// SO_LINGER off is the most important one: otherwise close waits for the peer.
func Restore(fd uintptr) error {
	s := windows.Handle(fd)
	if err := windows.SetsockoptLinger(s, windows.SOL_SOCKET, windows.SO_LINGER, &windows.Linger{}); err != nil {
		return err
	}
	if err := windows.SetsockoptInt(s, windows.IPPROTO_TCP, windows.TCP_NODELAY, 1); err != nil {
		return err
	}
	return windows.SetsockoptInt(s, windows.SOL_SOCKET, windows.SO_KEEPALIVE, 0)
}
