// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"syscall"
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

// Inspect returns the kernel's state of the IPv4 socket that has the addresses, or of the
// listener if remote is the zero AddrPort: its options, and its counters. It finds the
// socket among the descriptors of the process.
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
		"IP_TOS":        {unix.IPPROTO_IP, unix.IP_TOS},
		"USER_TIMEOUT":  {unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT},
	} {
		value, err := unix.GetsockoptInt(fd, o.level, o.option)
		if err == unix.EOPNOTSUPP {
			continue // a listener of Multipath TCP
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got[name] = value
	}
	linger, err := unix.GetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER) // as an int, qemu-user writes beyond it
	if err != nil {
		t.Fatalf("SO_LINGER: %v", err)
	}
	got["SO_LINGER"] = int(linger.Onoff)
	descriptor, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	got["FD_CLOEXEC"] = descriptor & unix.FD_CLOEXEC
	file, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if file&unix.O_NONBLOCK != 0 {
		got["O_NONBLOCK"] = 1
	}
	if info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO); err == nil && info.Snd_cwnd != 0 { // qemu-user fills in no more than an int
		got["backlog"] = int(info.Sacked) // of a listener
		got["segments"] = int(info.Data_segs_out)
	}
	return got
}

// block makes the IPv4 socket that has the addresses blocking until restore is called, as
// another process can do that shares its open file description. It finds the socket as
// Inspect does. A call that waits for the socket is given up after a while.
func block(t testing.TB, local, remote netip.AddrPort) (restore func()) {
	t.Helper()
	fd := find(local, remote)
	if fd < 0 {
		t.Fatalf("no descriptor is connected from %v to %v", local, remote)
	}
	fd, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.SetNonblock(fd, false); err != nil {
		t.Fatal(err)
	}
	giveUp := time.AfterFunc(standstill, func() { unix.Shutdown(fd, unix.SHUT_RDWR) })
	return func() {
		giveUp.Stop()
		unix.SetNonblock(fd, true)
		unix.Close(fd)
	}
}

// unfit returns sockets of which package net makes listeners or connections, though they
// neither listen nor are connected.
func unfit(t testing.TB) map[string]unfitSocket {
	t.Helper()
	file := func(family, kind int, prepare func(fd int) error) *os.File {
		fd, err := unix.Socket(family, kind|unix.SOCK_CLOEXEC, 0)
		if err == nil {
			err = prepare(fd)
		}
		if err != nil {
			t.Fatal(err)
		}
		f := os.NewFile(uintptr(fd), "socket")
		t.Cleanup(func() { f.Close() })
		return f
	}
	bound := func(fd int) error { return unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}) }
	listening := func(fd int) error {
		if err := bound(fd); err != nil {
			return err
		}
		return unix.Listen(fd, 1)
	}
	packets := func(fd int) error {
		if err := unix.Bind(fd, &unix.SockaddrUnix{}); err != nil { // the kernel chooses a name
			return err
		}
		return unix.Listen(fd, 1)
	}
	fresh := func(int) error { return nil }
	sockets := make(map[string]unfitSocket)
	for what, u := range map[string]struct {
		file   *os.File
		listen bool
		want   syscall.Errno
	}{
		"a socket that is bound and does not listen": {file(unix.AF_INET, unix.SOCK_STREAM, bound), true, unix.EINVAL},
		"a socket that was only made, as a listener": {file(unix.AF_INET, unix.SOCK_STREAM, fresh), true, unix.EINVAL},
		"a Unix socket that does not listen":         {file(unix.AF_UNIX, unix.SOCK_STREAM, fresh), true, unix.EINVAL},
		"a listener of packets":                      {file(unix.AF_UNIX, unix.SOCK_SEQPACKET, packets), true, unix.EPROTOTYPE},
		"a socket that is bound and not connected":   {file(unix.AF_INET, unix.SOCK_STREAM, bound), false, unix.ENOTCONN},
		"a socket that was only made":                {file(unix.AF_INET, unix.SOCK_STREAM, fresh), false, unix.ENOTCONN},
		"a listener, as a connection":                {file(unix.AF_INET, unix.SOCK_STREAM, listening), false, unix.ENOTCONN},
		"a Unix socket that is not connected":        {file(unix.AF_UNIX, unix.SOCK_STREAM, fresh), false, unix.ENOTCONN},
		"a Unix socket of datagrams":                 {file(unix.AF_UNIX, unix.SOCK_DGRAM, fresh), false, unix.EPROTOTYPE},
	} {
		var s io.Closer
		var err error
		if u.listen {
			s, err = net.FileListener(u.file)
		} else {
			s, err = net.FileConn(u.file)
		}
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		sockets[what] = unfitSocket{s, u.want}
	}
	return sockets
}

// alter gives a socket of package net options that a new socket does not have.
func alter(t testing.TB, c syscall.Conn) {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		err = errors.Join(
			unix.SetsockoptLinger(int(fd), unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1, Linger: 10}),
			unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1),
			unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NODELAY, 0),
			unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_TOS, 0x28),
			unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, 60_000),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// linger sets SO_LINGER.
func linger(t testing.TB, fd uintptr, d time.Duration) {
	t.Helper()
	l := unix.Linger{Onoff: 1, Linger: int32(d / time.Second)}
	if err := unix.SetsockoptLinger(int(fd), unix.SOL_SOCKET, unix.SO_LINGER, &l); err != nil {
		t.Fatal(err)
	}
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

// address returns an IPv4 address, or the zero AddrPort for any other kind.
func address(a unix.Sockaddr) netip.AddrPort {
	if a, ok := a.(*unix.SockaddrInet4); ok {
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	}
	return netip.AddrPort{}
}
