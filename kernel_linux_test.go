// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"net/netip"
	"os"
	"strconv"
	"testing"

	"github.com/duplex-go/duplex"
	"golang.org/x/sys/unix"
)

// socketOptions returns what the kernel holds of a TCP socket, which it finds among
// the descriptors of the process by its addresses.
func socketOptions(t *testing.T, s *duplex.Socket) map[string]int {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		fd, _ := strconv.Atoi(file.Name())
		local, err := unix.Getsockname(fd)
		if err != nil || addrPort(local) != s.LocalAddrPort() {
			continue
		}
		if remote, err := unix.Getpeername(fd); err != nil || addrPort(remote) != s.RemoteAddrPort() {
			continue
		}
		options := make(map[string]int)
		for name, o := range map[string][2]int{
			"noDelay":       {unix.IPPROTO_TCP, unix.TCP_NODELAY},
			"keepAlive":     {unix.SOL_SOCKET, unix.SO_KEEPALIVE},
			"idle":          {unix.IPPROTO_TCP, unix.TCP_KEEPIDLE},
			"interval":      {unix.IPPROTO_TCP, unix.TCP_KEEPINTVL},
			"count":         {unix.IPPROTO_TCP, unix.TCP_KEEPCNT},
			"typeOfService": {unix.IPPROTO_IP, unix.IP_TOS},
		} {
			if options[name], err = unix.GetsockoptInt(fd, o[0], o[1]); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		return options
	}
	t.Fatalf("no descriptor is connected from %v to %v", s.LocalAddr(), s.RemoteAddr())
	return nil
}

func addrPort(a unix.Sockaddr) netip.AddrPort {
	if a, ok := a.(*unix.SockaddrInet4); ok {
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	}
	return netip.AddrPort{}
}
