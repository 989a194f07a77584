// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"io"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// A fleet is the load generator's connections. It is a plain loop around epoll on
// the thread of its caller, so that it is not slower than the servers it measures.
type fleet struct {
	near   netip.Addr // to connect from; anywhere if not valid
	epoll  int
	conns  []int    // descriptors
	rest   [][]byte // of each, what is not sent yet
	events [256]unix.EpollEvent
	input  [64 << 10]byte
}

func newFleet() (*fleet, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll_create1: %w", err)
	}
	return &fleet{epoll: epoll}, nil
}

// dial adds a connection. They are numbered from 0.
func (f *fleet) dial(to netip.AddrPort) error {
	f.conns = append(f.conns, -1)
	f.rest = append(f.rest, nil)
	return f.connect(len(f.conns)-1, to)
}

// redial ends connection i, on which nothing is under way, and makes another in
// its place.
func (f *fleet) redial(i int, to netip.AddrPort) error {
	if err := unix.Close(f.conns[i]); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	return f.connect(i, to)
}

func (f *fleet) connect(i int, to netip.AddrPort) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	f.conns[i] = fd
	if err != nil {
		return fmt.Errorf("socket: %w", err)
	}
	if f.near.IsValid() {
		// The port is chosen by connect: it need only be free for that destination.
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1); err != nil {
			return fmt.Errorf("setsockopt: %w", err)
		}
		if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: f.near.As4()}); err != nil {
			return fmt.Errorf("bind: %w", err)
		}
	}
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		return err
	}
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1); err != nil {
		return fmt.Errorf("setsockopt: %w", err)
	}
	return f.watch(unix.EPOLL_CTL_ADD, i, unix.EPOLLIN)
}

// dialAll adds n connections, fewer than any backlog.
func (f *fleet) dialAll(to netip.AddrPort, n int) error {
	for range n {
		if err := f.dial(to); err != nil {
			return err
		}
	}
	return nil
}

func (f *fleet) watch(op, i int, events uint32) error {
	err := unix.EpollCtl(f.epoll, op, f.conns[i], &unix.EpollEvent{Events: events, Fd: int32(i)})
	if err != nil {
		return fmt.Errorf("epoll_ctl: %w", err)
	}
	return nil
}

// send sends p on connection i, the rest of it when there is room. Until then p
// must stay as it is, and nothing else be sent there.
func (f *fleet) send(i int, p []byte) error {
	n, err := unix.Write(f.conns[i], p)
	if n == len(p) {
		return nil
	}
	if err != nil && err != unix.EAGAIN {
		return fmt.Errorf("write: %w", err)
	}
	f.rest[i] = p[max(n, 0):]
	return f.watch(unix.EPOLL_CTL_MOD, i, unix.EPOLLIN|unix.EPOLLOUT)
}

// poll waits until something arrives, and tells received of it; or for as long as
// timeout.
func (f *fleet) poll(timeout time.Duration, received func(i int, p []byte) error) error {
	n, err := unix.EpollWait(f.epoll, f.events[:], int(timeout.Milliseconds()))
	if err != nil && err != unix.EINTR {
		return fmt.Errorf("epoll_wait: %w", err)
	}
	for _, event := range f.events[:max(n, 0)] {
		i := int(event.Fd)
		if event.Events&unix.EPOLLOUT != 0 {
			if err := f.resume(i); err != nil {
				return err
			}
		}
		if event.Events&^unix.EPOLLOUT == 0 {
			continue
		}
		n, err := unix.Read(f.conns[i], f.input[:])
		switch {
		case err == unix.EAGAIN:
			continue
		case err != nil:
			return fmt.Errorf("read: %w", err)
		case n == 0:
			return fmt.Errorf("read: the server has ended the connection: %w", io.ErrUnexpectedEOF)
		}
		if err := received(i, f.input[:n]); err != nil {
			return err
		}
	}
	return nil
}

// resume sends what waited for room.
func (f *fleet) resume(i int) error {
	p := f.rest[i]
	f.rest[i] = nil
	if err := f.watch(unix.EPOLL_CTL_MOD, i, unix.EPOLLIN); err != nil {
		return err
	}
	return f.send(i, p)
}

// close resets the connections: what they leave behind would slow down what comes
// next.
func (f *fleet) close() {
	for _, fd := range f.conns {
		_ = unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
		_ = unix.Close(fd)
	}
	_ = unix.Close(f.epoll)
}
