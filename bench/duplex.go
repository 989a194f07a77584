// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"crypto/tls"
	"net"
	"slices"

	"github.com/duplex-go/duplex"
)

var duplexServer = server{
	name:     "duplex",
	title:    "this library, one event loop for each core",
	command:  func() ([]string, error) { return itself("duplex") },
	collects: true,
	version:  func() string { return "" }, // its commit is the report's
}

func serveDuplex(mode string, size int, config *tls.Config) (net.Addr, error) {
	if mode == modeHTTP {
		return serveNetconn(size, config)
	}
	srv := &duplex.Server{Handler: &duplex.Handler{}, TLS: config}
	switch mode {
	case modeEcho:
		srv.Handler.OnData = func(s *duplex.Socket, p []byte) { s.Write(p) }
	case modeScatter:
		srv.Handler.OnData = func(s *duplex.Socket, p []byte) {
			for piece := range slices.Chunk(p, scatterSize) {
				s.Write(piece)
			}
		}
	case modeBroadcast:
		srv.Handler.OnData = func(_ *duplex.Socket, p []byte) { duplex.Broadcast(srv.Sockets(), p) }
	case modeSink:
		srv.Handler.OnConnect = func(s *duplex.Socket) { s.Value = new(tally) }
		srv.Handler.OnData = func(s *duplex.Socket, p []byte) {
			if answer := s.Value.(*tally).add(len(p), size); len(answer) > 0 {
				s.Write(answer)
			}
		}
	case modeSource:
		whole := stream(size)
		flow := func(s *duplex.Socket) {
			for !s.NeedDrain() {
				if _, err := s.Write(whole); err != nil {
					return
				}
			}
		}
		srv.Handler.OnData = func(s *duplex.Socket, _ []byte) { flow(s) }
		srv.Handler.OnDrain = flow
	}
	err := srv.Listen("tcp", "127.0.0.1:0")
	return srv.Addr(), err
}
