// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"reflect"
	"time"

	"github.com/duplex-go/duplex/codec"
)

// A Handler holds the callbacks of a socket, and how its input is cut. Any field may
// be nil or zero. One Handler may serve any number of sockets, and must not be changed
// while it does.
//
// # The laws
//
//  1. Callbacks of a socket run one at a time: on its loop or, with Blocking, on a
//     goroutine of the socket. Functions given to [Socket.Post], [Socket.AfterFunc]
//     and [Socket.WriteFunc] run there too, in turn with the callbacks. No callback
//     runs inside the call that caused it. The callbacks of a Server and of a Client,
//     and functions given to [Engine.Post] and [Engine.AfterFunc], always run on a
//     loop, and may run at the same time as a Blocking callback.
//  2. OnConnect comes before OnData, OnEnd, OnDrain and OnFinish. No OnData comes
//     after OnEnd. OnConnect, OnSecure, OnEnd, OnFinish and OnError are called at most
//     once.
//     OnClose is called exactly once, after all others. After OnError only posted
//     functions, completions of writes and OnClose follow. OnDrain, OnFinish and
//     OnTimeout may come before or after OnEnd. OnTimeout, and a posted function, may
//     come before OnConnect. A socket that never connected reports OnError if there
//     was an error, and then OnClose. With TLS of the Server or of the Client,
//     OnConnect comes when the handshake is complete, and OnSecure is next. After
//     StartTLS, OnSecure comes before any OnData of the new Handler, or else OnError
//     does. A client whose handshake with a Server fails is reported by the OnDrop of
//     the Server, and by no callback of the Handler.
//  3. After OnClose a socket is inert: its addresses and counters stay readable, and
//     every verb does nothing or returns [net.ErrClosed].
//  4. Any goroutine may call any method of Socket. Write never blocks and never keeps
//     its argument. Write, Cork, Uncork, End, Close, Destroy, Reset and Post take
//     effect in the order of the calls, if one call happens before the other; so does
//     StartTLS, and so do [Group.Write], Add and Remove for a member. There
//     are two exceptions. The verbs of a posted function, and the writes of a Blocking
//     callback, do not wait for the posts that wait for it. Destroy and Reset do not
//     wait for posts while a Blocking callback runs. Pause, Resume, the setters and
//     Ref and Unref never wait for posts.
//  5. The slice given to OnData belongs to duplex, and is valid until the callback
//     returns. It has no spare capacity: appending to it copies it. With the build tag
//     poison it is overwritten then, so that tests find a program that keeps it.
//  6. A callback must not block. A handler that has to block sets Blocking.
//  7. A panic or [runtime.Goexit] in a callback destroys that socket with a
//     [*PanicError], and is logged and counted. No other socket is affected. In a
//     callback of a Server, or a function of an Engine, it is logged and counted.
//  8. End flushes, then sends FIN; with TLS, close_notify comes between. The peer's end
//     is then its close_notify. A connection that ends without it fails with
//     [ErrTruncated], unless AllowTruncation is set. Bytes that Write accepted are lost only if the peer
//     or the network loses them, or if something ends the socket first: Destroy, Reset,
//     Close of its Server or Engine, a panic, a limit, a Budget or an expired deadline. A posted
//     function that ends the socket loses the writes made after Post. [OverflowDrop]
//     accepts writes and drops them.
//  9. Memory is bounded. Pause and a full pipe stop reading at once, and so do
//     HighWaterMark bytes that wait for a Blocking callback; one read under way, of at
//     most 64 KiB, is kept. With TLS some 64 KiB more may be kept in each direction, as
//     records. A piece that is not complete counts towards MaxFrame
//     instead. Output that waits counts towards MaxWriteBuffer, and Overflow is the
//     policy beyond it. A [Budget] limits all sockets together, and MaxQueued those of a
//     Server. Messages of a [Group] that a loop has not come to have a limit of their own.
//     The buffers of the kernel come on top.
//  10. An address that a server listens on belongs to that server alone, as far as the
//     platform can ensure it, unless ReusePort is set.
//  11. Pause stops reading from the kernel. Called in a callback of the socket, no
//     OnData follows it: the rest of the same read is kept, and comes first after
//     Resume. Called elsewhere, at most one more OnData follows. The peer's end and
//     reset are reported after Resume, after the bytes that came before them. OnDrain,
//     OnFinish, OnTimeout and expired deadlines are reported while the socket is
//     paused.
//  12. A reset after data is reported as the data, then ECONNRESET. A reset after the
//     peer's end is reported after OnEnd, also if there is nothing to send. With TLS
//     it is no error if it loses nothing but our own close_notify: many peers send
//     theirs and hang up. (The portable driver may report a reset that comes at once
//     as an attempt to connect that failed. On Windows it reports a reset after the
//     peer's end at the next write.)
//
// The order of events is that of Node.js.
type Handler struct {
	// Encoding turns the bytes that arrive into text in UTF-8: OnData receives whole
	// characters. At most 3 bytes wait in the socket for the rest of a character. At
	// the peer's FIN they are decoded without it, and delivered in one more OnData
	// before OnEnd. Nil delivers bytes. (Node: setEncoding.)
	Encoding codec.Encoding

	// Framing cuts what arrives, after Encoding, into the frames that OnData receives:
	// [codec.Lines], [codec.Length], [codec.Varint], [codec.Netstring], [codec.Delim],
	// [codec.Fixed], or a [codec.Cutter] of the program. A frame that trickles in costs
	// what its bytes cost: Framing says how many bytes it waits for, and is not called
	// before they are there. Memory grows with the bytes that have come, whatever length
	// a frame announces. At the peer's FIN Framing is called with final true: a part of a
	// frame is [io.ErrUnexpectedEOF]. Nil leaves it to Split.
	//
	// An error of Framing or Split, or [ErrFrameTooLong], ends the socket. OnError is
	// called while the socket can still write, so that the peer can be told. What OnError
	// has written is sent; then the socket closes as after [Socket.Close]: it discards what
	// arrives, until the peer has ended too or Linger has passed. If bytes still wait to be
	// sent then (with a negative Linger after a second), it resets the connection.
	Framing codec.Cutter

	// Split cuts what arrives, after Encoding, into the pieces that OnData receives:
	// [bufio.ScanLines], or a splitter of the program. At the peer's FIN it is called with
	// atEOF true. Bytes that Split leaves at the peer's FIN are an error,
	// [io.ErrUnexpectedEOF]. [bufio.ErrFinalToken] discards what follows. Nil gives OnData
	// the bytes in the parts in which they arrived. Split is ignored if there is a Framing.
	//
	// Split has no memory: at each arrival it is called with all of the piece that has
	// come so far, so its cost for a long piece grows with the number of arrivals.
	Split bufio.SplitFunc

	// MaxFrame is the most bytes that a frame may have: 0 is 64 KiB, negative is no limit.
	// A frame may have as many, and not one more; beyond is [ErrFrameTooLong].
	//
	// With Framing, the mark of a frame does not count: its length field and what comes
	// before that, whether or not it is stripped, and its delimiter. So the longest frame
	// of a 2-byte length, 65,535 bytes, needs no other MaxFrame. A frame is refused as soon
	// as its header announces too much, before any of its bytes is kept.
	//
	// With Split, the bytes that it returns count. Split cannot say what it waits for, so
	// the error comes at the latest when 16 bytes more than MaxFrame have come without
	// completing a piece. Without either, MaxFrame is ignored.
	MaxFrame int

	// FrameTimeout is the longest time that a piece may take: from its first byte, which
	// is the first after the piece before, until Framing or Split returns it. After that
	// the socket is destroyed with [ErrFrameTimeout], however steadily bytes come; what was
	// written before is sent first, for Linger at most (a second if that is negative). It
	// ends a client that sends a request byte by byte to occupy a connection. With TLS it
	// begins with the first byte of a record. Time does not count while OnData runs or
	// waits in the line of Workers, nor while the socket does not read. It begins anew when
	// the socket reads again or has another Handler. Zero or negative disables it. It is ignored without Framing and
	// Split.
	FrameTimeout time.Duration

	// Blocking allows callbacks to block. They then run on a goroutine that the socket
	// has while there is something to deliver, in the same order, one at a time.
	// Input that arrives meanwhile is kept, and reading stops at HighWaterMark.
	Blocking bool

	// Workers limits how many Blocking callbacks run at a time, of all sockets whose
	// Handler has the same Workers. Nil is no limit, and costs nothing. It is ignored
	// without Blocking.
	Workers *Workers

	// OnConnect is called when the socket is open: a Server has accepted it, or a
	// Client has connected or adopted it, and the TLS handshake is complete if the
	// Server or the Client has TLS. (Node: connection; connect and ready; with TLS,
	// secureConnection and secureConnect.)
	OnConnect func(s *Socket)

	// OnSecure is called when a TLS handshake is complete: after OnConnect if the Server
	// or the Client has TLS, and else after StartTLS. ConnectionState has what it agreed
	// on. (Node: secure.)
	OnSecure func(s *Socket)

	// OnData is called with bytes that arrived, unless they go elsewhere by Pipe or
	// WriteTo. If it is nil, bytes are discarded and counted in Stats.
	OnData func(s *Socket, p []byte)

	// OnEnd is called when the peer has finished sending and all bytes before are
	// delivered. End follows by itself when OnEnd returns, unless AllowHalfOpen is
	// set, or a pipe that leads to this socket will end it (Pipe).
	OnEnd func(s *Socket)

	// OnDrain is called when the write queue is empty again after NeedDrain was
	// true, unless End was called meanwhile. On a paused socket it is also called when
	// a send has failed and the queue was dropped: the next Write returns the error.
	// (Node: drain.)
	OnDrain func(s *Socket)

	// OnFinish is called after End, when the kernel has taken everything written and
	// our FIN.
	OnFinish func(s *Socket)

	// OnTimeout is called when nothing was received or sent for the time given to
	// SetTimeout, connecting included. It is called once for each silence, and does
	// not close the socket; IdleTimeout does. (Node: timeout.)
	OnTimeout func(s *Socket)

	// OnError is called before OnClose if the socket failed, with the reason. Network
	// failures are [*net.OpError]: errors.Is finds the system's error in them, and
	// Code returns Node's name for it. A failure of TLS is one, too: it wraps the error
	// of crypto/tls, [ErrTruncated] or [ErrHandshakeTimeout]. Other reasons are the
	// argument of Destroy, an error of Framing or Split, [ErrFrameTooLong], [ErrMaxAge],
	// [ErrWriteBufferFull] by OverflowDestroy, [ErrOverBudget], and [*PanicError].
	//
	// The socket has ended when OnError is called, but for input that cannot be cut: then
	// it can still write (Framing).
	OnError func(s *Socket, err error)

	// OnClose is called when the socket is closed, its descriptor too. Err returns
	// why: nil if both sides ended, or if Close, Destroy(nil) or Reset ended the
	// socket here, as Close of its Server or Engine does. (Node: hadError is
	// s.Err() != nil.)
	OnClose func(s *Socket)
}

// Logged returns a Handler that logs each event at the level, and then calls the callback
// of h. A record has the name of the event, the addresses of the socket, and what belongs
// to the event: the number of bytes of data, but not the bytes; the error and its Code; and
// at the end how many bytes came and went. Data is not logged if h discards it. A nil h is
// one that does nothing, and a nil logger is [slog.Default].
//
// All else is as in h: Framing, Blocking, Workers; but an event that is logged takes a place
// of the Workers also if its callback in h is nil. The Handler that SetHandler gives a socket
// is not logged, unless it is made by Logged, too. Events of a level that the logger
// has not enabled cost the question alone.
func Logged(h *Handler, logger *slog.Logger, level slog.Level) *Handler {
	if h == nil {
		h = noHandler
	}
	l := eventLog{logger, level}
	logged := *h
	logged.OnConnect = l.before(h.OnConnect, "connect")
	logged.OnSecure = l.before(h.OnSecure, "secure")
	logged.OnEnd = l.before(h.OnEnd, "end")
	logged.OnDrain = l.before(h.OnDrain, "drain")
	logged.OnFinish = l.before(h.OnFinish, "finish")
	logged.OnTimeout = l.before(h.OnTimeout, "timeout")
	if h.OnData != nil {
		logged.OnData = func(s *Socket, p []byte) {
			if to := l.open(); to != nil {
				l.log(to, s, "data", slog.Int("bytes", len(p)))
			}
			h.OnData(s, p)
		}
	}
	logged.OnError = func(s *Socket, err error) {
		if to := l.open(); to != nil {
			l.log(to, s, "error", slog.Any("err", err), slog.String("code", Code(err)))
		}
		if h.OnError != nil {
			h.OnError(s, err)
		}
	}
	logged.OnClose = func(s *Socket) {
		if to := l.open(); to != nil {
			l.log(to, s, "close", slog.Any("err", s.Err()), slog.Int64("received", s.BytesRead()), slog.Int64("written", s.BytesWritten()))
		}
		if h.OnClose != nil {
			h.OnClose(s)
		}
	}
	return &logged
}

// An eventLog is where a logged Handler writes.
type eventLog struct {
	logger *slog.Logger // nil for the default
	level  slog.Level
}

// open returns the logger, or nil if it has not enabled the level.
func (l eventLog) open() *slog.Logger {
	to := l.logger
	if to == nil {
		to = slog.Default()
	}
	if !to.Enabled(context.Background(), l.level) {
		return nil
	}
	return to
}

func (l eventLog) log(to *slog.Logger, s *Socket, event string, attrs ...slog.Attr) {
	attrs = append(attrs, slog.Any("local", s.LocalAddr()), slog.Any("remote", s.RemoteAddr()))
	to.LogAttrs(context.Background(), l.level, "duplex: "+event, attrs...)
}

// before returns a callback that logs the event, and then calls f.
func (l eventLog) before(f func(*Socket), event string) func(*Socket) {
	return func(s *Socket) {
		if to := l.open(); to != nil {
			l.log(to, s, event)
		}
		if f != nil {
			f(s)
		}
	}
}

// noHandler stands for a nil Handler.
var noHandler = &Handler{}

// cuts reports whether h cuts its input into pieces.
func (h *Handler) cuts() bool { return h.Framing != nil || h.Split != nil }

// maxFrame returns the limit of a piece in bytes; negative is no limit.
func (h *Handler) maxFrame() int {
	if h.MaxFrame == 0 {
		return 64 << 10
	}
	return h.MaxFrame
}

// Context returns a context that is canceled when the connection is over: when the socket
// is destroyed or has failed, both sides have ended, or Detach has given it away. That is before OnClose, and also
// while a Blocking callback runs, so work that was given the context stops when no client
// is left to answer. [context.Cause] returns why: Err of the socket, or [net.ErrClosed] if
// there is none.
//
// The peer's end alone cancels nothing, since the peer may wait for the answer; neither
// does Close, which sends what is written. A lost connection is noticed while the socket is
// read or sends: see Pause, HighWaterMark and KeepAlive.
//
// Every call returns the same context. After OnClose it is a canceled one. A socket without
// a call of Context has none, and pays nothing.
func (s *Socket) Context() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.rare()
	if m.life == nil {
		m.life = new(life)
		m.life.Context, m.life.cancel = context.WithCancelCause(context.Background())
		if st := (*stream)(s); st.phase > open || st.sending == broken || st.severed() {
			st.lapse()
		}
	}
	return m.life.Context
}

// A life is the context of a socket.
type life struct {
	context.Context
	cancel context.CancelCauseFunc
}

// lapse cancels the context of st, as the connection is over. The caller holds mu;
// functions that wait for the context run on goroutines of their own.
func (st *stream) lapse() {
	m := st.more
	if m == nil || m.life == nil {
		return
	}
	err := m.err
	if err == nil {
		err = net.ErrClosed
	}
	m.life.cancel(err)
}

// ValueOf returns s.Value as a T. A Value that is nil is the zero T. A Value of another
// type is a mistake of the program, and ValueOf panics, which in a callback destroys the
// socket. Declared once for a type, it needs no assertion where it is used:
//
//	var playerOf = duplex.ValueOf[*player]
//
//	var game = &duplex.Handler{
//		OnConnect: func(s *duplex.Socket) { s.Value = &player{} },
//		OnData:    func(s *duplex.Socket, p []byte) { playerOf(s).move(p) },
//	}
//
// As for Value itself, call it in callbacks of the socket and in functions given to Post
// and AfterFunc.
func ValueOf[T any](s *Socket) (v T) {
	if s.Value == nil {
		return v
	}
	v, ok := s.Value.(T)
	if !ok {
		panic(fmt.Sprintf("duplex: the Value of the socket is of type %T, not %v", s.Value, reflect.TypeFor[T]()))
	}
	return v
}
