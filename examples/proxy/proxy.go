// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/duplex-go/duplex"
)

// A proxy passes its clients on to servers, in turn.
type proxy struct {
	srv     duplex.Server
	servers []string
	next    atomic.Uint64 // the server that the next client tries first
}

var limits = duplex.Options{IdleTimeout: 10 * time.Minute, WriteTimeout: time.Minute}

func newProxy(e *duplex.Engine, servers []string) *proxy {
	p := &proxy{servers: servers}
	p.srv = duplex.Server{
		Engine:   e,
		Handler:  &duplex.Handler{OnConnect: p.welcome},
		MaxConns: 10_000,
		Options:  limits,
	}
	p.srv.PauseOnConnect = true // nothing is read before there is somewhere to send it
	return p
}

// welcome is called with a new client.
func (p *proxy) welcome(client *duplex.Socket) {
	p.connect(client, p.next.Add(1)-1, len(p.servers))
}

// connect joins the client to a server, or to the next one if that accepts no connection.
// So many are left to try.
func (p *proxy) connect(client *duplex.Socket, server uint64, left int) {
	if left == 0 {
		client.Destroy(errors.New("no server accepts a connection"))
		return
	}
	joined := false
	dialer := duplex.Client{
		Engine:  p.srv.Engine,
		Near:    client, // the two share a loop, so that bytes cross no goroutine
		Timeout: 2 * time.Second,
		Options: limits,
	}
	dialer.Connect(context.Background(), "tcp", p.servers[server%uint64(len(p.servers))], &duplex.Handler{
		OnConnect: func(s *duplex.Socket) {
			joined = true
			client.Pipe(s)
			s.Pipe(client)
			client.Resume()
		},
		OnClose: func(s *duplex.Socket) {
			if joined {
				return // the pipes have passed on how it ended
			}
			fmt.Fprintln(os.Stderr, "proxy:", s.Err())
			p.connect(client, server+1, left-1)
		},
	})
}
