// Copyright 2026 The duplex authors. MIT license.

package portable

import (
	"io"
	"net"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
)

// Take implements driver.Driver: what package net has made is what this driver works
// with.
func (d *portable) Take(c io.Closer) (driver.Conn, error) {
	taken, err := take(c)
	if err != nil {
		c.Close()
		return driver.Conn{}, sys.Errno(err)
	}
	taken.Handle = c
	return taken, nil
}

func take(c io.Closer) (driver.Conn, error) {
	if _, err := descriptor(c); err != nil {
		return driver.Conn{}, err
	}
	switch c := c.(type) {
	case *net.TCPListener:
		return driver.Conn{Local: address(c.Addr())}, c.SetDeadline(time.Time{})
	case *net.UnixListener:
		c.SetUnlinkOnClose(false)
		return driver.Conn{Local: address(c.Addr())}, c.SetDeadline(time.Time{})
	case *net.TCPConn:
		// As they are for a connection of this driver's own making.
		if err := c.SetNoDelay(true); err != nil {
			return driver.Conn{}, err
		}
		if err := c.SetKeepAlive(false); err != nil {
			return driver.Conn{}, err
		}
	}
	conn := c.(net.Conn)
	return driver.Conn{Local: address(conn.LocalAddr()), Remote: address(conn.RemoteAddr())}, conn.SetDeadline(time.Time{})
}
