// Copyright 2026 The duplex authors. MIT license.

//go:build !windows

package sys

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Listening returns an error unless fd is a stream socket, of TCP or in the file system,
// that listens. Package net makes a listener even of a socket that is only bound.
func Listening(fd uintptr) error {
	if err := stream(fd); err != nil {
		return err
	}
	listens, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	if err == nil && listens == 0 {
		err = fmt.Errorf("the socket does not listen: %w", unix.EINVAL)
	}
	return err
}

// Connected returns an error unless fd is a stream socket, of TCP or in the file system,
// that is connected. Package net makes a connection even of a socket that is not.
func Connected(fd uintptr) error {
	if err := stream(fd); err != nil {
		return err
	}
	_, err := unix.Getpeername(int(fd))
	return err
}

func stream(fd uintptr) error {
	kind, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil {
		return err
	}
	if kind != unix.SOCK_STREAM {
		return fmt.Errorf("the socket is not a stream: %w", unix.EPROTOTYPE)
	}
	addr, err := unix.Getsockname(int(fd))
	if err != nil {
		return err
	}
	switch addr.(type) {
	case *unix.SockaddrInet4, *unix.SockaddrInet6, *unix.SockaddrUnix:
		return nil
	}
	return fmt.Errorf("the socket is of another family: %w", unix.EAFNOSUPPORT)
}

// Restore gives the TCP socket fd the options of a new socket, except that TCP_NODELAY is
// on. Connections inherit their options from their listener.
//
// SO_LINGER off is the most important one: otherwise close waits for the peer.
func Restore(fd uintptr) error {
	if err := unix.SetsockoptLinger(int(fd), unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{}); err != nil {
		return err
	}
	if err := unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NODELAY, 1); err != nil {
		return err
	}
	if err := unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_KEEPALIVE, 0); err != nil {
		return err
	}
	if err := UserTimeout(fd, 0); err != nil {
		return err
	}
	return TypeOfService(fd, 0)
}
