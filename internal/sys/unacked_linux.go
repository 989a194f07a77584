// Copyright 2026 The duplex authors. MIT license.

package sys

import "golang.org/x/sys/unix"

// Unacked returns how many bytes of the TCP socket fd the peer's system has not
// acknowledged, those that were not sent yet included. A FIN counts as one.
func Unacked(fd uintptr) int {
	n, err := unix.IoctlGetInt(int(fd), unix.SIOCOUTQ)
	if err != nil {
		return 0
	}
	return n
}
