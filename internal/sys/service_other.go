// Copyright 2026 The duplex authors. MIT license.

//go:build !windows

package sys

import "golang.org/x/sys/unix"

// TypeOfService sets the priority in the packets of a TCP socket: IP_TOS, IPV6_TCLASS, or
// both, since an IPv6 socket may have an IPv4 peer.
func TypeOfService(fd uintptr, tos uint8) error {
	err := unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_TOS, int(tos))
	if unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_TCLASS, int(tos)) == nil {
		return nil
	}
	return err
}
