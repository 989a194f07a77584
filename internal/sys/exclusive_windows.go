// Copyright 2026 The duplex authors. MIT license.

package sys

import "golang.org/x/sys/windows"

// exclusiveAddrUse is SO_EXCLUSIVEADDRUSE, which winsock2.h defines as
// ((int)(~SO_REUSEADDR)).
const exclusiveAddrUse = ^windows.SO_REUSEADDR

// Exclusive says, before bind, whether the address is to be the socket's alone
// (on): by default another program can take it over with SO_REUSEADDR. There is
// nothing here that shares an address fairly, so the other choice is only to
// leave that door open.
func Exclusive(fd uintptr, on bool) error {
	if !on {
		return nil
	}
	return windows.SetsockoptInt(windows.Handle(fd), windows.SOL_SOCKET, exclusiveAddrUse, 1)
}

// Backlog does nothing: Windows keeps the backlog of the first listen.
func Backlog(fd uintptr, n int) error { return nil }
