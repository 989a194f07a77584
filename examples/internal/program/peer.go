// Copyright 2026 The duplex authors. MIT license.

package program

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/netconn"
)

// peers has what a test connects to an example on the driver "memory". It is not the shared
// engine, for whose sockets an example may wait.
var peers = &duplex.Engine{Loops: 1}

// A Conn is the other end of a connection of the example: one of package net, or on the
// driver "memory" one of package netconn. It has Patience to the end of the test.
type Conn struct{ net.Conn }

// DialContext connects to the example, for a test that needs no more than a net.Conn.
func DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	if onMemory() {
		dialer := netconn.Dialer{Client: &duplex.Client{Engine: peers}}
		return dialer.DialContext(ctx, network, addr)
	}
	return new(net.Dialer).DialContext(ctx, network, addr)
}

// Dial connects to the example. The connection is closed when the test ends.
func Dial(t *testing.T, addr string) Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	c, err := DialContext(ctx, "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	return hold(t, c)
}

func hold(t *testing.T, c net.Conn) Conn {
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(Patience))
	return Conn{c}
}

// CloseWrite sends the end, and leaves the other direction open.
func (c Conn) CloseWrite() error {
	return c.Conn.(interface{ CloseWrite() error }).CloseWrite()
}

// Reset closes the connection by RST.
func (c Conn) Reset() {
	if s := netconn.SocketOf(c.Conn); s != nil {
		s.Reset()
		return
	}
	c.Conn.(*net.TCPConn).SetLinger(0)
	c.Close()
}

// A Listener is where the example connects to.
type Listener struct{ net.Listener }

// Listen listens on a free port, until the test ends.
func Listen(t *testing.T) Listener {
	t.Helper()
	ln, err := listen()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return Listener{ln}
}

func listen() (net.Listener, error) {
	if onMemory() {
		return netconn.Listen(&duplex.Server{Engine: peers}, "tcp", "127.0.0.1:0")
	}
	return net.Listen("tcp", "127.0.0.1:0")
}

// Accept returns the connection that the example makes next.
func (l Listener) Accept(t *testing.T) Conn {
	t.Helper()
	late := time.AfterFunc(Patience, func() { l.Close() })
	defer late.Stop()
	c, err := l.Listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return hold(t, c)
}
