// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"net"
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
	"golang.org/x/sys/unix"
)

func TestNegativeKeepAliveLeavesTheSystemsDefault(t *testing.T) {
	r := newRig(t)
	addr := r.listen(loopback)
	r.Connect(clientID, addr, driver.Addr{}, driver.Options{KeepAlive: net.KeepAliveConfig{
		Enable: true, Idle: -1, Interval: -1, Count: -1,
	}})
	r.Connect(serverID, addr, driver.Addr{}, driver.Options{})
	for _, option := range []int{unix.TCP_KEEPIDLE, unix.TCP_KEEPINTVL, unix.TCP_KEEPCNT} {
		got, _ := unix.GetsockoptInt(int(r.slots.at(clientID).socket), unix.IPPROTO_TCP, option)
		want, err := unix.GetsockoptInt(int(r.slots.at(serverID).socket), unix.IPPROTO_TCP, option)
		if got != want || err != nil {
			t.Errorf("option %d: got %d, want %d (%v)", option, got, want, err)
		}
	}
}
