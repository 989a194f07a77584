// Copyright 2026 The duplex authors. MIT license.

package portable

import (
	"errors"
	"io"
	"net"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
)

// Take implements driver.Driver: this driver works with sockets of package net.
func (d *portable) Take(c io.Closer) (driver.Conn, error) {
	taken, err := take(c)
	if err != nil {
		c.Close()
		return driver.Conn{}, err
	}
	return taken, nil
}

func take(c io.Closer) (driver.Conn, error) {
	raw, err := descriptor(c)
	if errors.Is(err, net.ErrClosed) {
		return driver.Conn{}, net.ErrClosed
	}
	if err != nil {
		return driver.Conn{}, sys.Errno(err)
	}
	if ln, ok := c.(net.Listener); ok {
		return takeListener(ln, raw)
	}
	return takeConn(c.(net.Conn), raw)
}

func takeListener(ln net.Listener, raw syscall.RawConn) (driver.Conn, error) {
	if unix, ok := ln.(*net.UnixListener); ok {
		unix.SetUnlinkOnClose(false)
	}
	if err := control(raw, sys.Listening); err != nil {
		return driver.Conn{}, err
	}
	if err := restore(ln.Addr(), raw); err != nil {
		return driver.Conn{}, err
	}
	h := &handle{Listener: ln}
	h.shared.Store(true)
	if path := address(ln.Addr()).Path; path != "" {
		h.path = path
	}
	err := ln.(interface{ SetDeadline(time.Time) error }).SetDeadline(time.Time{})
	return driver.Conn{Local: address(ln.Addr()), Handle: h}, sys.Errno(err)
}

// takeConn takes a connection, even one that was reset: if package net has an address for
// it, it was connected, and bytes that arrived before are still to be delivered.
func takeConn(c net.Conn, raw syscall.RawConn) (driver.Conn, error) {
	err := control(raw, sys.Connected)
	if _, ok := c.RemoteAddr().(*net.TCPAddr); ok && err == syscall.ENOTCONN {
		err = nil
	}
	if err != nil {
		return driver.Conn{}, err
	}
	if err := restore(c.LocalAddr(), raw); err != nil {
		return driver.Conn{}, err
	}
	err = c.SetDeadline(time.Time{})
	return driver.Conn{Local: address(c.LocalAddr()), Remote: address(c.RemoteAddr()), Handle: c}, sys.Errno(err)
}

// restore gives a TCP socket the options of a socket that this driver has made.
func restore(local net.Addr, raw syscall.RawConn) error {
	if _, ok := local.(*net.TCPAddr); !ok {
		return nil
	}
	return control(raw, sys.Restore)
}
