// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"io"
	"net"
	"syscall"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
	"golang.org/x/sys/unix"
)

// Take implements driver.Driver. The descriptor is copied, since the Go runtime's
// poller does not give its own back.
func (d *Driver) Take(c io.Closer) (driver.Conn, error) {
	defer c.Close() // the copy stays
	raw, err := c.(syscall.Conn).SyscallConn()
	if err != nil {
		return driver.Conn{}, sys.Errno(err)
	}
	socket, err := sys.Duplicate(raw)
	if err != nil {
		return driver.Conn{}, sys.Errno(err)
	}
	var taken driver.Conn
	if ln, ok := c.(net.Listener); ok {
		taken, err = takeListener(ln, socket)
	} else {
		taken, err = takeConn(socket)
	}
	if err != nil {
		_ = socket.Close()
	}
	return taken, err
}

func takeListener(ln net.Listener, socket sys.Socket) (driver.Conn, error) {
	if unix, ok := ln.(*net.UnixListener); ok {
		unix.SetUnlinkOnClose(false)
	}
	local, err := socket.Local()
	if err == nil && local.IsValid() {
		err = noDelay(socket)
	}
	l := &listener{socket: socket, local: driver.Addr(local)}
	return driver.Conn{Local: l.local, Handle: l}, err
}

// takeConn leaves a connection's options as those of one that was accepted: Attach
// sets the rest.
func takeConn(socket sys.Socket) (driver.Conn, error) {
	local, err := socket.Local()
	if err != nil {
		return driver.Conn{}, err
	}
	remote, err := socket.Remote()
	if err != nil {
		return driver.Conn{}, err
	}
	if local.IsValid() {
		if err := noDelay(socket); err != nil {
			return driver.Conn{}, err
		}
		if err := socket.Set(unix.SOL_SOCKET, unix.SO_KEEPALIVE, 0); err != nil {
			return driver.Conn{}, err
		}
	}
	return driver.Conn{Local: driver.Addr(local), Remote: driver.Addr(remote), Handle: socket}, nil
}
