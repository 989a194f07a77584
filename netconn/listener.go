// Copyright 2026 The duplex authors. MIT license.

package netconn

import (
	"net"
	"slices"
	"sync"

	"github.com/duplex-go/duplex"
)

// A Listener is a Server as a net.Listener. [Listen] and [ListenOn] make one. Any goroutine
// may call its methods.
type Listener struct {
	server *duplex.Server // constant, as is addr
	addr   net.Addr

	mu      sync.Mutex
	arrived sync.Cond // on mu: queue has a Conn, or closed is set
	queue   []*Conn   // not accepted yet
	paused  bool      // the server does not accept
	ended   bool      // the server does not listen any more: no more will come
	closed  bool
}

// Backlog is how many connections may wait for Accept, beside those that wait in the system's
// backlog. Then the server is paused, until half of them were accepted. Some more may have
// been on their way. A connection that waits is not read.
const Backlog = 128

// Listen has srv listen on the address, and returns it as a net.Listener, whose Accept returns
// a [*Conn], or a [*TLSConn] if srv has TLS. Every limit of srv applies, and its callbacks are
// called. Its Handler, and the options AllowHalfOpen, PauseOnConnect, MaxWriteBuffer and
// Overflow, belong to the Listener, which sets them: a Handler that srv has is not called. Srv
// has its own again when its OnClose is called. OnClose of srv is called as ever, and ends the Listener. A nil srv is the
// zero Server. Errors are those of [duplex.Server.Listen].
//
// [duplex.Server.Shutdown] ends the Listener, too: Accept returns the connections that have
// come, and then [net.ErrClosed]; a connection that no Accept has fetched by the time that its
// end is sent is reset. After Unlisten of srv, Accept waits for OnClose: use Close of
// the Listener.
func Listen(srv *duplex.Server, network, address string) (*Listener, error) {
	return listen(srv, func(srv *duplex.Server) error { return srv.Listen(network, address) })
}

// ListenOn is Listen on a listener of package net, as [duplex.Server.ListenOn] takes it.
func ListenOn(srv *duplex.Server, ln net.Listener) (*Listener, error) {
	return listen(srv, func(srv *duplex.Server) error { return srv.ListenOn(ln) })
}

// lives holds the servers that are Listeners, until OnClose. Its sync.Map also orders what one
// Listener has done to the fields of a server before what the next one does.
var lives sync.Map

func listen(srv *duplex.Server, begin func(*duplex.Server) error) (*Listener, error) {
	if srv == nil {
		srv = new(duplex.Server)
	}
	if _, taken := lives.LoadOrStore(srv, true); taken {
		return nil, duplex.ErrAlreadyListening // its fields must not change
	}
	if srv.Addr() != nil {
		lives.Delete(srv)
		return nil, duplex.ErrAlreadyListening
	}
	l := &Listener{server: srv}
	l.arrived.L = &l.mu
	h := *handler
	h.OnConnect = l.enter
	h.OnFinish = l.finished
	had, options, onClose := srv.Handler, srv.Options, srv.OnClose
	srv.Handler = &h
	whole(&srv.Options)
	srv.PauseOnConnect = true
	restore := func() { srv.Handler, srv.Options, srv.OnClose = had, options, onClose }
	srv.OnClose = func() {
		restore()
		l.shut()
		lives.Delete(srv)
		if onClose != nil {
			onClose()
		}
	}
	if err := begin(srv); err != nil {
		restore()
		lives.Delete(srv)
		return nil, err
	}
	if l.addr = srv.Addr(); l.addr == nil { // its Engine was closed in this moment, or the listener has no address
		srv.Close()
		return nil, net.ErrClosed
	}
	return l, nil
}

// enter is OnConnect of the server's sockets.
func (l *Listener) enter(s *duplex.Socket) {
	c := newConn()
	c.attach(s)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		s.Reset()
		return
	}
	l.queue = append(l.queue, c)
	l.arrived.Signal()
	if len(l.queue) >= Backlog && !l.paused {
		l.paused = true
		l.server.Pause()
	}
}

// finished is OnFinish of the server's sockets: s is ended by its Conn, or by Shutdown of the
// server. If no Accept has fetched it, nobody reads it, and it would hold Shutdown up.
func (l *Listener) finished(s *duplex.Socket) {
	if l.server.Addr() != nil || of(s).ends() {
		return // it listens; or after Unlisten others may still come, out of their handshakes
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	l.arrived.Broadcast()
	if i := slices.Index(l.queue, of(s)); i >= 0 {
		l.queue = slices.Delete(l.queue, i, i+1)
		s.Reset()
	}
}

// Accept waits for a connection, and returns it: a [*Conn], or a [*TLSConn] if the
// Server has TLS. The error is [net.ErrClosed] in a
// [*net.OpError] after Close, and after Shutdown of the Server. It must not be called on a loop.
func (l *Listener) Accept() (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.queue) == 0 && !l.ended && !l.closed {
		l.arrived.Wait()
	}
	if len(l.queue) == 0 || l.closed {
		return nil, l.opError("accept")
	}
	c := l.queue[0]
	l.queue[0] = nil
	if l.queue = l.queue[1:]; len(l.queue) == 0 {
		l.queue = nil
	}
	if l.paused && len(l.queue) <= Backlog/2 {
		l.paused = false
		l.server.Resume()
	}
	c.socket.Resume()
	if l.server.TLS != nil {
		return &TLSConn{c}, nil
	}
	return c, nil
}

// Close stops listening, and returns at once; the address is free soon after. Accept
// returns [net.ErrClosed], connections that wait for it are reset, and those that were
// accepted stay. The error of a second Close is net.ErrClosed. To end the connections, too,
// use Shutdown or Close of the Server.
func (l *Listener) Close() error {
	l.mu.Lock()
	queue, open := l.end()
	if open { // OnClose waits for mu: what stops is no later Listener of the server
		_ = l.server.Unlisten() // it may have stopped by itself
	}
	l.mu.Unlock()
	resetAll(queue)
	if !open {
		return l.opError("close")
	}
	return nil
}

// shut ends Accept and resets the connections that wait for it.
func (l *Listener) shut() {
	l.mu.Lock()
	queue, _ := l.end()
	l.mu.Unlock()
	resetAll(queue)
}

// end ends Accept. It returns the connections that wait for it, and whether the Listener was
// open. The caller holds mu.
func (l *Listener) end() (queue []*Conn, open bool) {
	queue, open = l.queue, !l.closed
	l.queue, l.closed = nil, true
	l.arrived.Broadcast()
	return queue, open
}

func resetAll(queue []*Conn) {
	for _, c := range queue {
		c.socket.Reset()
	}
}

// Addr returns the address that the Listener was made with, also after Close.
func (l *Listener) Addr() net.Addr { return l.addr }

// Server returns the server.
func (l *Listener) Server() *duplex.Server { return l.server }

func (l *Listener) opError(op string) error {
	return &net.OpError{Op: op, Net: l.addr.Network(), Addr: l.addr, Err: net.ErrClosed}
}

var _ net.Listener = (*Listener)(nil)
