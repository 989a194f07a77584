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
		waits = queuedIn(fd) > 0
	})
	return waits, err
}

// unacknowledgedBytes returns how many bytes of s the kernel has taken, and the peer's
// system has not. It is 0 where the driver does not say.
func unacknowledgedBytes(s *duplex.Socket) (n int64) {
	if raw, unsupported := s.SyscallConn(); unsupported == nil {
		raw.Control(func(fd uintptr) { n = queuedIn(fd) })
	}
	return n
}

// notSentBytes returns how many bytes of s the kernel has taken, and not put on the network. It
// is 0 of a Unix socket, and where the driver does not say.
func notSentBytes(s *duplex.Socket) (n int64) {
	if raw, unsupported := s.SyscallConn(); unsupported == nil {
		raw.Control(func(fd uintptr) {
			if info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO); err == nil {
				n = int64(info.Notsent_bytes)
			}
		})
	}
	return n
}

// queuedIn returns the length of the kernel's queue of what is sent, 0 if there is none. What a
// Unix socket has sent is with the peer, and its queue says how much memory that takes.
func queuedIn(fd uintptr) int64 {
	if domain, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DOMAIN); err != nil || domain == unix.AF_UNIX {
		return 0
	}
	n, err := unix.IoctlGetInt(int(fd), unix.SIOCOUTQ)
	if err != nil {
		return 0
	}
	return int64(n)
}
