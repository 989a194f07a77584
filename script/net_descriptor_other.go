// Copyright 2026 The duplex authors. MIT license.

//go:build !unix

package script

import (
	"errors"
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
