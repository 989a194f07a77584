// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"net"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
	"golang.org/x/sys/unix"
)

// noDelay turns TCP_NODELAY on. Accepted connections inherit it from their listener, which
// saves a system call for each.
func noDelay(socket sys.Socket) error {
	return socket.Set(unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
}

// set sets the options o on a new socket, which has noDelay and otherwise the kernel's
// defaults.
func set(socket sys.Socket, o driver.Options) error {
	if o.Nagle {
		if err := socket.Set(unix.IPPROTO_TCP, unix.TCP_NODELAY, 0); err != nil {
			return err
		}
	}
	if o.TypeOfService != 0 {
		if err := sys.TypeOfService(uintptr(socket), o.TypeOfService); err != nil {
			return err
		}
	}
	if o.UserTimeout > 0 {
		if err := sys.UserTimeout(uintptr(socket), o.UserTimeout); err != nil {
			return err
		}
	}
	if !o.KeepAlive.Enable {
		return nil
	}
	return keepAlive(socket, o.KeepAlive)
}

// Configure implements driver.Driver.
func (d *Driver) Configure(id driver.ID, o driver.Options) error {
	s := d.slots.find(id)
	if s == nil {
		return unix.EBADF
	}
	noDelay := 1
	if o.Nagle {
		noDelay = 0
	}
	if err := s.socket.Set(unix.IPPROTO_TCP, unix.TCP_NODELAY, noDelay); err != nil {
		return err
	}
	if err := sys.TypeOfService(uintptr(s.socket), o.TypeOfService); err != nil {
		return err
	}
	if err := sys.UserTimeout(uintptr(s.socket), o.UserTimeout); err != nil {
		return err
	}
	if !o.KeepAlive.Enable {
		return s.socket.Set(unix.SOL_SOCKET, unix.SO_KEEPALIVE, 0)
	}
	return keepAlive(s.socket, o.KeepAlive)
}

// keepAlive turns keep-alive on, with package net's defaults.
func keepAlive(socket sys.Socket, k net.KeepAliveConfig) error {
	if err := socket.Set(unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1); err != nil {
		return err
	}
	for _, option := range []struct{ name, value int }{
		{unix.TCP_KEEPIDLE, seconds(k.Idle)},
		{unix.TCP_KEEPINTVL, seconds(k.Interval)},
		{unix.TCP_KEEPCNT, count(k.Count)},
	} {
		if option.value < 0 {
			continue // the system's default
		}
		if err := socket.Set(unix.IPPROTO_TCP, option.name, option.value); err != nil {
			return err
		}
	}
	return nil
}

func seconds(d time.Duration) int {
	switch {
	case d == 0:
		return 15
	case d < 0:
		return -1
	}
	return int((d-1)/time.Second) + 1
}

func count(n int) int {
	if n == 0 {
		return 9
	}
	return n
}
