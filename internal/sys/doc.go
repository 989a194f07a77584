// Copyright 2026 The duplex authors. MIT license.

// Package sys holds the system calls and socket options that package net keeps
// for itself, and Field. No other package of the module imports unsafe.
//
// Sockets and epoll are here for Linux alone, since only there does a driver
// speak to the kernel; elsewhere duplex goes through package net.
//
// # Raw calls
//
// Calls that cannot block are raw: the Go scheduler does not hear of them, which
// has saved an echo server 12 % of its CPU. A raw call that did block would hold
// up garbage collection and every goroutine behind it, so every Socket is
// non-blocking from birth.
package sys
