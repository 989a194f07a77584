// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package sys

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// EpollCtl changes the events for which the epoll instance watches s. Each event carries
// data.
func EpollCtl(epoll, op int, s Socket, events uint32, data uint64) error {
	e := unix.EpollEvent{Events: events, Fd: int32(data), Pad: int32(data >> 32)}
	_, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_CTL,
		uintptr(epoll), uintptr(op), uintptr(s), uintptr(unsafe.Pointer(&e)), 0, 0)
	return failure(errno)
}

// EpollData returns the data that e carries.
func EpollData(e *unix.EpollEvent) uint64 {
	return uint64(uint32(e.Pad))<<32 | uint64(uint32(e.Fd))
}

// EpollPoll takes the ready events of the epoll instance, without waiting.
func EpollPoll(epoll int, events []unix.EpollEvent) (int, error) {
	for {
		n, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_PWAIT,
			uintptr(epoll), uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)), 0, 0, 0)
		switch errno {
		case 0:
			return int(n), nil
		case unix.EINTR:
		default:
			return 0, errno
		}
	}
}
