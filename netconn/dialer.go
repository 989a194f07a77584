// Copyright 2026 The duplex authors. MIT license.

package netconn

import (
	"context"
	"net"

	"github.com/duplex-go/duplex"
)

// A Dialer connects to addresses. The zero Dialer is ready. Any goroutine may call its
// methods.
type Dialer struct {
	// Client holds the options of the connections: the engine, TLS, timeouts and the
	// like. Nil is the zero Client. AllowHalfOpen, PauseOnConnect, MaxWriteBuffer and
	// Overflow have no effect, as a Conn limits its buffers itself.
	Client *duplex.Client
}

// Dial is DialContext of the zero Dialer.
func Dial(ctx context.Context, network, address string) (net.Conn, error) {
	return new(Dialer).DialContext(ctx, network, address)
}

// Dial is DialContext with a context that never ends.
func (d *Dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// DialContext connects to the address, as [duplex.Client.Connect] does, and returns when the
// connection is made: a [*Conn]. With TLS of the Client it is a [*TLSConn], and the handshake
// is complete. If ctx ends before, it returns an error that wraps [context.Cause] of ctx; after
// that ctx has no effect. Errors are [*net.OpError]: their Op is "dial", as in package net, or
// "handshake".
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	var client duplex.Client
	if d.Client != nil {
		client = *d.Client
	}
	whole(&client.Options)
	client.PauseOnConnect = false
	c := newConn()
	s := client.Connect(ctx, network, address, &duplex.Handler{
		OnConnect: func(s *duplex.Socket) {
			s.SetHandler(handler)
			c.attach(s)
		},
		OnError: func(_ *duplex.Socket, err error) { c.failed(err) },
		OnClose: func(s *duplex.Socket) { c.failed(s.Err()) },
	})
	if !s.MayWait() {
		s.Destroy(nil)
		return nil, &net.OpError{Op: "dial", Net: network, Err: errOnLoop}
	}
	stop := context.AfterFunc(ctx, func() {
		s.Destroy(&net.OpError{Op: "dial", Net: network, Err: context.Cause(ctx)})
	})
	defer stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.state == opening {
		c.readable.Wait()
	}
	if c.socket == nil { // it never was open
		return nil, dialError(network, c.lost())
	}
	if !stop() { // ctx has ended in this moment
		return nil, &net.OpError{Op: "dial", Net: network, Err: context.Cause(ctx)}
	}
	if client.TLS != nil {
		return &TLSConn{c}, nil
	}
	return c, nil
}

// dialError returns the error of a connection that was not made, with the Op of package net:
// programs tell by it that nothing was sent. A handshake that failed keeps its own.
func dialError(network string, err error) error {
	inner, ok := err.(*net.OpError)
	if !ok { // several attempts have failed, for one
		return &net.OpError{Op: "dial", Net: network, Err: err}
	}
	if inner.Op == "handshake" {
		return err
	}
	e := *inner
	e.Op = "dial"
	return &e
}

// whole sets the options that a Conn relies on: that the peer's end does not end our side,
// and that no write is refused or dropped.
func whole(o *duplex.Options) {
	o.AllowHalfOpen = true
	o.MaxWriteBuffer, o.Overflow = -1, duplex.OverflowError
}
