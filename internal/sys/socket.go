// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package sys

import (
	"errors"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Socket is the descriptor of a stream socket that never blocks and is not
// inherited by child processes. It is closed once, by its owner.
type Socket int32

// NewSocket returns a socket of the family that addr has: plain TCP, never
// MPTCP, or Unix.
func NewSocket(addr Addr) (Socket, error) {
	family, err := addr.family()
	if err != nil {
		return -1, err
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	return Socket(fd), err
}

// Duplicate returns a copy of a socket's descriptor, which has to be closed, too.
func Duplicate(raw syscall.RawConn) (Socket, error) {
	copied, err := -1, error(nil)
	failed := raw.Control(func(fd uintptr) {
		copied, err = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0)
	})
	if err = errors.Join(failed, err); err != nil {
		return -1, err
	}
	// The copies share this, and package net has set it already; but who made the
	// descriptor may be somebody else.
	return Socket(copied), unix.SetNonblock(copied, true)
}

// Bind gives s its local address.
func (s Socket) Bind(addr Addr) error {
	var raw unix.RawSockaddrAny
	n, err := s.encode(&raw, addr)
	if err != nil {
		return err
	}
	_, _, errno := syscall.Syscall(unix.SYS_BIND, uintptr(s), uintptr(unsafe.Pointer(&raw)), n)
	return failure(errno)
}

// Listen lets backlog connections to s wait until they are accepted.
func (s Socket) Listen(backlog int) error { return unix.Listen(int(s), backlog) }

// Connect begins a connection. The error is EINPROGRESS if it is not decided
// yet, and Error tells how it ended once s is writable.
func (s Socket) Connect(addr Addr) error {
	var raw unix.RawSockaddrAny
	n, err := s.encode(&raw, addr)
	if err != nil {
		return err
	}
	// Not raw: the path of a Unix socket is looked up on a disk.
	_, _, errno := syscall.Syscall(unix.SYS_CONNECT, uintptr(s), uintptr(unsafe.Pointer(&raw)), n)
	return failure(errno)
}

// Accept takes a connection from the backlog of s, or fails with EAGAIN.
func (s Socket) Accept() (Socket, Addr, error) {
	var raw unix.RawSockaddrAny
	size := uint32(unix.SizeofSockaddrAny)
	fd, _, errno := syscall.RawSyscall6(unix.SYS_ACCEPT4,
		uintptr(s), uintptr(unsafe.Pointer(&raw)), uintptr(unsafe.Pointer(&size)),
		unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
	if errno != 0 {
		return -1, Addr{}, errno
	}
	return Socket(fd), s.decode(&raw, size), nil
}

// Local returns the address that s is bound to.
func (s Socket) Local() (Addr, error) { return s.name(unix.SYS_GETSOCKNAME) }

// Remote returns the address that s is connected to.
func (s Socket) Remote() (Addr, error) { return s.name(unix.SYS_GETPEERNAME) }

func (s Socket) name(which uintptr) (Addr, error) {
	var raw unix.RawSockaddrAny
	size := uint32(unix.SizeofSockaddrAny)
	_, _, errno := syscall.RawSyscall(which,
		uintptr(s), uintptr(unsafe.Pointer(&raw)), uintptr(unsafe.Pointer(&size)))
	if errno != 0 {
		return Addr{}, errno
	}
	return s.decode(&raw, size), nil
}

// Recv reads what has arrived into p, which is not empty. It returns 0 behind
// the peer's FIN, and EAGAIN if there is nothing yet.
func (s Socket) Recv(p []byte) (int, error) {
	for {
		n, _, errno := syscall.RawSyscall6(unix.SYS_RECVFROM,
			uintptr(s), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), 0, 0, 0)
		switch errno {
		case 0:
			return int(n), nil
		case unix.EINTR:
		default:
			return 0, errno
		}
	}
}

// vectors is how many buffers go to the kernel in one call. Their descriptions
// stand on the stack of the caller, who may be any goroutine: 1 KiB.
const vectors = 64

// Send writes bufs and returns how many bytes the kernel took. If that is fewer
// than all, the error says why: EAGAIN when there is no more room.
func (s Socket) Send(bufs [][]byte) (n int, err error) {
	for len(bufs) > 0 {
		some := bufs[:min(len(bufs), vectors)]
		var took, size int
		var errno syscall.Errno
		if len(some) == 1 {
			size = len(some[0])
			took, errno = s.send(some[0])
		} else {
			took, size, errno = s.sendv(some)
		}
		if errno == unix.EINTR {
			continue
		}
		if errno != 0 {
			return n, errno
		}
		n += took
		if took < size {
			return n, unix.EAGAIN
		}
		bufs = bufs[len(some):]
	}
	return n, nil
}

// send and sendv ask for EPIPE alone: without MSG_NOSIGNAL the kernel would also
// raise SIGPIPE, which a program may have asked os/signal for.

func (s Socket) send(p []byte) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall6(unix.SYS_SENDTO,
		uintptr(s), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), unix.MSG_NOSIGNAL, 0, 0)
	return int(n), errno
}

func (s Socket) sendv(bufs [][]byte) (took, size int, errno syscall.Errno) {
	var parts [vectors]unix.Iovec
	for i, p := range bufs {
		parts[i].Base = unsafe.SliceData(p)
		parts[i].SetLen(len(p))
		size += len(p)
	}
	message := unix.Msghdr{Iov: &parts[0]}
	message.SetIovlen(len(bufs))
	n, _, errno := syscall.RawSyscall(unix.SYS_SENDMSG,
		uintptr(s), uintptr(unsafe.Pointer(&message)), unix.MSG_NOSIGNAL)
	return int(n), size, errno
}

// Shutdown sends FIN behind what was sent.
func (s Socket) Shutdown() error {
	_, _, errno := syscall.RawSyscall(unix.SYS_SHUTDOWN, uintptr(s), unix.SHUT_WR, 0)
	return failure(errno)
}

// Close closes the descriptor. What was sent still goes out, in the background.
func (s Socket) Close() error {
	_, _, errno := syscall.RawSyscall(unix.SYS_CLOSE, uintptr(s), 0, 0)
	return failure(errno)
}

// Abort closes the descriptor, drops what was sent but is not out, and resets
// the connection.
func (s Socket) Abort() error {
	now := unix.Linger{Onoff: 1}
	s.set(unix.SOL_SOCKET, unix.SO_LINGER, unsafe.Pointer(&now), unsafe.Sizeof(now))
	return s.Close()
}

// Error returns the error that the kernel holds for s, if any, and clears it.
func (s Socket) Error() error {
	var value int32
	size := uint32(unsafe.Sizeof(value))
	_, _, errno := syscall.RawSyscall6(unix.SYS_GETSOCKOPT,
		uintptr(s), unix.SOL_SOCKET, unix.SO_ERROR,
		uintptr(unsafe.Pointer(&value)), uintptr(unsafe.Pointer(&size)), 0)
	if errno == 0 {
		errno = syscall.Errno(value)
	}
	return failure(errno)
}

// Set sets an option whose value is an integer.
func (s Socket) Set(level, name, value int) error {
	v := int32(value)
	return s.set(level, name, unsafe.Pointer(&v), unsafe.Sizeof(v))
}

func (s Socket) set(level, name int, value unsafe.Pointer, size uintptr) error {
	_, _, errno := syscall.RawSyscall6(unix.SYS_SETSOCKOPT,
		uintptr(s), uintptr(level), uintptr(name), uintptr(value), size, 0)
	return failure(errno)
}

func failure(errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}
