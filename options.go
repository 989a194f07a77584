// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"errors"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/ledger"
)

// Options are the options that sockets of a Server and of a Client have in common. The
// zero value suits most programs: half-open connections end by themselves, TCP_NODELAY
// is on, keep-alive and timeouts are off, and memory is bounded.
type Options struct {
	// AllowHalfOpen leaves our side open when the peer ends: the program calls
	// End itself. A proxy needs no AllowHalfOpen: see [Socket.Pipe]. (Node:
	// allowHalfOpen.)
	AllowHalfOpen bool

	// PauseOnConnect begins every socket paused: nothing is read before Resume.
	// (Node: pauseOnConnect.)
	PauseOnConnect bool

	// HighWaterMark is the number of bytes at which a queue counts as full. A write
	// queue of that length makes NeedDrain true; a lower MaxWriteBuffer takes its place
	// there. Input of that length that waits for a Blocking callback stops reading.
	// (Pause and a full pipe stop reading at once.) Zero or negative is 64 KiB, as in
	// Node.
	HighWaterMark int

	// MaxWriteBuffer is the most bytes that may wait to be sent: 0 is 64 MiB,
	// negative is no limit. A posted function, a verb called after one, and a
	// completion of WriteFunc count as 64 bytes each while they wait; of the completions
	// that only wait for their call, the first 16384 do not count. Before a Write
	// is refused, the bytes that wait are offered to the kernel. Overflow is the policy
	// for a Write beyond the limit. Only writes are refused: Post is not. MaxQueued of
	// Server and Budget of Engine limit all sockets together.
	MaxWriteBuffer int
	Overflow       Overflow

	// Nagle turns Nagle's algorithm on: the kernel then holds back small segments
	// while others are unacknowledged. The writes of one turn of the loop are sent
	// together anyway. (Node: the opposite of noDelay; in Node the default is Nagle's
	// algorithm.)
	Nagle bool

	// KeepAlive makes the kernel probe idle connections if its Enable is set. A peer
	// that does not answer is reported as ETIMEDOUT. (Node: keepAlive.)
	KeepAlive net.KeepAliveConfig

	// TypeOfService is the priority that packets carry: the byte that IPv4 calls
	// type of service and IPv6 traffic class, a DSCP shifted left by 2 (RFC 2474).
	// 0 is best effort. (Node: typeOfService, since v25.6.)
	TypeOfService uint8

	// UserTimeout is how long bytes that were sent may stay unacknowledged, or unsent
	// because the peer has no room for them. After it the connection fails with
	// ETIMEDOUT. It finds a silent peer while there is something to send; keep-alive
	// finds one while there is not. Zero or negative leaves it to the system, which
	// gives up after a quarter of an hour or later. The option is TCP_USER_TIMEOUT,
	// which Linux alone has. It has no effect elsewhere and on Unix sockets. Node has
	// nothing like it.
	UserTimeout time.Duration

	// BlockList holds addresses from which a Server drops clients, and to which a
	// Client does not connect, with [ErrBlocked]; nil blocks no address. (Node:
	// blockList.)
	BlockList *BlockList

	// HandshakeTimeout is how long a TLS handshake may take: from the moment the
	// connection is accepted or made, or from StartTLS. After it the socket fails with
	// [ErrHandshakeTimeout]. 0 is 10 seconds, negative is no limit. (Node:
	// handshakeTimeout, 120 seconds.)
	HandshakeTimeout time.Duration

	// AllowTruncation takes the end of the connection for the peer's end also if TLS's
	// close_notify did not come before it. Anyone on the way can cause such an end, so
	// set it only for a protocol that knows by itself when a message is complete. An end
	// inside a record fails all the same. If it is not set, the socket fails with
	// [ErrTruncated]. (Node does as if it were set.)
	AllowTruncation bool

	// IdleTimeout destroys a socket with [os.ErrDeadlineExceeded] once nothing was
	// received or sent for this time, connecting included, and after Close, too. As with
	// each of these limits, the connection is reset if bytes wait to be sent, so that the
	// peer does not take a part for the whole. A client that waits for its answer is silent,
	// so the time of a Blocking callback counts, and that in the line of Workers. Zero or
	// negative disables it.
	IdleTimeout time.Duration

	// ReadTimeout destroys a socket with [os.ErrDeadlineExceeded] once nothing was
	// received for this time while the socket reads. It counts from OnConnect on. Time
	// does not count while the socket does not read: because it is paused, because its
	// pipe is full, because HighWaterMark bytes wait for a Blocking callback, or because
	// the peer has ended. It does count while the peer waits for an answer, as with
	// IdleTimeout. After Close, Linger counts instead. ReadTimeout finds a silent peer, also
	// while the socket sends. Zero or negative disables it.
	ReadTimeout time.Duration

	// FirstByteTimeout destroys a socket with [ErrFirstByteTimeout] if the first byte
	// takes longer than this; with TLS, the first byte of a record that is whole. It counts
	// from OnConnect on; after a StartTLS that takes all that has come for TLS's, from OnSecure
	// on. Time does not count while the socket does not read; when reading begins again, so
	// does the time. Zero or negative disables it. For the bytes after the
	// first, see ReadTimeout, and FrameTimeout of [Handler].
	FirstByteTimeout time.Duration

	// ReadRate is how many bytes a second the socket reads, on average since it last read
	// less. The socket reads what is there, and then stops until that is paid for; the
	// kernel makes the peer wait meanwhile. A read brings up to 64 KiB, and a pipe that the
	// kernel carries up to 256 KiB more, so a low rate makes long pauses: ReadTimeout does
	// not count them, IdleTimeout does. Stats.Unread counts the sockets that pause. Zero or
	// negative is no limit.
	ReadRate int

	// WriteRate is how many bytes a second the socket sends, on average since it last sent
	// less. Bytes that it has to hold back wait in the queue, as if the peer were slow:
	// NeedDrain, OnDrain and MaxWriteBuffer apply to them. WriteTimeout does not count the
	// pauses. Close does: what is left after Linger is lost, so Linger has to be long enough
	// for the queue. With TLS, the bytes of its records count. Zero or negative is no limit.
	WriteRate int

	// MaxAge destroys a socket with [ErrMaxAge] when its connection has existed for this
	// time. A program that wants to end with a last message uses [Socket.AfterFunc] and
	// [Socket.Close], earlier by Linger: MaxAge counts after Close, too. Zero or negative
	// disables it.
	MaxAge time.Duration

	// WriteTimeout destroys a socket with [os.ErrDeadlineExceeded], and resets the
	// connection, once bytes have waited for this time and the kernel took none of
	// them, because the peer does not read. It counts from the connection on. Bytes
	// that Cork or a posted function holds back do not count. On the portable driver
	// the kernel has to take up to 256 KiB before any of them count as taken. Zero or
	// negative disables it.
	WriteTimeout time.Duration

	// Linger is how long Close waits for the peer to end too: 0 is 5 seconds. If some
	// of the bytes written still wait after it, the connection is reset. Negative
	// disables the wait: Close ends as soon as everything is sent, however long that
	// takes. Linger also limits how long an error of the input waits until what was
	// written before is sent.
	Linger time.Duration
}

// Overflow is the policy for a Write that MaxWriteBuffer does not allow.
type Overflow uint8

const (
	// OverflowError makes Write return [ErrWriteBufferFull]. It is the default.
	OverflowError Overflow = iota
	// OverflowDrop drops the bytes, and Write returns as if it had queued them.
	// Stats.WritesDropped counts these writes, and the function of WriteFunc receives
	// ErrWriteBufferFull; while 16384 such functions wait, WriteFunc itself returns it.
	// Use it for messages that are worth nothing to a late reader.
	OverflowDrop
	// OverflowDestroy makes Write return ErrWriteBufferFull, destroys the socket with it,
	// and resets the connection, so that the peer does not take a part for the whole.
	OverflowDestroy
)

// A config is Options with their defaults filled in. The sockets of a Server on one
// loop share one; each socket of a Client has its own.
type config struct {
	Options
	lane    *lane
	driver  driver.Transport // the lane's, or that of one foreign connection
	tries   bool             // Send of the driver takes at once what the kernel has room for
	server  *Server          // nil for a client
	network string           // "tcp" or "unix", for errors
	socket  driver.Options

	full    int             // the high-water mark of the write queue
	account *ledger.Account // nil if nothing counts the bytes that wait
	capped  bool            // the server has MaxQueued
	timed   bool            // an option sets a deadline for every socket

	frames *atomic.Int64 // pieces that OnData had
}

func (o Options) config(server *Server, network string, l *lane) *config {
	if network != "unix" {
		network = "tcp" // of either family
	}
	if o.HighWaterMark <= 0 {
		o.HighWaterMark = 64 << 10
	}
	if o.MaxWriteBuffer == 0 {
		o.MaxWriteBuffer = 64 << 20
	}
	full := o.HighWaterMark
	if o.MaxWriteBuffer > 0 {
		full = min(full, o.MaxWriteBuffer)
	}
	if o.HandshakeTimeout == 0 {
		o.HandshakeTimeout = handshakeTimeout
	}
	if o.Linger == 0 {
		o.Linger = 5 * time.Second
	}
	return &config{
		Options: o,
		lane:    l,
		driver:  l.Driver,
		tries:   l.Driver.Tries(),
		server:  server,
		frames:  new(atomic.Int64),
		network: network,
		full:    full,
		timed:   max(o.IdleTimeout, o.ReadTimeout, o.WriteTimeout, o.FirstByteTimeout, o.MaxAge) > 0,
		socket: driver.Options{
			Nagle:         o.Nagle,
			KeepAlive:     o.KeepAlive,
			TypeOfService: o.TypeOfService,
			UserTimeout:   o.UserTimeout,
		},
	}
}

// limit has an account, which may be nil, count the bytes that wait.
func (c *config) limit(a *ledger.Account) {
	c.account = a
	c.capped = a.HasQuota()
}

// SetNoDelay turns TCP_NODELAY on or off. It is on from the start, unless
// Options.Nagle is set. Off, the kernel holds back small segments while others are
// unacknowledged (Nagle's algorithm). A call before the connection is made takes
// effect when it is. A refusal of the system is ignored, as in Node. (Node:
// setNoDelay.)
func (s *Socket) SetNoDelay(on bool) {
	s.configure(func(o *driver.Options) { o.Nagle = !on })
}

// SetKeepAlive turns keep-alive probes on or off, as Options.KeepAlive does for all
// sockets. A call before the connection is made takes effect when it is. A refusal of
// the system is ignored, as in Node. (Node: setKeepAlive.)
func (s *Socket) SetKeepAlive(config net.KeepAliveConfig) {
	s.configure(func(o *driver.Options) { o.KeepAlive = config })
}

// SetTypeOfService sets the priority that the socket's packets carry, as
// Options.TypeOfService does for all sockets. A call before the connection is made
// takes effect when it is. A refusal of the system is ignored. (Node:
// setTypeOfService.)
func (s *Socket) SetTypeOfService(tos uint8) {
	s.configure(func(o *driver.Options) { o.TypeOfService = tos })
}

// configure changes the socket's own options, and applies them if it is open.
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
			s.conf.driver.Configure(s.id, *m.options)
		}
	})
}

// SyscallConn gives access to the descriptor of the socket, for options that duplex
// does not have. Control of the RawConn calls f before it returns. f must not close the
// descriptor, nor call methods of the socket, which would deadlock. The error of
// Control is [net.ErrClosed] before the connection is made and once the socket is
// destroyed or closed, and [errors.ErrUnsupported] on the drivers "memory" and
// "portable". Read and Write always return errors.ErrUnsupported, since only the loop
// may read and write. SyscallConn itself returns no error.
func (s *Socket) SyscallConn() (syscall.RawConn, error) {
	return control(func(f func(uintptr)) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		d, ok := s.conf.driver.(driver.Describer)
		switch {
		case !ok:
			return errors.ErrUnsupported
		case s.phase != open:
			return net.ErrClosed
		}
		fd, ok := d.Descriptor(s.id)
		if !ok {
			return net.ErrClosed
		}
		f(fd)
		return nil
	}), nil
}

// SyscallConn gives access to the descriptor that the server listens on, as that of
// [Socket.SyscallConn] does for a socket; f must not call methods of the server. The
// error of Control is [net.ErrClosed] while the server does not listen.
func (srv *Server) SyscallConn() (syscall.RawConn, error) {
	return control(func(f func(uintptr)) error {
		srv.mu.Lock()
		defer srv.mu.Unlock()
		if srv.listener == nil || srv.listener.phase != listening {
			return net.ErrClosed
		}
		d, ok := srv.listener.bound.Handle.(interface{ Descriptor() uintptr })
		if !ok {
			return errors.ErrUnsupported
		}
		f(d.Descriptor())
		return nil
	}), nil
}

// A control is a RawConn that has Control only.
type control func(func(fd uintptr)) error

func (c control) Control(f func(fd uintptr)) error { return c(f) }

func (c control) Read(func(fd uintptr) bool) error { return errors.ErrUnsupported }

func (c control) Write(func(fd uintptr) bool) error { return errors.ErrUnsupported }

var (
	_ syscall.Conn = (*Socket)(nil)
	_ syscall.Conn = (*Server)(nil)
)
