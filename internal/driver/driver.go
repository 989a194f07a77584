// Copyright 2026 The duplex authors. MIT license.

// Package driver is the contract between an event loop and the system's
// sockets. One loop owns one Driver; the drivers themselves are the folders
// beside this file, and drivertest is the suite that every one of them passes.
//
// # Shape
//
// The contract speaks of completions: bytes have arrived, bytes have been sent, the
// connection is made. A driver whose system reports readiness (epoll) does the read or
// the write itself. A driver whose system reports completions (portable, io_uring one
// day) passes them on.
//
// # Who may call
//
// All methods belong to the goroutine of the loop, except Bind, Take, Send and
// Wake, which any goroutine may call. Calls of Send for one ID never overlap each other,
// nor a call of Shutdown or Close for that ID: the caller holds the socket's
// lock. All methods but Wait return at once.
//
// Configure, Receive, Send and Shutdown are for connections that are made: attached, or
// reported as Connected. Two events have an order only if this contract states one: Sent
// may come after the Received of the answer to the sent bytes, and after Ended.
//
// # Sharing
//
// Another process may share a listener or a connection that was taken, or whose
// descriptor the program has seen. It may make the open file description blocking at any
// time. The methods return at once all the same.
//
// # Names
//
// The loop names each socket by an ID and gives the ID up only after Closed. A driver
// drops every event of an ID that it no longer holds. So an event for a closed socket
// reaches no socket, and an event of a reused descriptor never reaches the wrong client.
package driver

import (
	"io"
	"io/fs"
	"net"
	"net/netip"
	"time"
)

// An ID names a socket: a slot, which is reused, and a generation, which is
// not. Slots count from 0 without holes, so a driver may keep a table of them.
type ID uint64

// MakeID returns the ID of a slot in its generation.
func MakeID(slot, generation uint32) ID {
	return ID(generation)<<32 | ID(slot)
}

// Slot returns the slot of id.
func (id ID) Slot() uint32 { return uint32(id) }

// Generation returns how many sockets had the slot of id before it.
func (id ID) Generation() uint32 { return uint32(id >> 32) }

// An Addr is the address of one end: an IP address and port, or the path of a
// Unix socket, which may be empty on the client's side. An IPv4 client of a listener for
// both families may be reported as IPv4 or as IPv4 in IPv6.
type Addr struct {
	netip.AddrPort
	Path string
}

// ListenOptions are the options of a listener. The zero value is exclusive and dual
// stack, with the longest backlog that the system allows.
type ListenOptions struct {
	Backlog   int  // at most this many connections wait to be accepted; 0 is the system's maximum
	V6Only    bool // an IPv6 address does not take IPv4 clients as well
	ReusePort bool // others may listen on the same address

	// Mode is the permissions of a Unix socket's file. The file has them before the
	// first client can connect. 0 leaves them to the umask. Windows ignores Mode.
	Mode fs.FileMode
}

// Options are set on a connection before its first byte. The zero value is duplex's
// default: TCP_NODELAY on, keep-alive off.
type Options struct {
	Nagle         bool // leave TCP_NODELAY off
	KeepAlive     net.KeepAliveConfig
	TypeOfService uint8 // IP_TOS, or IPV6_TCLASS; 0 is best effort

	// UserTimeout is TCP_USER_TIMEOUT, rounded up to milliseconds: the connection is
	// Failed with ETIMEDOUT when sent bytes stay unacknowledged for that time, or stay
	// unsent because the peer has no room. Zero or negative is the system's default.
	// Only Linux has this option.
	UserTimeout time.Duration
}

// A Conn is a connection that was accepted, or a listener that was bound, and has no
// loop yet. It belongs to its holder. The holder either gives it to a driver (the one
// that it comes from or a sibling of the same kind) or closes its handle. A listener has
// no Remote.
type Conn struct {
	Local, Remote Addr
	Handle        io.Closer
}

// A Vacater is the handle of a listener whose address can be freed at once. Drivers whose
// listeners are no Vacaters free it in Close.
type Vacater interface {
	// Vacate frees the address, and resets the clients that wait in the backlog. The
	// listener accepts nobody any more, and its holder or the driver that serves it still
	// has to close it; until then AcceptFailed may be reported. If the listener is closed, or
	// another process may share it, Vacate does nothing. Any goroutine may call it.
	Vacate()
}

// A Transport carries connections that are made. Every Driver is one.
type Transport interface {
	Configure(id ID, o Options) error
	Receive(id ID, on bool)
	Send(id ID, bufs [][]byte) (n int, err error)
	Shutdown(id ID) error
	Close(id ID, reset bool)
}

// A Driver does the system calls of one loop.
type Driver interface {
	// Bind listens on addr and returns the listener, which belongs to no loop yet. Its
	// holder serves it, on this driver or a sibling, or closes its handle. Closing it
	// removes the file of a Unix socket, unless another file has taken the name. The
	// Local address has the port that the system chose for port 0. Clients wait in the
	// backlog until the listener is served. Any goroutine may call Bind.
	Bind(addr Addr, o ListenOptions) (Conn, error)

	// Take makes a Conn of c, one of package net's stream listeners or connections for
	// TCP or Unix sockets. The driver owns c from this call on, and closes it after an
	// error too. The errors are [errors.ErrUnsupported] if the driver's sockets are not
	// the system's, [net.ErrClosed], EINVAL for a socket that does not listen, ENOTCONN
	// for one that is not connected, and EPROTOTYPE for one that is no stream. All
	// options of c, and SO_LINGER above all, become those of a socket that the driver
	// has made. The file of a Unix listener stays when the listener is closed. Any
	// goroutine may call Take.
	Take(c io.Closer) (Conn, error)

	// Serve takes over a listener and accepts at once: Accepted and AcceptFailed
	// follow. After an error ln is closed and id is free again. Closed does not follow.
	Serve(id ID, ln Conn) error

	// Accept stops (false) or resumes (true) accepting on the listener id. A connection
	// accepted before the stop may still be reported.
	Accept(id ID, on bool)

	// Connect begins a connection to remote from local, or from an address that the
	// system chooses if local is the zero Addr. Connected follows once, unless Close
	// comes first.
	Connect(id ID, remote, local Addr, o Options)

	// Attach takes over a connection that was accepted. Nothing is read before Receive.
	// After an error c is closed and id is free again. Closed does not follow.
	Attach(id ID, c Conn, o Options) error

	// Configure changes the options of a connection that is made.
	Configure(id ID, o Options) error

	// Receive starts (true) or stops (false) reading. A new connection does not read.
	// After a stop at most one Received follows, and only from a driver that had a read
	// under way. Ended, and Failed before Ended, wait for the next start. A stopped
	// connection costs no CPU, whatever its peer does. If reading cannot be started,
	// Failed follows.
	Receive(id ID, on bool)

	// Send offers bufs, which are not empty, to the kernel and returns how many bytes
	// the kernel took at once. If it took fewer than all, the rest is lent to the driver
	// until Sent reports how many more it took. Until then the caller leaves those bytes
	// alone and does not call Send again for this ID. The driver does not keep bufs
	// itself.
	//
	// An error means that nothing more can be sent, and nothing is lent. After EPIPE and
	// ECONNRESET reading goes on until Ended or Failed. After any other error there may
	// be no further event, and the caller closes the socket. A passing shortage (ENOBUFS,
	// ENOMEM) is no error: Sent follows, with 0 bytes, after a pause.
	Send(id ID, bufs [][]byte) (n int, err error)

	// Tries reports whether Send takes at once all bytes that the kernel has room for
	// and never looks at bufs again. Then the caller may change and move the lent bytes:
	// Sent only reports room, and the caller offers them anew. Tries returns the same for
	// all siblings. Any goroutine may call it.
	Tries() bool

	// Shutdown sends FIN after all bytes that were sent. Nothing may be lent.
	Shutdown(id ID) error

	// Close gives up the socket or listener. The only event that follows is Closed: once,
	// from a later Wait, after the descriptor is closed and no bytes are lent. Bytes that
	// are still lent are given up, though a driver with sends under way grants them a
	// moment to reach a kernel that has room. With reset, the peer receives RST rather
	// than FIN; a Unix socket has no RST.
	Close(id ID, reset bool)

	// Wait reports events to sink. If there are none, it blocks until there are, until
	// Wake, or for the given time (forever if negative). Then it may return without an
	// event.
	Wait(timeout time.Duration, sink Sink) error

	// Wake makes the Wait that is under way, or else the next one, return soon.
	Wake()

	// Stop releases what the driver itself holds. No ID may be in use.
	Stop() error
}

// A Splicer is a driver that can carry bytes from one connection to another inside the
// kernel, without delivering them.
type Splicer interface {
	Driver

	// Splice sends at most the given number of the bytes that have arrived at from to
	// the connection to of a sibling, which may be the driver itself. The caller calls it
	// inside Received(from). It pays after a read of Bulk bytes or more; a driver that
	// has much to carry delivers no more than those before the next Splice. From reads,
	// no bytes of to are lent, and Splice counts as a Send of both IDs: the caller holds
	// both locks.
	//
	// n is how many bytes have left from: 0 if there are none, or if they have to be
	// received. The last of them, rest, have left from but were not sent. The caller
	// sends them, and that Send reports why the kernel did not take them. rest belongs to
	// the driver again at the next Splice.
	Splice(from ID, sibling Driver, to ID, most int) (n int, rest []byte)
}

// A Describer is a driver whose sockets are the system's, with descriptors.
type Describer interface {
	Driver

	// Descriptor returns the descriptor of id, which only the driver closes, and reports
	// whether id still has one. The caller holds the socket's lock, as for Send.
	Descriptor(id ID) (fd uintptr, ok bool)
}

// A Releaser is a driver whose connections package net can take over.
type Releaser interface {
	Driver

	// Release is Close of the connection id, nothing of which is lent, and leaves the
	// connection open. When Closed is reported, r has been set.
	Release(id ID, r *Released)
}

// A Released is a connection that a driver has given up.
type Released struct {
	Conn   net.Conn // nil if there is an error; it has no deadline
	Unread []byte   // bytes that were read from it, and not Received
	Err    error    // the connection is closed
}

// A Prober is a driver that can be asked what Wait would report.
type Prober interface {
	Driver

	// Probe looks at a connection that is made, without waiting. Unread is how many bytes
	// have arrived that Received has not reported, at least 1 if the next event of a
	// connection that reads is Ended or Failed, and 0 if there is none yet. Room reports
	// whether Sent is due, of a connection that has lent bytes. Both may miss what has
	// come in this moment. Wait reports what Probe has seen.
	Probe(id ID) (unread int, room bool)
}

// A Retirer is a driver that accepts connections before it reports them.
type Retirer interface {
	Driver

	// Retire is Close of the listener id without a loss: every connection that was
	// accepted is reported before Closed. Another process may share the listener and go
	// on accepting. Close of a driver that is no Retirer loses none.
	Retire(id ID)
}

// A Confirmer is a driver that knows what the peers' systems have received.
type Confirmer interface {
	Driver

	// Unacked returns how many bytes that the kernel has taken from the connection id
	// the peer's system has not acknowledged. A FIN counts as one. It is 0 where the
	// system does not say.
	Unacked(id ID) int
}

// Bulk is the length of a read after which more bytes are likely to wait.
const Bulk = 16 << 10

// A Sink receives the events of Wait. Its methods may call every method of the driver but
// Wait and Stop, for any ID. A method may panic, or never return because its goroutine
// exits: the driver takes an event off before it reports it, and a later Wait, perhaps on
// another goroutine, reports the rest.
//
// Errors satisfy errors.Is for the syscall.Errno of the POSIX name on every platform, and
// have no other wrapping.
type Sink interface {
	// Accepted hands over a connection made to the listener.
	Accepted(listener ID, c Conn)

	// AcceptFailed reports that accept failed though clients may be waiting, for example
	// because descriptors have run out. The listener is stopped, as by Accept.
	AcceptFailed(listener ID, err error)

	// Connected reports the result of Connect. After an error the only further event is
	// Closed, once the caller has closed id.
	Connected(id ID, local Addr, err error)

	// Received delivers bytes that arrived. p is never empty, and belongs to the driver
	// again when the call returns.
	Received(id ID, p []byte)

	// Ended reports that the peer has sent its FIN and all bytes before it have been
	// delivered. Sending may go on, and Failed may follow, whether Receive is on or not.
	Ended(id ID)

	// Failed reports that the connection is lost in both directions, after all bytes that
	// arrived before have been delivered. After Ended a driver reports it if it can and
	// neither Send nor Sent has reported it: epoll and memory can, and so can portable
	// except on Windows.
	Failed(id ID, err error)

	// Sent reports that the lent bytes belong to the caller again, and that the kernel
	// took n of them. Zero means only that the kernel has room: the caller offers them
	// again. After an error nothing more can be sent.
	Sent(id ID, n int, err error)

	// Closed reports that id is free: its descriptor is closed.
	Closed(id ID)
}
