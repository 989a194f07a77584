// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"bufio"

	"github.com/duplex-go/duplex/codec"
)

// A Handler says what to do when something happens to a socket. Any field may be
// nil. One Handler may serve any number of sockets and must not be changed while
// it does.
//
// # The laws
//
//  1. Callbacks of a socket run one at a time on its loop (Blocking: on its
//     goroutine), never inside the call that caused them.
//  2. OnConnect comes first, OnData any number of times, OnEnd at most once,
//     OnError at most once, OnClose exactly once and last. A socket that never
//     connected goes straight to OnClose, after OnError if there was an error.
//  3. After OnClose a socket is inert: its addresses and counters stay readable,
//     every verb is a no-op or returns [net.ErrClosed].
//  4. Every method of Socket may be called from any goroutine. Write never blocks
//     and never keeps what it is given. Write, End, Destroy and Post that happen
//     before one another take effect in that order.
//  5. The slice given to OnData is the loop's, and valid until the callback
//     returns.
//  6. A callback must not block. A handler that must, says Blocking.
//  7. A panic or [runtime.Goexit] in a callback destroys that socket with a
//     [*PanicError], is logged and counted, and spares the rest.
//  8. End flushes, then sends FIN. Nothing that Write accepted is lost unless the
//     peer or the network loses it, or Destroy, Reset, a limit or an expired
//     deadline ends the socket.
//  9. Memory is bounded: reading stops at the high-water mark, the write queue has
//     a cap with a policy, a frame has a maximum.
//  10. An address that is listened on is exclusively ours, as far as the platform
//     can say so.
//  11. Pause stops reading from the kernel. On the loop no OnData follows it, not
//     even the remaining pieces of the same read, which come first after Resume;
//     off the loop at most one more. End and reset of a paused socket are told
//     after Resume, behind the bytes that came before them.
//  12. A reset behind data is told as the data, then ECONNRESET. (On the portable
//     driver a reset that comes at once may be an attempt to connect that failed.)
//
// The order of events is that of Node.js.
type Handler struct {
	// Encoding makes text of what arrives: OnData receives whole characters, in
	// UTF-8. At most 3 bytes wait in the socket for the rest of a character; at
	// the peer's FIN they are one more OnData before OnEnd. Nil leaves bytes.
	// (Node: setEncoding.)
	Encoding codec.Encoding

	// Split cuts what arrives, after Encoding, into the pieces that OnData
	// receives: [bufio.ScanLines], a splitter of package codec, or your own. At
	// the peer's FIN it is called with atEOF. After an error of its own the socket
	// is destroyed with it; what follows [bufio.ErrFinalToken] is discarded. Nil
	// gives OnData what arrived, as it arrived.
	Split bufio.SplitFunc

	// MaxFrame is the most bytes that a piece may have: 0 is 64 KiB, negative is
	// no limit. A longer one destroys the socket with [ErrFrameTooLong], at the
	// latest when 16 bytes more than MaxFrame have come without completing it.
	// It is ignored without Split.
	MaxFrame int

	// Blocking says that callbacks may block. They then run on a goroutine that
	// the socket has while there is something to tell it, in the same order, one
	// at a time. While they are behind, reading stops at the high-water mark.
	Blocking bool

	// OnConnect tells that the socket is open: accepted by a Server, or connected
	// by a Client. (Node: connection; connect and ready.)
	OnConnect func(s *Socket)

	// OnData brings what arrived. While it is nil, bytes are discarded and counted.
	OnData func(s *Socket, p []byte)

	// OnEnd tells that the peer has finished sending. Unless AllowHalfOpen is set,
	// End follows by itself when it returns.
	OnEnd func(s *Socket)

	// OnDrain tells that the queue of writes is empty again after NeedDrain was
	// true, unless End was called meanwhile. On a paused socket, which hears of
	// nothing else, it is also empty because sending has failed: the next Write
	// says why. (Node: drain.)
	OnDrain func(s *Socket)

	// OnFinish tells that everything written, and our FIN behind it, is with the
	// kernel.
	OnFinish func(s *Socket)

	// OnTimeout tells that nothing was received or sent for the time given to
	// SetTimeout. It comes once for each silence and does not close the socket;
	// IdleTimeout does. (Node: timeout.)
	OnTimeout func(s *Socket)

	// OnError tells why the socket is about to close. Errors are [*net.OpError]
	// where the network is to blame: errors.Is finds the system's error in them,
	// and Code the name that Node gives it.
	OnError func(s *Socket, err error)

	// OnClose tells that the socket is closed, its descriptor too. Err says why,
	// nil if both sides ended or Destroy(nil) or Reset was called here. (Node:
	// hadError is s.Err() != nil.)
	OnClose func(s *Socket)

	pipe *Socket // where OnData sends what it is given, if it is that of Pipe
}

// noHandler serves sockets that were given none.
var noHandler = &Handler{}

// maxFrame returns the limit of a piece, negative for none.
func (h *Handler) maxFrame() int {
	if h.MaxFrame == 0 {
		return 64 << 10
	}
	return h.MaxFrame
}
