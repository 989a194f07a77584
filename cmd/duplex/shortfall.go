// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync/atomic"
	"syscall"

	"github.com/duplex-go/duplex"
)

// A shortfall counts the bytes of answers that clients did not get, for one reason. A reset may
// also cost bytes that were on the network already. Those cannot be counted, so the true number
// may be higher.
type shortfall struct {
	bytes atomic.Int64
	cuts  atomic.Int64 // answers that were cut, also if the kernel then took all of them
}

// is reports whether a client did not get something.
func (f *shortfall) is() bool { return f.bytes.Load() > 0 || f.cuts.Load() > 0 }

// failure returns the failure of it.
func (f *shortfall) failure(why, hint string) *failure {
	n, cuts := f.bytes.Load(), int(f.cuts.Load())
	switch {
	case n > 0:
		return &failure{exitSendFailed, fmt.Sprintf("%d B or more were not sent: %s", n, why), hint}
	case cuts == 1:
		return &failure{exitSendFailed, "1 answer was cut off: " + why, hint}
	}
	return &failure{exitSendFailed, fmt.Sprintf("%d answers were cut off: %s", cuts, why), hint}
}

// notAll is the failure of answers that were cut when the grace was over.
func (v *serve) notAll() *failure {
	why, hint := "their clients did not read", "--grace says how long to wait for clients"
	if v.sendRate > 0 {
		why, hint = "the grace was over", "--send-rate makes it slow, or a client that does not read; "+hint
	}
	return v.unsent.failure(why, hint)
}

// lose counts the bytes that c did not get. It is called when the socket is closed, since the
// kernel takes more until then. Bytes that the kernel held when c was cut are lost, too.
func (v *serve) lose(c *client) {
	v.answering.Lock()
	defer v.answering.Unlock()
	switch err := c.Err(); {
	case c.cut.Load() || err == nil || v.chargen: // cut has chosen, or all was sent
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.short = &v.late
	case errors.Is(err, duplex.ErrWriteBufferFull):
		c.short = &v.missed
		c.short.cuts.Add(1) // by a line that is in no queue
	default:
		c.short = &v.missed
	}
	if c.short != nil {
		c.short.bytes.Add(c.BytesWritten() - c.BytesSent() + min(c.held, c.BytesSent()))
	}
	c.closed = true
	c.loseRest()
}

// loseRest counts the rest of the answer of c, which is not queued any more. Before lose, the
// rest stays for that. The caller holds answering.
func (c *client) loseRest() {
	if c.short != nil && c.closed {
		c.short.bytes.Add(max(0, c.rest.Swap(0)))
	}
}

// unsentTo returns how many bytes of its answer c was not sent. The caller holds answering.
func (v *serve) unsentTo(c *client) int64 {
	if v.chargen {
		return 0 // there is no end of it
	}
	return int64(c.Buffered()) + max(0, c.rest.Load())
}

// cut resets a client whose answer is not whole, so that it does not take a part for the
// whole. It reports false if nothing is missing, or if the client has broken off before, which
// the log says. The caller holds answering.
func (v *serve) cut(c *client, why error) bool {
	program := c.runs()
	switch {
	case v.unsentTo(c) == 0 && !program && c.rest.Load() != notBegun, brokenOff(c.Socket), c.cut.Swap(true):
		return false
	case program:
		v.cutOff.Add(1)
		if v.dropped.Load() {
			why = fmt.Errorf("exec: %w", why)
		}
	case v.dropped.Load():
		c.short = &v.unsent
	default:
		c.short = &v.late
	}
	if c.short != nil {
		c.short.cuts.Add(1)
		if !v.tls { // TLS adds bytes of its own
			c.held = notSentBytes(c.Socket)
		}
	}
	v.report(c, why)
	v.printer.reset(c.Socket)
	return true
}

// brokenOff reports whether the peer of s has reset the connection, also if the driver has not
// looked at that yet, as far as the system says it. Then s is destroyed, with that error.
func brokenOff(s *duplex.Socket) bool {
	// After both ends, the state is that of a reset.
	if _, err := unacknowledged(s); err != nil && (isWritable(s) || s.Buffered() > 0) {
		s.Destroy(&net.OpError{Op: "read", Net: "tcp", Source: s.LocalAddr(), Addr: s.RemoteAddr(), Err: syscall.ECONNRESET})
	}
	return s.Err() != nil
}

// expire ends a client because a limit of time has passed.
func (v *serve) expire(c *client, why error) {
	v.answering.Lock()
	defer v.answering.Unlock()
	if !v.cut(c, why) {
		c.Destroy(why)
	}
}
