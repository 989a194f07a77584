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

	upstream duplex.Group // the sockets to servers
	stopping atomic.Bool
	closed   chan struct{} // after stop: no client is left
}

var limits = duplex.Options{IdleTimeout: 10 * time.Minute, WriteTimeout: time.Minute}

func newProxy(e *duplex.Engine, servers []string) *proxy {
	p := &proxy{servers: servers, closed: make(chan struct{})}
	p.srv = duplex.Server{
		Engine:   e,
		Handler:  &duplex.Handler{OnConnect: p.welcome},
		MaxConns: 10_000,
		OnClose:  func() { close(p.closed) },
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
			p.upstream.Add(s)
			if p.stopping.Load() {
				s.End()
			}
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

// stop takes no more clients, and tells each server that no more is asked, so that answers
// come to their ends. What lasts longer than patience is reset, since half an answer must not look
// whole.
func (p *proxy) stop(patience time.Duration) {
	p.stopping.Store(true)
	p.srv.Unlisten()
	for s := range p.upstream.Sockets() {
		s.End()
	}
	select {
	case <-p.closed:
	case <-time.After(patience):
		for client := range p.srv.Sockets() {
			client.Reset() // its pipe passes that on
		}
		<-p.closed
	}
}
