// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
)

// answering begins a server with a file, on a loop of its own, and returns its first client
// there and here. Gone is closed when the former is.
func answering(t *testing.T, size int) (v *serve, c *client, conn *net.TCPConn, gone chan struct{}) {
	t.Helper()
	engine := &duplex.Engine{Loops: 1}
	t.Cleanup(func() { engine.Close() })
	v = &serve{file: answerOf(t, size), given: func(string) bool { return false }}
	v.printer = &printer{outbox: newOutbox(io.Discard), collect: func(event) {}}
	v.service = v.services()
	opened := make(chan *client, 1)
	gone = make(chan struct{})
	h := v.handler()
	open, closes := h.OnConnect, h.OnClose
	h.OnConnect = func(s *duplex.Socket) {
		open(s)
		opened <- v.printer.peer(s).client
	}
	h.OnClose = func(s *duplex.Socket) {
		closes(s)
		close(gone)
	}
	v.server = &duplex.Server{Engine: engine, Handler: v.entered(h), Options: duplex.Options{AllowHalfOpen: true, MaxWriteBuffer: -1}}
	if err := v.server.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.server.Close() })
	conn = dial(t, v.server.Addr().String())
	c = <-opened
	if raw, err := c.SyscallConn(); err != nil || raw.Control(func(uintptr) {}) != nil {
		t.Skip("this driver shows no descriptor")
	}
	return v, c, conn, gone
}

// A client that resets in the turn in which its limit passes has gone by itself.
func TestAClientThatBreaksOffAsItsTimeEndsIsNotCut(t *testing.T) {
	for _, end := range []string{"a limit", "the grace"} {
		t.Run(end, func(t *testing.T) {
			v, c, conn, gone := answering(t, 32<<20)
			c.Post(func() {
				conn.SetLinger(0)
				conn.Close()
				for begun := time.Now(); time.Since(begun) < patience; time.Sleep(time.Millisecond) {
					if _, err := unacknowledged(c.Socket); err != nil {
						break
					}
				}
				if end == "a limit" {
					v.expire(c, duplex.ErrMaxAge)
				} else {
					v.drop()
				}
			})
			<-gone
			v.feeding.Wait()
			if err := c.Err(); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("the error is %v, want a reset", err)
			}
			if v.late.is() || v.unsent.is() || !v.missed.is() {
				t.Errorf("%d B late, %d B cut by the signal, %d B missed; want only the last", v.late.bytes.Load(), v.unsent.bytes.Load(), v.missed.bytes.Load())
			}
		})
	}
}

// What the kernel had not sent when it was reset is missing, too.
func TestACutCountsWhatTheKernelHolds(t *testing.T) {
	const size = 32 << 20
	v, c, conn, gone := answering(t, size)
	for begun := time.Now(); ; time.Sleep(time.Millisecond) {
		// All that the client's system can hold has arrived, and more waits here.
		if held := notSentBytes(c.Socket); c.Buffered() > 0 && held > 0 && unacknowledgedBytes(c.Socket) == held {
			break
		}
		if time.Since(begun) > patience {
			t.Fatalf("the kernel has sent all but %d B, and waits for %d B", notSentBytes(c.Socket), unacknowledgedBytes(c.Socket))
		}
	}
	c.Post(func() { v.expire(c, os.ErrDeadlineExceeded) })
	<-gone
	v.feeding.Wait()
	conn.SetDeadline(time.Now().Add(patience))
	got, _ := io.Copy(io.Discard, conn)
	// The kernel may have probed the window with bytes that the client did not get.
	if missing := v.late.bytes.Load(); got+missing > size || missing < size-c.BytesSent()+1 {
		t.Errorf("%d B are missing of %d: the client has %d, and the kernel has taken %d", missing, size, got, c.BytesSent())
	}
}
