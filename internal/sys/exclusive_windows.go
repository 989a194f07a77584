// Copyright 2026 The duplex authors. MIT license.

package sys

import "golang.org/x/sys/windows"

// exclusiveAddrUse is SO_EXCLUSIVEADDRUSE, which winsock2.h defines as
// ((int)(~SO_REUSEADDR)).
const exclusiveAddrUse = ^windows.SO_REUSEADDR

// Exclusive chooses, before bind, whether the socket has its address alone (on). By
// default another program can take the address over with SO_REUSEADDR. Windows has no
// option that shares an address fairly, so the other choice only leaves the default.
func Exclusive(fd uintptr, on bool) error {
	if !on {
		return nil
	}
	return windows.SetsockoptInt(windows.Handle(fd), windows.SOL_SOCKET, exclusiveAddrUse, 1)
}

// Reuse does nothing: SO_REUSEADDR would take the address away from a socket that
// listens on it.
func Reuse(fd uintptr) error { return nil }

// Backlog does nothing: Windows keeps the backlog of the first listen.
func Backlog(fd uintptr, n int) error { return nil }
