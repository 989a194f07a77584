// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"net"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/foreign"
)

// isForeign reports whether a connection or a listener is of a kind that no driver takes
// over, because it is not one of package net's sockets.
func isForeign(socket any) bool {
	switch socket.(type) {
	case *net.TCPConn, *net.UnixConn, *net.TCPListener, *net.UnixListener:
		return false
	}
	return socket != nil
}

// foreign returns the connection of c if no driver can take that over, or nil.
func (c *config) foreign() *foreign.Conn {
	f, _ := c.driver.(*foreign.Conn)
	return f
}

// carry makes f the connection of the one socket that has c.
func (c *config) carry(f *foreign.Conn) {
	c.driver, c.tries = f, false
	if addr := f.LocalAddr(); addr != nil {
		c.network = addr.Network()
	}
}

// confOf returns the config of a socket of ln on a lane: that of all, unless the connection
// is a foreign one.
func (ln *listener) confOf(l *lane, handle any) *config {
	conf := ln.confs[l.number]
	if h, ok := handle.(foreign.Handle); ok {
		own := *conf
		conf = &own
		conf.carry(h.Conn)
	}
	return conf
}

// started starts a foreign connection, and reports whether c is one.
func (st *stream) started(c driver.Conn) bool {
	h, ok := c.Handle.(foreign.Handle)
	if ok {
		h.Start(st.conf.lane.Post, (*foreigner)(st))
	}
	return ok
}

// A foreigner is a stream whose connection is foreign: no driver gives back its ID.
type foreigner stream

func (f *foreigner) Received(p []byte)     { (*stream)(f).Received(p) }
func (f *foreigner) Ended()                { (*stream)(f).Ended() }
func (f *foreigner) Failed(err error)      { (*stream)(f).Failed(err) }
func (f *foreigner) Sent(n int, err error) { (*stream)(f).Sent(n, err) }

func (f *foreigner) Closed() {
	f.conf.lane.Forget(f.id)
	(*stream)(f).Closed()
}

// door returns the listener if it is foreign, or nil.
func (ln *listener) door() *foreign.Listener {
	d, _ := ln.bound.Handle.(*foreign.Listener)
	return d
}
