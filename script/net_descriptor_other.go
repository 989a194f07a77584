// Copyright 2026 The duplex authors. MIT license.

//go:build !unix

package script

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
)

// duplicate fails: a socket has no descriptor here.
func duplicate(int) (*os.File, error) { return nil, errors.ErrUnsupported }

func closeDescriptor(int) {}

func listens(int) bool { return false }

// bindable knows nothing here: connecting tells.
func bindable(netip.AddrPort) error { return nil }

// peer knows nothing here.
func peer(syscall.Conn) (addr netip.AddrPort, err error) { return addr, nil }

// failure knows nothing here.
func failure(syscall.Conn) error { return nil }

// connectedPair returns two sockets that are connected with each other, over the loopback
// address. A stranger who connects first is turned away.
func connectedPair() (ends [2]net.Conn, err error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return ends, err
	}
	defer ln.Close()
	if ends[0], err = net.Dial("tcp", ln.Addr().String()); err != nil {
		return ends, err
	}
	for {
		if ends[1], err = ln.Accept(); err != nil {
			ends[0].Close()
			return ends, err
		}
		if ends[1].RemoteAddr().String() == ends[0].LocalAddr().String() {
			return ends, nil
		}
		ends[1].Close()
	}
}
