// Copyright 2026 The duplex authors. MIT license.

//go:build !linux

package main

import "errors"

var netpollServer = server{
	name:    "netpoll",
	title:   "CloudWeGo's netpoll, on Linux",
	command: func() ([]string, error) { return nil, errors.New("it is measured on Linux only") },
	version: func() string { return "" },
}
