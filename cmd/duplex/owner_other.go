// Copyright 2026 The duplex authors. MIT license.

//go:build !linux

package main

import "net"

// owner returns 0: only Linux shows the process that listens on an address.
func owner(net.Addr) (pid int, name string) { return 0, "" }
