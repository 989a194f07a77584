// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"net"

	"github.com/duplex-go/duplex"
)

var duplexServer = server{
	name:    "duplex",
	title:   "this library, one event loop for each core",
	command: func() ([]string, error) { return itself("duplex") },
	version: func() string { return "" }, // its commit is the report's
}

func serveDuplex(mode string, _ int) (net.Addr, error) {
	srv := &duplex.Server{Handler: &duplex.Handler{
		OnData: func(s *duplex.Socket, p []byte) { s.Write(p) },
	}}
	if mode == modeBroadcast {
		srv.Handler.OnData = func(s *duplex.Socket, p []byte) {
			for member := range srv.Sockets() {
				member.Write(p)
			}
		}
	}
	err := srv.Listen("tcp", "127.0.0.1:0")
	return srv.Addr(), err
}
