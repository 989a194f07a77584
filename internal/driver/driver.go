// Copyright 2026 The duplex authors. MIT license.

// Package driver is the contract between an event loop and the system's
// sockets. One loop owns one Driver; the drivers themselves are the folders
// beside this file, and drivertest is the suite that every one of them passes.
//
// # Shape
//
// The contract speaks of completions: bytes have arrived, bytes have been
// sent, the connection is made. A driver that only hears of readiness (epoll)
// does the read or the write itself; one that hears of completions (portable,
// io_uring one day) passes them on.
//
// # Who may call
//
// All methods belong to the goroutine of the loop, except Bind, Take, Send and
// Wake, which any goroutine may call. Calls of Send for one ID never overlap each other,
// nor a call of Shutdown or Close for that ID: the caller holds the socket's
// lock. All methods but Wait return at once.
//
// Configure, Receive, Send and Shutdown are for connections that are made:
// attached, or told as Connected. Where nothing is said of the order of two events, there is none:
// Sent may come after the Received of the answer to what was sent, and after
// Ended.
//
// # Names
//
// The loop names each socket by an ID and gives the ID up only after Closed.
// A driver drops whatever it learns about an ID that is no longer its own, so
// an event for a closed socket finds no one, and a reused descriptor never
// reaches the wrong client.
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
// Unix socket, which may be empty on the client's side. An IPv4 client of a
// listener for both families may be told as IPv4 or as IPv4 in IPv6.
type Addr struct {
	netip.AddrPort
	Path string
}

// ListenOptions say how to listen. The zero value is exclusive and dual stack,
// with a backlog of 511, which is Node's and the BSDs' default.
type ListenOptions struct {
	Backlog   int  // at most this many connections wait to be accepted; 0 is 511
	V6Only    bool // an IPv6 address does not take IPv4 clients as well
	ReusePort bool // others may listen on the same address

	// Mode is the permissions of a Unix socket's file; 0 leaves them to the umask.
	Mode fs.FileMode
}

// Options are set on a connection before its first byte. The zero value is what
// duplex wants unless asked otherwise: TCP_NODELAY on, keep-alive off.
type Options struct {
	Nagle         bool // leave TCP_NODELAY off
	KeepAlive     net.KeepAliveConfig
	TypeOfService uint8 // IP_TOS, or IPV6_TCLASS; 0 is best effort
}

// A Conn is a connection that was accepted, or a listener that was bound, and
// is with no loop yet. It belongs to whoever holds it, who either gives it to a
// driver (the one it comes from or a sibling of the same kind) or closes its
// handle. A listener has no Remote.
type Conn struct {
	Local, Remote Addr
	Handle        io.Closer
}

// A Driver does the system calls of one loop.
type Driver interface {
	// Bind listens on addr and returns the listener, which belongs to no loop
	// yet: whoever holds it serves it, on this driver or a sibling, or closes its
	// handle. Its Local address has the port chosen for 0. Clients wait in its
	// backlog meanwhile. Any goroutine may call Bind.
	Bind(addr Addr, o ListenOptions) (Conn, error)

	// Take makes a Conn of c, one of package net's stream listeners or connections
	// for TCP or Unix sockets. The driver owns c from here on, and closes it after
	// an error too, which is [errors.ErrUnsupported] if its sockets are not the
	// system's. The file of a Unix listener stays when that is closed. Any
	// goroutine may call Take.
	Take(c io.Closer) (Conn, error)

	// Serve takes over a listener and accepts at once: Accepted and AcceptFailed
	// follow. After an error ln is closed and id is free again, without Closed.
	Serve(id ID, ln Conn) error

	// Accept stops (false) or resumes (true) accepting on the listener id. A
	// connection accepted before the stop may still be told.
	Accept(id ID, on bool)

	// Connect begins a connection from local, or from anywhere if it is the
	// zero Addr, to remote. Connected follows, once, unless Close comes first.
	Connect(id ID, remote, local Addr, o Options)

	// Attach takes over a connection that was accepted. Nothing is read before
	// Receive. After an error c is closed and id is free again, without Closed.
	Attach(id ID, c Conn, o Options) error

	// Configure changes the options of a connection that is made.
	Configure(id ID, o Options) error

	// Receive starts (true) or stops (false) reading. It is off for a new
	// connection. Once it is stopped, at most one Received still follows, and
	// only from a driver whose reads were under way; Ended and Failed wait for
	// the next start. A stopped connection costs no CPU, whatever its peer does.
	// Where reading cannot be started, Failed follows.
	Receive(id ID, on bool)

	// Send offers bufs, which are not empty, to the kernel and returns how many
	// bytes it took at once. If that is fewer than all, the rest is lent to the
	// driver until Sent tells how many more went: until then the caller leaves
	// those bytes alone and does not Send again for this ID. An error means that
	// nothing more can be sent, and nothing is lent; reading goes on until Ended
	// or Failed tells the rest of the story. bufs itself is not kept.
	Send(id ID, bufs [][]byte) (n int, err error)

	// Tries reports whether Send takes at once what there is room for and never
	// looks at bufs again. The caller then may change and move what is lent: Sent
	// tells of room, and offers are made anew. It is the same for all siblings and
	// any goroutine may call it.
	Tries() bool

	// Shutdown sends FIN behind what was sent. Nothing may be lent.
	Shutdown(id ID) error

	// Close gives up the socket or listener: no event but Closed follows, once,
	// from a later Wait, when the descriptor is closed and nothing is lent any
	// more. Bytes still lent are given up, though a driver whose sends are under
	// way grants them a moment to reach a kernel that has room. With reset, the
	// peer gets RST rather than FIN, which a Unix socket has not.
	Close(id ID, reset bool)

	// Wait tells sink what has happened. If there is nothing to tell it blocks
	// until there is, until Wake, or for the given time (forever if negative);
	// then it may return having told nothing.
	Wait(timeout time.Duration, sink Sink) error

	// Wake makes the Wait under way, or else the next one, return soon.
	Wake()

	// Stop releases what the driver itself holds. No ID may be in use.
	Stop() error
}

// A Splicer is a driver that can carry bytes from one connection to another
// without showing them to anyone.
type Splicer interface {
	Driver

	// Splice sends what has arrived at from, at most so many bytes, to the
	// connection to of a sibling, which may be the driver itself. It is called
	// inside Received(from), where it pays behind Bulk bytes or more; a driver that
	// has much to carry tells no more than those before the next Splice. Reading is
	// on, of to nothing is lent, and for both IDs it is a Send: the caller holds
	// both locks.
	//
	// n is how many bytes have left from: 0 if there are none, or if they have to be
	// received. The last of them, rest, are still to be sent, and Send tells what
	// has kept them; they are the driver's own again at the next Splice.
	Splice(from ID, sibling Driver, to ID, most int) (n int, rest []byte)
}

// A Describer is a driver whose sockets are the system's, with descriptors.
type Describer interface {
	Driver

	// Descriptor returns the descriptor of id, which is the driver's to close, and
	// whether id still has one. Who calls it holds the socket's lock, as for Send.
	Descriptor(id ID) (fd uintptr, ok bool)
}

// Bulk is how long a read is behind which more is likely to wait.
const Bulk = 16 << 10

// A Sink hears from Wait. Inside a call every method of the driver but Wait and
// Stop may be called, for any ID. A call may panic, or never return because its
// goroutine exits: the driver takes an event off before it tells it, and a
// later Wait, perhaps on another goroutine, tells the rest.
//
// Errors satisfy errors.Is for the syscall.Errno of the POSIX name on every
// platform, and bear no other wrapping.
type Sink interface {
	// Accepted hands over a connection made to the listener.
	Accepted(listener ID, c Conn)

	// AcceptFailed tells that accept failed though clients may be waiting, as
	// when descriptors have run out. The listener is stopped, as by Accept.
	AcceptFailed(listener ID, err error)

	// Connected tells how Connect ended. With an error nothing follows but, once
	// the caller has closed id, Closed.
	Connected(id ID, local Addr, err error)

	// Received tells of bytes that arrived. p is never empty, and the driver's
	// own again when the call returns.
	Received(id ID, p []byte)

	// Ended tells that the peer has sent its FIN and everything before it has
	// been told. Sending may go on.
	Ended(id ID)

	// Failed tells that the connection is lost in both directions, once all
	// that arrived before has been told.
	Failed(id ID, err error)

	// Sent tells that what was lent is the caller's again, and that n of those
	// bytes went. Zero means only that the kernel has room: offer them again.
	// With an error nothing more can be sent.
	Sent(id ID, n int, err error)

	// Closed tells that id is free: its descriptor is closed.
	Closed(id ID)
}
