// Copyright 2026 The duplex authors. MIT license.

package sys

import "golang.org/x/sys/windows"

// ipTOS is IP_TOS of ws2tcpip.h.
const ipTOS = 3

// TypeOfService asks for a priority in the packets of a TCP socket. Windows leaves the
// priority to its policies, and has no such option for IPv6.
func TypeOfService(fd uintptr, tos uint8) error {
	_ = windows.SetsockoptInt(windows.Handle(fd), windows.IPPROTO_IP, ipTOS, int(tos))
	return nil
}
