// Copyright 2026 The duplex authors. MIT license.

package sys

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// ErrnoName returns the name of a number that Posix does not translate: "".
func ErrnoName(syscall.Errno) string { return "" }

// Posix translates the errors of Winsock and Windows to the numbers that package syscall
// has invented for the POSIX names, as libuv does. It returns other numbers unchanged.
func Posix(e syscall.Errno) syscall.Errno {
	switch e {
	case windows.WSAEACCES, windows.ERROR_ACCESS_DENIED, windows.ERROR_NOACCESS:
		return syscall.EACCES
	case windows.WSAEADDRINUSE:
		return syscall.EADDRINUSE
	case windows.WSAEADDRNOTAVAIL:
		return syscall.EADDRNOTAVAIL
	case windows.WSAEAFNOSUPPORT:
		return syscall.EAFNOSUPPORT
	case windows.WSAEWOULDBLOCK:
		return syscall.EAGAIN
	case windows.WSAEALREADY:
		return syscall.EALREADY
	case windows.WSAEBADF, windows.ERROR_INVALID_HANDLE:
		return syscall.EBADF
	case windows.ERROR_SHARING_VIOLATION, windows.ERROR_LOCK_VIOLATION, windows.ERROR_PIPE_BUSY:
		return syscall.EBUSY
	case windows.WSAEINTR, windows.ERROR_OPERATION_ABORTED:
		return syscall.ECANCELED
	case windows.WSAECONNREFUSED, windows.ERROR_CONNECTION_REFUSED:
		return syscall.ECONNREFUSED
	// Windows reports some resets of POSIX as aborted, as libuv found as well. Here a
	// lost connection has one name.
	case windows.WSAECONNRESET, windows.WSAECONNABORTED, windows.WSAENETRESET,
		windows.ERROR_NETNAME_DELETED, windows.ERROR_CONNECTION_ABORTED:
		return syscall.ECONNRESET
	case windows.WSAEDESTADDRREQ:
		return syscall.EDESTADDRREQ
	case windows.WSAEDQUOT:
		return syscall.EDQUOT
	case windows.ERROR_ALREADY_EXISTS, windows.ERROR_FILE_EXISTS:
		return syscall.EEXIST
	case windows.WSAEHOSTUNREACH, windows.WSAEHOSTDOWN, windows.ERROR_HOST_UNREACHABLE:
		return syscall.EHOSTUNREACH
	case windows.WSAEINPROGRESS:
		return syscall.EINPROGRESS
	case windows.WSAEINVAL, windows.WSAEFAULT, windows.WSAEPFNOSUPPORT, windows.ERROR_INVALID_PARAMETER:
		return syscall.EINVAL
	case windows.WSAEISCONN:
		return syscall.EISCONN
	case windows.WSAELOOP, windows.ERROR_CANT_RESOLVE_FILENAME:
		return syscall.ELOOP
	case windows.WSAEMFILE, windows.ERROR_TOO_MANY_OPEN_FILES:
		return syscall.EMFILE
	case windows.WSAEMSGSIZE:
		return syscall.EMSGSIZE
	case windows.WSAENAMETOOLONG, windows.ERROR_FILENAME_EXCED_RANGE:
		return syscall.ENAMETOOLONG
	case windows.WSAENETDOWN:
		return syscall.ENETDOWN
	case windows.WSAENETUNREACH, windows.ERROR_NETWORK_UNREACHABLE:
		return syscall.ENETUNREACH
	case windows.WSAENOBUFS:
		return syscall.ENOBUFS
	case windows.ERROR_PATH_NOT_FOUND, windows.ERROR_INVALID_NAME, windows.ERROR_BAD_PATHNAME,
		windows.ERROR_DIRECTORY, windows.ERROR_INVALID_DRIVE:
		return syscall.ENOENT
	case windows.ERROR_NOT_ENOUGH_MEMORY, windows.ERROR_OUTOFMEMORY:
		return syscall.ENOMEM
	case windows.WSAENOPROTOOPT:
		return syscall.ENOPROTOOPT
	case windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL:
		return syscall.ENOSPC
	case windows.WSAENOTCONN, windows.ERROR_NOT_CONNECTED:
		return syscall.ENOTCONN
	case windows.WSAENOTEMPTY, windows.ERROR_DIR_NOT_EMPTY:
		return syscall.ENOTEMPTY
	case windows.WSAENOTSOCK:
		return syscall.ENOTSOCK
	case windows.WSAEOPNOTSUPP, windows.ERROR_NOT_SUPPORTED:
		return syscall.EOPNOTSUPP
	case windows.ERROR_PRIVILEGE_NOT_HELD:
		return syscall.EPERM
	case windows.WSAESHUTDOWN, windows.ERROR_BROKEN_PIPE, windows.ERROR_NO_DATA,
		windows.ERROR_BAD_PIPE, windows.ERROR_PIPE_NOT_CONNECTED:
		return syscall.EPIPE
	case windows.WSAEPROTONOSUPPORT:
		return syscall.EPROTONOSUPPORT
	case windows.WSAEPROTOTYPE:
		return syscall.EPROTOTYPE
	case windows.ERROR_WRITE_PROTECT:
		return syscall.EROFS
	case windows.WSAESOCKTNOSUPPORT:
		return syscall.ESOCKTNOSUPPORT
	case windows.WSAESTALE:
		return syscall.ESTALE
	case windows.WSAETIMEDOUT, windows.ERROR_SEM_TIMEOUT:
		return syscall.ETIMEDOUT
	}
	return e
}
