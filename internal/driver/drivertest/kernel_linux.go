// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"net/netip"
	"os"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// exhaust leaves the process no descriptors until restore is called.
func exhaust(t testing.TB) (restore func()) {
	t.Helper()
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	next, err := unix.Open("/dev/null", unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	unix.Close(next)
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(next), Max: limit.Max}); err != nil {
		t.Fatal(err)
	}
	return func() { unix.Setrlimit(unix.RLIMIT_NOFILE, &limit) }
}

// busyTime returns how much CPU the process has used.
func busyTime() time.Duration {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Inspect returns what the kernel holds of the IPv4 socket that has the addresses,
// or, if remote is the zero AddrPort, of the listener: its options, and what it
// counts. It finds the socket among the descriptors of the process.
func Inspect(t testing.TB, local, remote netip.AddrPort) map[string]int {
	t.Helper()
	fd := find(local, remote)
	if fd < 0 {
		t.Fatalf("no descriptor is connected from %v to %v", local, remote)
	}
	got := make(map[string]int)
	for name, o := range map[string]struct{ level, option int }{
		"TCP_NODELAY":   {unix.IPPROTO_TCP, unix.TCP_NODELAY},
		"TCP_KEEPIDLE":  {unix.IPPROTO_TCP, unix.TCP_KEEPIDLE},
		"TCP_KEEPINTVL": {unix.IPPROTO_TCP, unix.TCP_KEEPINTVL},
		"TCP_KEEPCNT":   {unix.IPPROTO_TCP, unix.TCP_KEEPCNT},
		"SO_KEEPALIVE":  {unix.SOL_SOCKET, unix.SO_KEEPALIVE},
		"SO_LINGER":     {unix.SOL_SOCKET, unix.SO_LINGER},
		"IP_TOS":        {unix.IPPROTO_IP, unix.IP_TOS},
	} {
		value, err := unix.GetsockoptInt(fd, o.level, o.option)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got[name] = value
	}
	descriptor, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	got["FD_CLOEXEC"] = descriptor & unix.FD_CLOEXEC
	file, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if file&unix.O_NONBLOCK != 0 {
		got["O_NONBLOCK"] = 1
	}
	if info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO); err == nil {
		got["backlog"] = int(info.Sacked) // of a listener
		got["segments"] = int(info.Data_segs_out)
	}
	return got
}

// find returns the descriptor of the socket, or -1.
func find(local, remote netip.AddrPort) int {
	files, _ := os.ReadDir("/proc/self/fd")
	for _, file := range files {
		fd, _ := strconv.Atoi(file.Name())
		own, err := unix.Getsockname(fd)
		if err != nil || address(own) != local {
			continue
		}
		peer, err := unix.Getpeername(fd)
		if remote.IsValid() == (err == nil) && (err != nil || address(peer) == remote) {
			return fd
		}
	}
	return -1
}

// address returns an IPv4 address; the zero one of any other kind.
func address(a unix.Sockaddr) netip.AddrPort {
	if a, ok := a.(*unix.SockaddrInet4); ok {
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	}
	return netip.AddrPort{}
}
