// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"crypto/tls"
	"net"
	"slices"
)

var stdServer = server{
	name:     "std",
	title:    "package net, a goroutine and a buffer for each connection",
	command:  func() ([]string, error) { return itself("std") },
	collects: true,
	version:  func() string { return "" }, // Go's is the report's
}

// serveStd is what one writes with package net and without further thought. Only
// the buffer is chosen with care: 4 KiB wherever a message fits, as many idle
// connections want it, and 64 KiB for long ones, which it makes three times as
// fast.
func serveStd(mode string, size int, config *tls.Config) (net.Addr, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	if mode == modeHTTP {
		return serveHTTP(ln, size, config)
	}
	buffer := 4 << 10
	if size > buffer {
		buffer = 64 << 10
	}
	if config != nil {
		ln = tls.NewListener(ln, config)
		buffer = 16 << 10 // a record
	}
	var everyone room
	go func() { // until the process ends
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			if mode == modeBroadcast {
				everyone.join(c)
			}
			go func() { // until the client ends
				defer c.Close()
				defer everyone.leave(c)
				var total tally
				p := make([]byte, buffer)
				for {
					n, err := c.Read(p)
					if err != nil {
						return
					}
					switch mode {
					case modeEcho:
						_, err = c.Write(p[:n])
					case modeScatter:
						for piece := range slices.Chunk(p[:n], scatterSize) {
							if _, err = c.Write(piece); err != nil {
								break
							}
						}
					case modeBroadcast:
						everyone.write(p[:n])
					case modeSink:
						if answer := total.add(n, size); len(answer) > 0 {
							_, err = c.Write(answer)
						}
					case modeSource:
						for whole := stream(size); err == nil; {
							_, err = c.Write(whole)
						}
					}
					if err != nil {
						return
					}
				}
			}()
		}
	}()
	return ln.Addr(), nil
}
