// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/duplex-go/duplex"
)

// unacknowledged reports whether the peer's system has not taken all that was sent
// on s, a TCP connection. The error is that of a connection that the peer has reset
// meanwhile. It is false where the driver does not say.
func unacknowledged(s *duplex.Socket) (waits bool, err error) {
	raw, unsupported := s.SyscallConn()
	if unsupported != nil {
		return false, nil
	}
	raw.Control(func(fd uintptr) {
		info, failed := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
		if failed != nil {
			return
		}
		if info.State == unix.BPF_TCP_CLOSE {
			err = syscall.EPIPE
			return
		}
		queued, failed := unix.IoctlGetInt(int(fd), unix.SIOCOUTQ)
		waits = failed == nil && queued > 0
	})
	return waits, err
}
