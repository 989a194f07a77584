// Copyright 2026 The duplex authors. MIT license.

// Package wire is the way of TLS records between a driver and crypto/tls.
package wire

import (
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/duplex-go/duplex/internal/buf"
)

// A Wire is the connection that crypto/tls sees: the records that have arrived, and the
// records that wait to be sent. Read returns bytes of one record at most, and of a
// record only when all of it is there. So crypto/tls holds no bytes of the next record,
// and its Read does not stop inside one.
//
// A handshake's Read waits for records; later ones return ErrAgain instead.
type Wire struct {
	Ends Ends // constant

	mu     sync.Mutex // guards the fields from in to shut; no lock is taken while it is held
	in     records
	end    error     // what follows the records: io.EOF at the peer's FIN, or a failure; nil while more may arrive
	out    buf.Queue // records that the kernel has not taken
	waiter *waiter   // nil unless a handshake is in progress
	ended  bool      // Read has returned end
	shut   bool      // what is written from now on is dropped

	// Direct has Write offer bytes to Ends, and queue the rest. The owner of the wire
	// sets it for a Write of its own, while no Read is under way: a Read may write, too.
	Direct bool

	queued atomic.Int32 // the length of out, so that Queued takes no lock
}

// Ends are the connection that the records are of.
type Ends interface {
	LocalAddr() net.Addr
	RemoteAddr() net.Addr

	// Offer offers p to the kernel, and returns how many bytes the kernel has taken.
	Offer(p []byte) int
}

// A waiter is the goroutine of a handshake, which waits for records.
type waiter struct {
	ready chan struct{} // has room for one
	kick  func()        // makes the loop look at the wire
}

// ErrTruncated is the error of a Read that finds io.EOF inside a record.
var ErrTruncated = fmt.Errorf("duplex: the peer ended the connection without close_notify: %w", io.ErrUnexpectedEOF)

// ErrAgain is the error of a Read that finds no whole record. Crypto/tls takes any other
// error for the end of the connection.
var ErrAgain net.Error = again{}

type again struct{}

func (again) Error() string   { return "duplex: no whole record has arrived" }
func (again) Timeout() bool   { return true }
func (again) Temporary() bool { return true }

// Read implements net.Conn.
func (w *Wire) Read(p []byte) (int, error) {
	for {
		w.mu.Lock()
		n, err, waits := w.in.read(p), w.end, w.waiter
		if n == 0 && err != nil {
			w.ended = true
			if err == io.EOF && w.in.len() > 0 {
				err = ErrTruncated // crypto/tls takes io.ErrUnexpectedEOF for io.EOF here
			}
		}
		w.mu.Unlock()
		switch {
		case n > 0 || len(p) == 0:
			return n, nil
		case err != nil:
			return 0, err
		case waits == nil:
			return 0, ErrAgain
		}
		waits.kick()
		<-waits.ready
	}
}

// Write implements net.Conn. It queues p and never fails, because crypto/tls sends
// nothing more after an error.
func (w *Wire) Write(p []byte) (int, error) {
	n := 0
	if w.Direct && w.Queued() == 0 {
		n = w.Ends.Offer(p)
	}
	if n < len(p) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if !w.shut {
			w.out.Append(p[n:])
			w.count()
		}
	}
	return len(p), nil
}

// count keeps queued. The caller holds mu.
func (w *Wire) count() { w.queued.Store(int32(w.out.Len())) }

// Close implements net.Conn. Crypto/tls calls it when the context of a handshake ends.
func (w *Wire) Close() error {
	w.Finish(net.ErrClosed)
	return nil
}

// LocalAddr implements net.Conn.
func (w *Wire) LocalAddr() net.Addr { return w.Ends.LocalAddr() }

// RemoteAddr implements net.Conn.
func (w *Wire) RemoteAddr() net.Addr { return w.Ends.RemoteAddr() }

// SetDeadline implements net.Conn. The limits of the socket take the place of deadlines.
func (w *Wire) SetDeadline(time.Time) error { return nil }

// SetReadDeadline implements net.Conn.
func (w *Wire) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline implements net.Conn.
func (w *Wire) SetWriteDeadline(time.Time) error { return nil }

// Await makes Read wait for records. Kick is called before each wait.
func (w *Wire) Await(kick func()) {
	w.mu.Lock()
	w.waiter = &waiter{ready: make(chan struct{}, 1), kick: kick}
	w.mu.Unlock()
}

// Release makes Read return ErrAgain instead of waiting.
func (w *Wire) Release() {
	w.mu.Lock()
	w.waiter = nil
	w.mu.Unlock()
}

// Arrived adds a copy of p, which has arrived.
func (w *Wire) Arrived(p []byte) {
	w.mu.Lock()
	w.in.append(p)
	w.mu.Unlock()
	w.wake()
}

// Lend is Arrived without a copy: p belongs to the wire until Keep. It reports what
// Partial would.
func (w *Wire) Lend(p []byte) (partial bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.in.lent = p
	return w.in.partial()
}

// Keep copies the bytes that were lent and not read.
func (w *Wire) Keep() {
	w.mu.Lock()
	lent := w.in.lent
	w.in.lent = nil
	w.in.append(lent)
	w.mu.Unlock()
}

// Finish records that nothing more arrives, because of err: io.EOF for the peer's FIN.
// Only the first call counts.
func (w *Wire) Finish(err error) {
	w.mu.Lock()
	if w.end == nil {
		w.end = err
	}
	w.mu.Unlock()
	w.wake()
}

// Ended reports whether Read has returned the error of Finish, or ErrTruncated for it.
func (w *Wire) Ended() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ended
}

// Finished returns the error of Finish, nil before it is called.
func (w *Wire) Finished() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.end
}

// Alerted returns the alert that arrived in plain text, if one did. In a handshake of TLS
// 1.3, OpenSSL's clients refuse a certificate by such an alert, and crypto/tls, which
// expects a sealed one, says that the record is bad. A sealed record is never as short.
func (w *Wire) Alerted() (alert uint8, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.in.alert, w.in.alert != 0
}

// wake wakes the handshake.
func (w *Wire) wake() {
	w.mu.Lock()
	waits := w.waiter
	w.mu.Unlock()
	if waits == nil {
		return
	}
	select {
	case waits.ready <- struct{}{}:
	default:
	}
}

// Drop forgets what has arrived, and returns how many bytes that were.
func (w *Wire) Drop() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.in.len()
	w.in = records{}
	return n
}

// Shut drops the bytes that wait to be sent, and those that are written from now on.
func (w *Wire) Shut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shut = true
	w.out.Clear()
	w.count()
}

// Readable reports whether Read would return anything but ErrAgain.
func (w *Wire) Readable() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.in.whole() || w.end != nil
}

// Partial reports whether the start of a record waits for the rest.
func (w *Wire) Partial() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.in.partial()
}

// Unread returns how many bytes have arrived that Read has not returned.
func (w *Wire) Unread() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.in.len()
}

// Queued returns how many bytes wait to be sent.
func (w *Wire) Queued() int { return int(w.queued.Load()) }

// Held returns the memory of what has arrived, and of what waits to be sent.
func (w *Wire) Held() (in, out int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	out, _ = w.out.Held()
	return w.in.kept.Held(), out
}

// Vectors appends the bytes that wait to be sent to bufs, within its capacity. They stay
// valid until they are consumed.
func (w *Wire) Vectors(bufs [][]byte) [][]byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Vectors(bufs)
}

// Consume drops the first n bytes that wait to be sent, or all if there are fewer.
func (w *Wire) Consume(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out.Consume(min(n, w.out.Len()))
	w.count()
}

// Lengths of TLS records.
const (
	recordHeader  = 5
	LongestRecord = 16<<10 + 2048 // the longest body of TLS 1.2 (RFC 5246, section 6.2.3)
)

// A records is a stream of TLS records that arrive in parts.
type records struct {
	kept  buf.Backlog // bytes that have arrived
	lent  []byte      // bytes after them, which belong to another owner
	left  int         // bytes of the current record that read has not returned
	alien bool        // a header was none of TLS: all bytes are shown as they arrive
	alert uint8       // of the last record that was an alert in plain text; 0 for none
}

// len returns how many bytes there are.
func (r *records) len() int { return r.kept.Len() + len(r.lent) }

// partial reports whether there is the start of a record, and nothing that is whole.
func (r *records) partial() bool { return r.len() > 0 && !r.whole() }

// append adds a copy of p. Lent must be empty.
func (r *records) append(p []byte) {
	if len(p) == 0 {
		return
	}
	r.kept.Borrow(len(p))
	r.kept.Append(p)
	r.kept.Keep(false)
}

// whole reports whether read returns bytes: of a record that is whole, or of a header
// that crypto/tls refuses without the rest.
func (r *records) whole() bool {
	if r.left > 0 || r.len() == 0 {
		return r.left > 0
	}
	var h [recordHeader + 2]byte // and the body of an alert
	n := copy(h[:], r.kept.Bytes())
	n += copy(h[n:], r.lent)
	body := int(h[3])<<8 | int(h[4])
	switch {
	case r.alien || n >= recordHeader && (h[0] < 20 || h[0] > 23 || h[1] != 3 || body > LongestRecord):
		r.alien = true
		r.left = r.len()
	case n >= recordHeader && r.len() >= recordHeader+body:
		r.left = recordHeader + body
		if h[0] == 21 && body == 2 {
			r.alert = h[6]
		}
	}
	return r.left > 0
}

// read copies bytes of the current record to p, and returns how many.
func (r *records) read(p []byte) (n int) {
	if !r.whole() {
		return 0
	}
	for n < len(p) && r.left > 0 {
		from := r.lent
		kept := r.kept.Len() > 0
		if kept {
			from = r.kept.Bytes()
		}
		m := copy(p[n:], from[:min(len(from), r.left)])
		if kept {
			r.kept.Consume(m)
		} else {
			r.lent = r.lent[m:]
		}
		n += m
		r.left -= m
	}
	return n
}
