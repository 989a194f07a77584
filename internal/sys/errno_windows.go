// Copyright 2026 The duplex authors. MIT license.

package sys

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// posix translates what Winsock reports to the names that package syscall has
// invented for Windows, and leaves alone what has none.
func posix(e syscall.Errno) syscall.Errno {
	switch e {
	case windows.WSAEACCES:
		return syscall.EACCES
	case windows.WSAEADDRINUSE:
		return syscall.EADDRINUSE
	case windows.WSAEADDRNOTAVAIL:
		return syscall.EADDRNOTAVAIL
	case windows.WSAEAFNOSUPPORT:
		return syscall.EAFNOSUPPORT
	case windows.WSAECONNREFUSED, windows.ERROR_CONNECTION_REFUSED:
		return syscall.ECONNREFUSED
	// Windows says aborted where POSIX says reset, as libuv found as well: a
	// lost connection has one name.
	case windows.WSAECONNRESET, windows.WSAECONNABORTED, windows.WSAENETRESET,
		windows.ERROR_NETNAME_DELETED, windows.ERROR_CONNECTION_ABORTED:
		return syscall.ECONNRESET
	case windows.WSAEHOSTUNREACH, windows.WSAEHOSTDOWN, windows.ERROR_HOST_UNREACHABLE:
		return syscall.EHOSTUNREACH
	case windows.WSAEINVAL, windows.WSAEFAULT:
		return syscall.EINVAL
	case windows.WSAEISCONN:
		return syscall.EISCONN
	case windows.WSAEMFILE:
		return syscall.EMFILE
	case windows.WSAENETDOWN:
		return syscall.ENETDOWN
	case windows.WSAENETUNREACH, windows.ERROR_NETWORK_UNREACHABLE:
		return syscall.ENETUNREACH
	case windows.WSAENOBUFS:
		return syscall.ENOBUFS
	case windows.WSAENOTCONN:
		return syscall.ENOTCONN
	case windows.WSAENOTSOCK:
		return syscall.ENOTSOCK
	case windows.WSAEOPNOTSUPP:
		return syscall.EOPNOTSUPP
	case windows.WSAESHUTDOWN:
		return syscall.EPIPE
	case windows.WSAETIMEDOUT, windows.ERROR_SEM_TIMEOUT:
		return syscall.ETIMEDOUT
	}
	return e
}
