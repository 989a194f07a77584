// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"net"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
)

// Options are what sockets of a Server and of a Client have in common. The zero
// value suits most: half-open connections end by themselves, TCP_NODELAY is on,
// keep-alive and timeouts are off, and memory is bounded.
type Options struct {
	// AllowHalfOpen leaves our side open when the peer ends: the program calls
	// End itself. (Node: allowHalfOpen.)
	AllowHalfOpen bool

	// PauseOnConnect begins every socket paused: nothing is read before Resume.
	// (Node: pauseOnConnect.)
	PauseOnConnect bool

	// HighWaterMark is the number of bytes at which a queue counts as full: a
	// write queue of that length makes NeedDrain true, and input of that length
	// which a paused or Blocking handler has not taken stops reading. 0 is 64 KiB;
	// negative is the default too, as in Node.
	HighWaterMark int

	// MaxWriteBuffer is the most bytes that may wait to be sent: 0 is 64 MiB,
	// negative is no limit. Overflow says what happens to a Write beyond it.
	MaxWriteBuffer int
	Overflow       Overflow

	// Nagle turns Nagle's algorithm on: the kernel then holds back small segments
	// while others are unacknowledged. Writes of one turn of the loop are gathered
	// into one segment anyway. (Node: noDelay, which is off unless asked for.)
	Nagle bool

	// KeepAlive probes idle connections if its Enable is set. (Node: keepAlive.)
	KeepAlive net.KeepAliveConfig

	// TypeOfService is what packets say of their priority: the byte that IPv4 calls
	// type of service and IPv6 traffic class, a DSCP shifted left by 2 (RFC 2474).
	// 0 is best effort. (Node: typeOfService, since v25.6.)
	TypeOfService uint8

	// BlockList holds addresses from which a Server drops clients, and to which a
	// Client does not connect, with [ErrBlocked]; nil blocks nobody. (Node:
	// blockList.)
	BlockList *BlockList

	// IdleTimeout destroys a socket with [os.ErrDeadlineExceeded] once nothing was
	// received or sent for so long, connecting included. 0, or less, is never.
	IdleTimeout time.Duration

	// Linger is how long Close waits for the peer to end too: 0 is 5 seconds. A peer
	// that has not even taken all that was written is reset then.
	// Negative is not at all: Close ends as soon as everything is sent.
	Linger time.Duration
}

// Overflow says what happens to a Write that MaxWriteBuffer does not allow.
type Overflow uint8

const (
	// OverflowError lets Write return ErrWriteBufferFull.
	OverflowError Overflow = iota
	// OverflowDrop lets Write pretend to succeed; Stats counts what was dropped.
	// It is for messages that a late reader does better without.
	OverflowDrop
	// OverflowDestroy destroys the socket with ErrWriteBufferFull.
	OverflowDestroy
)

// config is what the sockets of one Server on one loop share, or the one of a
// Connect has: Options with their defaults filled in.
type config struct {
	Options
	lane    *lane
	server  *Server // nil for a client
	network string  // "tcp" or "unix", for errors
	socket  driver.Options
}

func (o Options) config(server *Server, network string, l *lane) *config {
	if network != "unix" {
		network = "tcp" // of whichever family
	}
	if o.HighWaterMark <= 0 {
		o.HighWaterMark = 64 << 10
	}
	if o.MaxWriteBuffer == 0 {
		o.MaxWriteBuffer = 64 << 20
	}
	if o.Linger == 0 {
		o.Linger = 5 * time.Second
	}
	return &config{
		Options: o,
		lane:    l,
		server:  server,
		network: network,
		socket:  driver.Options{Nagle: o.Nagle, KeepAlive: o.KeepAlive, TypeOfService: o.TypeOfService},
	}
}
