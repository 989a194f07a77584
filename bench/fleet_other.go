// Copyright 2026 The duplex authors. MIT license.

//go:build !linux

package main

import (
	"fmt"
	"net"
	"net/netip"
	"time"
)

// A fleet is the load generator's connections. Here it is made of package net and
// may be slower than the servers it measures.
type fleet struct {
	near     netip.Addr // ignored: there may be but one
	conns    []*net.TCPConn
	arrivals chan arrival
	closed   chan struct{}
}

// An arrival is what the reader of a connection got. It waits until taken.
type arrival struct {
	conn  int
	by    *net.TCPConn
	p     []byte
	err   error
	taken chan<- struct{}
}

func newFleet() (*fleet, error) {
	return &fleet{arrivals: make(chan arrival, 1024), closed: make(chan struct{})}, nil
}

// dial adds a connection. They are numbered from 0.
func (f *fleet) dial(to netip.AddrPort) error {
	c, err := net.DialTCP("tcp", nil, net.TCPAddrFromAddrPort(to))
	if err != nil {
		return err
	}
	f.conns = append(f.conns, c)
	go f.read(len(f.conns)-1, c) // until the connection or the fleet is closed
	return nil
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

// redial ends connection i, on which nothing is under way, and makes another in
// its place.
func (f *fleet) redial(i int, to netip.AddrPort) error {
	if err := f.conns[i].Close(); err != nil {
		return err
	}
	c, err := net.DialTCP("tcp", nil, net.TCPAddrFromAddrPort(to))
	if err != nil {
		return err
	}
	f.conns[i] = c
	go f.read(i, c) // until the connection or the fleet is closed
	return nil
}

func (f *fleet) read(i int, c *net.TCPConn) {
	buf := make([]byte, 64<<10)
	taken := make(chan struct{}, 1)
	for {
		n, err := c.Read(buf)
		select {
		case f.arrivals <- arrival{i, c, buf[:n], err, taken}:
		case <-f.closed:
			return
		}
		if err != nil {
			return
		}
		select {
		case <-taken:
		case <-f.closed:
			return
		}
	}
}

// send sends p on connection i.
func (f *fleet) send(i int, p []byte) error {
	_, err := f.conns[i].Write(p)
	return err
}

// poll waits until something arrives, and tells received of it; or for as long as
// timeout.
func (f *fleet) poll(timeout time.Duration, received func(i int, p []byte) error) error {
	select {
	case a := <-f.arrivals:
		if a.by != f.conns[a.conn] {
			return nil // of one that was redialed
		}
		if a.err != nil {
			return fmt.Errorf("connection %d: %w", a.conn, a.err)
		}
		err := received(a.conn, a.p)
		a.taken <- struct{}{}
		return err
	case <-time.After(timeout):
		return nil
	}
}

// close resets the connections: what they leave behind would slow down what comes
// next.
func (f *fleet) close() {
	close(f.closed)
	for _, c := range f.conns {
		_ = c.SetLinger(0)
		_ = c.Close()
	}
}
