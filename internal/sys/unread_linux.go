// Copyright 2026 The duplex authors. MIT license.

package sys

// Unread returns how many bytes of fd wait to be read, 1 if the peer's end or an error
// does.
func Unread(fd uintptr) int {
	n, _ := Socket(fd).Probe()
	return n
}
