// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"errors"
	"net"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/foreign"
	"github.com/duplex-go/duplex/internal/loop"
)

// A stream is a Socket as its loop sees it: the same memory, with the methods that are
// not for programs. The driver reports events, settle brings the state and the driver
// in line, and the pump calls the handler.
type stream Socket

// A phase is how far a socket's life has come.
type phase uint8

const (
	connecting phase = iota
	open
	abandoned // destroyed before it was open: there is no descriptor
	ending    // destroyed, or ended on both sides; the kernel may still take bytes
	closing   // the driver closes the descriptor
	gone      // no descriptor is left; OnError and OnClose are due
	closed    // OnClose was called, or is being called
)

// sending is how far output has come to its end.
type sending uint8

const (
	writable  sending = iota
	finishing         // End was called: FIN follows what is queued
	finDue            // FIN is with the kernel; OnFinish is due
	finished          // OnFinish was called
	broken            // a send failed: more.err says why
)

// leaving is how far a closed socket has left the live set of its server.
type leaving uint8

const (
	staying leaving = iota
	held            // it waits until the listener is closed
	left
)

// A report is which of OnConnect and OnError were called. A socket may report an error
// without having connected.
type report uint8

const (
	unreported report = iota
	reportedConnect
	errorDue // input could not be cut; OnError is due, although the socket is open
	reportedError
)

// drain is what OnDrain has still to report.
type drain uint8

const (
	drained     drain = iota // the high-water mark was not reached
	drainNeeded              // it was reached; OnDrain will follow
	drainDue                 // the queue is empty again; OnDrain is due
)

// silence is how far the socket is from OnTimeout.
type silence uint8

const (
	counting    silence = iota // the time since bytes last moved counts
	silent                     // OnTimeout was called; bytes have to move first
	silenceDue                 // OnTimeout is due
	silenceOver                // OnTimeout is due, and bytes have moved again
)

// more is the state that few sockets need, and no idle one. The socket's mu guards it.
type more struct {
	err  error  // why the socket failed, or was destroyed
	path string // of a Unix socket's remote end
	zone string // of the peer's address

	timeout time.Duration // SetTimeout

	kept  kept // input that was not delivered
	taken int  // memory of input that was kept and is being delivered

	options *driver.Options // the socket's own; nil if they are those of conf

	heard int64 // if there is a ReadTimeout: when bytes last arrived, or reading began
	awoke int64 // if there is a FirstByteTimeout: when reading began, or the handshake was complete
	moved int64 // if there is a WriteTimeout: when the kernel last took bytes, or the first byte began to wait
	paid  int64 // if there is a ReadRate: when the bytes that have arrived will be paid for; 0 if they are
	clear int64 // if there is a WriteRate: when the bytes that were sent will be paid for; 0 if they are
	began int64 // if there is a FrameTimeout: when the piece began that is not complete; 0 for none
	born  int64 // if there is a MaxAge: when the connection was made

	spared int64 // the limit that has passed, and waits for events of the driver; 0 for none
	until  int64 // how long it waits
	owed   int   // how many bytes it waits for

	wound int64 // if winding: how many bytes had arrived when Shutdown was called

	linger   int64       // when Close stops waiting for the peer; 0 for never
	lastSend *loop.Timer // ends the wait of awaitsRoom
	late     bool        // lastSend has fired
	patient  bool        // what was written is sent before a destroyed socket closes
	owesEnd  bool        // the peer has ended; End follows when no source is left
	parting  *parting    // after Destroy, while acknowledgements are awaited

	dial *dial // while connecting

	proxy   *ProxyHeader // what a trusted proxy has announced; constant
	session *session     // TLS; nil for none

	detaching *detaching // nil for none

	outlets []outlet            // receive the input instead of OnData; not changed in place
	parted  *branch             // of the last outlet, if none is left since the pump took what it delivers
	sources []*pipe             // the pipes that lead here
	choking bool                // a source may wait for room here
	timers  map[*Timer]struct{} // of AfterFunc

	callers callers // who has asked while a Blocking callback ran
	place   place   // if Handler.Workers limits its callbacks
	life    *life   // of Context; nil for none
}

// rare returns s.more, making it on first use. The caller holds mu.
func (s *Socket) rare() *more {
	if s.more == nil {
		s.more = new(more)
	}
	return s.more
}

// timesOut returns the time given to SetTimeout, 0 for none.
func (m *more) timesOut() time.Duration {
	if m == nil {
		return 0
	}
	return m.timeout
}

func (m *more) cause() error {
	if m == nil {
		return nil
	}
	return m.err
}

// opened gives st the connection id. St may have been destroyed meanwhile. It runs on
// the loop.
func (st *stream) opened(id driver.ID, local, remote driver.Addr) {
	st.mu.Lock()
	st.id = id
	if st.phase == connecting {
		st.phase = open
	} else {
		st.phase = ending // bytes written before the connection was made are lost
		st.out.drop()
	}
	st.armed = 0
	st.touch(st.conf.lane.Now())
	st.age(st.conf.lane.Now())
	(*Socket)(st).setAddrs(local, remote)
	if m := st.more; m != nil && m.options != nil { // they may be newer than the attempt
		st.conf.driver.Configure(id, *m.options)
	}
	if t := st.session(); t != nil {
		st.limitHandshake(t)
	}
	st.gather()
	st.run()
}

// attach gives st a connection that the driver has made. It runs on the loop.
func (st *stream) attach(c driver.Conn) {
	st.mu.Lock()
	abandoned := st.phase != connecting
	st.mu.Unlock()
	if abandoned {
		c.Handle.Close()
		return
	}
	if st.started(c) {
		st.opened(st.id, c.Local, c.Remote)
		return
	}
	if err := st.conf.lane.Driver.Attach(st.id, c, st.conf.socket); err != nil {
		st.abandon(st.opError("accept", err))
		return
	}
	st.opened(st.id, c.Local, c.Remote)
}

// abandon destroys a socket that gets no connection, because of err. It runs on the
// loop.
func (st *stream) abandon(err error) {
	st.mu.Lock()
	st.destroy(err)
	st.run()
}

// adopt gives st a connection of package net, or closes that because of err. It runs
// on the loop.
func (st *stream) adopt(network string, conn net.Conn, err error) {
	if err == nil && st.conf.lane.engine.isClosed() {
		err = net.ErrClosed
	}
	var taken driver.Conn
	if f := st.conf.foreign(); err != nil {
		conn.Close()
	} else if f != nil {
		taken = driver.Conn{Local: f.Local(), Remote: f.Remote(), Handle: foreign.Handle{Conn: f}}
	} else {
		taken, err = st.conf.lane.Driver.Take(conn)
	}
	if err != nil {
		st.abandon(opError("connect", network, conn.LocalAddr(), conn.RemoteAddr(), err))
		return
	}
	st.conf.lane.connected.Add(1)
	st.attach(taken)
}

// settle brings the driver in line with the socket's state: it sends FIN, destroys a
// socket that has ended on both sides, starts or stops reading, arms the deadline,
// closes the descriptor. It runs on the loop, with mu held.
func (st *stream) settle() {
	switch st.phase {
	case connecting:
		st.arm()
		st.settlePipes()
	case open:
		st.settlePipes()
		if t := st.session(); t != nil {
			if st.settleSession(t); st.phase != open {
				st.settle()
				return
			}
		}
		d := st.detaching()
		switch {
		case d != nil && st.sending == broken:
			st.endDetach(st.more.err)
		case st.sending != finishing || !st.flushed():
		case d == nil || !d.begun:
			st.shutdown()
		case st.pump != onItsOwn:
			if st.giveUp(d); st.phase != closing {
				st.settle()
			}
			return
		}
		switch {
		case st.pump.blocks(): // the socket stays open while the callback runs
		case st.lost() && (st.in.interest == discarded || !st.stalled() && !st.more.pending()):
			st.destroy(st.reason())
			st.settle()
			return
		case st.sending == finished && (st.in.fin == told || st.in.interest == discarded && (st.in.ended() || st.conf.Linger < 0)):
			st.destroy(nil)
			st.settle()
			return
		}
		st.receive()
		st.arm()
	case abandoned:
		st.unregister()
	case ending:
		if !st.sendsLast() && !st.awaitsRoom() && !st.awaitsAck() {
			st.close()
		}
	}
}

// shutdown sends our FIN.
func (st *stream) shutdown() {
	f := st.conf.foreign()
	if f != nil && !f.Finished() {
		if !f.Halves() {
			st.lose(discarded)
		}
		st.lent = true // until Sent
		_ = f.Shutdown(st.id)
		return
	}
	st.sending = finDue
	if t := st.session(); t != nil {
		t.wire.Shut() // what crypto/tls still answers comes too late
	}
	if f != nil {
		return
	}
	if err := st.conf.driver.Shutdown(st.id); err != nil {
		if errors.Is(err, syscall.ENOTCONN) {
			err = syscall.ECONNRESET // a reset has ended the connection
		}
		st.broke(err)
	}
}

// close closes the descriptor of a destroyed socket.
func (st *stream) close() {
	if m := st.more; m != nil {
		m.lastSend.Stop()
		if m.parting != nil {
			m.parting.timer.Stop()
			m.parting = nil
		}
	}
	st.phase = closing
	st.note(resting)
	st.conf.driver.Close(st.id, st.reset)
}

// unregister gives up the ID and the attempts of a socket that has no connection. It
// is called again when the last descriptor of the attempts is closed.
func (st *stream) unregister() {
	if m := st.more; m != nil && m.dial != nil {
		m.dial.cancel()
		if m.dial.pending > 0 {
			return // the last of its descriptors is closed later: dial.Closed goes on
		}
		m.dial = nil
	}
	st.conf.lane.Forget(st.id)
	st.forfeit()
}

// perform does o now. The caller holds mu.
func (st *stream) perform(o op) {
	switch o.kind {
	case opCork:
		st.out.cork()
	case opUncork:
		st.let(st.out.uncork)
	case opStartTLS:
		st.startTLS(o.session, o.h)
	case opEnd:
		if st.phase <= open && st.sending == writable {
			st.sending = finishing
			st.deafen()
			st.let(st.out.uncorkAll)
			st.drain = drained // no program waits to write
			st.advanceLater()
		}
	case opDetach:
		st.detach()
	case opClose:
		st.linger()
	case opDestroy:
		st.destroy(o.err)
	case opReset:
		st.reset = st.reset || st.phase <= open
		st.destroy(o.err)
	}
}

// destroy ends the socket, because of err if that is not nil.
func (st *stream) destroy(err error) {
	if st.phase > open {
		return
	}
	if st.condemned() {
		err = st.more.err
	}
	if err != nil || st.more != nil {
		(*Socket)(st).rare().err = err
	}
	if st.phase == connecting {
		st.phase = abandoned
	} else {
		st.phase = ending
	}
	st.leaveGroups()
	st.lapse()
	st.lose(discarded)
	if t := st.session(); t != nil {
		if t.wire.Finished() != nil && !st.in.ended() {
			st.in.fin = cut
		}
		t.cease()
	}
	st.advanceLater()
}

// linger is Close: everything is sent, and input is discarded for a while. If the
// descriptor were closed while input is unread, the kernel would reset the connection,
// and the peer might lose the end of what we sent.
func (st *stream) linger() {
	if st.phase > open {
		return
	}
	st.perform(op{kind: opEnd})
	st.endDetach(net.ErrClosed) // a connection with a hole in its input is of no use
	st.lose(discarded)
	if st.conf.Linger >= 0 {
		(*Socket)(st).rare().linger = later(st.conf.lane.Clock(), st.conf.Linger)
	}
	st.advanceLater()
}

// Closed is called when the driver has closed the descriptor.
func (st *stream) Closed() {
	st.mu.Lock()
	st.lent = false
	st.forfeit()
	st.run()
}

// forfeit drops the queued output and fails its completions, as no descriptor is left.
func (st *stream) forfeit() {
	st.stopTimers()
	st.endDetach(st.undelivered())
	st.phase = gone
	st.conf.lane.finish(st.outcome())
	st.out.fail(st.undelivered())
	st.out.drop()
	if t := st.session(); t != nil {
		t.release()
	}
}

// retire stops counting st, after its OnClose.
func (st *stream) retire() {
	engine := st.conf.lane.engine
	st.conf.lane.closed.Add(1)
	if st.conf.lane.sockets.Add(-1) == 0 {
		engine.changed()
		if st.conf.lane.temporary {
			go st.conf.lane.Stop() // returns once this turn of the loop has ended
		}
	}
	if !st.unrefd {
		st.unrefd = true
		engine.unref()
	}
}

// opError wraps err in a net.OpError with the addresses of the connection.
func (st *stream) opError(op string, err error) error {
	s := (*Socket)(st)
	return opError(op, s.conf.network, s.localAddr(), s.remoteAddr(), err)
}

// LocalAddr implements wire.Ends.
func (st *stream) LocalAddr() net.Addr { return (*Socket)(st).LocalAddr() }

// RemoteAddr implements wire.Ends.
func (st *stream) RemoteAddr() net.Addr { return (*Socket)(st).RemoteAddr() }
