// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
)

// Errors of this package. What the network does comes as a [*net.OpError]; what
// is closed says [net.ErrClosed]; what took too long, [os.ErrDeadlineExceeded].
var (
	// ErrAlreadyListening is returned by Listen of a Server that has not closed
	// since it listened. (Node: ERR_SERVER_ALREADY_LISTEN.)
	ErrAlreadyListening = errors.New("duplex: the server is listening already")

	// ErrWriteBufferFull is returned by Write when the queue would grow beyond
	// MaxWriteBuffer. None of the bytes was taken.
	ErrWriteBufferFull = errors.New("duplex: the write buffer is full")

	// ErrFrameTooLong destroys a socket whose peer sent more than MaxFrame bytes
	// in one piece.
	ErrFrameTooLong = errors.New("duplex: the frame is longer than MaxFrame")
)

// A PanicError destroys the socket whose callback panicked or called
// [runtime.Goexit].
type PanicError struct {
	Value any    // what was given to panic; nil for Goexit
	Stack []byte // where, as [runtime/debug.Stack] shows it
}

func (e *PanicError) Error() string {
	if e.Value == nil {
		return "duplex: a callback called runtime.Goexit"
	}
	return fmt.Sprintf("duplex: a callback panicked: %v", e.Value)
}

// Unwrap returns the value of the panic if it was an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// codes are the names that Node, and POSIX, give to the errors that sockets meet.
var codes = []struct {
	err  error
	name string
}{
	{syscall.EACCES, "EACCES"},
	{syscall.EADDRINUSE, "EADDRINUSE"},
	{syscall.EADDRNOTAVAIL, "EADDRNOTAVAIL"},
	{syscall.EAFNOSUPPORT, "EAFNOSUPPORT"},
	{syscall.EBADF, "EBADF"},
	{syscall.ECONNABORTED, "ECONNABORTED"},
	{syscall.ECONNREFUSED, "ECONNREFUSED"},
	{syscall.ECONNRESET, "ECONNRESET"},
	{syscall.EHOSTUNREACH, "EHOSTUNREACH"},
	{syscall.EINVAL, "EINVAL"},
	{syscall.EISCONN, "EISCONN"},
	{syscall.EMFILE, "EMFILE"},
	{syscall.ENAMETOOLONG, "ENAMETOOLONG"},
	{syscall.ENETDOWN, "ENETDOWN"},
	{syscall.ENETUNREACH, "ENETUNREACH"},
	{syscall.ENFILE, "ENFILE"},
	{syscall.ENOBUFS, "ENOBUFS"},
	{syscall.ENOENT, "ENOENT"},
	{syscall.ENOMEM, "ENOMEM"},
	{syscall.ENOTCONN, "ENOTCONN"},
	{syscall.ENOTDIR, "ENOTDIR"},
	{syscall.ENOTSOCK, "ENOTSOCK"},
	{syscall.EPERM, "EPERM"},
	{syscall.EPIPE, "EPIPE"},
	{syscall.ETIMEDOUT, "ETIMEDOUT"},
	{os.ErrDeadlineExceeded, "ETIMEDOUT"},
	{context.DeadlineExceeded, "ETIMEDOUT"},
	{context.Canceled, "ABORT_ERR"},
	{ErrBlocked, "ERR_IP_BLOCKED"},
	{ErrAlreadyListening, "ERR_SERVER_ALREADY_LISTEN"},
	{net.ErrClosed, "ERR_SOCKET_CLOSED"},
}

// Code returns Node's code of err, such as ECONNRESET, EADDRINUSE or ENOTFOUND,
// or "" if it has none. Of several errors joined, as when all attempts to connect
// failed, it is the first one's.
func Code(err error) string {
	if joined, ok := err.(interface{ Unwrap() []error }); ok && len(joined.Unwrap()) > 0 {
		return Code(joined.Unwrap()[0])
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		switch {
		case dns.IsNotFound:
			return "ENOTFOUND"
		case dns.IsTimeout, dns.IsTemporary:
			return "EAI_AGAIN"
		default:
			return "EAI_FAIL"
		}
	}
	var addr *net.AddrError
	if errors.As(err, &addr) {
		switch addr.Err {
		case wrongPort, wrongName:
			return "ERR_SOCKET_BAD_PORT"
		case wrongLocal:
			return "ERR_INVALID_IP_ADDRESS"
		}
	}
	for _, c := range codes {
		if errors.Is(err, c.err) {
			return c.name
		}
	}
	return ""
}

// opError wraps what the network said in what was attempted. Op is Node's word:
// connect, listen, accept, read, write or getaddrinfo.
func opError(op, network string, source, addr net.Addr, err error) error {
	return &net.OpError{Op: op, Net: network, Source: source, Addr: addr, Err: err}
}
