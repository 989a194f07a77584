// Copyright 2026 The duplex authors. MIT license.

package sys

// Recv is Socket.Recv, for a descriptor of package net.
func Recv(fd uintptr, p []byte) (int, error) { return Socket(fd).Recv(p) }

// Send is Socket.Send, for a descriptor of package net.
func Send(fd uintptr, bufs [][]byte) (int, error) { return Socket(fd).Send(bufs) }
