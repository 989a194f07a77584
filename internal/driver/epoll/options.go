// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
	"golang.org/x/sys/unix"
)

// set sets what o says. The defaults of keep-alive are package net's.
func set(socket sys.Socket, o driver.Options) error {
	if !o.Nagle {
		if err := socket.Set(unix.IPPROTO_TCP, unix.TCP_NODELAY, 1); err != nil {
			return err
		}
	}
	k := o.KeepAlive
	if !k.Enable {
		return nil
	}
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
