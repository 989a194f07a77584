// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/duplex-go/duplex"
)

// parts ends our side after the peer's end, when another connection follows. Input that is read
// meanwhile waits for the next connection.
func (v *conversation) parts(s *duplex.Socket) {
	over := make(chan struct{})
	defer close(over)
	v.mu.Lock()
	v.parting = over
	v.mu.Unlock()
	v.leaves(s)
	v.settle(s)
	s.End()
}

// parted waits until parts has ended our side, if it does now, and returns the socket that is
// connected then. It is nil if there is none; none says that no other is needed, as the input is
// over between two connections. All of the input is sent.
func (v *conversation) parted() (s *duplex.Socket, none bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for over := (chan struct{})(nil); v.parting != over; v.mu.Lock() {
		over = v.parting
		v.mu.Unlock()
		<-over
	}
	if v.current != nil || v.unneeded == nil || v.recvOnly {
		return v.current, false
	}
	v.inputEnd = true
	return nil, true
}

// doubt is called when a connection is closed, because of err if that is not nil. If the
// connection broke off, nobody knows how much the peer's program has read. If a limit of our own
// ended it, the peer's system has all that was sent.
func (v *conversation) doubt(err error) {
	carried := v.carried.Swap(0)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		v.doubted.Add(carried)
	}
}

// besides returns the end of a message that counts bytes: how many more are in doubt. It is ""
// if none is.
func (v *conversation) besides() string {
	if n := v.doubted.Load(); n > 0 {
		return "; besides, " + doubtful(n)
	}
	return ""
}

// doubtful says that n bytes were sent on connections that broke off.
func doubtful(n int64) string {
	return fmt.Sprintf("%d B may not have arrived: their connections broke off", n)
}

// hintOfDoubt says where the connections that broke off are seen.
func (v *conversation) hintOfDoubt() string {
	if v.printer.events {
		return "the events say which"
	}
	return "--events shows which"
}

// settle waits until the peer's system has taken all that was sent. After the peer's
// end our own end closes the socket, and a later reset would go unseen.
func (v *conversation) settle(s *duplex.Socket) {
	for pause := time.Millisecond; isWritable(s); pause = min(2*pause, 50*time.Millisecond) {
		queued := s.Buffered() > 0
		waits, err := unacknowledged(s)
		if err != nil && isWritable(s) { // after both ends, the state is that of a reset
			s.Destroy(&net.OpError{Op: "write", Net: "tcp", Source: s.LocalAddr(), Addr: s.RemoteAddr(), Err: err})
		}
		if !waits && !queued {
			return
		}
		select {
		case <-v.closed:
			return
		case <-time.After(pause):
		}
	}
}

// isWritable reports whether our side is open.
func isWritable(s *duplex.Socket) bool {
	state := s.State()
	return state == duplex.Open || state == duplex.WriteOnly
}
