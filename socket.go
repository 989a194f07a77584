// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"math"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"
	"unique"

	"github.com/duplex-go/duplex/internal/buf"
	"github.com/duplex-go/duplex/internal/driver"
)

// A Socket is one end of a TCP connection, or of a Unix socket: a server's end,
// dedicated to one client, or a client's. Servers and Clients make sockets; their
// Handler hears of everything that happens to them.
//
// Any goroutine may call any method at any time. Methods return at once: what
// they cause is told later, by an event.
type Socket struct {
	// Value is the program's own; duplex never touches it. Use it from callbacks,
	// or guard it as any variable that goroutines share.
	Value any

	conf *config // constant

	mu sync.Mutex // guards what follows; never held during a callback

	handler *Handler // never nil
	out     buf.Queue
	id      driver.ID // names the connection to the driver, from phase open on

	read    int64 // bytes received
	written int64 // bytes that Write accepted, sent or not

	active int64 // lane.Now() when bytes last moved
	armed  int64 // the deadline that the loop holds; 0 for none

	local unique.Handle[driver.Addr] // few, and shared by a server's sockets
	more  *more                      // what few sockets need; nil until one does

	// The peer's address: a netip.AddrPort would be twice as long. IPv4 is written
	// as IPv6; a zone is in more.
	remoteIP   [16]byte
	remotePort uint16

	leaving leaving
	pump    pump  // who tells events now
	place   int32 // in the server's roster; the server's

	waiting  [3]byte // start of a character that Encoding waits for
	nwaiting uint8

	phase   phase
	sending sending
	fin     fin
	corked  uint8 // Cork was called so often more than Uncork

	// Of the way in.
	paused    bool // by Pause
	receiving bool // the driver reads
	unread    bool // it does not, though there is something to expect: Stats counts that
	discard   bool // by Close: input is of no interest any more, nor the peer's end
	muted     bool // by ErrFinalToken: input is of no interest any more
	recut     bool // more.text may hold whole pieces
	failed    bool // more.err is what ended the way in; told behind the data

	// Of the way out.
	gathered  bool // the loop will flush at the end of its turn
	lent      bool // the head of out is with the driver
	needDrain bool

	// Events that are due, or were told.
	toldConnect, toldError                 bool
	dueDrain, dueFinish, dueTimeout, quiet bool // quiet: OnTimeout was due since bytes last moved

	deferred bool // the loop will advance this socket
	closing  bool // the driver was told to close
	reset    bool // with RST
	unrefd   bool
}

// A phase is how far a socket's life has come.
type phase uint8

const (
	connecting phase = iota
	open
	ending // destroyed, or ended on both sides: the descriptor closes
	gone   // the descriptor is closed: OnError and OnClose are due
	closed // OnClose was told, or is being told
)

// sending is how far the way out has come.
type sending uint8

const (
	writable  sending = iota
	finishing         // End was called: FIN follows what is queued
	finished          // FIN is with the kernel
	broken            // a send failed: more.err says why
)

// A fin is how far the end of the way in has come.
type fin uint8

const (
	awaited fin = iota // the peer may still send
	heard              // it has ended; what came before may still be told
	flushed            // what waited for more input was told, as the last of it
	told               // OnEnd was told
)

// leaving is how far a socket is out of its server's live set.
type leaving uint8

const (
	staying leaving = iota
	held            // until the listener is closed
	left
)

// more is what few sockets need, and no idle one.
type more struct {
	err  error  // why the socket failed; why it was destroyed
	path string // of a Unix socket's remote end
	zone string // of the peer's address

	timeout time.Duration // SetTimeout

	input []byte // arrived and not yet given to Encoding
	text  []byte // of Encoding, not yet given to OnData: a piece that is incomplete, or kept by Pause

	corkedAt int64 // how much was written before Cork

	acks      []ack    // of WriteFunc, in order
	waiters   []waiter // of ReadFrom, in order
	delivered int64    // how many bytes of all written are with the kernel

	ops       []op // what was called behind a Post that has not run
	queued    int  // bytes that ops are to write
	running   bool // a posted function of this socket runs
	scheduled bool // the loop will run ops

	options *driver.Options // if they are not the siblings'

	linger   int64       // when Close gives up the peer; 0 for never
	lastSend *time.Timer // ends what awaitsRoom waits for,
	late     bool        // and did

	dial *dial // while connecting
}

// An ack is a completion to tell.
type ack struct {
	at   int64 // once so many bytes are with the kernel
	done func(error)
}

// A waiter is where to tell once so many bytes are with the kernel. There is room.
type waiter struct {
	at   int64
	sent chan<- error
}

// newSocket returns a socket in phase connecting. It counts from here on, until
// its OnClose has returned.
func newSocket(conf *config, h *Handler) *Socket {
	if h == nil {
		h = noHandler
	}
	conf.lane.sockets.Add(1)
	conf.lane.engine.ref()
	return &Socket{
		conf:    conf,
		handler: h,
		id:      noID,
		active:  conf.lane.Clock(),
		paused:  conf.PauseOnConnect,
	}
}

// rare returns what few sockets need, making it on first use. The caller holds mu.
func (s *Socket) rare() *more {
	if s.more == nil {
		s.more = &more{delivered: s.written - int64(s.out.Len())}
	}
	return s.more
}

// Write queues a copy of p to be sent and returns at once: len(p) and nil, or 0
// and an error; never a part. What a turn of the loop writes is handed to the
// kernel together at its end, or as soon as the queue reaches the high-water
// mark; [Socket.NeedDrain] then says whether to wait for OnDrain. While the
// socket is connecting, writes wait for the connection.
//
// The error is [net.ErrClosed] after End, Close, Destroy or OnClose,
// [ErrWriteBufferFull] beyond MaxWriteBuffer, or the [*net.OpError] of a send
// that failed earlier.
func (s *Socket) Write(p []byte) (int, error) { return s.write(p, false, nil) }

// WriteString is Write of a string.
func (s *Socket) WriteString(text string) (int, error) { return s.write([]byte(text), false, nil) }

// Writev is Write of several slices as one: all of them are queued, or none.
func (s *Socket) Writev(bufs ...[]byte) (int, error) {
	var all []byte
	for _, p := range bufs {
		all = append(all, p...)
	}
	return s.write(all, false, nil)
}

// WriteFunc is Write, and done is called on the loop once the kernel has taken
// all of p, or with the error because of which it never will. Calls come in the
// order of the writes, the last before OnClose. If WriteFunc itself returns an
// error, done is not called.
func (s *Socket) WriteFunc(p []byte, done func(error)) (int, error) { return s.write(p, false, done) }

// TryWrite offers p to the kernel at once, and returns how many bytes it has taken:
// all of them, or fewer, or none while something waits to be sent, behind Cork or a
// posted function, or before the connection is made. The rest is not queued: it is the
// caller's, to be given to Write. The error is that of Write, or of the attempt.
//
// The portable driver cannot ask the kernel without waiting. There the socket's own
// queue takes what is below the high-water mark.
func (s *Socket) TryWrite(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.behind() {
		return 0, nil
	}
	return (*stream)(s).try(p)
}

// write is Write. Shared says that p is nobody's to change, so that it can be queued
// without a copy.
func (s *Socket) write(p []byte, shared bool, done func(error)) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writeHeld(p, shared, done)
}

// writeHeld is write. The caller holds mu.
func (s *Socket) writeHeld(p []byte, shared bool, done func(error)) (int, error) {
	st := (*stream)(s)
	if s.behind() {
		return st.queue(op{kind: opWrite, p: p, shared: shared, done: done})
	}
	return st.write(p, shared, done)
}

// Cork keeps what is written from now on back, until Uncork was called as often (255
// times at most), or End. What was written before goes out; what is kept back when the
// socket is destroyed is lost. (Node: cork.)
func (s *Socket) Cork() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.corked == 0 {
		s.rare().corkedAt = s.written
	}
	if s.corked < math.MaxUint8 {
		s.corked++
	}
}

// Uncork undoes one Cork. (Node: uncork.)
func (s *Socket) Uncork() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.corked > 0 {
		s.corked--
		(*stream)(s).gather()
	}
}

// End sends FIN behind everything written. The peer may still send; when it has
// ended too, the socket closes. Later Writes return [net.ErrClosed]. (Node: end.)
func (s *Socket) End() { s.do(op{kind: opEnd}) }

// Close sends what was written and FIN, discards what still arrives, and closes
// the socket when the peer has ended too or Options.Linger has passed. OnClose
// follows; OnData and OnEnd do not, once it has taken effect (behind a posted
// function, that is when the function has run). It returns at once, with [net.ErrClosed] if
// the socket was closed already.
func (s *Socket) Close() error {
	s.mu.Lock()
	gone := s.phase >= ending || s.discard
	s.mu.Unlock()
	if gone {
		return net.ErrClosed
	}
	s.do(op{kind: opClose})
	return nil
}

// Destroy closes the socket at once: input that was not told yet is dropped, and
// so is output that the kernel does not take at the first attempt. OnClose
// follows, after OnError if err is not nil. (Node: destroy.)
func (s *Socket) Destroy(err error) { s.do(op{kind: opDestroy, err: err}) }

// Reset is Destroy(nil), and the peer is told by RST instead of FIN: it sees
// ECONNRESET. A Unix socket has no RST: its peer sees an end. A connection that is
// not made yet is given up silently. (Node: resetAndDestroy, which throws for Unix
// sockets.)
func (s *Socket) Reset() { s.do(op{kind: opReset}) }

// do carries o out, or queues it behind a posted function that has not run.
func (s *Socket) do(o op) {
	s.mu.Lock()
	defer s.mu.Unlock()
	(*stream)(s).do(o)
}

// Pause stops reading. On the loop no OnData follows it; from elsewhere at most
// one more. The peer's end or reset is told after Resume. (Node: pause.)
func (s *Socket) Pause() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hold(true)
}

// Resume starts reading again, after Pause or PauseOnConnect. (Node: resume.)
func (s *Socket) Resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hold(false)
}

// hold pauses or resumes. The caller holds mu.
func (s *Socket) hold(paused bool) {
	if !paused || s.phase <= open {
		s.paused = paused
		(*stream)(s).advanceLater()
	}
}

// Paused reports whether the socket is paused. (Node: isPaused.)
func (s *Socket) Paused() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.paused
}

// SetHandler gives the socket another Handler, as when a protocol is upgraded.
// What remains of the bytes being told goes to the new one. Nil stands for a
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
	if s.more != nil && len(s.more.text) > 0 {
		s.recut = true
	}
	(*stream)(s).advanceLater()
}

// SetNoDelay turns TCP_NODELAY on, as it is from the start, or off: then the kernel
// holds back small segments while others are unacknowledged (Nagle's algorithm).
// Before the connection is made it is remembered. What the system refuses is
// ignored, as in Node. (Node: setNoDelay.)
func (s *Socket) SetNoDelay(on bool) {
	s.configure(func(o *driver.Options) { o.Nagle = !on })
}

// SetKeepAlive turns keep-alive probes on or off, as Options.KeepAlive does for all
// sockets. Before the connection is made it is remembered. What the system refuses
// is ignored, as in Node. (Node: setKeepAlive.)
func (s *Socket) SetKeepAlive(config net.KeepAliveConfig) {
	s.configure(func(o *driver.Options) { o.KeepAlive = config })
}

// SetTypeOfService changes what the socket's packets say of their priority, as
// Options.TypeOfService does for all sockets. Before the connection is made it is
// remembered. What the system refuses is ignored. (Node: setTypeOfService.)
func (s *Socket) SetTypeOfService(tos uint8) {
	s.configure(func(o *driver.Options) { o.TypeOfService = tos })
}

// configure changes the socket's own options, and lets the driver know.
func (s *Socket) configure(change func(*driver.Options)) {
	s.mu.Lock()
	m := s.rare()
	if m.options == nil {
		m.options = &driver.Options{}
		*m.options = s.conf.socket
	}
	change(m.options)
	s.mu.Unlock()
	s.conf.lane.Post(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.phase == open {
			s.conf.lane.Driver.Configure(s.id, *m.options)
		}
	})
}

// SetTimeout lets OnTimeout be called whenever nothing was received or sent for
// d, connecting included; once for each silence, which begins anew with this call.
// 0, or less, turns it off. (Node: setTimeout.)
func (s *Socket) SetTimeout(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rare().timeout = max(0, d)
	s.active = s.conf.lane.Clock()
	s.quiet, s.dueTimeout = false, false
	(*stream)(s).advanceLater()
}

// Ref lets Wait wait for the socket again, after Unref, however often that was
// called. After OnClose it does nothing. (Node: ref.)
func (s *Socket) Ref() { s.setRef(true) }

// Unref lets Wait return although the socket is open. (Node: unref.)
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

// RemoteAddr returns the peer's address, nil while it is not known: before the
// connection is made. It stays after the socket is closed.
func (s *Socket) RemoteAddr() net.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.remoteAddr()
}

func (s *Socket) remoteAddr() net.Addr {
	if s.conf.network == "unix" && s.phase != connecting {
		path := ""
		if s.more != nil {
			path = s.more.path
		}
		return &net.UnixAddr{Name: path, Net: "unix"}
	}
	remote := s.remoteAddrPort()
	if !remote.IsValid() {
		return nil
	}
	return net.TCPAddrFromAddrPort(remote)
}

// LocalAddr returns our own address, nil while it is not known. It stays after
// the socket is closed.
func (s *Socket) LocalAddr() net.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.localAddr()
}

func (s *Socket) localAddr() net.Addr {
	if s.local == (unique.Handle[driver.Addr]{}) {
		return nil
	}
	return netAddr(s.conf.network, s.local.Value())
}

// RemoteAddrPort returns the peer's IP address and port, or the zero value for a
// Unix socket and before the connection is made.
func (s *Socket) RemoteAddrPort() netip.AddrPort {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.remoteAddrPort()
}

func (s *Socket) remoteAddrPort() netip.AddrPort {
	if s.remoteIP == [16]byte{} {
		return netip.AddrPort{}
	}
	ip := netip.AddrFrom16(s.remoteIP).Unmap()
	if s.more != nil {
		ip = ip.WithZone(s.more.zone)
	}
	return netip.AddrPortFrom(ip, s.remotePort)
}

// setRemote keeps the peer's address.
func (s *Socket) setRemote(remote driver.Addr) {
	if remote.Path != "" {
		s.rare().path = remote.Path
	}
	if !remote.IsValid() {
		return
	}
	s.remoteIP, s.remotePort = remote.Addr().As16(), remote.Port()
	if zone := remote.Addr().Zone(); zone != "" {
		s.rare().zone = zone
	}
}

// LocalAddrPort returns our own IP address and port, or the zero value for a Unix
// socket and before the connection is made.
func (s *Socket) LocalAddrPort() netip.AddrPort {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.local == (unique.Handle[driver.Addr]{}) {
		return netip.AddrPort{}
	}
	return s.local.Value().AddrPort
}

// BytesRead returns how many bytes have arrived. (Node: bytesRead.)
func (s *Socket) BytesRead() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.read
}

// BytesWritten returns how many bytes Write has accepted, those that wait to be
// sent included. (Node: bytesWritten.)
func (s *Socket) BytesWritten() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.written
}

// Buffered returns how many bytes wait to be sent. (Node: writableLength.)
func (s *Socket) Buffered() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Len()
}

// NeedDrain reports whether the queue of writes is over the high-water mark and
// OnDrain will tell when it is empty again. A program that can wait, should.
// (Node: writableNeedDrain; write returning false.)
func (s *Socket) NeedDrain() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.needDrain
}

// Err returns why the socket closes or closed: nil while it is open, if both
// sides ended, or after Destroy(nil) or Reset here.
func (s *Socket) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase < ending || s.more == nil {
		return nil
	}
	return s.more.err
}

// A State says which ways of a connection are open. (Node: readyState.)
type State uint8

const (
	Opening   State = iota // it is being made
	Open                   // both ways
	ReadOnly               // End was called; the peer may still send
	WriteOnly              // the peer has ended; we may still send
	Closed                 // neither
)

// String returns Node's word: opening, open, readOnly, writeOnly or closed.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return "State(" + strconv.Itoa(int(s)) + ")"
}

var stateNames = [...]string{"opening", "open", "readOnly", "writeOnly", "closed"}

// State returns which ways of the connection are open now.
func (s *Socket) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	readable, canWrite := s.fin != told && !s.discard && !s.failed, s.sending == writable
	switch {
	case s.phase == connecting:
		return Opening
	case s.phase >= ending:
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

// Server returns the Server that accepted the socket, or nil for a client's; also once
// the socket is closed.
func (s *Socket) Server() *Server { return s.conf.server }
