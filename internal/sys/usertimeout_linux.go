// Copyright 2026 The duplex authors. MIT license.

package sys

import (
	"math"
	"time"

	"golang.org/x/sys/unix"
)

// UserTimeout sets how long bytes that a TCP socket has sent may stay unacknowledged, in
// milliseconds, rounded up. Zero or negative is the system's default. A socket of
// Multipath TCP has no such option and stays unchanged; package net listens with such
// sockets by default.
func UserTimeout(fd uintptr, d time.Duration) error {
	ms := max(d, 0) / time.Millisecond
	if d%time.Millisecond > 0 {
		ms++
	}
	ms = min(ms, math.MaxInt32)
	err := unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(ms))
	if err == unix.ENOPROTOOPT || err == unix.EOPNOTSUPP {
		return nil
	}
	return err
}
