// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"errors"
	"io"
	"net"
	"syscall"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
	"golang.org/x/sys/unix"
)

// Take implements driver.Driver. It copies the descriptor, since the Go runtime's poller
// does not give up the original.
func (d *Driver) Take(c io.Closer) (driver.Conn, error) {
	defer c.Close() // the copy stays
	raw, err := c.(syscall.Conn).SyscallConn()
	if err != nil {
		return driver.Conn{}, sys.Errno(err)
	}
	socket, err := sys.Duplicate(raw)
	if errors.Is(err, net.ErrClosed) {
		return driver.Conn{}, net.ErrClosed
	}
	if err != nil {
		return driver.Conn{}, sys.Errno(err)
	}
	var taken driver.Conn
	if ln, ok := c.(net.Listener); ok {
		taken, err = takeListener(ln, socket)
	} else {
		taken, err = takeConn(c.(net.Conn), socket)
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
	if err := sys.Listening(uintptr(socket)); err != nil {
		return driver.Conn{}, err
	}
	local, err := takeLocal(socket)
	l := &listener{socket: socket, local: local}
	l.shared.Store(true)
	return driver.Conn{Local: local, Handle: l}, err
}

// takeConn gives a connection the options of one that was accepted: Attach sets the rest.
// It also takes a connection that was reset, if package net has an address for it: bytes
// that arrived before are still to be delivered.
func takeConn(c net.Conn, socket sys.Socket) (driver.Conn, error) {
	err := sys.Connected(uintptr(socket))
	remote := driver.Addr{}
	if tcp, ok := c.RemoteAddr().(*net.TCPAddr); ok && err == unix.ENOTCONN {
		remote.AddrPort = tcp.AddrPort()
	} else if err != nil {
		return driver.Conn{}, err
	} else {
		peer, _ := socket.Remote() // it had one a moment ago
		remote = driver.Addr(peer)
	}
	local, err := takeLocal(socket)
	return driver.Conn{Local: local, Remote: remote, Handle: adopted{socket}}, err
}

// takeLocal returns the local address of a socket and gives a TCP socket the options of
// one that the driver has made.
func takeLocal(socket sys.Socket) (driver.Addr, error) {
	local, err := socket.Local()
	if err == nil && local.IsValid() {
		err = sys.Restore(uintptr(socket))
	}
	return driver.Addr(local), err
}

// An adopted is the handle of a connection that another process may share.
type adopted struct{ sys.Socket }
