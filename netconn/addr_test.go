// Copyright 2026 The duplex authors. MIT license.

package netconn_test

import (
	"io"
	"net"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/netconn"
)

// A nameless connection has no addresses, as those of some programs.
type nameless struct{ net.Conn }

func (nameless) LocalAddr() net.Addr  { return nil }
func (nameless) RemoteAddr() net.Addr { return nil }

func TestAConnWithoutAddressesReturnsItsErrors(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		near, far := net.Pipe()
		conns := make(chan *netconn.Conn, 1)
		(&duplex.Client{Engine: e}).Adopt(nameless{near}, &duplex.Handler{OnConnect: func(s *duplex.Socket) {
			conns <- netconn.New(s, nil)
		}})
		c := <-conns
		go func() { _, _ = io.WriteString(far, "x") }()
		if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
			t.Error(err)
		}
		c.Close()
		_, err := c.Read(make([]byte, 1))
		expectError(t, err, "read", net.ErrClosed)
		far.Close()
	})
}
