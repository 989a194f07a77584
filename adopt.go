// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"errors"
	"net"
	"slices"
	"sync"

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

// A detaching is a Detach that is not complete.
type detaching struct {
	done     func(net.Conn, error)
	released driver.Released
	begun    bool   // it has its turn among the verbs: when the queue is empty, the driver gives up
	left     bool   // the driver has given the connection up
	unread   []byte // what the socket has not reported
}

var errPiped = errors.New("duplex: Detach of a socket that is piped, or copied by WriteTo")

// Detach gives the connection back to package net: done is called with a net.Conn when all
// bytes that were written before are with the kernel. Its Read returns first what duplex has
// read from the kernel and not reported. So a protocol that is written for package net can
// take a connection over; package netconn lets it, too, and keeps the socket on its loop.
//
// From the call on, the socket reads no more (in a callback no OnData follows, not even the
// rest of the same read), and Write returns [net.ErrClosed], as after End. A peer that does
// not read delays done: the timeouts of Options apply until then. When done has returned,
// OnClose follows, with a nil Err and without OnEnd and OnFinish: the socket is over, and the
// connection is not. Detach is a verb like End: it takes effect after the functions that were
// posted before. While the socket is connecting, it waits for OnConnect.
//
// Done runs where the callbacks run, in turn with them. If the socket fails or is destroyed
// before, the connection is nil, and the error says why; OnError and OnClose are called as
// ever, and done may come before or after OnError. Close, before the connection is given, ends
// the Detach with [net.ErrClosed]: it discards input. A panic of done closes the connection.
//
// The connection is a [*net.TCPConn] or a [*net.UnixConn] with the options of package net, if
// no bytes are left to be read, or else a net.Conn with CloseWrite and NetConn, which returns
// that. Its descriptor counts no more for the Engine.
//
// If Detach itself returns an error, done is not called, and nothing has changed: it is
// [net.ErrClosed] after End, Close, Destroy, Reset and Detach, or [errors.ErrUnsupported] with
// TLS, on the driver "memory", and for a connection of another kind than package net's sockets. Another error says that the socket is piped. Input that an
// Encoding has decoded, or that was discarded after [bufio.ErrFinalToken], cannot be given
// back: then done has an error, and the socket is destroyed with it.
func (s *Socket) Detach(done func(conn net.Conn, err error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := (*stream)(s)
	_, ok := s.conf.driver.(driver.Releaser)
	switch {
	case st.refuses(s.behind()) == net.ErrClosed || st.detaching() != nil:
		return net.ErrClosed
	case st.sending == broken:
		return s.more.err
	case !ok || st.session() != nil || st.securing():
		return errors.ErrUnsupported
	case s.more != nil && (len(s.more.outlets) > 0 || len(s.more.sources) > 0):
		return errPiped
	}
	s.rare().detaching = &detaching{done: done}
	st.do(op{kind: opDetach})
	st.advanceLater()
	st.count()
	return nil
}

// detach begins the Detach that is due among the verbs.
func (st *stream) detach() {
	if st.phase > open || st.sending != writable { // a posted function has ended the socket
		st.endDetach(st.undelivered())
		return
	}
	st.detaching().begun = true
	st.perform(op{kind: opEnd})
}

// detaching returns the Detach that is not complete, or nil.
func (st *stream) detaching() *detaching {
	if st.more == nil {
		return nil
	}
	return st.more.detaching
}

// giveUp gives up the connection, all of whose bytes are with the kernel. It runs on the
// loop.
func (st *stream) giveUp(d *detaching) {
	var err error
	if d.unread, err = st.takeUnread(); err != nil {
		st.destroy(st.opError("detach", err))
		return
	}
	d.left = true
	st.lapse()
	st.phase = closing
	st.note(resting)
	st.conf.driver.(driver.Releaser).Release(st.id, &d.released)
}

// takeUnread takes the bytes that were not reported.
func (st *stream) takeUnread() (unread []byte, err error) {
	if st.in.interest == muted {
		return nil, errMuted
	}
	tail := st.in.tail
	unread = tail.bytes[:tail.n]
	if st.more != nil {
		k := &st.more.kept
		if k.decoded && k.text.Len() > 0 {
			return nil, errDecoded
		}
		unread = slices.Concat(k.text.Bytes(), unread, k.raw.Bytes())
		*k = kept{}
	}
	st.in.tail = newTail(nil)
	return unread, nil
}

// endDetach makes the completion of a Detach due: with the connection if the driver has given
// it up, or else with err.
func (st *stream) endDetach(err error) {
	d := st.detaching()
	if d == nil {
		return
	}
	st.more.detaching = nil
	var conn net.Conn
	if d.left {
		if conn, err = d.released.Conn, d.released.Err; err != nil {
			err = st.opError("detach", err)
			(*Socket)(st).rare().err = err
		} else if unread := append(d.unread, d.released.Unread...); len(unread) > 0 {
			conn = &detached{Conn: conn, unread: unread}
		}
	}
	st.out.extra().complete(notice{done: func(error) {
		returned := false
		defer func() {
			if !returned && conn != nil {
				conn.Close()
			}
		}()
		d.done(conn, err)
		returned = true
	}}, nil)
	st.advanceLater()
}

// A detached is a connection of package net with bytes that come before those of the kernel.
type detached struct {
	net.Conn
	mu     sync.Mutex
	unread []byte
}

// Read implements net.Conn. It does not wait while there are unread bytes.
func (c *detached) Read(p []byte) (int, error) {
	c.mu.Lock()
	if len(c.unread) == 0 {
		c.mu.Unlock()
		return c.Conn.Read(p)
	}
	defer c.mu.Unlock()
	n := copy(p, c.unread)
	c.unread = c.unread[n:]
	return n, nil
}

// CloseWrite is that of the connection of package net.
func (c *detached) CloseWrite() error {
	return c.Conn.(interface{ CloseWrite() error }).CloseWrite()
}

// NetConn returns the connection of package net.
func (c *detached) NetConn() net.Conn { return c.Conn }
