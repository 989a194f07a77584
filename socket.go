// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"errors"
	"io"
	"net"
	"strconv"
	"sync"
	"time"
	"unique"

	"github.com/duplex-go/duplex/internal/buf"
	"github.com/duplex-go/duplex/internal/driver"
)

// A Socket is one end of a TCP connection or of a Unix socket. A [Server] makes one
// for each client, a [Client] one for each connection; the zero Socket is not usable.
// The callbacks of its [Handler] report everything that happens to it.
//
// Any goroutine may call any method at any time, callbacks included. Methods return
// at once, and a later callback reports their effect. [Socket.ReadFrom] and
// [Socket.WriteTo] are the exceptions: they block. After OnClose, methods do nothing
// or return [net.ErrClosed]. The laws of Handler say in which order calls take effect.
type Socket struct {
	// Value belongs to the program; duplex never touches it. Use it in callbacks of
	// this socket and in functions given to Post and AfterFunc, or guard it like any
	// variable that goroutines share.
	Value any

	conf *config // constant

	mu sync.Mutex // guards the fields below; never held during a callback

	handler *Handler // never nil
	out     outbox
	id      driver.ID // the slot; from phase open on, also the connection's name for the driver

	read int64 // bytes received

	active int64 // lane.Now() when bytes last moved
	armed  int64 // the deadline that the loop holds; 0 for none

	local unique.Handle[driver.Addr] // few, and shared by a server's sockets
	more  *more                      // state that few sockets need; nil until this one does

	// The peer's address: a netip.AddrPort would be twice as long. IPv4 is written
	// as IPv6; a zone is in more.
	remoteIP   [16]byte
	remotePort uint16

	leaving leaving
	pump    pump  // where callbacks run now
	place   int32 // in the server's roster; guarded by the server's mu

	in input

	phase   phase
	sending sending
	spent   uint8 // how much of this turn's burst is sent, in units

	// Output.
	gathered bool // the loop will flush at the end of its turn
	lent     bool // the driver holds the head of out, or reports when it has room
	drain    drain

	// Events that are due, or were delivered.
	report  report
	silence silence

	deferred bool // the loop will advance this socket
	reset    bool // close with RST
	unrefd   bool // Wait does not count this socket
	winding  bool // End follows callbacks that run or are due, for Shutdown

	stake uint32 // in the account of conf; 0 for none
}

// newSocket returns a socket in phase connecting. The engine counts it from here on,
// until its OnClose has returned.
func newSocket(conf *config, h *Handler) *Socket {
	if h == nil {
		h = noHandler
	}
	conf.lane.sockets.Add(1)
	conf.lane.engine.ref()
	s := &Socket{
		conf:    conf,
		handler: h,
		active:  conf.lane.Clock(),
		in:      input{paused: conf.PauseOnConnect},
	}
	s.id = conf.lane.Register((*stream)(s))
	if a := conf.account; a != nil {
		s.stake = a.Enter((*stream)(s))
	}
	return s
}

// Write queues a copy of p and never waits for the network. It returns len(p) and
// nil, or 0 and an error; it never takes a part. The loop hands the writes of one turn
// to the kernel together, at the end of the turn. A queue that reaches the high-water
// mark is offered to the kernel at once, in callbacks of the socket as far as the share
// of this turn goes; [Socket.NeedDrain] then reports whether to wait for OnDrain. While
// the socket is connecting, writes wait for the connection. The time that Write takes is
// that of the copy, so a long write in a callback delays the loop.
//
// The error is [net.ErrClosed] after End, Close, Destroy, Reset or OnClose,
// [ErrWriteBufferFull] beyond MaxWriteBuffer or MaxQueued, [ErrOverBudget] for more bytes
// than the Budget of the Engine has at all, or the [*net.OpError] of an earlier send that failed.
func (s *Socket) Write(p []byte) (int, error) { return s.write(p, nil, notice{}) }

// WriteString is Write of a string.
func (s *Socket) WriteString(text string) (int, error) { return s.write([]byte(text), nil, notice{}) }

// Writev is Write of several slices, joined: all of them are queued, or none.
func (s *Socket) Writev(bufs ...[]byte) (int, error) {
	var all []byte
	for _, p := range bufs {
		all = append(all, p...)
	}
	return s.write(all, nil, notice{})
}

// WriteFunc is Write with a completion: done is called with nil once the kernel has
// taken all of p, or with the reason why it never will: [net.ErrClosed], the error of
// the socket, or [ErrWriteBufferFull] if OverflowDrop dropped p. The kernel's success
// does not mean that the peer has received p. Done runs where callbacks of the socket
// run, never at the same time as one. Completions come in the order of the writes, and
// before OnClose. If WriteFunc itself returns an error, done is not called.
func (s *Socket) WriteFunc(p []byte, done func(error)) (int, error) {
	return s.write(p, nil, notice{done: done})
}

// TryWrite offers p to the kernel at once, and returns how many bytes the kernel has
// taken. It takes none while other bytes wait to be sent, while Cork or a posted
// function holds bytes back, and before the connection is made. The rest of p is not
// queued; the caller may give it to Write. The error is that of Write, or that of the
// send.
//
// The portable driver cannot ask the kernel without waiting. There the write queue of
// the socket takes as many bytes as it has room for below the high-water mark.
func (s *Socket) TryWrite(p []byte) (int, error) {
	s.mu.Lock()
	defer (*stream)(s).counted()
	if s.behind() {
		return 0, nil
	}
	return (*stream)(s).try(p)
}

// write is Write, and gives a notice of the result. A p with a loan never changes, so it
// can be queued without a copy. A long p is copied before the lock is taken, because the
// loop may wait for the lock.
func (s *Socket) write(p []byte, loan *buf.Loan, then notice) (int, error) {
	var copied *buf.Queue
	if most := s.conf.MaxWriteBuffer; loan == nil && len(p) > burst && (most < 0 || len(p) <= most) {
		copied = new(buf.Queue)
		copied.Append(p)
	}
	s.mu.Lock()
	defer (*stream)(s).counted()
	n, err := (*stream)(s).write(p, loan, copied, then)
	if copied != nil {
		copied.Clear() // it is empty, unless the write was refused
	}
	return n, err
}

// ReadFrom sends the bytes of r until its end, never more than 64 KiB ahead of the
// kernel, and returns when the kernel has taken all of them. N is the number of bytes
// that Write took. The error is nil at the end of r, or an error of r, of Write or of
// the socket. ReadFrom does not call End. OverflowDrop does not apply to it: beyond
// MaxWriteBuffer the error is [ErrWriteBufferFull].
//
// ReadFrom blocks, so it is not for callbacks. Blocking callbacks may call it, also
// those of s. On a loop of the socket's engine it returns an error and reads nothing.
// io.Copy to a Socket calls it, unless the source is an [io.WriterTo].
func (s *Socket) ReadFrom(r io.Reader) (n int64, err error) {
	if s.onLoop() {
		return 0, errReadFromOnLoop
	}
	buf := make([]byte, 32<<10)
	sent := make(chan error, ahead)
	waiting := 0
	for err == nil {
		var m int
		if m, err = r.Read(buf); m > 0 {
			if failed := s.writeAwaited(buf[:m], sent); failed != nil {
				err = failed
				break
			}
			n += int64(m)
			waiting++
		}
		if waiting == ahead {
			waiting--
			if failed := <-sent; failed != nil {
				err = failed
			}
		}
	}
	if err == io.EOF {
		err = nil
	}
	for ; waiting > 0; waiting-- {
		if failed := <-sent; failed != nil && err == nil {
			err = failed
		}
	}
	return n, err
}

// writeAwaited is Write with a completion that is not a callback: sent receives nil as
// soon as the kernel has taken all of p, or the reason why it never will.
func (s *Socket) writeAwaited(p []byte, sent chan<- error) error {
	_, err := s.write(p, nil, notice{sent: sent})
	return err
}

// ahead is how many writes ReadFrom has under way.
const ahead = 2

var _ io.ReaderFrom = (*Socket)(nil)

var errReadFromOnLoop = errors.New("duplex: ReadFrom waits for the event loop, and was called on one; call it on another goroutine, or in a callback of a Blocking Handler")

// onLoop reports whether the caller runs on a loop of the engine of s.
func (s *Socket) onLoop() bool {
	l := s.conf.lane
	return l.engine.onLoop() || l.Here() // the lane may be a temporary one, of no engine
}

// Cork holds back the bytes that are written from now on. They are sent once Uncork
// was called as often as Cork, or at End. Calls beyond 255 are not counted. Bytes
// written before Cork are sent as usual. Bytes that are held back when the socket is
// destroyed are lost. (Node: cork.)
func (s *Socket) Cork() {
	s.do(op{kind: opCork})
}

// Uncork undoes one Cork. Without a Cork it does nothing. (Node: uncork.)
func (s *Socket) Uncork() { s.do(op{kind: opUncork}) }

// End flushes the write queue, then sends FIN. OnFinish follows when the kernel has
// both. The peer may still send; when it has ended too, the socket closes. Later
// Writes return [net.ErrClosed]. Later Ends do nothing. (Node: end.)
func (s *Socket) End() { s.do(op{kind: opEnd}) }

// Close flushes the write queue and sends FIN, discards what still arrives, and closes
// the socket when the peer has ended too or [Options.Linger] has passed. OnClose
// follows; OnData and OnEnd do not. After a posted function, Close takes effect when
// the function has run. A client that is still connecting goes on with that, to send
// what was written; Linger counts from the call. Close returns at once. The error is
// [net.ErrClosed] if Close has taken effect before, or the socket was destroyed.
func (s *Socket) Close() error {
	s.mu.Lock()
	gone := s.phase > open || s.in.interest == discarded
	s.mu.Unlock()
	if gone {
		return net.ErrClosed
	}
	s.do(op{kind: opClose})
	return nil
}

// Destroy ends the socket at once. Input that was not delivered yet is discarded.
// Output is offered to the kernel once more; the bytes that the kernel does not take
// then are lost. If err is not nil, OnError follows with it. Then OnClose follows.
// Later calls do nothing. (Node: destroy.)
//
// On Linux, a TCP connection whose peer has not acknowledged what the kernel took keeps
// its descriptor until it has, at most a second: FIN is sent, and input is discarded. So
// no reset costs the peer the last bytes. OnError and OnClose follow after that. Other
// systems do not say what was acknowledged, and only Close is sure there.
func (s *Socket) Destroy(err error) { s.do(op{kind: opDestroy, err: err}) }

// Reset is Destroy(nil) with RST instead of FIN: the peer sees ECONNRESET. A Unix
// socket has no RST, so its peer sees an end. A connection that is not made yet is
// given up, and no RST is sent. (Node: resetAndDestroy, which throws for Unix
// sockets.)
func (s *Socket) Reset() { s.do(op{kind: opReset}) }

// do performs o, or queues it after the posted functions that have not run.
func (s *Socket) do(o op) {
	s.mu.Lock()
	defer s.mu.Unlock()
	(*stream)(s).do(o)
	(*stream)(s).count()
}

// Pause stops reading from the kernel. If it is called in a callback of the socket, no
// OnData follows; if it is called elsewhere, at most one more. Bytes that were read
// and not delivered are kept. The peer's end or reset is reported after Resume;
// timeouts and limits act while the socket is paused. A pipe from the socket pauses,
// too. (Node: pause.)
func (s *Socket) Pause() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hold(true)
}

// Resume starts reading again, after Pause or PauseOnConnect, however often Pause was
// called. If the socket is piped, reading starts when the destinations have room, too.
// (Node: resume.)
func (s *Socket) Resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hold(false)
}

// hold pauses or resumes. The caller holds mu.
func (s *Socket) hold(paused bool) {
	if !paused || s.phase <= open {
		s.in.paused = paused
		(*stream)(s).advanceLater()
	}
}

// Paused reports whether the socket is paused: by Pause, by PauseOnConnect, by the
// function that Pipe returned, or by an error of WriteTo's writer. A pipe that waits
// for its destination does not pause the socket in this sense. (Node: isPaused.)
func (s *Socket) Paused() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.in.paused
}

// SetHandler gives the socket another Handler, for example when a protocol is
// upgraded. Later callbacks are those of h. Called in OnData, it passes the bytes of
// the same read that were not delivered yet to h; see the example. A pipe stays as it is. A nil h is a
// Handler that does nothing.
func (s *Socket) SetHandler(h *Handler) {
	if h == nil {
		h = noHandler
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setHandler(h)
}

// setHandler is SetHandler. The caller holds mu.
func (s *Socket) setHandler(h *Handler) {
	s.handler = h
	(*stream)(s).redirected()
}

// SetTimeout makes OnTimeout follow when nothing was received or sent for d,
// connecting included. OnTimeout is called once for each silence. The time starts with
// this call, and again whenever bytes move or the peer ends. Zero or negative turns it
// off, as it is from the start. (Node: setTimeout.)
func (s *Socket) SetTimeout(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rare().timeout = max(0, d)
	s.active = s.conf.lane.Clock()
	s.silence = counting
	(*stream)(s).advanceLater()
}

// Ref makes Wait wait for the socket again. It undoes Unref, however often that was
// called. After OnClose it does nothing. (Node: ref.)
func (s *Socket) Ref() { s.setRef(true) }

// Unref makes Wait ignore the socket: Wait may return while it is open. After OnClose
// it does nothing. (Node: unref.)
func (s *Socket) Unref() { s.setRef(false) }

func (s *Socket) setRef(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unrefd != on || s.phase == closed {
		return
	}
	s.unrefd = !on
	if on {
		s.conf.lane.engine.ref()
	} else {
		s.conf.lane.engine.unref()
	}
}

// BytesRead returns how many bytes have arrived, those that were not delivered
// included. With TLS these are the bytes of records that were opened: neither those that
// wait while the socket is paused, nor those that Close discards. It stays readable after
// OnClose. (Node: bytesRead.)
func (s *Socket) BytesRead() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.read
}

// BytesWritten returns how many bytes Write and its variants have accepted, those that
// still wait included. Bytes that OverflowDrop dropped do not count. It stays readable
// after OnClose. (Node: bytesWritten.)
func (s *Socket) BytesWritten() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.End()
}

// BytesSent returns how many of the bytes of BytesWritten the kernel has taken. The peer need
// not have received them. It stays readable after OnClose.
func (s *Socket) BytesSent() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Start()
}

// Buffered returns how many bytes wait in the write queue, not taken by the kernel.
// (Node: writableLength.)
func (s *Socket) Buffered() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Len()
}

// NeedDrain reports whether the write queue has reached the high-water mark and has
// not been empty since. OnDrain is called when it is empty again. A program that can
// wait should write no more until then. (Node: writableNeedDrain; write returning
// false.)
func (s *Socket) NeedDrain() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.drain == drainNeeded
}

// Err returns why the socket closes or closed. It returns nil while the socket is
// open, if both sides ended, and if Close, Destroy(nil) or Reset ended it here.
func (s *Socket) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase <= open && !(*stream)(s).condemned() || s.more == nil {
		return nil
	}
	return s.more.err
}

// Server returns the Server that accepted the socket, also after OnClose. It returns
// nil for a socket of a Client.
func (s *Socket) Server() *Server { return s.conf.server }

// Three states say how far a socket has come: phase, sending (the way out) and fin (the
// way in). ARCHITECTURE.md has the picture. These combinations are legal:
//
//	phase        sending               fin
//	connecting   writable, finishing   awaited
//	abandoned    as before             as before
//	open         any but broken        awaited, heard, flushed, told
//	             broken                any, cut included
//	later        as when open ended    the same, but for a last send or end
//
// Settle leaves three of them at once, when nothing is left to deliver and no callback
// runs: finished and told, broken and told, broken and cut.

// A State is which directions of a connection are open. (Node: readyState.)
type State uint8

const (
	Opening   State = iota // the connection is being made
	Open                   // both directions are open
	ReadOnly               // End was called; the peer may still send
	WriteOnly              // the peer has ended; we may still send
	Closed                 // neither direction is open, or the socket was destroyed
)

// String returns Node's word: opening, open, readOnly, writeOnly or closed.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return "State(" + strconv.Itoa(int(s)) + ")"
}

var stateNames = [...]string{"opening", "open", "readOnly", "writeOnly", "closed"}

// State returns which directions of the connection are open now. WriteOnly begins when
// OnEnd is called, and Closed may come before OnClose: for example when both sides have
// ended, or after Destroy.
func (s *Socket) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	readable := s.in.fin != told && s.in.interest != discarded && !(*stream)(s).lost()
	canWrite := s.sending == writable
	switch {
	case s.phase == connecting, s.phase == open && s.report == unreported && (*stream)(s).securing():
		return Opening
	case s.phase > open || (*stream)(s).severed():
		return Closed
	case readable && canWrite:
		return Open
	case readable:
		return ReadOnly
	case canWrite:
		return WriteOnly
	}
	return Closed
}
